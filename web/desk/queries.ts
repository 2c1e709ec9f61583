import type { CaseList, CaseView, NoticeView } from '#contract'
import type { InfiniteData } from '@tanstack/react-query'
import { useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query'
import { get, queries } from '../api.ts'

/** Reads that more than one page of the workbench shares. */
export const useTasks = () =>
  useInfiniteQuery({
    queryKey: ['tasks'],
    queryFn: ({ pageParam, signal }) => get<CaseList>('/tasks', { limit: 50, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next,
    select: together,
    refetchInterval: 120_000,
  })
// only the first page is counted
const together = ({ pages }: InfiniteData<CaseList>) => ({
  rows: pages.flatMap((p) => p.rows),
  total: pages[0]?.total ?? 0,
})

export const useCase = (collection: string, id: string) =>
  useQuery({
    queryKey: ['case', collection, id],
    queryFn: ({ signal }) => get<CaseView>(`/${collection}/${id}`, undefined, signal),
    staleTime: 0,
  })

export const useNotices = () =>
  useQuery({
    queryKey: ['notices'],
    queryFn: ({ signal }) => get<NoticeView[]>('/notices', undefined, signal),
    refetchInterval: 120_000,
  })

/** How many cases of each collection are in hand. */
export const useOpenCounts = (collections: readonly string[]): Readonly<Record<string, number | undefined>> => {
  const asked = [...new Set(collections)].filter((c) => c !== 'tasks')
  const found = useQueries({
    queries: asked.map((collection) => ({
      queryKey: ['list', collection, 'count'],
      queryFn: ({ signal }: { signal: AbortSignal }) => get<CaseList>(`/${collection}`, { open: 1, limit: 1 }, signal),
      staleTime: 60_000,
    })),
  })
  return Object.fromEntries(asked.map((c, i) => [c, found[i]?.data?.total]))
}

/** After an act anything may have moved: its case, its neighbours, tasks, lists and notices. */
export const afterAct = (): Promise<void> =>
  queries.invalidateQueries({ predicate: (q) => !['me', 'clock', 'personas', 'draft'].includes(String(q.queryKey[0])) })

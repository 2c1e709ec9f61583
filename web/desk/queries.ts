import type { CaseList, CaseView, NoticeView } from '#contract'
import { useQuery } from '@tanstack/react-query'
import { get, queries } from '../api.ts'

/** Reads that more than one page of the workbench shares. */
export const useTasks = () =>
  useQuery({
    queryKey: ['tasks'],
    queryFn: ({ signal }) => get<CaseList>('/tasks', { limit: 200 }, signal),
    refetchInterval: 120_000,
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

/** How many cases of a collection are in hand. */
export const useOpenCount = (collection: string, enabled: boolean): number | undefined =>
  useQuery({
    queryKey: ['list', collection, 'count'],
    queryFn: ({ signal }) => get<CaseList>(`/${collection}`, { open: 1, limit: 1 }, signal),
    enabled,
    staleTime: 60_000,
  }).data?.total

/** After an act anything may have moved: its case, its neighbours, tasks, lists and notices. */
export const afterAct = (): Promise<void> =>
  queries.invalidateQueries({ predicate: (q) => !['me', 'clock', 'personas', 'draft'].includes(String(q.queryKey[0])) })

import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useDeferredValue } from 'react'
import { get } from '../api.ts'

interface Named {
  readonly id: string
  readonly name: string
  readonly unit: string
}
// as many as an address holds; of the others their number is enough
const most = 100

/** Entries found by name among one's own and those that units may know of each other, with the names of those chosen already. */
export const useEntries = (q: string, chosen: readonly string[]) => {
  const asked = useDeferredValue(q)
  const ids = chosen.slice(0, most).join(',')
  const { data, isFetching } = useQuery({
    queryKey: ['entries', asked, ids],
    queryFn: ({ signal }) => get<Named[]>('/items/names', { q: asked, ...(ids ? { ids } : {}) }, signal),
    placeholderData: keepPreviousData,
  })
  return { found: data ?? [], isFetching }
}
export const entryLabel = (e: Named): string => (e.unit === '' ? e.name : `${e.name}（${e.unit}）`)

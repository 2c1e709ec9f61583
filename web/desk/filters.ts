import { useEffect, useMemo } from 'react'
import { useSearchParams } from 'react-router'

/** Filters of a page: in the address, so that they can be sent; remembered on this device, so that they are there tomorrow. */
export const useFilters = (
  page: string,
): {
  readonly filters: Readonly<Record<string, string>>
  readonly set: (more: Readonly<Record<string, string>>) => void
} => {
  const [params, setParams] = useSearchParams()
  const text = params.toString()
  const store = `gongshu.filters.${page}`
  useEffect(() => {
    if (text !== '') localStorage.setItem(store, text)
    else {
      const kept = localStorage.getItem(store)
      if (kept) setParams(new URLSearchParams(kept), { replace: true })
    }
  }, [store])
  const filters = useMemo(() => Object.fromEntries(new URLSearchParams(text)), [text])
  return {
    filters,
    set: (more) => {
      const next = new URLSearchParams(Object.entries({ ...filters, ...more }).filter(([, v]) => v !== ''))
      localStorage.setItem(store, next.toString())
      setParams(next, { replace: true })
    },
  }
}

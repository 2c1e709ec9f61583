import { useEffect } from 'react'

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))

/** j and k move between the rows of the page's table (links marked `data-row`); Enter then opens as any link does. */
export const useRowKeys = (): void => {
  useEffect(() => {
    const key = (e: KeyboardEvent): void => {
      if ((e.key !== 'j' && e.key !== 'k') || e.ctrlKey || e.metaKey || e.altKey || typing(e.target)) return
      const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')]
      if (rows.length === 0) return
      const at = rows.indexOf(document.activeElement as HTMLElement)
      const next = e.key === 'j' ? Math.min(at + 1, rows.length - 1) : Math.max(at - 1, 0)
      e.preventDefault()
      rows[next]?.focus()
    }
    addEventListener('keydown', key)
    return () => removeEventListener('keydown', key)
  }, [])
}

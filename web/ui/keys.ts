import { useEffect, useRef } from 'react'

const typing = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))

/** Single-key shortcuts of a page. Silent while the person types and while a dialog is open. */
export const useKeys = (keys: Readonly<Record<string, () => void>>): void => {
  const latest = useRef(keys)
  latest.current = keys
  useEffect(() => {
    const press = (e: KeyboardEvent): void => {
      const run = latest.current[e.key]
      if (!run || e.ctrlKey || e.metaKey || e.altKey || typing(e.target)) return
      if (document.querySelector('[role=dialog][aria-modal=true]')) return
      e.preventDefault()
      run()
    }
    addEventListener('keydown', press)
    return () => removeEventListener('keydown', press)
  }, [])
}

/** j and k move between the rows of the page (links marked `data-row`); Enter then opens as it does any link. */
export const useRowKeys = (): void => {
  const move = (by: 1 | -1): void => {
    const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')]
    const at = rows.indexOf(document.activeElement as HTMLElement)
    const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))]
    next?.focus()
    next?.scrollIntoView({ block: 'nearest' })
  }
  useKeys({ j: () => move(1), k: () => move(-1) })
}

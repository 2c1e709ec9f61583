import { useCallback, useEffect, useRef, useState } from 'react'
import { problemOf, queries, send } from '../../api.ts'
import type { Value } from '../../form/schema.ts'

export interface Autosave {
  readonly status: 'saved' | 'unsaved' | 'saving' | 'failed' | 'stale'
  /** When the draft was last stored in this sitting. */
  readonly at: Date | undefined
  readonly trouble: string
  /** Stores at once whatever is not stored yet. */
  readonly flush: () => Promise<void>
  /** Goes on from a newer revision: that of the draft just loaded, or of one to be replaced. */
  readonly from: (rev: number) => void
  /** The draft has been sent: there is nothing left to store. */
  readonly end: () => void
}

const rest = 1500
const retry = 15_000

/**
 * Stores a draft a moment after the person stops typing, one request at a time, and on leaving the page. A draft stored
 * elsewhere meanwhile is never overwritten silently: the status is then `stale` and saving stops.
 */
export const useAutosave = (
  id: string,
  rev: number,
  content: Value,
  dirty: boolean,
  collection = 'applications',
): Autosave => {
  const [status, setStatus] = useState<Autosave['status']>('saved')
  const [at, setAt] = useState<Date>()
  const [trouble, setTrouble] = useState('')
  const text = JSON.stringify(content)
  const now = useRef({
    rev,
    text,
    stored: text,
    busy: undefined as Promise<void> | undefined,
    stopped: false,
    judged: false,
  })
  now.current.text = text

  const flush = useCallback(async (): Promise<void> => {
    const n = now.current
    if (n.busy) await n.busy
    if (n.stopped || n.text === n.stored) return
    const sent = n.text
    const save = async (): Promise<void> => {
      setStatus('saving')
      try {
        const { rev: next } = await send<{ rev: number }>('PUT', `/${collection}/${id}/draft`, {
          rev: n.rev,
          content: JSON.parse(sent) as Value,
        })
        n.rev = next
        n.stored = sent
        queries.setQueryData(['draft', id], (old: object | undefined) => ({
          ...old,
          rev: next,
          content: JSON.parse(sent) as Value,
        }))
        setAt(new Date())
        setStatus(n.text === sent ? 'saved' : 'unsaved')
      } catch (error) {
        const p = problemOf(error)
        n.stopped = p.status === 409
        setTrouble(p.title)
        // what the server has judged wrong would be wrong again
        n.judged = p.status === 422
        setStatus(n.stopped ? 'stale' : 'failed')
      }
    }
    n.busy = save()
    await n.busy
    n.busy = undefined
  }, [id, collection])

  useEffect(() => {
    if (!dirty || now.current.stopped || text === now.current.stored) return
    setStatus('unsaved')
    const timer = setTimeout(() => void flush(), rest)
    return () => clearTimeout(timer)
  }, [text, dirty, flush])

  useEffect(() => {
    if (status !== 'failed' || now.current.judged) return
    const timer = setInterval(() => void flush(), retry)
    return () => clearInterval(timer)
  }, [status, flush])

  useEffect(() => {
    const leaving = (e: BeforeUnloadEvent): void => {
      if (now.current.text !== now.current.stored && !now.current.stopped) {
        void flush()
        e.preventDefault()
      }
    }
    addEventListener('beforeunload', leaving)
    return () => {
      removeEventListener('beforeunload', leaving)
      void flush()
    }
  }, [flush])

  return {
    status,
    at,
    trouble,
    flush,
    end: () => {
      now.current.stopped = true
    },
    from: (next) => {
      now.current.rev = next
      now.current.stopped = false
      setStatus('unsaved')
      void flush()
    },
  }
}

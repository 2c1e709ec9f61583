import { useEffect } from 'react'

/** The title of the page in the browser's tab and history. */
export const useTitle = (title: string): void => {
  useEffect(() => {
    document.title = `${title} · 公数`
  }, [title])
}

import { useSyncExternalStore } from 'react'

const key = 'gongshu.large'
const listeners = new Set<() => void>()
const read = (): boolean => localStorage.getItem(key) === '1'
const apply = (): void => void document.documentElement.classList.toggle('large', read())
apply()

/** 大字版 (适老化): remembered on this device, for portal and workbench alike. */
export const useLarge = (): { readonly large: boolean; readonly setLarge: (on: boolean) => void } => ({
  large: useSyncExternalStore((changed) => {
    listeners.add(changed)
    return () => listeners.delete(changed)
  }, read),
  setLarge: (on) => {
    localStorage.setItem(key, on ? '1' : '0')
    apply()
    for (const changed of listeners) changed()
  },
})

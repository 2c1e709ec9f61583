import type { Problem } from '#contract'
import { Refused, withParams, type Params } from '../api.ts'

/** Fetches an evidence bundle and hands it to the browser to keep. @throws Refused with what the person should know */
export const saveBundle = async (params: Params): Promise<void> => {
  const response = await fetch(withParams('/api/evidence', params))
  if (!response.ok) throw new Refused((await response.json()) as Problem)
  const named = /filename\*=UTF-8''([^;]+)/.exec(response.headers.get('content-disposition') ?? '')?.[1]
  const url = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = named === undefined ? '证据包.zip' : decodeURIComponent(named)
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

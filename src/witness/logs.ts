import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parseVkey, type VerifierKey } from '#ledger'
import { replace } from './memory.ts'

const parse = (line: string, where: string): VerifierKey => {
  let key
  try {
    key = parseVkey(line)
  } catch {
    throw new Error(`${where}：不是日志的公钥（vkey）`)
  }
  if (key.type !== 1) throw new Error(`${where}：“${key.name}”的公钥不是 Ed25519 日志公钥`)
  return key
}

const fetchKey = async (url: string): Promise<string> => {
  const r = await fetch(url, { signal: AbortSignal.timeout(10_000), redirect: 'error' }).catch((e: unknown) => {
    throw new Error(`取不到日志公钥 ${url}`, { cause: e })
  })
  if (!r.ok) throw new Error(`取不到日志公钥 ${url}：${r.status}`)
  return (await r.text()).trim()
}

/** The logs that `<dir>/logs` lists, one verifier key per line, `#` for comments. @throws Error with the line */
export const listedLogs = async (dir: string): Promise<readonly VerifierKey[]> => {
  const path = join(dir, 'logs')
  const text = await readFile(path, 'utf8').catch((e: unknown) => {
    if ((e as { code?: unknown }).code !== 'ENOENT') throw e
    return ''
  })
  return text.split('\n').flatMap((raw, i) => {
    const line = raw.trim()
    return line === '' || line.startsWith('#') ? [] : [parse(line, `${path} 第${i + 1}行`)]
  })
}

/**
 * Adds logs to the list, each given by its verifier key or by the address where it publishes it. An address is asked once: the key it gave
 * then is the one that counts.
 * @throws Error when a log is listed under another key already: a log that changes its key is a matter for people
 */
export const tellLogs = async (dir: string, given: readonly string[]): Promise<readonly VerifierKey[]> => {
  const path = join(dir, 'logs')
  let text = await readFile(path, 'utf8').catch(() => '# 本见证方服务的日志：每行一个公钥（vkey）\n')
  for (const one of given) {
    const isUrl = /^https?:\/\//.test(one)
    if (isUrl && text.split('\n').includes(`# ${one}`)) continue
    const line = isUrl ? await fetchKey(one) : one
    const key = parse(line, one)
    const listed = (await listedLogs(dir)).filter((k) => k.name === key.name)
    if (listed.some((k) => k.id.equals(key.id) && k.key.equals(key.key))) continue
    if (listed.length > 0)
      throw new Error(`${path} 已列有“${key.name}”的另一公钥。确需更换的，核实后请自行修改该文件。`)
    text = `${text}${text.endsWith('\n') ? '' : '\n'}${isUrl ? `# ${one}\n` : ''}${line}\n`
    await replace(path, text, 0o644)
  }
  return listedLogs(dir)
}

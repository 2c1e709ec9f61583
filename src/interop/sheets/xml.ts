/** The little of XML that a spreadsheet's parts use, read from pieces of text without building a tree. */

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Text with its entities and the spreadsheet's own `_x000D_` escapes resolved. */
export const plainText = (xml: string): string => {
  const text = xml.includes('&')
    ? xml.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex?: string, dec?: string, name?: string) => {
        const code = hex ? parseInt(hex, 16) : dec ? Number(dec) : NaN
        if (!Number.isNaN(code)) return code <= 0x10ffff ? String.fromCodePoint(code) : ''
        return entities[name ?? ''] ?? whole
      })
    : xml
  return text.includes('_x')
    ? text.replace(/_x([0-9A-Fa-f]{4})_/g, (_w, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    : text
}

export const attribute = (tag: string, name: string): string | undefined => {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(tag)
  return found ? plainText(found[1] ?? found[2] ?? '') : undefined
}

/** Thrown where a part is not what a spreadsheet program writes; the reader turns it into a finding. */
export const broken = (says: string): Error => Object.assign(new Error(says), { code: 'SHEET_BROKEN' })
export const isBroken = (e: unknown): e is Error => (e as { code?: string }).code === 'SHEET_BROKEN'

/**
 * The elements of one name, each as [attributes, content], in pieces of text of any size. Elements of that name must not be nested.
 * A namespace prefix does not matter. No element may be longer than `most` characters.
 */
export async function* elements(
  pieces: AsyncIterable<string>,
  name: string,
  most: number,
): AsyncIterable<readonly (readonly [string, string])[]> {
  const tag = new RegExp(`<(?:\\w+:)?${name}(?=[\\s/>])([^>]*?)(/?)>`, 'g')
  let text = ''
  for await (const p of pieces) {
    text = text === '' ? p : text + p
    const found: (readonly [string, string])[] = []
    let at = 0
    for (;;) {
      tag.lastIndex = at
      const start = tag.exec(text)
      if (!start) break
      const from = start.index + start[0].length
      if (start[2] === '/') {
        found.push([start[1] ?? '', ''])
        at = from
        continue
      }
      const prefix = /^<(\w+:)?/.exec(start[0])?.[1] ?? ''
      const close = `</${prefix}${name}>`
      const end = text.indexOf(close, from)
      if (end < 0) {
        if (text.length - start.index > most) throw broken('有一行或一格过长')
        at = start.index
        break
      }
      found.push([start[1] ?? '', text.slice(from, end)])
      at = end + close.length
    }
    // what is left is the beginning of an element, or a tag that is cut in two
    const rest = text.slice(at)
    const cut = rest.lastIndexOf('<')
    tag.lastIndex = 0
    text = tag.test(rest) ? rest : cut < 0 ? '' : rest.slice(cut)
    if (found.length > 0) yield found
    if (text.length > most) throw broken('有一行或一格过长')
  }
}

/*
 A certificate that proves itself is its base, as it was drawn and whose digest was logged, and one incremental update (ISO 32000-1
 7.5.6) that attaches the evidence as an associated file (ISO 19005-3). The update is a function of base and evidence, so a reader can
 make it again and compare every byte: nothing else is in the file, and the face is that of the base.
*/

const mark = '\n%gongshu-evidence '
/** 登记证据.zip in UTF-16, as PDF writes names. */
const name = '<FEFF767B8BB08BC1636E002E007A00690070>'
const description = '(Registration evidence, gongshu-evidence/1)'

const offsetOf = (pdf: string, xref: number, object: number): number | undefined => {
  const table = /^xref\s+/.exec(pdf.slice(xref, xref + 20))
  if (!table) return undefined
  for (let at = xref + table[0].length; ;) {
    const [head, first, count] = /^(\d{1,9}) (\d{1,9}) ?\r?\n/.exec(pdf.slice(at, at + 30)) ?? []
    if (head === undefined) return undefined
    const from = Number(first)
    const n = Number(count)
    at += head.length
    if (object >= from && object < from + n) {
      const row = /^(\d{10}) \d{5} n/.exec(pdf.slice(at + 20 * (object - from), at + 20 * (object - from) + 20))
      return row ? Number(row[1]) : undefined
    }
    at += 20 * n
  }
}

/**
 * The base with the evidence attached.
 * @throws Error for a base that is no PDF with a plain cross-reference table, or has files attached already
 */
export const attach = (base: Uint8Array, evidence: Uint8Array): Buffer => {
  const pdf = Buffer.from(base).toString('latin1')
  const [, trailer, startxref] =
    /trailer\s*<<((?:(?!trailer)[\s\S])*?)>>\s*startxref\s+(\d{1,10})\s+%%EOF\s*$/.exec(pdf.slice(-2048)) ?? []
  const size = Number(/\/Size (\d{1,9})\b/.exec(trailer ?? '')?.[1])
  const root = Number(/\/Root (\d{1,9}) 0 R/.exec(trailer ?? '')?.[1])
  const at = startxref === undefined ? undefined : offsetOf(pdf, Number(startxref), root)
  const catalog =
    at === undefined
      ? undefined
      : new RegExp(`^${root} 0 obj\\s*<<([\\s\\S]*?)>>\\s*endobj`).exec(pdf.slice(at, at + 8192))?.[1]
  if (trailer === undefined || !size || catalog === undefined || /\/(?:Names|AF|Prev)\b/.test(catalog + trailer))
    throw new Error('not a PDF that evidence can be attached to')
  const modified = /\/ModDate \((D:[0-9Z+\-']{4,30})\)/.exec(pdf)?.[1]
  const file = size
  const spec = size + 1
  const pieces: Buffer[] = [Buffer.from(base)]
  let end = base.length
  const write = (piece: string | Uint8Array): number => {
    const bytes = typeof piece === 'string' ? Buffer.from(piece, 'latin1') : Buffer.from(piece)
    pieces.push(bytes)
    return (end += bytes.length) - bytes.length
  }
  write(`${mark}${base.length} ${evidence.length}\n`)
  const params = `/Params << /Size ${evidence.length}${modified ? ` /ModDate (${modified})` : ''} >>`
  const fileAt = write(
    `${file} 0 obj\n<< /Type /EmbeddedFile /Subtype /application#2Fzip /Length ${evidence.length} ${params} >>\nstream\n`,
  )
  write(evidence)
  write('\nendstream\nendobj\n')
  const specAt = write(
    `${spec} 0 obj\n<< /Type /Filespec /F (evidence.zip) /UF ${name} /Desc ${description} /AFRelationship /Supplement /EF << /F ${file} 0 R /UF ${file} 0 R >> >>\nendobj\n`,
  )
  const rootAt = write(
    `${root} 0 obj\n<<${catalog}/Names << /EmbeddedFiles << /Names [${name} ${spec} 0 R] >> >>\n  /AF [${spec} 0 R]\n>>\nendobj\n`,
  )
  const row = (n: number): string => `${String(n).padStart(10, '0')} 00000 n \n`
  const xref = write(`xref\n${root} 1\n${row(rootAt)}${file} 2\n${row(fileAt)}${row(specAt)}`)
  write(
    `trailer\n<<${trailer.replace(/\/Size \d+/, `/Size ${size + 2}`)}  /Prev ${startxref}\n>>\nstartxref\n${xref}\n%%EOF\n`,
  )
  return Buffer.concat(pieces)
}

/** What a PDF carries: nothing of ours, something that is not byte for byte as attach writes it, or a base and its evidence. */
export const detach = (pdf: Uint8Array): 'none' | 'altered' | { readonly base: Buffer; readonly evidence: Buffer } => {
  const bytes = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.length)
  const at = bytes.lastIndexOf(mark)
  if (at < 0) return bytes.includes('gongshu-evidence') || bytes.includes('/AFRelationship') ? 'altered' : 'none'
  const [, first, second] =
    /^(\d{1,10}) (\d{1,10})\n/.exec(bytes.subarray(at + mark.length, at + mark.length + 24).toString('latin1')) ?? []
  const stream = bytes.indexOf('\nstream\n', at)
  if (Number(first) !== at || stream < 0) return 'altered'
  const base = bytes.subarray(0, at)
  const from = stream + '\nstream\n'.length
  const evidence = bytes.subarray(from, from + Number(second))
  try {
    return Buffer.compare(attach(base, evidence), bytes) === 0 ? { base, evidence } : 'altered'
  } catch {
    return 'altered'
  }
}

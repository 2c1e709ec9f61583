import { readFileSync } from 'node:fs'
import type { PlanDocument } from '#application'
import { printer, type Printer } from './certificate.ts'
import { chineseNumber } from './planDocument.ts'

let loaded: { readonly printer: Printer; readonly template: string } | undefined

/**
 * The plan as an A4 PDF. Text is passed as data, never as markup; characters outside the font (`fonts/README.md`) are shown as 〓.
 */
export const planToPdf = (p: PlanDocument): Uint8Array => {
  loaded ??= {
    printer: printer(),
    template: readFileSync(new URL('../../src/interop/plan.typ', import.meta.url), 'utf8'),
  }
  const { covered, compiler } = loaded.printer
  const shown = (text: string): string =>
    [...text.normalize('NFC').replace(/[\t\u00a0]+/g, ' ')]
      .map((c) => (c === '\n' || c === '\u200b' || covered.has(c.codePointAt(0)!) ? c : '〓'))
      .join('')
      // a run without a space or two Chinese characters side by side would never break
      .replace(/[^\s\p{Script=Han}]{30,}/gu, (run) => [...run].join('\u200b'))
  const lines = (text: string): string[] =>
    text
      .split(/\r\n|\r|\n/)
      .filter((l) => l.trim() !== '')
      .map(shown)
  const data = {
    title: shown(p.title),
    under: [p.author, `第 ${p.version} 版`, p.day, p.state].map(shown).join('　'),
    author: shown(p.author),
    term: shown(p.term),
    demo: p.demo,
    sections: p.sections.map((s, i) => ({
      head: `${chineseNumber(i + 1)}、${shown(s.term)}`,
      text: lines(s.text ?? ''),
      parts: (s.parts ?? []).map((x, j) => ({
        head: `（${chineseNumber(j + 1)}）${shown(x.term)}`,
        text: lines(x.text),
      })),
    })),
    items: p.items.map((x) => [shown(x.name), shown(x.unit), shown(x.frequency)]),
    products: p.products.map((x) => [x.name, x.class, x.industry, x.form, x.charged ? '收费' : ''].map(shown)),
  }
  const run = compiler.compile({ mainFileContent: loaded.template, inputs: { data: JSON.stringify(data) } })
  const failure = run.takeError()
  if (!run.result) throw new Error(`plan template: ${JSON.stringify(failure?.shortDiagnostics)}`)
  const pdf = compiler.pdf(run.result, { pdfStandard: 'a-2a' })
  compiler.evictCache(10)
  return pdf
}

import { Jieba } from '@node-rs/jieba'
import { dict } from '@node-rs/jieba/dict.js'
import { Converter } from 'opencc-js'
import { pinyin } from 'pinyin-pro'
import { headOfText, indexOf, type Searchable, type Speech } from '#domain/catalogue'

/** Remembers answers for as long as there are not too many of them. */
const remembering = <T>(most: number, answer: (text: string) => T): ((text: string) => T) => {
  const known = new Map<string, T>()
  return (text) => {
    let found = known.get(text)
    if (found === undefined) {
      if (known.size >= most) known.clear()
      found = answer(text)
      known.set(text, found)
    }
    return found
  }
}

const load = (): Speech => {
  const jieba = Jieba.withDict(dict)
  const convert = Converter({ from: 't', to: 'cn' })
  // converting costs more than all else done to a text that needs none: almost all are simplified already
  const range = Array.from({ length: 0x9fff - 0x4e00 }, (_, i) => String.fromCharCode(0x4e00 + i))
  const simple = convert(range.join('\n')).split('\n')
  const traditional = new Set(range.filter((c, i) => c !== simple[i]))
  return {
    simplify: (text) => {
      for (const c of text) if (traditional.has(c)) return convert(text)
      return text
    },
    words: remembering(20_000, (text) => jieba.cut(text, true)),
    spell: remembering(50_000, (text) => pinyin(text, { toneType: 'none', type: 'array', v: true })),
  }
}

let loaded: Speech | undefined
/** The dictionaries, read when first asked for: 0.2 s. */
export const speech = (): Speech => (loaded ??= load())

const head = remembering(50_000, (text) => headOfText(text, speech()))

/** The search columns of a row of `public_item`: `{tokens, spelling}`. What follows from names is remembered. */
export const searchColumns = (item: Searchable): { readonly tokens: string; readonly spelling: string } =>
  indexOf(item, speech(), head)

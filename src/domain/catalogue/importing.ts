import type { Form, Json, JsonObject } from '#contract'
import { refuse } from '#contract'
import type { Case, Derive, Guard, Laws, Process } from '../kernel/index.ts'
import { text } from '../kernel/index.ts'
import { listingFieldNames, listingTerms, titleKey, type ListingField, type Remembered } from './listing.ts'

/** Largest list that is taken at the desk, by extension. Bytes. Larger ones are loaded where the program runs. */
export const listLimits: Readonly<Record<string, number>> = {
  xlsx: 50 << 20,
  csv: 100 << 20,
  txt: 100 << 20,
  json: 30 << 20,
}

const file: Form[number] = {
  key: 'file',
  term: '清单文件',
  type: 'file',
  required: true,
  hint: 'Excel（.xlsx，50 MB 以内）、CSV 或 JSON；可先下载模板',
}
const startForm: Form = [
  {
    key: 'source',
    term: '清单来源',
    type: 'text',
    required: true,
    clear: true,
    max: 60,
    hint: '如“本单位 2026 年目录”。同一来源再次导入时，凭单位和目录名称找到原有的目录项，不会重复',
  },
  file,
  {
    key: 'published',
    term: '清单已经向社会公布',
    type: 'yes',
    clear: true,
    hint: '仅数据管理部门可以勾选；不勾选的，导入后先不公布',
  },
]
const counted = (...terms: readonly (readonly [key: string, term: string])[]): Form =>
  terms.map(([key, term]) => ({ key, term, type: 'number', clear: true }))
const checked: Form = [
  ...counted(
    ['rows', '目录'],
    ['errors', '错误'],
    ['warnings', '提醒'],
    ['fresh', '新增'],
    ['changed', '变更'],
    ['unchanged', '不变'],
    ['conflicts', '冲突'],
    ['units', '将登记的新单位'],
  ),
  { key: 'report', term: '标出问题的原表', type: 'file' },
  { key: 'result', term: '检查结果', type: 'file' },
]
const brought: Form = [
  ...counted(
    ['added', '新增'],
    ['updated', '变更'],
    ['unchanged', '不变'],
    ['conflicts', '冲突未导入'],
    ['failed', '未成功'],
    ['units', '新登记的单位'],
  ),
  { key: 'result', term: '导入结果', type: 'file' },
]

const means = [
  ...listingFieldNames
    .filter((f) => f !== 'ignored')
    .map((f) => ({ value: f as string, term: listingTerms[f].names[0] ?? f })),
  { value: 'none', term: '不读取' },
]
const mapForm: Form = [
  {
    key: 'sheets',
    term: '工作表',
    type: 'list',
    fields: [
      { key: 'sheet', term: '工作表', type: 'text', required: true, max: 100 },
      {
        key: 'role',
        term: '内容',
        type: 'choice',
        required: true,
        options: [
          { value: 'items', term: '目录' },
          { value: 'fields', term: '信息项' },
          { value: 'ignored', term: '不读取' },
        ],
      },
      { key: 'holder', term: '统一的数源单位', type: 'text', max: 100 },
    ],
  },
  {
    key: 'columns',
    term: '各列含义',
    type: 'list',
    required: true,
    max: 1000,
    fields: [
      { key: 'sheet', term: '工作表', type: 'text', required: true, max: 100 },
      { key: 'at', term: '第几列（从 0 起）', type: 'number', required: true, max: 300 },
      { key: 'title', term: '标题', type: 'text', max: 400 },
      { key: 'means', term: '含义', type: 'choice', required: true, options: means },
    ],
  },
]

/** 目录导入: a list of entries on its way from a file into the catalogue; checked whole before anything is written. */
export const importing: Process = {
  name: 'import',
  term: '目录导入',
  kinds: { items: '目录项清单' },
  seats: {
    importer: { term: '导入单位', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: {
    checking: { term: '检查中', busy: true },
    faulty: { term: '有错误', turn: ['importer.handler'] },
    ready: { term: '待确认' },
    applying: { term: '导入中', busy: true },
    done: { term: '已导入', final: true },
    cancelled: { term: '已取消', final: true },
  },
  slots: {},
  rows: {
    start: {
      term: '上传清单',
      from: [],
      to: 'checking',
      by: 'importer.handler',
      basis: 'catalogue.guideline',
      form: startForm,
      guards: ['aList', 'publishedByBureau'],
    },
    found: {
      term: '检查完毕，有错误',
      from: ['checking'],
      to: 'faulty',
      by: 'system',
      form: checked,
      tell: ['importer'],
    },
    passed: { term: '检查完毕', from: ['checking'], to: 'ready', by: 'system', form: checked, tell: ['importer'] },
    map: {
      term: '确认各列含义',
      from: ['faulty', 'ready'],
      to: 'checking',
      by: 'importer.handler',
      optional: true,
      form: mapForm,
      derive: 'signed',
    },
    replace: {
      term: '换一份清单',
      from: ['faulty', 'ready'],
      to: 'checking',
      by: 'importer.handler',
      optional: true,
      form: [file],
      guards: ['aList'],
    },
    // what a unit enters by hand is settled by another person, too
    apply: {
      term: '确认导入',
      from: ['ready'],
      to: 'applying',
      by: 'importer.approver',
      apart: 'start',
      basis: 'catalogue.guideline',
      form: [{ key: 'acknowledged', term: '提醒已逐条看过，按所列方式导入', type: 'yes', clear: true }],
      guards: ['acknowledged'],
    },
    finish: {
      term: '导入完毕',
      from: ['applying'],
      to: 'done',
      by: 'system',
      form: brought,
      tell: ['importer', 'bureau'],
    },
    cancel: {
      term: '取消导入',
      from: ['checking', 'faulty', 'ready'],
      to: 'cancelled',
      by: 'importer.handler',
      optional: true,
    },
  },
}

const newest = (s: Case, acts: readonly string[]): string | undefined =>
  acts.filter((a) => s.did[a]).sort((a, b) => s.did[b]!.seq - s.did[a]!.seq)[0]

/** The list as it was uploaded last: id of its file. */
export const listFileOf = (s: Case): string => text(s.data[newest(s, ['start', 'replace']) ?? '']?.['file'])
/** What the last check said; undefined before the first. */
export const checkOf = (s: Case): JsonObject | undefined => {
  const act = newest(s, ['found', 'passed'])
  return act ? s.data[act] : undefined
}

const guards: Record<string, Guard> = {
  aList: (_s, input, cx) => {
    const found = cx.facts.files[text(input['file'])]
    const ext = /\.([^.]+)$/.exec(found?.name ?? '')?.[1]?.toLowerCase() ?? ''
    const most = listLimits[ext]
    if (most === undefined)
      return refuse('invalid', '清单应为 .xlsx、.csv 或 .json 文件', { fields: { file: '不是可以导入的文件类型' } })
    return (found?.size ?? 0) > most
      ? refuse('invalid', `.${ext} 清单不超过 ${most >> 20} MB；更大的请分成几份，或由平台运维单位在服务器上导入`, {
          fields: { file: `超过 ${most >> 20} MB` },
        })
      : undefined
  },
  publishedByBureau: (s, input, cx) =>
    input['published'] === true && !cx.facts.orgs[s.seats['importer'] ?? '']?.roles.includes('bureau')
      ? refuse('invalid', '是否已经向社会公布，由数据管理部门确认', { fields: { published: '仅数据管理部门可以勾选' } })
      : undefined,
  acknowledged: (s, input) =>
    Number(checkOf(s)?.['warnings'] ?? 0) > 0 && input['acknowledged'] !== true
      ? refuse('invalid', '清单有提醒，请逐条看过后勾选确认', { fields: { acknowledged: '请确认' } })
      : undefined,
}

const derive: Record<string, Derive> = {
  /** A mapping is remembered for lists with the same titles. */
  signed: (s) => ({ data: { signature: text(checkOf(s)?.['signature']) } }),
}

export const importingLaws: Laws = {
  guards,
  derive,
  title: (s) => text(s.data['start']?.['source']),
  facts: (s) => {
    const done = s.data['finish']
    const check = checkOf(s)
    const of = (d: JsonObject, key: string): string => String(d[key] ?? 0)
    return done
      ? [
          { term: '新增', value: of(done, 'added') },
          { term: '变更', value: of(done, 'updated') },
          { term: '不变', value: of(done, 'unchanged') },
        ]
      : check
        ? [
            { term: '目录', value: of(check, 'rows') },
            { term: '错误', value: of(check, 'errors') },
            { term: '提醒', value: of(check, 'warnings') },
          ]
        : []
  },
  jobs: (s) =>
    ['checking', 'applying'].includes(s.at) ? [{ topic: `import.${s.at}`, payload: { version: s.version } }] : [],
  content: (s) => ({ form: startForm, value: { ...s.data['start'], file: listFileOf(s) } }),
}

/** How a person said that lists with these titles are read. */
export interface RememberedMapping {
  readonly sheets: readonly { readonly sheet: string; readonly role: string; readonly holder?: string }[]
  readonly columns: readonly {
    readonly sheet: string
    readonly at: number
    readonly title?: string
    readonly means: string
  }[]
}
/** Its titles alone, for recognising a list anew. A title that stands in two senses is not remembered. */
export const titlesOf = (m: RememberedMapping): Remembered => {
  const all = m.columns.map((c): readonly [string, ListingField | ''] => [
    titleKey(c.title ?? ''),
    c.means === 'none' ? '' : (c.means as ListingField),
  ])
  return Object.fromEntries(all.filter(([k, f]) => k !== '' && all.every(([other, g]) => other !== k || g === f)))
}

/** Read model: the mapping that an importer confirmed, by the titles it is for. */
export const importRows = (
  s: Case,
): readonly { readonly table: string; readonly row: { [column: string]: Json } | null }[] => {
  const said = s.process === 'import' ? s.data['map'] : undefined
  return said
    ? [
        {
          table: 'import_mapping',
          row: {
            id: s.id,
            importer: s.seats['importer'] ?? '',
            signature: text(said['signature']),
            mapping: { sheets: said['sheets'] ?? [], columns: said['columns'] ?? [] },
          },
        },
      ]
    : []
}

import type { Json } from '#contract'
import type { Case, Laws, Process } from '../kernel/index.ts'

const text = (v: unknown): string => (typeof v === 'string' ? v : '')

/** 目录项: one entry of a catalogue or product list as its unit published it. */
const item: Process = {
  name: 'item',
  term: '目录项',
  kinds: { resource: '公共数据资源', product: '公共数据产品和服务' },
  seats: {
    holder: { term: '数源单位', reads: true },
    coHolder: { term: '共同数源单位', reads: true },
    bureau: { term: '数据管理部门', reads: true },
  },
  states: { listed: { term: '在目录' }, removed: { term: '已移出', final: true } },
  slots: {},
  rows: {
    list: { term: '编入目录', from: [], to: 'listed', by: 'system' },
    update: { term: '更新目录项', from: ['listed'], to: '=', by: 'system' },
    remove: { term: '移出目录', from: ['listed'], to: 'removed', by: 'system' },
  },
}

/** What the catalogue says of an item now. */
export const itemData = (s: Case): { readonly [key: string]: Json | undefined } =>
  s.data['update'] ?? s.data['list'] ?? {}

const itemLaws: Laws = {
  guards: {},
  derive: {},
  title: (s) => text(itemData(s)['name']),
  claims: (s) => (s.at === 'listed' ? [{ scope: 'catalogue.source', key: text(itemData(s)['source']) }] : []),
}

export const catalogueMatters: Readonly<Record<string, { readonly process: Process; readonly laws: Laws }>> = {
  item: { process: item, laws: itemLaws },
}

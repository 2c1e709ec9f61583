import type { Json } from '#contract'
import type { Case, Laws, Process } from '../kernel/index.ts'
import { actOf } from '../kernel/index.ts'
import { changeDuty } from '../registration/index.ts'

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

/** A registered item whose catalogue entry changes prompts its registrant to apply for 变更登记 (登记细则 第七条(四)). */
const itemEffects: NonNullable<Laws['effects']> = (state, e, cx) =>
  actOf(e) !== 'update'
    ? []
    : cx.related
        .filter(
          (c) =>
            c.process === 'record' && c.links['item'] === state.id && ['valid', 'renewing', 'verifying'].includes(c.at),
        )
        .flatMap((record) =>
          changeDuty(cx, record, text(itemData(state)['name']), '目录项内容已更新，与登记内容可能不一致'),
        )

const itemLaws: Laws = {
  effects: itemEffects,
  guards: {},
  derive: {},
  title: (s) => text(itemData(s)['name']),
  claims: (s) => (s.at === 'listed' ? [{ scope: 'catalogue.source', key: text(itemData(s)['source']) }] : []),
}

export const catalogueMatters: Readonly<Record<string, { readonly process: Process; readonly laws: Laws }>> = {
  item: { process: item, laws: itemLaws },
}

export * from './quality.ts'
export * from './qualityProposal.ts'
export * from './qualityJudgement.ts'

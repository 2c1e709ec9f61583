import { refuse } from '#contract'
import type { Rules } from '#policy'
import type { Case, Effect, Guard, Laws, Process } from '../kernel/index.ts'
import { text } from '../kernel/index.ts'
import { levelOf } from './recordal.ts'
import { selectionKinds, winnerOf } from './selection.ts'
import { selectionRule } from './selection-pack.ts'

/** 选定结果同步: the result of a selection reaches the finance department, which acknowledges it (省本级总体方案 三(二)1). */
export const resultSync: Process = {
  name: 'resultSync',
  term: '选定结果同步',
  kinds: { selection: '运营机构选定结果' },
  variants: [''],
  seats: {
    bureau: { term: '数据管理部门', reads: true },
    finance: { term: '财政部门', reads: true },
    organiser: { term: '遴选单位', reads: true },
  },
  states: { sent: { term: '待接收确认' }, acknowledged: { term: '已接收', final: true } },
  slots: {},
  rows: {
    send: {
      term: '同步选定结果',
      from: [],
      to: 'sent',
      by: 'system',
      basis: 'authorization.selection.sync',
      tell: ['finance', 'bureau'],
    },
    acknowledge: {
      term: '确认接收',
      from: ['sent'],
      to: 'acknowledged',
      by: 'finance.handler',
      basis: 'authorization.selection.sync',
      form: [
        { key: 'receivedOn', term: '接收日期', type: 'day', required: true, clear: true },
        { key: 'number', term: '收文编号', type: 'text', clear: true, max: 60 },
      ],
      guards: ['receivedByNow'],
      tell: ['bureau', 'organiser'],
    },
  },
}

const guards: Record<string, Guard> = {
  receivedByNow: (s, input, cx) =>
    text(input['receivedOn']) > cx.day || text(input['receivedOn']) < s.opened
      ? refuse('invalid', '接收日期应在同步之后、今天以前', { fields: { receivedOn: '日期有误' } })
      : undefined,
}
export const resultSyncLaws: Laws = {
  guards,
  derive: {},
  title: (s) => `选定结果：${text(s.data['send']?.['name'])}`,
  derived: { name: '遴选项目', method: '方式', winnerName: '选定的机构', decidedOn: '选定日期', receipt: '备案编号' },
  facts: (s) => [
    { term: '选定的机构', value: text(s.data['send']?.['winnerName']) },
    { term: '选定日期', value: text(s.data['send']?.['decidedOn']) },
    { term: '备案编号', value: text(s.data['send']?.['receipt']) },
  ],
}

/** The result as it goes to the finance department, once, at the time that the rules name; nothing where they ask for none. */
export const syncOf = (s: Case, at: 'award' | 'filed' | 'any', rules: Rules): readonly Effect[] => {
  const { levels, after } = selectionRule(rules, 'authorization.selection.sync')
  const finance = s.seats['finance'] ?? ''
  if (!levels.includes(levelOf(s.division)) || finance === '' || (at !== 'any' && at !== after)) return []
  const said = s.data['nominate'] ?? s.data['decide'] ?? {}
  return [
    {
      open: {
        process: 'resultSync',
        kind: 'selection',
        variant: '',
        division: s.division,
        seats: { bureau: s.seats['bureau'] ?? '', finance, organiser: s.seats['organiser'] ?? '' },
        links: { selection: s.id },
      },
      act: 'send',
      input: {
        data: {
          name: text(s.data['start']?.['title']),
          method: selectionKinds[s.kind as keyof typeof selectionKinds],
          winner: winnerOf(s),
          winnerName: text(said['winnerName']),
          decidedOn: text(s.data['award']?.['decidedOn']),
          receipt: text(s.data['filed']?.['receipt']),
        },
      },
    },
  ]
}

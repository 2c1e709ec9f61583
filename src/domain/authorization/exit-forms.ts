import type { Field, Form } from '#contract'
import type { Rules } from '#policy'
import { exitRule } from './exit-pack.ts'

const note: Field = { key: 'note', term: '说明', type: 'text', max: 300 }
const ref: Field = { key: 'ref', term: '编号', type: 'text', required: true, max: 80 }
const name: Field = { key: 'name', term: '名称', type: 'text', max: 300 }

export const exitForm = (rules: Rules, form: string, kind: string): Form | undefined => {
  const items = exitRule(rules, 'authorization.exit.checklist')
    .filter((c) => c.kinds?.includes(kind as never) !== false)
    .map((c) => ({ value: c.key, term: c.term }))
  const item: Field = { key: 'item', term: '事项', type: 'choice', required: true, options: items }
  switch (form) {
    case 'exitAsk':
      return [
        { key: 'event', term: '不可抗力的情况', type: 'paragraph', required: true, max: 4000 },
        { key: 'plan', term: '数据和资产返还处置的安排', type: 'paragraph', required: true, max: 4000 },
        { key: 'files', term: '证明材料', type: 'files', required: true, max: 10 },
      ]
    case 'exitConsent':
      return [
        { key: 'number', term: '协商退出文件文号', type: 'text', required: true, clear: true, max: 100 },
        { key: 'files', term: '双方签章的协商退出文件', type: 'files', required: true, max: 10 },
      ]
    case 'exitDeliver':
      return [
        {
          key: 'handed',
          term: '移交事项',
          type: 'list',
          required: true,
          max: 40,
          fields: [
            item,
            { key: 'content', term: '移交内容', type: 'paragraph', required: true, max: 1000, hint: '没有的写“无”' },
            { key: 'files', term: '移交材料', type: 'files', required: true, max: 10 },
          ],
        },
      ]
    case 'exitReceive':
      return [
        {
          key: 'checked',
          term: '接收事项',
          type: 'list',
          required: true,
          max: 40,
          fields: [
            item,
            {
              key: 'finding',
              term: '接收意见',
              type: 'choice',
              required: true,
              options: [
                { value: 'complete', term: '齐全，已接收' },
                { value: 'incomplete', term: '不齐全，须补充' },
              ],
            },
            note,
          ],
        },
        { key: 'files', term: '接收证据', type: 'files', required: true, max: 10 },
      ]
    case 'exitCertify':
      return [
        {
          key: 'objects',
          term: '返还、删除的数据',
          type: 'list',
          required: true,
          max: 200,
          fields: [
            ref,
            name,
            {
              key: 'means',
              term: '处理',
              type: 'choice',
              required: true,
              options: [
                { value: 'deleted', term: '已删除' },
                { value: 'returned', term: '已返还' },
                { value: 'never', term: '未曾留存' },
              ],
            },
            { key: 'doneOn', term: '日期', type: 'day', required: true },
          ],
        },
        { key: 'files', term: '加盖公章的返还、删除证明', type: 'files', required: true, max: 10 },
        { key: 'signer', term: '签署人', type: 'text', required: true, personal: true, max: 50 },
        { key: 'whole', term: '已删除全部副本、备份和缓存，不再留存', type: 'yes', required: true },
      ]
    case 'exitVerify':
      return [
        {
          key: 'objects',
          term: '核验的数据',
          type: 'list',
          required: true,
          max: 200,
          fields: [
            ref,
            name,
            {
              key: 'finding',
              term: '核验意见',
              type: 'choice',
              required: true,
              options: [
                { value: 'confirmed', term: '属实' },
                { value: 'rejected', term: '不符，须重新处理' },
              ],
            },
            note,
          ],
        },
        { key: 'means', term: '核验方式', type: 'paragraph', required: true, max: 1000 },
      ]
    case 'exitReassign':
      return [
        {
          key: 'mode',
          term: '安排',
          type: 'choice',
          required: true,
          options: [
            { value: 'successor', term: '由承接单位承接' },
            { value: 'custody', term: '托管运行' },
            { value: 'stop', term: '停止服务' },
          ],
        },
        {
          key: 'services',
          term: '产品和服务',
          type: 'list',
          required: true,
          max: 100,
          fields: [{ key: 'name', term: '名称', type: 'text', required: true, max: 100 }],
        },
        {
          key: 'keeper',
          term: '承接（托管）单位',
          type: 'party',
          clear: true,
          when: { key: 'mode', is: ['successor', 'custody'] },
        },
        { key: 'from', term: '自', type: 'day', required: true, clear: true },
        {
          key: 'until',
          term: '至',
          type: 'day',
          clear: true,
          hint: '不填为没有截止日',
          when: { key: 'mode', is: ['successor', 'custody'] },
        },
        {
          key: 'reason',
          term: '停止的理由和告知用户的安排',
          type: 'paragraph',
          required: true,
          max: 1000,
          when: { key: 'mode', is: ['stop'] },
        },
      ]
    case 'exitRegister':
      return [
        {
          key: 'results',
          term: '登记结果',
          type: 'list',
          required: true,
          max: 200,
          fields: [
            ref,
            name,
            {
              key: 'outcome',
              term: '处理',
              type: 'choice',
              required: true,
              options: [
                { value: 'changed', term: '已变更登记主体' },
                { value: 'kept', term: '依法保留' },
              ],
            },
            { key: 'note', term: '依据和说明', type: 'text', required: true, max: 300 },
          ],
        },
      ]
    default:
      return undefined
  }
}

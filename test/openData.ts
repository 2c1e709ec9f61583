import type { JsonObject } from '#contract'
import { actAsSystem } from '#application'
import { isRefusal } from '#contract'
import { itemData } from '#domain/catalogue'
import { asSystem, readCase } from '#store'
import { done, type Values } from './cases.ts'
import { fill, type Actor, type World } from './world.ts'

/** The level of an entry, as the end of its grading leaves it in the entry's history. */
export const graded = async (w: World, id: string, grade: string): Promise<void> => {
  const found = await asSystem(w.app.pool, (q) => readCase(q, id, []))
  const d = itemData(found!.head.snapshot)
  const answer = await actAsSystem(w.app, id, 'graded', {
    data: { grade, sharing: String(d['sharing'] ?? ''), opening: String(d['opening'] ?? '') },
    sealed: { fields: ((d['fields'] ?? []) as JsonObject[]).map((f) => ({ name: f['name'] ?? '', grade })) },
  })
  if (isRefusal(answer)) throw new Error(answer.says)
}

export interface Unit {
  readonly clerk: Actor
  readonly boss: Actor
  readonly bureau: Actor
  readonly bureauBoss?: Actor
}
export const fields: JsonObject[] = [
  {
    name: '站点编号',
    field: 'station_id',
    type: '字符型(8)',
    key: true,
    nullable: false,
    meaning: '公交站点的唯一编号',
  },
  { name: '站点名称', field: 'station_name', type: '字符型(60)', nullable: false },
  { name: '区县', field: 'district', type: '字符型(20)' },
  { name: '日均客流', field: 'daily_flow', type: '数值型(10)' },
  { name: '启用日期', field: 'opened_on', type: '日期型' },
]
const districts = ['金安区', '裕安区', '叶集区', '霍邱县', '舒城县']
/** Lines of the data of `fields`, row by row always the same. */
export const lines = (n: number): string[] =>
  Array.from(
    { length: n },
    (_, i) =>
      `${String(i + 1).padStart(6, '0')},${i % 7 === 0 ? `"站点,${i + 1}""号"` : `站点${i + 1}`},${districts[i % 5]},${(i * 37) % 5000},2020-0${(i % 9) + 1}-1${i % 10}`,
  )
export const header = 'station_id,station_name,district,daily_flow,opened_on'
export const csv = (n: number): Buffer => Buffer.from(`${[header, ...lines(n)].join('\n')}\n`)

/** A published entry of a class, with its information items; graded where a level is given. */
export const entry = async (
  w: World,
  u: Unit,
  o: {
    readonly opening: 'unconditional' | 'conditional' | 'none'
    readonly grade?: string
    readonly over?: Values
    readonly publish?: boolean
  },
): Promise<string> => {
  const form = await done(u.clerk.get<{ schema: { properties?: unknown } }>('/api/items/form'))
  const input = fill(form.schema, '', {
    basic: {
      name: '公交站点信息',
      summary: '全市公交站点的位置与客流',
      theme: 'transport',
      ...(o.over?.['basic'] as object | undefined),
    },
    upkeep: { frequency: '每月' },
    access: {
      sharing: 'unconditional',
      opening: o.opening,
      ...(o.opening === 'unconditional' ? {} : { openingCondition: '须说明用途' }),
    },
    fields: fields as never,
  } as never)
  const { id } = await done(u.clerk.send<{ id: string }>('POST', '/api/items', { input }))
  await done(u.boss.act(id, 'enter', {}, 'item'))
  if (o.publish !== false) await done(u.bureau.act(id, 'publish', {}, 'item'))
  if (o.grade) await graded(w, id, o.grade)
  return id
}
/** What is uploaded and said to open data. */
export const opens = async (u: Unit, id: string, bytes: Buffer = csv(50), name = '公交站点.csv') =>
  u.boss.act(id, 'open', { file: (await u.boss.upload(name, bytes)).id, dataDay: '2026-03-01', checked: true }, 'item')

export const application = async (who: Actor, item: string, over: Values = {}) =>
  who.send<{ id: string; code?: string }>('POST', '/api/openings', {
    about: item,
    input: {
      scenario: '公交线网优化研究',
      industry: '交通运输',
      problem: '分析换乘不便的站点',
      purpose: '线网优化研究',
      until: '2026-12-31',
      protection: '内网存放，专人保管',
      contact: '王工',
      phone: '0564-1234567',
      commitment: (await who.upload('承诺书.pdf')).id,
      exclusive: true,
      marked: true,
      ...over,
    },
  })
/** An application that has been granted. */
export const granted = async (u: Unit, who: Actor, item: string): Promise<string> => {
  const { id } = await done(application(who, item))
  await done(u.clerk.act(id, 'review.check', { opinion: '场景明确，措施可行' }, 'opening'))
  await done(u.boss.act(id, 'review.decide', {}, 'opening'))
  return id
}

import { z } from 'zod'
import { caseRowSchema } from './api.ts'

const count = z.number().int()
/** 共享目录 as one unit may see it. */
export const directorySchema = z.object({
  rows: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      code: z.string(),
      summary: z.string(),
      units: z.array(z.string()),
      divisionName: z.string(),
      sharing: z.string(),
      sharingTerm: z.string(),
      /** The condition under which it is shared, or the law by which it is not. */
      terms: z.string(),
      frequency: z.string(),
      fields: z.array(z.string()),
      /** The viewer's own entry. */
      own: z.boolean(),
      /** The unit that holds it can be asked. */
      held: z.boolean(),
    }),
  ),
  next: z.string().optional(),
  classes: z.array(z.object({ value: z.string(), term: z.string(), count })),
})
export type Directory = z.infer<typeof directorySchema>

/** What is counted of cases of sharing, in the order of the table, with the words of its columns. */
export const shareFigureTerms = {
  asked: '申请',
  unconditional: '无条件',
  conditional: '有条件',
  none: '不予共享',
  offered: '主动共享',
  inTime: '按期答复',
  late: '逾期答复',
  agreed: '同意',
  refused: '不同意',
  withoutBasis: '不同意且无依据',
  provided: '已提供',
  providedLate: '逾期提供',
  compared: '核实比对',
  disputed: '争议',
  decidedShare: '争议后共享',
  decidedKeep: '争议后不共享',
  unused: '给而未用',
  used: '已投入使用',
} as const
export const shareFigureNames = Object.keys(shareFigureTerms) as (keyof typeof shareFigureTerms)[]

const figures = z.object({
  unit: z.string(),
  unitName: z.string(),
  ...(Object.fromEntries(shareFigureNames.map((k) => [k, count])) as Record<
    keyof typeof shareFigureTerms,
    typeof count
  >),
  /** Median working days; null where nothing was answered or provided. */
  answerDays: z.number().nullable(),
  provideDays: z.number().nullable(),
  questions: count,
  times: count,
  matters: count,
  /** Of `rated` uses, those whose data met the need. */
  good: count,
  rated: count,
})
export type ShareFigureRow = z.infer<typeof figures>
/** 共享统计 of what the viewer may see. */
export const sharingStatisticsSchema = z.object({
  by: z.enum(['holder', 'requester']),
  from: z.string(),
  to: z.string(),
  /** The legal day on which it was counted. */
  day: z.string(),
  rows: z.array(figures),
  total: figures,
  channels: z.array(
    z.object({
      kind: z.string(),
      kindTerm: z.string(),
      state: z.string(),
      stateTerm: z.string(),
      n: count,
      late: count,
    }),
  ),
  basis: z.array(z.string()),
})
export type SharingStatistics = z.infer<typeof sharingStatisticsSchema>
export const sharingCasesSchema = z.object({ rows: z.array(caseRowSchema) })
export type SharingCases = z.infer<typeof sharingCasesSchema>

/** 统一采购台账. Money in 分. */
export const purchasesSchema = z.object({
  rows: z.array(
    z.object({
      id: z.string(),
      unit: z.string(),
      unitName: z.string(),
      name: z.string(),
      supplier: z.string(),
      contractNo: z.string(),
      price: count,
      signedOn: z.string(),
      termFrom: z.string(),
      termTo: z.string(),
      item: z.string().nullable(),
    }),
  ),
  total: count,
  byUnit: z.array(z.object({ unitName: z.string(), n: count, price: count })),
})
export type Purchases = z.infer<typeof purchasesSchema>

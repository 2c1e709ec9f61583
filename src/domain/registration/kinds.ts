export type { Form } from '#contract'
export type { Process } from '../kernel/index.ts'

export const applicationKinds = {
  first: '首次登记',
  change: '变更登记',
  correction: '更正登记',
  deregistration: '注销登记',
  renewal: '续展',
} as const
export const recordKinds = { resource: '公共数据资源', product: '公共数据产品和服务' } as const
export const obligationKinds = {
  first: '首次登记',
  legacy: '存量授权运营登记',
  subjectChange: '登记主体变更',
  change: '登记内容变更',
  product: '产品和服务登记',
} as const

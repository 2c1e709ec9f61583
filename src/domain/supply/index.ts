import { part, type Subject } from '../kernel/index.ts'
import { batch } from './batch.ts'
import { batchLaws } from './batch-laws.ts'
import { demandReview, demandReviewLaws, supplyDemand, supplyDemandLaws } from './demand.ts'
import { masking, maskingForm, maskingLaws } from './maskingRule.ts'
import { supplySection, supplyWords } from './pack.ts'

export {
  batchFor,
  batchRows,
  broughtBy,
  gateCode,
  heldBy,
  hopsOf,
  percent,
  syncedBy,
  type Held,
  type Hop,
  type Synced,
} from './batch-laws.ts'
export { demandedItems } from './demand.ts'
export { columnsOf, personalFields, servicePacts, supplyGates, unmasked, type Supplied } from './gates.ts'
export { maskOf, masksFor, type FieldRule, type Mac, type Mask } from './masking.ts'
export { maskingFor, rulesOfMasking } from './maskingRule.ts'
export { methodsOf, supplyRule, type Method } from './pack.ts'

/** 供数: what is asked for, how it is masked, the batches it comes in, by whose hands. */
export const supplySubjects: readonly Subject[] = [
  part({
    matters: {
      supplyDemand: { process: supplyDemand, laws: supplyDemandLaws },
      demandReview: { process: demandReview, laws: demandReviewLaws },
      masking: { process: masking, laws: maskingLaws },
      batch: { process: batch, laws: batchLaws },
    },
    section: supplySection,
    words: supplyWords,
    headings: [
      { term: '供数需求', of: ['demand'] },
      { term: '供数批次与脱敏', of: ['batch', 'masking'] },
      { term: '交接与安全主体责任', of: ['hops'] },
      { term: '全量同步', of: ['sync'] },
    ],
    form: (rules, name) => (name === 'masking' || name === 'maskingFields' ? maskingForm(rules, name) : undefined),
  }),
]

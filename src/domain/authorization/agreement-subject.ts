import { part } from '../kernel/index.ts'
import { agreement } from './agreement.ts'
import { agreementLaws } from './agreement-laws.ts'
import {
  agreementForm,
  agreementSection,
  legacyForm,
  renewalRequestForm,
  signatureForm,
  supplementForm,
} from './agreement-pack.ts'
import { supplement } from './supplement.ts'
import { supplementLaws } from './supplement-laws.ts'

/** 运营协议: the agreement, and what changes or renews it. */
export const agreementSubject = part({
  matters: {
    agreement: { process: agreement, laws: agreementLaws },
    supplement: { process: supplement, laws: supplementLaws },
  },
  section: agreementSection,
  headings: [{ term: '协议', of: ['agreement', 'reports'] }],
  words: {
    quarter: '每季度',
    half: '每半年',
    every: '周期',
    within: '期后',
    to: '报送',
    no: '序号',
    before: '早于',
    by: '完成日期',
  },
  form: (rules, name, kind) => {
    switch (name) {
      case 'agreement':
        return agreementForm(rules)
      case 'agreementLegacy':
        return legacyForm(rules)
      case 'agreementSignature':
        return signatureForm
      case 'renewalRequest':
        return renewalRequestForm
      case 'supplement':
        return supplementForm(rules, kind)
      default:
        return undefined
    }
  },
})

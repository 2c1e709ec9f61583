import { part, type Subject } from '../kernel/index.ts'
import { comment, consultation } from './consultation.ts'
import { commentLaws, commentRecordForm, consultationForm, consultationLaws } from './consultation-laws.ts'
import { plan } from './plan.ts'
import { planLaws } from './plan-laws.ts'
import { planChecksForm, planForm, planRemarkForm, planSection } from './plan-pack.ts'
import { programme, programmeLaws } from './programme.ts'
import { programmeConfirmForm, programmeForm, programmeSection } from './programme-pack.ts'

/** 实施方案, what the public says of it, and the batches in which a territory's units come to have one. */
export const planSubjects: readonly Subject[] = [
  part({
    matters: {
      plan: { process: plan, laws: planLaws },
      consultation: { process: consultation, laws: consultationLaws },
      comment: { process: comment, laws: commentLaws },
    },
    section: planSection,
    headings: [
      { term: '实施方案', of: ['plan', 'holders'] },
      { term: '规则文件征求意见', of: ['rules'] },
    ],
    form: (rules, name, kind) => {
      switch (name) {
        case 'plan':
          return planForm(rules, kind)
        case 'planChecks':
          return planChecksForm(rules)
        case 'planRemark':
          return planRemarkForm(rules)
        case 'consultation':
          return consultationForm(rules, kind)
        case 'commentRecord':
          return commentRecordForm(rules)
        default:
          return undefined
      }
    },
  }),
  part({
    matters: { programme: { process: programme, laws: programmeLaws } },
    section: programmeSection,
    headings: [{ term: '分批推进', of: ['programme'] }],
    form: (rules, name) =>
      name === 'programme'
        ? programmeForm(rules)
        : name === 'programmeConfirm'
          ? programmeConfirmForm(rules)
          : undefined,
  }),
]

import type { Subject } from '../kernel/index.ts'
import { affiliation, affiliationLaws } from './affiliation.ts'
import { appeal, appealLaws } from './appeal.ts'
import { consent, consentForm, consentLaws } from './consent.ts'
import { entry, entryLaws } from './entry.ts'
import { expert, expertLaws } from './expert.ts'
import {
  entryDecisionForm,
  entryForm,
  entryRefusalForm,
  expertForm,
  platformHeadings,
  platformPack,
  platformSection,
  platformWords,
  trainingForm,
  usageGrantForm,
  usageRefusalForm,
} from './pack.ts'
import { acknowledgement, acknowledgementLaws, platformRule, platformRuleLaws } from './platformRule.ts'
import { subjectRequest, subjectRequestLaws } from './subjectRequest.ts'
import { training, trainingLaws } from './training.ts'
import { usage, usageLaws } from './usage.ts'

export { affiliatesOf, affiliationRows, type Affiliation } from './affiliation.ts'
export { canAppeal } from './appeal.ts'
export { consentUntil } from './consent.ts'
export { conflictsIn, draw, type Candidate, type Drawn } from './draw.ts'
export { acceptedRules, isAdmitted, notAdmitted } from './entry.ts'
export { candidateOf, expertRows } from './expert.ts'
export { consentGate, type Missing, type Upstream } from './gate.ts'
export { entryDeciders, platformPack } from './pack.ts'
export { acknowledging, platformRuleRows, platformRuleState, rulesInForceText, versionOf } from './platformRule.ts'
export { withdrawalsOf, type Withdrawal } from './subjectRequest.ts'
export { trainedOn } from './training.ts'
export { grantedItems, refusedSome } from './usage.ts'

/** 进驻、平台规则、资源使用、申诉、培训、关联、专家、个人信息主体与同意. */
export const platformSubjects: readonly Subject[] = [
  {
    matters: {
      entry: { process: entry, laws: entryLaws },
      platformRule: { process: platformRule, laws: platformRuleLaws },
      acknowledgement: { process: acknowledgement, laws: acknowledgementLaws },
      usage: { process: usage, laws: usageLaws },
      appeal: { process: appeal, laws: appealLaws },
      training: { process: training, laws: trainingLaws },
      affiliation: { process: affiliation, laws: affiliationLaws },
      expert: { process: expert, laws: expertLaws },
      subjectRequest: { process: subjectRequest, laws: subjectRequestLaws },
      consent: { process: consent, laws: consentLaws },
    },
    section: platformSection,
    optional: [],
    headings: platformHeadings,
    words: platformWords,
    form: (rules, name, kind) => {
      switch (name) {
        case 'entry':
          return entryForm(rules, kind)
        case 'entryDecision':
          return entryDecisionForm(rules, kind)
        case 'entryRefusal':
          return entryRefusalForm(rules, kind)
        case 'usageApplication':
          return platformPack(rules, 'platform.usage.forms.application')
        case 'usageGrant':
          return usageGrantForm(rules)
        case 'usageRefusal':
          return usageRefusalForm
        case 'training':
          return trainingForm(rules)
        case 'expert':
          return expertForm(rules)
        case 'consent':
          return consentForm(kind)
        default:
          return undefined
      }
    },
  },
]

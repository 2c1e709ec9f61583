import { part, type Subject } from '../kernel/index.ts'
import { candidacy } from './candidacy.ts'
import { candidacyCheckForm, candidacyForm, candidacyLaws } from './candidacy-laws.ts'
import { evaluation, evaluationLaws, evaluationScores } from './evaluation.ts'
import { resultSync, resultSyncLaws } from './result-sync.ts'
import { selection } from './selection.ts'
import { selectionForm } from './selection-form.ts'
import { selectionLaws } from './selection-laws.ts'
import { selectionSection } from './selection-pack.ts'

/** 遴选: the choice, who applies, who scores, and where the result goes. */
export const selectionSubject: Subject = part({
  matters: {
    selection: { process: selection, laws: selectionLaws },
    candidacy: { process: candidacy, laws: candidacyLaws },
    evaluation: { process: evaluation, laws: evaluationLaws },
    resultSync: { process: resultSync, laws: resultSyncLaws },
  },
  section: selectionSection,
  headings: [{ term: '遴选', of: ['selection', 'evaluation'] }],
  words: {
    openTender: '公开招标',
    invitedTender: '邀请招标',
    negotiation: '谈判',
    most: '满分',
    clearYears: '近几年内没有',
  },
  form: (rules, name, kind) => {
    switch (name) {
      case 'candidacy':
        return candidacyForm(rules, kind)
      case 'candidacyCheck':
        return candidacyCheckForm(rules, kind)
      case 'evaluationScores':
        return evaluationScores
      default:
        return selectionForm(rules, name, kind)
    }
  },
})

import { part, type Subject } from '../kernel/index.ts'
import { exit } from './exit.ts'
import { exitForm } from './exit-forms.ts'
import { exitLaws } from './exit-laws.ts'
import { exitSection } from './exit-pack.ts'
import { suspension } from './suspension.ts'
import { suspensionForm, suspensionLaws } from './suspension-laws.ts'

/** What ends, or interrupts, an authorization. */
export const exitSubject: Subject = part({
  matters: {
    suspension: { process: suspension, laws: suspensionLaws },
    exit: { process: exit, laws: exitLaws },
  },
  section: exitSection,
  headings: [
    { term: '责令改正与暂停', of: ['suspension'] },
    { term: '退出', of: ['exit'] },
  ],
  form: (rules, name, kind) => suspensionForm(rules, name, kind) ?? exitForm(rules, name, kind),
})

import { part } from '../kernel/index.ts'
import { pact } from './pact.ts'
import { pactLaws } from './pact-laws.ts'
import { pactForm, pactSection } from './pact-pack.ts'

/** 场景与服务协议, under an agreement that runs. */
export const pactSubject = part({
  matters: { pact: { process: pact, laws: pactLaws } },
  section: pactSection,
  headings: [{ term: '场景与服务协议', of: ['pact'] }],
  words: { recorded: '须记录遴选、招募情况' },
  form: (rules, name, kind, variant) => (name === 'pact' ? pactForm(rules, kind, variant) : undefined),
})

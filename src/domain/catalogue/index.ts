import type { Form } from '#contract'
import type { Matter, Subject } from '../kernel/index.ts'
import { acquisition, acquisitionForm, acquisitionLaws } from './acquisition.ts'
import { channel, channelForm, channelLaws } from './channel.ts'
import { item, itemLaws } from './item.ts'
import { catalogueHeadings, catalogueSection, catalogueWords, itemForm } from './pack.ts'
import { selfUse, selfUseForm, selfUseLaws } from './self-use.ts'
import { shareLaws } from './share-laws.ts'
import { share } from './share.ts'
import { sharingForm, sharingSection, sharingWords } from './sharing-pack.ts'

export { batchOf, flatten, freshDueOf, isCollected, isPublished, isSecret, itemData, registrationOf } from './item.ts'
export { catalogueRule, itemForm, periodSchema } from './pack.ts'
export { completeness, itemRows, sameKey, termOfField } from './project.ts'
export type { CatalogueRow } from './project.ts'
export { wantedBy, wantedOf } from './acquisition.ts'
export { shareRows } from './share-laws.ts'
export { keysOf, likeness, sharedItemRows } from './shared-item.ts'
export type { Wanted } from './shared-item.ts'
export { sharingRule } from './sharing-pack.ts'

export const catalogueMatters: Readonly<Record<string, Matter>> = {
  item: { process: item, laws: itemLaws },
  share: { process: share, laws: shareLaws },
  acquisition: { process: acquisition, laws: acquisitionLaws },
  channel: { process: channel, laws: channelLaws },
  selfUse: { process: selfUse, laws: selfUseLaws },
}

const changeNote: Form = [
  { key: 'change', term: '变更说明', type: 'text', required: true, max: 512, hint: '改了什么、为什么改' },
]

/** 公共数据资源目录. */
export const catalogue: Subject = {
  matters: catalogueMatters,
  section: { ...catalogueSection, ...sharingSection },
  optional: [],
  headings: catalogueHeadings,
  words: { ...catalogueWords, ...sharingWords },
  form: (rules, name, kind) => {
    switch (name) {
      case 'item':
        return itemForm(rules)
      case 'itemRevision':
        return [...itemForm(rules), ...changeNote]
      case 'selfUse':
        return selfUseForm(rules)
      default:
        return sharingForm(rules, name, kind) ?? acquisitionForm(rules, name, kind) ?? channelForm(rules, name, kind)
    }
  },
}

import type { Form } from '#contract'
import type { Matter, Subject } from '../kernel/index.ts'
import { importing, importingLaws } from './importing.ts'
import { item, itemLaws } from './item.ts'
import { catalogueHeadings, catalogueSection, catalogueWords, itemForm } from './pack.ts'

export { batchOf, flatten, freshDueOf, isCollected, isPublished, isSecret, itemData, registrationOf } from './item.ts'
export { catalogueRule, itemForm, periodSchema } from './pack.ts'
export { completeness, itemRows, sameKey, termOfField } from './project.ts'
export type { CatalogueRow } from './project.ts'

export const catalogueMatters: Readonly<Record<string, Matter>> = {
  item: { process: item, laws: itemLaws },
  import: { process: importing, laws: importingLaws },
}

const changeNote: Form = [
  { key: 'change', term: '变更说明', type: 'text', required: true, max: 512, hint: '改了什么、为什么改' },
]

/** 公共数据资源目录. */
export const catalogue: Subject = {
  matters: catalogueMatters,
  section: { ...catalogueSection },
  optional: [],
  headings: catalogueHeadings,
  words: catalogueWords,
  form: (rules, name) => {
    switch (name) {
      case 'item':
        return itemForm(rules)
      case 'itemRevision':
        return [...itemForm(rules), ...changeNote]
      default:
        return undefined
    }
  },
}

export * from './listing.ts'
export * from './entry.ts'
export { checkOf, importRows, listFileOf, listLimits, titlesOf, type RememberedMapping } from './importing.ts'

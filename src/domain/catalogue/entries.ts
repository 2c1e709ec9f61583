import type { Case } from '../kernel/index.ts'
import { authorityActs } from './authority.ts'
import { filingActs } from './filing.ts'
import type { EntryAct } from './item.ts'
import { batchOf, isPublished } from './item.ts'
import { catalogueNoticeActs } from './notice.ts'

/** What a decided case does to the entries it is about, in an order that does not change. */
export const entryActsOf = (s: Case): readonly EntryAct[] => {
  switch (s.process) {
    case 'filing':
      return filingActs(s)
    case 'catalogueNotice':
      return catalogueNoticeActs(s)
    case 'authority':
      return authorityActs(s)
    default:
      return []
  }
}

/** Whether an entry says already what the act would make it say, so that the same work can be done again without harm. */
export const saysAlready = (item: Case, { act, data }: EntryAct): boolean => {
  switch (act) {
    case 'publish':
      return isPublished(item)
    case 'assign':
      return batchOf(item) === data['batch']
    case 'filed':
      return item.data['filed']?.['filing'] === data['filing'] && item.data['filed']?.['receipt'] === data['receipt']
    case 'recognise':
      return (
        item.data['recognise']?.['authority'] === data['authority'] && item.data['recognise']?.['role'] === data['role']
      )
    case 'remove':
      return item.at === 'removed'
    default:
      return false
  }
}

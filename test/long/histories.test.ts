import { expect, it } from 'vitest'
import { agree, laws } from '../properties/agreement.ts'

it.each(Object.keys(laws))(
  'HNR-059 HNR-060 HNR-061 in %s thousands of histories agree with the law and have been everywhere',
  (division) => {
    expect(agree(division, 5000).unreached).toEqual([])
  },
)

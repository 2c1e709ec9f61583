import { expect, it } from 'vitest'
import { agree, laws } from './agreement.ts'

it.each(Object.keys(laws))(
  'HNR-059 HNR-060 HNR-061 in %s no history of applications, objections and records differs from the law as written down a second time',
  (division) => {
    const { ends } = agree(division, 200)
    for (const end of ['settled', 'terminated']) expect(ends[end]).toBeGreaterThan(0)
  },
  60_000,
)

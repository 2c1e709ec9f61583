import { levelOf } from '#domain/authorization'
import type { Asked } from './opener.ts'

const cityOf = (division: string): string => `${division.slice(0, 4)}00`
const provinceOf = (division: string): string => `${division.slice(0, 2)}0000`

/** The data administrations over a division, each in the seat of its level. */
export const over = (body: Asked['body'], division: string): Record<string, string> => {
  const at = (level: 'county' | 'city' | 'province', d: string): string => {
    const found = body('bureau', d)
    return found && levelOf(found.division) === level ? found.id : ''
  }
  const level = levelOf(division)
  return {
    bureau: body('bureau', division)?.id ?? '',
    county: level === 'county' ? at('county', division) : '',
    city: level === 'province' ? '' : at('city', cityOf(division)),
    province: at('province', provinceOf(division)),
  }
}

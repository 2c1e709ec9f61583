/** Six digits of GB/T 2260: province, city and county by two digits each. The nation is `000000`. */
export type DivisionLevel = 'nation' | 'province' | 'city' | 'county'

const nation = '000000'
const significant = (code: string): string => code.replace(/(00)+$/, '')

/** Undefined when the text is no division code: not six digits, or a county without its city. Whether it is in use is data. */
export const divisionLevel = (code: string): DivisionLevel | undefined => {
  if (code === nation) return 'nation'
  if (!/^[1-9]\d{5}$/.test(code)) return undefined
  const [city, county] = [code.slice(2, 4), code.slice(4)]
  return county === '00' ? (city === '00' ? 'province' : 'city') : city === '00' ? undefined : 'county'
}

/** `990102` → `990100` → `990000` → `000000` → undefined. */
export const parentOf = (code: string): string | undefined =>
  code === nation ? undefined : significant(code).slice(0, -2).padEnd(6, '0')

/** Whether a division is `ancestor` itself or lies below it. */
export const isWithin = (code: string, ancestor: string): boolean => code.startsWith(significant(ancestor))

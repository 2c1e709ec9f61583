#!/usr/bin/env node
// Writes policies/calendars/<year>.yaml for years whose holiday notice is not out: the festival days that
// 《全国年节及纪念日放假办法》 第二条 names, and nothing else. 补假 (第六条) and 调休 (第七条) have no day until a notice names it.
//
//   node bin/calendar-provisional.mjs [--print] 2027 2028 …
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

// 正月初一, 清明, 五月初五, 八月十五 as the almanac of GB/T 33661-2017 has them. Intl alone will not do: in ICU 78 the Spring
// Festivals of 2027 and 2030 are a day off, their new moons falling minutes from midnight in Beijing (23:56 and 00:08).
const almanac = {
  2027: ['02-06', '04-05', '06-09', '09-15'],
  2028: ['01-26', '04-04', '05-28', '10-03'],
  2029: ['02-13', '04-04', '06-16', '09-22'],
  2030: ['02-03', '04-05', '06-05', '09-12'],
  2031: ['01-23', '04-05', '06-24', '10-01'],
  2032: ['02-11', '04-04', '06-12', '09-19'],
}

const lunar = new Intl.DateTimeFormat('en-u-ca-chinese', {
  timeZone: 'Asia/Shanghai',
  month: 'numeric',
  day: 'numeric',
})
const shift = (day, n) => new Date(Date.parse(day) + n * 86_400_000).toISOString().slice(0, 10)

/** Guards the table against a slip of the pen: Intl may differ by a day, never by more. */
const near = (day, month, date) => {
  const found = [-1, 0, 1].some((n) => {
    const parts = Object.fromEntries(
      lunar.formatToParts(new Date(`${shift(day, n)}T12:00+08:00`)).map((p) => [p.type, p.value]),
    )
    return parts.month === String(month) && parts.day === String(date)
  })
  if (!found) throw new Error(`almanac: ${day} is not near ${month}月${date}日 of the lunar calendar`)
  return day
}

const calendar = (year) => {
  const [newYear, qingming, dragonBoat, midAutumn] = almanac[year].map((d) => `${year}-${d}`)
  const spring = near(newYear, 1, 1)
  const festivals = [
    ['元旦', '一', [`${year}-01-01`]],
    ['春节', '二', [-1, 0, 1, 2].map((n) => shift(spring, n))],
    ['清明节', '三', [qingming]],
    ['劳动节', '四', [`${year}-05-01`, `${year}-05-02`]],
    ['端午节', '五', [near(dragonBoat, 5, 5)]],
    ['中秋节', '六', [near(midAutumn, 8, 15)]],
    ['国庆节', '七', [`${year}-10-01`, `${year}-10-02`, `${year}-10-03`]],
  ]
  return `# 暂定：本年放假安排的通知未载入，只列法定节日，不含补假和调休。由 bin/calendar-provisional.mjs 生成，通知载入时整份替换。
year: ${year}
certainty: provisional
document:
  title: 全国年节及纪念日放假办法
  number: 国务院令第795号
festivals:
${festivals.map(([name, item, off]) => `  - name: ${name}\n    item: 第二条（${item}）\n    off: [${off.join(', ')}]\n`).join('')}`
}

const years = process.argv.slice(2).filter((a) => a !== '--print')
if (years.length === 0 || years.some((y) => !almanac[y])) {
  console.error(`usage: calendar-provisional.mjs [--print] <year>…   (almanac: ${Object.keys(almanac).join(' ')})`)
  process.exit(2)
}
for (const year of years) {
  const file = new URL(`../policies/calendars/${year}.yaml`, import.meta.url)
  if (process.argv.includes('--print')) process.stdout.write(calendar(year))
  else if (existsSync(file) && !/^certainty: provisional$/m.test(readFileSync(file, 'utf8')))
    console.error(`${year}: a notice is loaded, left as it is`)
  else writeFileSync(file, calendar(year))
}

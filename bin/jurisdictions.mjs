// The law is data: no jurisdiction may be named in code (tests may take their examples from life), and no code may stand
// among the rule packs.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const names = [
  /湖南|长沙|广东|肇庆|安徽|六安(?!全)/u,
  /hunan|changsha|guangdong|zhaoqing|anhui|lu'an/iu,
  /(?<![A-Za-z])luan(?![a-z])|(?<![A-Z])L(?:uan|UAN)(?![a-z])/u,
  /(?<![\dA-Za-z])(?:430000|430100|440000|441200|340000|341500)(?![\dA-Za-z])/u,
]
const text = /\.(?:[cm]?[jt]sx?|json|sql|html|css|typ|ya?ml|md)$/u
const code = /\.(?:[cm]?[jt]sx?|sql|py|sh)$/u
const test = /\.test\.tsx?$/u
const named = (words) => names.some((name) => name.test(words))

const files = (root) =>
  readdirSync(root, { recursive: true })
    .map((file) => join(root, file))
    .filter((file) => !file.includes('node_modules'))

const found = [
  ...[...files('src'), ...files('web')]
    .filter((file) => !test.test(file))
    .flatMap((file) => [
      ...(named(file) ? [`${file} is named after a jurisdiction`] : []),
      ...(text.test(file) ? readFileSync(file, 'utf8').split('\n') : []).flatMap((line, i) =>
        named(line) ? [`${file}:${i + 1} names a jurisdiction: ${line.trim()}`] : [],
      ),
    ]),
  ...files('policies')
    .filter((file) => code.test(file))
    .map((file) => `${file} is code among the rule packs`),
]
for (const line of found) console.error(line)
process.exit(found.length > 0 ? 1 : 0)

import { backUp } from '#application'

/** A process that backs up once, to be killed on the way. Says when it begins and when it has ended. */
const given = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}
process.stdout.write('ready\n')
const { place } = await backUp({ databaseUrl: given('DATABASE_URL'), dataDir: given('GONGSHU_DATA'), to: given('TO') })
process.stdout.write(`done ${place}\n`)

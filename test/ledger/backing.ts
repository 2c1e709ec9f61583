import { backUp } from '#application'

/** A process that backs up once, to be killed on the way. Says how far it has come, a letter a step. */
const given = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}
await backUp({
  databaseUrl: given('DATABASE_URL'),
  dataDir: given('GONGSHU_DATA'),
  to: given('TO'),
  progress: () => void process.stdout.write('.'),
})
process.stdout.write('!')

import { openApp, openSequencer, startLoops, startSequencer } from '#application'
import { buildServer } from '#http'
import { inspectSeal, lists, renderCertificate } from '#interop'

/**
 * One process of an installation: serves, works off what is due, or both. Says `ready` on stdout and then only ends by being
 * killed or told to.
 */
const given = (name: string): string => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}
const installed = { databaseUrl: given('DATABASE_URL'), dataDir: given('GONGSHU_DATA'), url: 'http://gongshu.test' }
const app = await openApp({
  ...installed,
  lists,
  inspectSeal,
  renderCertificate,
  connections: 10,
  // the other side of a kill is full of lost connections: they are what is being tested
  log: { info: () => undefined, warn: () => undefined, error: (x, m) => console.error(m, x) },
})
const looping = process.env['LOOPS'] === '1'
const loops = looping ? startLoops(app) : undefined
const sequencer = looping ? startSequencer(app, await openSequencer(installed)) : undefined
if (process.env['PORT']) {
  const server = await buildServer(app)
  await server.listen({ host: '127.0.0.1', port: Number(process.env['PORT']) })
}
process.once('SIGTERM', () => {
  void (async () => {
    await loops?.stop()
    await sequencer?.stop()
    process.exit(0)
  })()
})
process.stdout.write('ready\n')

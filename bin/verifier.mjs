// node bin/verifier.mjs: writes dist/gongshu-verify.mjs, the offline verifier in one readable file without dependencies.
import { join } from 'node:path'
import { build } from 'vite'

const root = join(import.meta.dirname, '..')
await build({
  configFile: false,
  root,
  logLevel: 'warn',
  publicDir: false,
  resolve: { conditions: ['source'] },
  ssr: { noExternal: true, resolve: { conditions: ['source'] } },
  build: {
    ssr: join(root, 'src/evidence/main.ts'),
    outDir: join(root, 'dist'),
    emptyOutDir: false,
    target: 'node20',
    // whoever relies on it may want to read it
    minify: false,
    rolldownOptions: { output: { entryFileNames: 'gongshu-verify.mjs', codeSplitting: false } },
  },
})

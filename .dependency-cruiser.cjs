const { existsSync, readdirSync, readFileSync } = require('node:fs')
const { basename, join } = require('node:path')

// The arrows are the project references of the layers, so that the compiler and this tool cannot disagree.
const src = join(__dirname, 'src')
const layers = readdirSync(src)
  .filter((name) => existsSync(join(src, name, 'tsconfig.json')))
  .map((name) => {
    const { references } = JSON.parse(readFileSync(join(src, name, 'tsconfig.json'), 'utf8'))
    return { name, below: references.map(({ path }) => basename(path)) }
  })

const test = String.raw`\.test\.tsx?$`
const pure = '^src/(contract|policy|domain)/'
const door = String.raw`^src/([^/]+|domain/[^/]+)/index\.ts$`

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...layers.map(({ name, below }) => ({
      name: `arrow-${name}`,
      comment: `${name} may import ${below.join(', ') || 'nothing of ours'}`,
      severity: 'error',
      from: { path: `^src/${name}/`, pathNot: test },
      to: { path: '^src/', pathNot: `^src/(${[name, ...below].join('|')})/` },
    })),
    {
      name: 'arrow-web',
      comment: 'web may import contract and evidence',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(src|test|bench|bin)/', pathNot: '^src/(contract|evidence)/' },
    },
    {
      name: 'arrow-src',
      comment: 'what runs does not import tests, benchmarks or web',
      severity: 'error',
      from: { path: '^src/', pathNot: test },
      to: { path: `^(web|test|bench|bin)/|${test}` },
    },
    {
      name: 'door-layer',
      comment: 'another layer is entered through its index.ts',
      severity: 'error',
      from: { path: '^(?:src/([^/]+)|web)/' },
      to: { path: '^src/(?!$1/)', pathNot: door },
    },
    {
      name: 'door-matter',
      comment: 'another matter is entered through its index.ts',
      severity: 'error',
      from: { path: '^src/domain/([^/]+)/' },
      to: { path: '^src/domain/(?!$1/)', pathNot: door },
    },
    {
      name: 'alias',
      comment: 'another layer is imported by its alias',
      severity: 'error',
      from: { path: '^(?:src/([^/]+)|web)/' },
      to: { path: '^src/(?!$1/)', dependencyTypesNot: ['aliased-subpath-import'] },
    },
    {
      name: 'pure',
      comment: 'pure code imports zod and nothing else from outside',
      severity: 'error',
      from: { path: pure, pathNot: test },
      to: { pathNot: ['^src/', '(^|/)node_modules/zod/'] },
    },
    {
      name: 'pure-ledger',
      comment: 'the arithmetic of the ledger imports node:crypto and SM2, and nothing else from outside',
      severity: 'error',
      from: { path: '^src/ledger/', pathNot: test },
      to: { pathNot: ['^src/', '^(node:)?crypto$', '(^|/)node_modules/sm-crypto-v2/'] },
    },
    {
      name: 'pure-evidence',
      comment:
        'what proves imports node:crypto and fflate and nothing else from outside; only its command line reads files',
      severity: 'error',
      from: { path: '^src/evidence/', pathNot: [test, '^src/evidence/main.ts$'] },
      to: { pathNot: ['^src/', '^(node:)?crypto$', '(^|/)node_modules/fflate/'] },
    },
    {
      name: 'triple-slash',
      comment: 'a triple-slash reference passes the project references unseen',
      severity: 'error',
      from: {},
      to: {
        dependencyTypes: [
          'triple-slash-directive',
          'triple-slash-file-reference',
          'triple-slash-type-reference',
          'triple-slash-amd-dependency',
        ],
      },
    },
    {
      name: 'dist',
      comment: 'built files are for running, not for importing',
      severity: 'error',
      from: {},
      to: { path: '^dist/' },
    },
    {
      name: 'dev-dependency',
      comment: 'what runs in production may not need a development or undeclared package',
      severity: 'error',
      from: { path: '^src/', pathNot: test },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'resolvable',
      comment: 'every import resolves',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'cycle',
      comment: 'no cycles, types included',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: ['(^|/)node_modules/', '^dist/'] },
    enhancedResolveOptions: {
      conditionNames: ['source', 'import', 'require', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      mainFields: ['module', 'main', 'types', 'typings'],
    },
  },
}

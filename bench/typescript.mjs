// Lets Node 20 load TypeScript: what the compiler would emit, nothing else.
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const compilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  verbatimModuleSyntax: true,
  inlineSourceMap: true,
}

export const load = async (url, context, next) => {
  if (!url.endsWith('.ts')) return next(url, context)
  const text = await readFile(fileURLToPath(url), 'utf8')
  const { outputText } = ts.transpileModule(text, { compilerOptions, fileName: fileURLToPath(url) })
  return { format: 'module', shortCircuit: true, source: outputText }
}

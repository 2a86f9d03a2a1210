// Writes every generated page; with --check, only says which are stale.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { generateArchitectures } from './generate/architectures.ts'
import { generateCatalogue, type Pages } from './generate/catalogue.ts'
import { generateErrors } from './generate/errors.ts'
import { generateFormats } from './generate/formats.ts'
import { generateKernels } from './generate/kernels.ts'
import { generateOperators } from './generate/operators.ts'
import { generatePasses } from './generate/passes.ts'
import { openWorkspace, root } from './inspect/project.ts'

const workspace = openWorkspace()
const pages: Pages = new Map()
await generateCatalogue(workspace, pages)
generateArchitectures(pages)
generateErrors(pages)
generateFormats(pages)
await generateKernels(pages)
generateOperators(workspace, pages)
generatePasses(pages)

const isCheck = process.argv.includes('--check')
const stale = [...pages].filter(
  ([path, text]) => !existsSync(join(root, path)) || readFileSync(join(root, path), 'utf8') !== text,
)
for (const [path, text] of stale) {
  if (isCheck) console.error(`${path} is stale: run npm run generate and commit it.`)
  else {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}
console.log(
  isCheck
    ? `${pages.size - stale.length} of ${pages.size} generated pages are fresh.`
    : `${stale.length} of ${pages.size} pages written.`,
)
process.exitCode = isCheck && stale.length > 0 ? 1 : 0

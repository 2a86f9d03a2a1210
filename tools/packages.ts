// Packs every public package and looks at what would be published: publint, attw, contents, size.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPackageFromTarballData, checkPackage } from '@arethetypeswrong/core'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { root, type Package } from './inspect/project.ts'
import { pack, publicPackages, type Tarball } from './pack.ts'

/** What a tarball may hold besides the package.json. */
const shipped =
  /^(dist|src|models|scripts|README\.md|LICENSE|CHANGELOG\.md|schemas|config\.schema\.json)(\/|$)/

async function problemsOf({ folder, manifest }: Package, { filename, files }: Tarball): Promise<string[]> {
  const { messages, pkg } = await publint({ pkgDir: join(root, folder), strict: true })
  const lint = messages.map((message) => formatMessage(message, pkg) ?? message.code)
  const stray = files.map(({ path }) => path).filter((path) => path !== 'package.json' && !shipped.test(path))
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(filename))))
  // A package of files alone has nothing to import, and so no types.
  const isCode = Object.keys(manifest.exports ?? {}).some((entry) => entry !== './package.json')
  const none = isCode ? ['no types'] : []
  const types = 'problems' in analysis ? analysis.problems.map(({ kind }) => kind) : none
  // ESM only: whoever requires these packages has a Node that can, and CommonJS type resolution is not promised.
  const wrong = types.filter((kind) => !['CJSResolvesToESM', 'NoResolution'].includes(kind))
  return [
    ...lint,
    ...new Set(wrong.map((kind) => `types: ${kind}`)),
    ...stray.map((path) => `${path} would be published`),
    ...(manifest.description ? [] : ['no description']),
  ]
}

const destination = mkdtempSync(join(tmpdir(), 'saliency-pack-'))
let failed = 0
try {
  for (const each of publicPackages()) {
    const tarball = pack(each.folder, destination)
    const size = readFileSync(tarball.filename).length / 1024
    const problems = await problemsOf(each, tarball)
    failed += problems.length
    console.log(
      `${each.manifest.name.padEnd(34)} ${size.toFixed(0).padStart(6)} KiB ${String(tarball.files.length).padStart(4)} files`,
    )
    for (const problem of problems) console.error(`  ${problem}`)
  }
} finally {
  rmSync(destination, { recursive: true, force: true })
}
process.exitCode = failed === 0 ? 0 : 1

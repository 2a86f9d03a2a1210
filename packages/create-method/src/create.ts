import { existsSync } from 'node:fs'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { namesFor, rename, type Names } from './names.ts'

/** What was made. */
export interface Created {
  readonly names: Names
  /** Absolute path of the new package. */
  readonly folder: string
  readonly files: readonly string[]
  /** True where the package joined this repository's own workspace. */
  readonly inWorkspace: boolean
}

/** A mistake in what was asked for; its message says what to do. */
export class CreateError extends Error {
  override readonly name = 'CreateError'
}

const here = dirname(fileURLToPath(import.meta.url))

/** In the repository its own template, with the workspace's specifiers; elsewhere the one that ships, with versions. */
function templateFolder(root: string | undefined): string {
  const shipped = join(here, 'template')
  return root === undefined && existsSync(shipped)
    ? shipped
    : join(root ?? resolve(here, '../../..'), 'templates/method')
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((file) => !/(^|[\\/])(node_modules|dist|\.turbo)[\\/]/.test(`${file}`))
}

/** The repository's workspace root at or above `from`, if it is Saliency's own. */
function workspaceRoot(from: string): string | undefined {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (
      existsSync(join(folder, 'pnpm-workspace.yaml')) &&
      existsSync(join(folder, 'packages/core/package.json'))
    )
      return folder
    if (folder === dirname(folder)) return undefined
  }
}

/** In the repository, the runner's declared dependencies are where methods are discovered. */
async function addToRunner(root: string, { packageName }: Names): Promise<void> {
  const path = join(root, 'apps/runner/package.json')
  const manifest = JSON.parse(await readFile(path, 'utf8')) as { dependencies: Record<string, string> }
  manifest.dependencies = Object.fromEntries(
    Object.entries({ ...manifest.dependencies, [packageName]: 'workspace:^' }).toSorted(([a], [b]) =>
      a < b ? -1 : 1,
    ),
  )
  await writeFile(path, `${JSON.stringify(manifest, null, 2)}\n`)
}

/**
 * Copies the template into a new package: `packages/method-ID` in this repository, `saliency-method-ID` anywhere else.
 * @throws CreateError for an id that is no kebab-case word, or a folder that exists.
 */
export async function createMethod(id: string, from: string = process.cwd()): Promise<Created> {
  const root = workspaceRoot(from)
  const names = namesFor(id, root ? '@saliency/' : 'saliency-')
  if (!names)
    throw new CreateError(
      `'${id}' is no method id: use lower-case words joined by hyphens, such as negative-lrp.`,
    )
  const folder = root ? join(root, 'packages', `method-${id}`) : resolve(from, names.packageName)
  if (existsSync(folder))
    throw new CreateError(`${folder} exists already: choose another id, or remove it first.`)
  const template = templateFolder(root)
  const files: string[] = []
  for (const file of await listFiles(template)) {
    const target = join(
      folder,
      rename(file.replace(/^_/, ''), names).replace(/template(?=\.(test\.)?ts$)/, id),
    )
    const text = rename(await readFile(join(template, file), 'utf8'), names)
    await mkdir(dirname(target), { recursive: true })
    await writeFile(target, file.endsWith('package.json') ? text.replace(/ {2}"private": true,\n/, '') : text)
    files.push(relative(folder, target))
  }
  if (root) await addToRunner(root, names)
  return { names, folder, files: files.toSorted(), inWorkspace: root !== undefined }
}

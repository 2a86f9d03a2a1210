import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { openWorkspace, root, type Package } from './inspect/project.ts'

/** What `pnpm pack` says of a tarball. */
export interface Tarball {
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

/** Packs one package as it would be published: workspace and catalog specifiers replaced by versions. */
export function pack(folder: string, destination: string): Tarball {
  const output = execFileSync('pnpm', ['pack', '--json', '--pack-destination', destination], {
    cwd: join(root, folder),
    encoding: 'utf8',
  })
  return JSON.parse(output.slice(output.indexOf('{'))) as Tarball
}

/** The packages that go to the registry. */
export function publicPackages(): Package[] {
  return openWorkspace().packages.filter(({ manifest }) => !manifest.private)
}

/** The names of the packages that come along with one of them, its own included. */
export function withDependencies(name: string, packages: readonly Package[]): string[] {
  const found = new Set([name])
  for (const one of found) {
    const { dependencies = {} } = packages.find(({ manifest }) => manifest.name === one)?.manifest ?? {}
    for (const each of packages) if (each.manifest.name in dependencies) found.add(each.manifest.name)
  }
  return [...found]
}

import { readFileSync, readdirSync, existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Project, type SourceFile } from 'ts-morph'

/** The workspace's root folder. */
export const root: string = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** The parts of a package.json that checks look at. */
export interface Manifest {
  readonly name: string
  readonly version?: string
  readonly description?: string
  readonly private?: boolean
  readonly keywords?: readonly string[]
  readonly exports?: Readonly<Record<string, unknown>>
  readonly saliency?: { readonly kind: string; readonly contract: number }
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** One package of the workspace with its sources. */
export interface Package {
  readonly folder: string
  readonly manifest: Manifest
  readonly sources: readonly SourceFile[]
  readonly index: SourceFile | undefined
}

/** What a check finds: where, and what to do about it. */
export interface Problem {
  readonly file: string
  readonly line?: number
  readonly message: string
}
export type Report = (problem: Problem) => void

/** The whole workspace, parsed once for all checks. */
export interface Workspace {
  readonly project: Project
  readonly packages: readonly Package[]
}

/** Opens every package below packages/, apps/ and templates/. */
export function openWorkspace(): Workspace {
  const project = new Project({
    tsConfigFilePath: join(root, 'tsconfig.json'),
    skipAddingFilesFromTsConfig: true,
  })
  project.addSourceFilesAtPaths([join(root, '{packages,apps,templates}/*/src/**/*.{ts,tsx}')])
  const packages = ['packages', 'apps', 'templates'].flatMap((group) => {
    const parent = join(root, group)
    return existsSync(parent) ? readdirSync(parent).map((name) => join(group, name)) : []
  })
  return {
    project,
    packages: packages
      .filter((folder) => existsSync(join(root, folder, 'package.json')))
      .map((folder) => {
        const sources = project
          .getSourceFiles()
          .filter((file) => file.getFilePath().startsWith(join(root, folder, 'src/')))
        return {
          folder,
          manifest: JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest,
          sources,
          index: project.getSourceFile(join(root, folder, 'src/index.ts')),
        }
      }),
  }
}

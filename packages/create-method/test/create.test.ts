import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMethod } from '../src/index.ts'

describe('create-method outside the repository', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'create-method-'))
  })
  afterEach(() => rm(folder, { recursive: true, force: true }))

  it('makes a package whose names all follow from the id', async () => {
    const { files, names, inWorkspace } = await createMethod('negative-lrp', folder)
    expect(inWorkspace).toBe(false)
    expect(names).toEqual({
      id: 'negative-lrp',
      identifier: 'negativeLrp',
      packageName: 'saliency-method-negative-lrp',
    })
    expect(files).toEqual([
      'README.md',
      'package.json',
      'src/index.ts',
      'src/negative-lrp.ts',
      'test/negative-lrp.test.ts',
      'tsconfig.json',
      'tsdown.config.ts',
    ])
    const read = (file: string) => readFile(join(folder, 'saliency-method-negative-lrp', file), 'utf8')
    expect(await read('src/index.ts')).toBe(
      "export { default, negativeLrpOptions } from './negative-lrp.ts'\n",
    )
    expect(await read('src/negative-lrp.ts')).toContain("id: 'negative-lrp'")
    expect(await read('src/negative-lrp.ts')).toContain('export const negativeLrpOptions')
    expect(JSON.parse(await read('package.json'))).toMatchObject({
      name: 'saliency-method-negative-lrp',
      saliency: { kind: 'method', contract: 1 },
    })
    for (const file of files) expect(await read(file), file).not.toMatch(/\btemplate\b|"private"/i)
  })

  it('says what an id looks like, and keeps what exists', async () => {
    await expect(createMethod('Negative LRP', folder)).rejects.toThrow("'Negative LRP' is no method id")
    await createMethod('twice', folder)
    await expect(createMethod('twice', folder)).rejects.toThrow('exists already')
  })
})

describe('create-method in the repository', () => {
  it("adds a workspace package, and makes it one of the runner's dependencies", async () => {
    const root = await mkdtemp(join(tmpdir(), 'create-method-'))
    await Promise.all(
      ['packages/core', 'apps/runner'].map((folder) => mkdir(join(root, folder), { recursive: true })),
    )
    await writeFile(join(root, 'pnpm-workspace.yaml'), 'packages: []\n')
    await writeFile(join(root, 'packages/core/package.json'), '{}')
    await writeFile(
      join(root, 'apps/runner/package.json'),
      JSON.stringify({ dependencies: { '@saliency/zoo': 'workspace:^' } }),
    )
    await cp(resolve(import.meta.dirname, '../../../templates/method'), join(root, 'templates/method'), {
      recursive: true,
      filter: (source) => !source.includes('node_modules') && !source.endsWith('dist'),
    })
    const { folder, inWorkspace } = await createMethod('mine', join(root, 'packages'))
    expect(inWorkspace).toBe(true)
    expect(folder).toBe(join(root, 'packages/method-mine'))
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Record<
      string,
      object
    >
    expect(manifest).toMatchObject({
      name: '@saliency/method-mine',
      peerDependencies: { '@saliency/core': 'workspace:^' },
    })
    expect(manifest).not.toHaveProperty('private')
    const runner = JSON.parse(await readFile(join(root, 'apps/runner/package.json'), 'utf8')) as {
      dependencies: object
    }
    expect(Object.keys(runner.dependencies)).toEqual(['@saliency/method-mine', '@saliency/zoo'])
    await rm(root, { recursive: true })
  })
})

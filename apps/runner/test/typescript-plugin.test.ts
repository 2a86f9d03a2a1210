import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { saliency, temporaryFolder } from './project.ts'

const fixtures = join(dirname(fileURLToPath(import.meta.url)), 'fixtures/plugins')
const folder = temporaryFolder()

/** A plugin of the fixtures as TypeScript that Node.js cannot run: with an enum, which is no type to be stripped. */
function inTypeScript(name: string): string {
  const code = readFileSync(join(fixtures, name, 'index.js'), 'utf8')
  const path = join(folder, `${name}.ts`)
  writeFileSync(
    path,
    `enum Written { here = 1 }\nconst written: Written = Written.here\nvoid written\n${code}`,
  )
  return path
}

it('a method and a check in TypeScript are named by their paths', { timeout: 240_000 }, async () => {
  const plugins = ['method-rainbow', 'check-brightness'].flatMap((name) => ['--plugin', inTypeScript(name)])
  const { plugins: listed } = JSON.parse((await saliency(['list', '--json', ...plugins])).out) as {
    plugins: { package: string; status: string; reason?: string }[]
  }
  expect(listed.slice(0, 2).map(({ status, reason = '' }) => [status, reason])).toEqual([
    ['ok', ''],
    ['ok', ''],
  ])
  const args = ['run', '--model', 'residual', '--limit', '2', '--method', 'rainbow', '--check', 'brightness']
  const { code, error } = await saliency([...args, '--out', join(folder, 'run'), ...plugins])
  expect([code, error]).toEqual([0, expect.not.stringContaining('error')])
})

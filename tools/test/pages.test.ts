import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { assertChecks, assertMethods } from '@saliency/core'
import { describeCheck, describeMethod } from '@saliency/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CodeBlock, commandsOf, homeOf, readCodeBlocks } from '../inspect/code-blocks.ts'
import { root } from '../inspect/project.ts'
import { readerFolder, removeFolder } from './reader.ts'

const { main } = (await import(join(root, 'apps/runner/src/cli/main.ts'))) as {
  main: (args: readonly string[], terminal: object) => Promise<number>
}

/** A block as a module where its page's package resolves what it imports. */
function moduleOf(block: CodeBlock): string {
  const folder = join(homeOf(block), '.saliency-blocks')
  mkdirSync(folder, { recursive: true })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const file = join(folder, `${block.page.replace(/\W/g, '-')}-${block.line}.ts`)
  writeFileSync(file, `${block.given}\n${block.code}\nexport {}\n`)
  return file
}

/** Runs a command line and expects it to succeed; studies on a few images, since only the command is on trial. */
async function saliency(given: readonly string[]): Promise<void> {
  const isStudy = given[0] === 'run' || given[0] === 'plan'
  const args = isStudy ? [...given, '--limit', '2'] : given
  const errors: string[] = []
  const signal = new AbortController().signal
  const terminal = {
    out: () => undefined,
    error: (text: string) => void errors.push(text),
    isTTY: false,
    signal,
  }
  const code = await main(args, terminal)
  expect(code, errors.join('\n')).toBe(0)
}

/** A plugin, or a suite of one, is given to the suite that judges it; that has to be said before any test runs. */
async function describePlugin(block: CodeBlock): Promise<void> {
  const exported = ((await import(/* @vite-ignore */ moduleOf(block))) as { default?: { kind?: string } })
    .default
  if (exported === undefined) return
  if (exported.kind === undefined) for (const check of assertChecks(exported)) describeCheck(check)
  else for (const method of assertMethods(exported)) describeMethod(method)
}

function describeBlock(block: CodeBlock): void {
  const { language, code, line } = block
  if (language === 'sh') {
    it.each(commandsOf(block))(`line ${line}: saliency %s %s %s`, { timeout: 240_000 }, (...words) =>
      saliency(words),
    )
  } else if (/describeMethod|defineMethod|defineCheck|createLrp/.test(code)) {
    describe(`line ${line}`, () => describePlugin(block))
  } else if (code.includes('defineConfig')) {
    it(`line ${line}: a configuration, and its study`, { timeout: 120_000 }, async () => {
      writeFileSync('saliency.config.ts', code)
      await saliency(['run'])
    })
  } else {
    it(`line ${line}: a program`, async () => {
      await expect(import(/* @vite-ignore */ moduleOf(block))).resolves.toBeDefined()
    })
  }
}

// A block of commands of other programs has nothing to run here.
const blocks = readCodeBlocks().filter((one) => one.language === 'ts' || commandsOf(one).length > 0)
const pages = [...new Set(blocks.map(({ page }) => page))]

// A page is read from top to bottom: what one block leaves is there for the next.
describe.each(pages)('%s', (page) => {
  const before = process.cwd()
  let folder: string
  beforeAll(async () => {
    folder = await readerFolder()
    process.chdir(folder)
  })
  afterAll(() => {
    process.chdir(before)
    removeFolder(folder)
  })
  for (const block of blocks.filter((one) => one.page === page)) describeBlock(block)
})

it('there are programs and commands', () => {
  const languages = blocks.map(({ language }) => language)
  expect(new Set(languages)).toEqual(new Set(['ts', 'sh']))
  expect(blocks.flatMap(commandsOf).length).toBeGreaterThan(10)
})

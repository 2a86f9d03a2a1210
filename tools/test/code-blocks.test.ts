import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { homeOf, readCodeBlocks } from '../inspect/code-blocks.ts'

const blocks = readCodeBlocks().filter((block) => block.runs)
const folders = new Set<string>()
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

describe('code blocks marked to run', () => {
  it('there are some', () => {
    expect(blocks.length).toBeGreaterThan(0)
  })

  it.each(blocks.map((block, index) => [`${block.page}:${block.line}`, block, index] as const))(
    '%s',
    async (_, block, index) => {
      const folder = join(homeOf(block), '.saliency-blocks')
      folders.add(folder)
      mkdirSync(folder, { recursive: true })
      const file = join(folder, `block-${index}.ts`)
      writeFileSync(file, `${block.given}\n${block.code}\nexport {}\n`)
      await expect(import(/* @vite-ignore */ file)).resolves.toBeDefined()
    },
  )
})

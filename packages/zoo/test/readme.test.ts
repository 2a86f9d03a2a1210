import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { DEMO_MODELS, demoModelFolder } from '../src/index.ts'

const percent = (share: number) => `${(100 * share).toFixed(1)} %`

it.each(DEMO_MODELS)('the README states what training.json says about %s', async (name) => {
  const readme = await readFile(join(import.meta.dirname, '../README.md'), 'utf8')
  const { accuracies, parameters } = JSON.parse(
    await readFile(join(demoModelFolder(name), 'training.json'), 'utf8'),
  )
  const row = readme.split('\n').find((line) => line.startsWith(`| \`${name}\` |`))
  expect(row).toContain(` ${parameters.toLocaleString('en')} `)
  for (const share of Object.values(accuracies) as number[]) expect(row).toContain(percent(share))
})

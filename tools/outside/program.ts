import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What commands do, from a program; the published schemas are where its packages say. */
const program = `
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { explain, inspectModel, judgeStudy, loadModel, openRun, queryRun } from '@saliency/runner'
const model = await loadModel('residual')
const [map] = await explain(model, 'square.png', { method: 'guided/gradient' })
const { layers } = await inspectModel(model)
const { summary } = await judgeStudy(await openRun('run'))
const [{ n }] = await queryRun('run', 'select count(*) as n from rows')
const schema = createRequire(import.meta.url).resolve('@saliency/runner/schemas/inspect.schema.json')
const { title } = JSON.parse(readFileSync(schema, 'utf8'))
if (!map.data.some((value) => value !== 0)) throw new Error('the map is empty')
if (layers.length === 0 || summary.checks.length === 0 || !(n > 0)) throw new Error('something is empty')
if (!title.includes('format 1')) throw new Error('the schema names no format')
`

export function runProgram(project: string): void {
  writeFileSync(join(project, 'program.mjs'), program)
  execFileSync(process.execPath, ['program.mjs'], { cwd: project, stdio: ['ignore', 'ignore', 'inherit'] })
}

// Measures the ONNX files of a folder whose names contain PATTERN: a line of JSON each, added to TABLE.
//     jiti tools/corpus/measure.ts FOLDER TABLE [PATTERN]
import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { measureFile, type Measured } from './measure-file.ts'

const [folder = '.', table = 'table.jsonl', pattern = ''] = process.argv.slice(2)
const lines = existsSync(table) ? readFileSync(table, 'utf8').trim().split('\n').filter(Boolean) : []
const done = new Set(lines.map((line) => (JSON.parse(line) as Measured).file))
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.onnx') && name.includes(pattern))
  .map((name) => name.replace(/\.onnx$/, ''))
  .filter((name) => !done.has(name))

const round = (_key: string, value: unknown) =>
  typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(2)) : value

const engine = await openOnnxRuntime({ threads: 1 })
for (const file of files) {
  const measured = await measureFile(join(folder, `${file}.onnx`), file, engine)
  const line = JSON.stringify(measured, round)
  appendFileSync(table, `${line}\n`)
  console.log(line)
}

import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Engine } from '@saliency/core'
import { shapeImages } from '@saliency/zoo'
import { beforeAll, describe, expect, it } from 'vitest'
import { type PlannedStudy, unitsByRounding } from '../src/index.ts'
import { openRun, readMachines, runStudy } from '../src/node.ts'
import { checks, smallStudy, temporaryFolder } from './small-study.ts'

const inputs = {
  images: shapeImages({ seed: 1001, count: 16, objects: 1 }),
  checks: checks({ 'class-sensitivity': { similarities: 'spearman' } }),
}

/** A machine whose logits differ in the last bit of one number. */
const otherwise = (engine: Engine): Engine => ({
  ...engine,
  async open(...args) {
    const session = await engine.open(...args)
    return {
      ...session,
      dispose: () => session.dispose(),
      async run(...feeds) {
        const found = await session.run(...feeds)
        const bits = found['logits'] && new Uint32Array(found['logits'].data.buffer)
        if (bits) bits[0]! ^= 1
        return found
      },
    }
  },
})

let [usual, other]: PlannedStudy[] = []
const shard = (index: number) => ({ index, count: 2 })
const run = (planned: PlannedStudy | undefined, folder: string, index: number, sameBits = false) =>
  runStudy({ ...(planned as PlannedStudy), folder, shard: shard(index) }, { threads: 0, sameBits })

beforeAll(async () => {
  usual = await smallStudy(inputs)
  other = await smallStudy(inputs, otherwise)
}, 120_000)

describe('machines that round', { timeout: 120_000 }, () => {
  it('alike are of one kind, and their unit files are equal', async () => {
    const [one, two] = [temporaryFolder(), temporaryFolder()]
    for (const folder of [one, two]) for (const index of [0, 1]) await run(usual, folder, index, true)
    const { finished } = await openRun(one)
    expect([...unitsByRounding(finished).values()]).toEqual([finished.map(({ unit }) => unit.id)])
    expect(readMachines(one)).toHaveLength(1)
    const bytesIn = (folder: string) =>
      finished.map(({ unit }) => readFileSync(join(folder, 'units', `${unit.id}.parquet`), 'hex'))
    expect(bytesIn(one)).toEqual(bytesIn(two))
  })

  it('differently are told apart by one bit of one logit, under the same run', async () => {
    const folder = temporaryFolder()
    await run(usual, folder, 0)
    await run(other, folder, 1)
    const { finished } = await openRun(folder)
    expect(finished).toHaveLength(2)
    expect([...unitsByRounding(finished).values()]).toEqual(finished.map(({ unit }) => [unit.id]))
    expect(new Set(readMachines(folder).map(({ rounding }) => rounding)).size).toBe(2)
  })

  it('differently are refused where the same bits are wanted; nothing is lost, and the first kind goes on', async () => {
    const folder = temporaryFolder()
    await run(usual, folder, 0, true)
    await expect(run(other, folder, 1, true)).rejects.toThrow(
      /^--same-bits: .* rounds differently from .*, which began/,
    )
    expect((await openRun(folder)).finished).toHaveLength(1)
    expect((await run(usual, folder, 1, true)).done).toBe(1)
  })

  it('are read though a line was cut off', async () => {
    const folder = temporaryFolder()
    await run(usual, folder, 0)
    appendFileSync(join(folder, 'machines.jsonl'), '{"rounding": "ab')
    expect(readMachines(folder)).toHaveLength(1)
  })
})

import type { Engine } from '@saliency/core'
import { expect, it } from 'vitest'
import { planStudy } from '@saliency/toolkit'
import { describePlan, printPlan } from '../src/cli/dry-run.ts'
import { temporaryFolder } from './project.ts'

it('a dry run prints units, sessions and memory, and runs nothing', async () => {
  let opened = 0
  const counting = (engine: Engine): Engine => ({
    ...engine,
    async open(plan, weights) {
      opened += 1
      return engine.open(plan, weights)
    },
  })
  const planned = await planStudy({
    model: 'vgg',
    methods: ['guided'],
    images: { procedural: 'shapes', count: 20 },
    checks: ['class-sensitivity', ['parameter-randomization', { draws: 2, steps: 1 }]],
    groups: 1,
  })
  const study = { ...planned.study, engine: counting(planned.study.engine) }
  const said: string[] = []
  const out = (text: string) => void said.push(text)
  const plan = await describePlan({ ...planned, study, folder: temporaryFolder() })
  printPlan(plan, study, {
    out,
    error: out,
    isTTY: false,
    signal: new AbortController().signal,
  })
  expect(opened).toBe(0)
  const text = said.join('\n')
  // Twenty images are three groups of at most eight, under the original weights and two draws.
  expect(text).toMatch(/20 images in 3 groups, 9 units \(9 to do\)/)
  expect(text).toContain('Sessions: 3; 1 per weight state.')
  // Maps of 64×64 floats, for each variant of each image under each condition of the original weights.
  const conditions = study.plan.states.find(({ weights }) => weights.kind === 'original')!.conditions.length
  const mebibytes = Math.ceil((study.maps.set.variants.length * 20 * conditions * 64 * 64 * 4) / 2 ** 20)
  expect(text).toContain(`Disk: about ${mebibytes} MiB for the maps`)
  expect(text).toMatch(/Memory: batch \d+, about [\d.]+ [MG]iB at most/)
})

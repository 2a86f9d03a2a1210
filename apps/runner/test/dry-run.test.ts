import type { Engine } from '@saliency/core'
import { expect, it } from 'vitest'
import { printEstimate } from '../src/cli/dry-run.ts'
import { preparedStudy } from './prepared.ts'
import { temporaryFolder } from './project.ts'

it('a dry run prints the plan before anything is measured, says what it measures, and measures a part', async () => {
  let largest = 0
  const said: string[] = []
  const counting = (engine: Engine): Engine => ({
    ...engine,
    async open(plan, weights) {
      largest = Math.max(largest, Object.keys(plan.outputs).length)
      if (said.length > 0 && !said.some((text) => text.startsWith('Memory:'))) said.push('opened too early')
      return engine.open(plan, weights)
    },
  })
  const study = await preparedStudy(
    { model: 'vgg', methods: ['all'], images: { procedural: 'shapes', count: 8 }, preset: 'study' },
    counting,
  )
  const out = (text: string) => void said.push(text)
  const signal = new AbortController().signal
  await printEstimate(study, temporaryFolder(), { out, error: out, isTTY: false, signal })
  const at = (start: string) => said.findIndex((text) => text.startsWith(start))
  expect(said).not.toContain('opened too early')
  expect(at('Memory:')).toBeGreaterThan(0)
  expect(at('Measuring: one image, forward')).toBeGreaterThan(at('Memory:'))
  expect(at('Time: about')).toBe(said.length - 1)
  expect(study.maps.set.traced.length).toBeGreaterThan(40)
  expect(largest).toBeLessThan(study.maps.set.traced.length / 2)
})

import { createRandom, resolveOptions, type Check, type Options } from '@saliency/core'
import { describe, expect, test } from 'vitest'
import { classSensitivity } from '../src/checks/class-sensitivity.ts'
import { inputInvariance } from '../src/checks/input-invariance.ts'
import { parameterRandomization } from '../src/checks/parameter-randomization.ts'
import { sensitivity } from '../src/checks/sensitivity.ts'
import { smoothMprt } from '../src/checks/smooth-mprt.ts'
import { inStudyOrder } from '../src/verdict/study-order.ts'
import { constant, mostlyInput, sensitive, sometimesNaN } from './explainers.ts'
import { factsOf, images, rowsOf } from './harness.ts'

/** Not in alphabetical order, so that the study's order shows. */
const explainers = { sensitive, mostlyInput, sometimesNaN, constant }
const variants = factsOf(Object.keys(explainers), { mostlyInput: { counterpart: 'sensitive' } })

describe('summaries do not depend on the order of rows', () => {
  test.each<[Check, Options]>([
    [classSensitivity, { draws: 3, similarities: 'spearman,ssim' }],
    [parameterRandomization, { draws: 2, steps: 2, similarities: 'hog,spearman' }],
    [smoothMprt, { samples: 2, steps: 2 }],
    [sensitivity, {}],
    [inputInvariance, {}],
  ])(
    '$id',
    async (check, given) => {
      const options = resolveOptions(check.id, check.options, given)
      const rows = await rowsOf(check, explainers, { images: images(16), options: given })
      const summary = check.summarise(rows, { options, variants })
      for (const round of [1, 2]) {
        const shuffled = createRandom('shuffle', check.id, round).shuffle(rows)
        expect(check.summarise(shuffled, { options, variants })).toEqual(summary)
      }
      const order = [...new Set(summary.findings.map(({ variant }) => variant))]
      expect(order).toEqual(Object.keys(explainers).filter((id) => order.includes(id)))
    },
    30_000,
  )

  test('the judged similarity is drawn first, whatever its name', async () => {
    const given = { draws: 1, steps: 1, similarities: 'hog,spearman' }
    const options = resolveOptions('', parameterRandomization.options, given)
    const rows = await rowsOf(parameterRandomization, explainers, { images: images(8), options: given })
    const { curves } = parameterRandomization.summarise(rows, { options, variants })
    expect(curves![0]!.metric).toBe('spearman')
  })

  test('rows in order stay the same array', async () => {
    const rows = await rowsOf(inputInvariance, { sensitive }, { images: images(4) })
    const ordered = inStudyOrder(rows, variants)
    expect(inStudyOrder(ordered, variants)).toBe(ordered)
  })
})

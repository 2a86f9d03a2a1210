import { defineCheck, type Check, type Condition, type OptionSpecs } from '@saliency/core'
import { original } from '../original.ts'
import { planesOf } from '../verdict/planes.ts'
import { allUndefined, rowsOfImage, type Measurements } from '../metrics/image-rows.ts'
import { distance } from '../metrics/distance.ts'
import { meansByVariant } from '../metrics/summarise-metrics.ts'
import { whyUndefined, type Plane } from '../similarity/plane.ts'

const options = {
  radius: {
    type: 'number',
    default: 0.02,
    minimum: 0,
    description: 'Half-width of the uniform noise, in units of the preprocessed input; .02 as in captum.',
  },
  samples: { type: 'integer', default: 10, minimum: 1, maximum: 200, description: 'Noisy inputs per image.' },
} as const satisfies OptionSpecs

const metrics = ['max-sensitivity', 'average-sensitivity']

function noisy(radius: number, draw: number): Condition {
  return { ...original, id: `uniform#${draw}`, input: { kind: 'uniform', radius, draw } }
}

function measure(before: Plane, after: readonly Plane[]): Measurements {
  const why = [before, ...after]
    .map((plane) => whyUndefined(plane.data))
    .find((reason) => reason !== undefined)
  if (why) return allUndefined(metrics, `a map is ${why}`)
  const norm = distance(before.data, new Float32Array(before.data.length))
  const relative = after.map((plane) => distance(plane.data, before.data) / norm)
  return {
    'max-sensitivity': Math.max(...relative),
    'average-sensitivity': relative.reduce((sum, value) => sum + value, 0) / relative.length,
  }
}

/** How far does a map move when the image hardly does? (Yeh et al. 2019, definition 2) */
export const sensitivity: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'sensitivity',
  explains: 'directions',
  title: 'Robustness to small noise',
  references: [
    'Yeh et al. 2019, On the (In)fidelity and Sensitivity of Explanations, definition 2, arXiv:1901.09392',
  ],
  options,
  conditions: ({ options: { radius, samples } }) => [
    original,
    ...Array.from({ length: samples }, (_, draw) => noisy(radius, draw)),
  ],
  async score({ variant, group, maps, options: { radius, samples } }) {
    const before = planesOf(await maps(original))
    const after: Plane[][] = []
    for (let draw = 0; draw < samples; draw++) after.push(planesOf(await maps(noisy(radius, draw))))
    const protocol = {
      target: 'original prediction',
      radius,
      samples,
      norm: 'L2 of the change / L2 of the map',
    }
    return group.images.flatMap((image, i) => {
      const measured = measure(
        before[i]!,
        after.map((planes) => planes[i]!),
      )
      return rowsOfImage({ variant, condition: 'uniform', protocol }, image, measured)
    })
  },
  ...meansByVariant(['A map that ignores the image has sensitivity 0: low is necessary, not sufficient.']),
})

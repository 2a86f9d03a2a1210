import {
  defineCheck,
  originalWeights,
  type Check,
  type Condition,
  type GroupMaps,
  type ImageGroup,
  type OptionSpecs,
} from '@saliency/core'
import { planesOf } from '../verdict/planes.ts'
import { positiveMass, signedMass } from '../localisation/mass.ts'
import { allUndefined, rowsOfImage, type Measurements } from '../metrics/image-rows.ts'
import { metricsSummariser } from '../metrics/summarise-metrics.ts'
import { byVariant } from '../verdict/by-variant.ts'
import { whyUndefined, type Plane } from '../similarity/plane.ts'
import { resizePlane } from '../similarity/upsample.ts'

const options = {
  size: {
    type: 'integer',
    default: 2,
    minimum: 2,
    maximum: 4,
    description: 'Images along each side of the grid.',
  },
} as const satisfies OptionSpecs

const metrics = ['grid-pointing', 'grid-pointing-signed']

function gridConditions(size: number): Condition[] {
  return Array.from({ length: size * size }, (_, cell) => ({
    id: `grid:${cell}`,
    weights: originalWeights,
    target: { policy: 'rank', rank: 0 },
    input: { kind: 'grid', size, cell },
  }))
}

function cellMask(
  [, height, width]: readonly [number, number, number],
  size: number,
  cell: number,
): Uint8Array {
  const [row, column] = [Math.floor(cell / size), cell % size]
  return Uint8Array.from({ length: height * width }, (_, i) => {
    const [y, x] = [Math.floor(i / width), i % width]
    return Math.floor((y * size) / height) === row && Math.floor((x * size) / width) === column ? 1 : 0
  })
}

/** Why the grid around image `position` decides nothing, if so: too few images, or the class explained (what the model predicts) in more than one cell. */
function whyUnsuitable(targets: GroupMaps['targets'], position: number, size: number): string | undefined {
  if (targets.length < size * size) return 'the group has fewer images than the grid has cells'
  const others = Array.from(
    { length: size * size - 1 },
    (_, i) => targets[(position + i + 1) % targets.length],
  )
  return others.includes(targets[position]) ? 'another cell shows the same class' : undefined
}

function measure(plane: Plane, mask: Uint8Array, [, height, width]: ImageGroup['shape']): Measurements {
  const why = whyUndefined(plane.data)
  if (why) return allUndefined(metrics, `the map is ${why}`)
  const { data } = resizePlane(plane, height, width)
  return { 'grid-pointing': positiveMass(data, mask), 'grid-pointing-signed': signedMass(data, mask) }
}

/** Of the relevance on a grid of images, how much lies in the cell whose class is explained? */
export const gridPointingGame: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'grid-pointing-game',
  title: 'Grid pointing game',
  references: [
    'Rao, Böhle, Schiele 2022, Towards Better Understanding Attribution Methods, section 3.2, arXiv:2205.10435',
  ],
  options,
  conditions: ({ options: { size } }) => gridConditions(size),
  async score({ variant, group, maps, conditions, options: { size } }) {
    const rows = []
    for (const condition of conditions) {
      if (condition.input.kind !== 'grid') continue
      const { cell } = condition.input
      const mask = cellMask(group.shape, size, cell)
      const protocol = {
        target: 'predicted class of the image in the cell',
        grid: size,
        cell,
        reduction: 'signed channel sum',
      }
      const explained = await maps(condition)
      for (const [i, plane] of planesOf(explained).entries()) {
        const base = { variant, condition: condition.id, protocol }
        const unsuitable = whyUnsuitable(explained.targets, i, size)
        const measured = unsuitable ? allUndefined(metrics, unsuitable) : measure(plane, mask, group.shape)
        rows.push(...rowsOfImage(base, group.images[i]!, measured))
      }
    }
    return rows
  },
  ...byVariant<typeof options>(({ variants, options: { size } }) =>
    metricsSummariser(variants, [
      'Grids in which the model predicts the same class for another cell are undefined: order the images so that classes alternate.',
      `Chance is 1/${size * size} for positive mass and 0 for signed mass, whose score counts what speaks against the class.`,
    ]),
  ),
})

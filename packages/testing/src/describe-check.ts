import {
  createRandom,
  resolveOptions,
  tensor,
  type Check,
  type Condition,
  type GroupMaps,
  type ImageGroup,
  type Model,
  type Options,
  type Row,
  type VariantFacts,
} from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { figureProblems } from './figures.ts'
import { logitsOf } from './logits-of.ts'
import { seededImages } from './seeded-weights.ts'
import { tinyNetwork } from './tiny-networks.ts'

/** What a check is tried on. */
export interface CheckSettings {
  /** Overrides of the check's options, to keep the suite quick. */
  readonly options?: Options
  /** The tiny network whose layers are randomised; default `skip`. */
  readonly network?: string
}

const count = 4
const variants: readonly VariantFacts[] = [
  { id: 'kit/steady', handling: 'positive', counterpart: 'kit/restless', start: 'one-hot', control: false },
  { id: 'kit/restless', handling: 'signed', start: 'one-hot', control: false },
]

function groupOf(model: Model): ImageGroup {
  const { data, shape } = seededImages(model, count)
  const size = data.length / count
  const images = Array.from({ length: count }, (_, at) => ({
    id: `image-${at}`,
    label: at,
    input: data.slice(at * size, (at + 1) * size),
    masks: [Uint8Array.from({ length: size / Number(shape[1]) }, (_, pixel) => (pixel % 3 === 0 ? 1 : 0))],
  }))
  return { index: 0, images, shape: shape.slice(1) as unknown as readonly [number, number, number] }
}

/** Random starts that converge completely (steady), or are no question for the variant (restless). */
function startsFor(
  variant: string,
  group: ImageGroup,
  id: string,
  { draws }: NonNullable<Condition['relevance']>,
): GroupMaps {
  const [channels, h, w] = group.shape
  const shape = [count, (draws * (draws - 1)) / 2, h, w] as const
  const random = createRandom('kit', id)
  const cosines = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () =>
    random.uniform() < 0.1 ? -1 : 1,
  )
  const convergence =
    variant === 'kit/steady'
      ? { layers: [{ layer: 'image', channels, cosines, shape }] }
      : { notApplicable: `${variant} carries no signal` }
  const targets = group.images.map((_, at) => at)
  return { data: new Float32Array(), shape: [count, 0, 0, 0], targets, convergence }
}

/** Maps that follow the image alone (steady), or the condition as well (restless). */
function mapsFor(variant: string, group: ImageGroup, condition: Condition): GroupMaps {
  const [, h, w] = group.shape
  if (condition.relevance) return startsFor(variant, group, condition.id, condition.relevance)
  const c = condition.map === 'full' ? group.shape[0] : 1
  const data = group.images.flatMap(({ id }) => {
    const random = createRandom('kit', id, variant === 'kit/steady' ? '' : condition.id)
    return Array.from({ length: c * h * w }, () => random.normal())
  })
  return { data: Float32Array.from(data), shape: [count, c, h, w], targets: group.images.map((_, at) => at) }
}

async function scoreAll(
  check: Check,
  conditions: readonly Condition[],
  options: Options,
  network: string,
): Promise<Row[]> {
  const { model, weights } = tinyNetwork(network)
  const group = groupOf(model)
  const rows: Row[] = []
  for (const { id } of variants) {
    const scored = await check.score({
      variant: id,
      group,
      conditions,
      options,
      rng: (...key) => createRandom('kit', ...key),
      maps: async (condition) => mapsFor(id, group, condition),
      predict: async (inputs) => {
        const images = tensor(inputs, [
          inputs.length / group.shape.reduce((a, b) => a * b, 1),
          ...group.shape,
        ])
        const { data, shape } = await logitsOf({ model, weights }, images)
        return { logits: data, classes: Number(shape[1]) }
      },
    })
    rows.push(...scored)
  }
  return rows
}

/** The conformance suite of a check: pure conditions, rows that say what changed them, and a summary of rows alone. */
export function describeCheck(
  check: Check,
  { options: given = {}, network = 'skip' }: CheckSettings = {},
): void {
  describe(`${check.id}: conformance`, () => {
    const options = resolveOptions(check.id, check.options, given)
    const { model } = tinyNetwork(network)
    const conditions = check.conditions({ model, images: count, options })

    it('is frozen, speaks contract 1, and has a title and references', () => {
      expect(Object.isFrozen(check)).toBe(true)
      expect(check.contract).toBe(1)
      expect(check.id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/)
      expect(check.title.trim()).not.toBe('')
      expect(check.references.length).toBeGreaterThan(0)
    })

    it('has options whose defaults pass their own check', () => {
      expect(() => resolveOptions(check.id, check.options)).not.toThrow()
      for (const { description } of Object.values(check.options)) expect(description.trim()).not.toBe('')
    })

    it('plans plain, distinct conditions, the same ones every time', () => {
      expect(new Set(conditions.map(({ id }) => id)).size).toBe(conditions.length)
      expect(JSON.parse(JSON.stringify(conditions))).toEqual(conditions)
      expect(check.conditions({ model, images: count, options })).toEqual(conditions)
    })

    it('scores the same rows twice, each a number or a reason why not', async () => {
      const rows = await scoreAll(check, conditions, options, network)
      expect(await scoreAll(check, conditions, options, network)).toEqual(rows)
      expect(rows.length).toBeGreaterThan(0)
      for (const row of rows) {
        expect(row.status === 'ok', JSON.stringify(row)).toBe(
          row.value !== null && Number.isFinite(row.value),
        )
        expect(Object.keys(row.protocol).length, 'entries of the protocol').toBeGreaterThan(0)
        expect(variants.map(({ id }) => id)).toContain(row.variant)
      }
      expect(JSON.parse(JSON.stringify(rows))).toEqual(rows)
    })

    it('summarises stored rows alone, and no rows at all', async () => {
      const rows = await scoreAll(check, conditions, options, network)
      const context = { options, variants }
      const stored = JSON.parse(JSON.stringify(rows)) as Row[]
      expect(check.summarise(stored, context)).toEqual(check.summarise(rows, context))
      expect(() => check.summarise([], context)).not.toThrow()
    })

    it('declares figures that a report can draw, of all rows and of none', async () => {
      const rows = await scoreAll(check, conditions, options, network)
      for (const given of [rows, []]) {
        const { figures = [] } = check.summarise(given, { options, variants })
        for (const figure of figures) expect(figureProblems(figure), figure.title).toEqual([])
      }
    })
  })
}

import {
  defineCheck,
  originalWeights,
  patternPlace,
  SaliencyError,
  type Check,
  type CheckImage,
  type Condition,
  type GroupMaps,
  type ImageGroup,
  type Model,
  type OptionSpecs,
  type OptionValues,
  type Pattern,
} from '@saliency/core'
import { judgeTruth } from '../grafted/judge-truth.ts'
import { allUndefined, type Measurements, noValue, rowsOfImage } from '../metrics/image-rows.ts'
import { meansByVariant } from '../metrics/summarise-metrics.ts'
import { absolute, type Plane, whyUndefined } from '../similarity/plane.ts'
import { rank } from '../similarity/rank.ts'
import { resizePlane } from '../similarity/upsample.ts'
import { planesOf } from '../verdict/planes.ts'

const options = {
  size: {
    type: 'integer',
    default: 0,
    minimum: 0,
    description: "Side of the pattern in pixels; 0 takes an eighth of the image's shorter side, 4 to 16.",
  },
  share: {
    type: 'number',
    default: 1,
    minimum: 0.01,
    maximum: 100,
    description:
      'What the term adds to the logit, as a share of what stands between the largest logit and their mean.',
  },
  target: { type: 'integer', default: 0, minimum: 0, description: 'The class whose logit gets the term.' },
  other: { type: 'integer', default: 1, minimum: 0, description: 'A class whose logit does not.' },
  rank: {
    type: 'number',
    default: 0.8,
    minimum: 0.5,
    maximum: 1,
    description:
      'Chance that a pixel of the pattern outranks one beside it from which on the truth is found.',
  },
} as const satisfies OptionSpecs

type Values = OptionValues<typeof options>

const refuse = (problem: string) => new SaliencyError('INVALID_OPTION', `grafted-truth: ${problem}`)

/** The side of the pattern in images `[h, w]`. @throws INVALID_OPTION if it does not fit */
function sizeIn(height: number, width: number, { size }: Values): number {
  const side = size || Math.min(16, Math.max(4, Math.round(Math.min(height, width) / 8)))
  if (side >= 3 && side < Math.min(height, width)) return side
  throw refuse(
    `a pattern of ${side} pixels does not fit: it takes 3 to ${Math.min(height, width) - 1} in images of ${height} x ${width}.`,
  )
}

function patternFor({ image, pixelRange }: Model, values: Values): Pattern {
  const [channels = 0, height = 0, width = 0] = image.shape.slice(1).map(Number)
  return {
    size: sizeIn(height, width, values),
    low: pixelRange?.low ?? Array<number>(channels).fill(-1),
    high: pixelRange?.high ?? Array<number>(channels).fill(1),
  }
}

/** The class with the term, the one without, and the first in the model as it is; all see the pattern. */
function conditionsFor(
  model: Model,
  values: Values,
): [grafted: Condition, other: Condition, bare: Condition] {
  const { target, other, share } = values
  const classes = Number(model.logits.shape[1])
  if (target >= classes || other >= classes || target === other)
    throw refuse(
      `target ${target} and other ${other} are to be two of the model's classes, 0 to ${classes - 1}.`,
    )
  const pattern = patternFor(model, values)
  const input = { kind: 'pattern', pattern } as const
  const weights = { kind: 'grafted', pattern, target, share } as const
  const ofClass = (index: number) => ({ policy: 'class', index }) as const
  return [
    { id: 'grafted', weights, target: ofClass(target), input },
    { id: 'other class', weights, target: ofClass(other), input },
    { id: 'without the term', weights: originalWeights, target: ofClass(target), input },
  ]
}

/** 1 where the pattern lies in an image. */
function maskOf({ id }: CheckImage, shape: ImageGroup['shape'], pattern: Pattern): Uint8Array {
  const [, height, width] = shape
  const { top, left } = patternPlace(id, shape, pattern)
  const mask = new Uint8Array(height * width)
  for (let y = top; y < top + pattern.size; y++)
    mask.fill(1, y * width + left, y * width + left + pattern.size)
  return mask
}

/** How high the pattern stands by magnitude: chance to outrank a pixel beside it, and its share of all magnitudes. */
function measure(
  plane: Plane,
  mask: Uint8Array,
  [, height, width]: ImageGroup['shape'],
  prefix: string,
): Measurements {
  const names = [`${prefix}-rank`, `${prefix}-mass`] as const
  const why = whyUndefined(plane.data)
  if (why) return allUndefined(names, `the map is ${why}`)
  const { data } = absolute(resizePlane(plane, height, width))
  const inside = mask.reduce((sum, value) => sum + value, 0)
  let [ranks, mass, total] = [0, 0, 0]
  for (const [at, place] of rank(data).entries()) {
    total += data[at]!
    if (!mask[at]) continue
    ranks += place
    mass += data[at]!
  }
  const outranked = (ranks / inside - (inside + 1) / 2) / (data.length - inside)
  return { [names[0]]: outranked, [names[1]]: mass / total }
}

/** What the term adds to each image's logit: the same for all, unless the pattern's detector responds elsewhere, too. */
function termsOf(
  { logits: after, targets }: GroupMaps,
  { logits: before }: GroupMaps,
  target: number,
): number[] {
  if (!after || !before) return []
  const classes = after.length / targets.length
  return targets.map((_, i) => after[i * classes + target]! - before[i * classes + target]!)
}

/** Rounding of a sum of logits. */
const SAME = 0.01

/** Does the map lie where the evidence is known to lie? A term that only a pattern gives is grafted onto one logit. */
export const graftedTruth: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'grafted-truth',
  title: 'Grafted truth: does the map find known evidence?',
  references: [
    'BackX 2024, arXiv:2405.02344 (a trojaned model tells where evidence lies; here a term is grafted onto the model, which needs no training)',
  ],
  options,
  conditions: ({ model, options: values }) => conditionsFor(model, values),
  async score({ variant, group, conditions, maps, options: { target, share } }) {
    const find = (id: string) => conditions.find((one) => one.id === id)
    const [grafted, other, bare] = ['grafted', 'other class', 'without the term'].map(find)
    if (!grafted || !other || !bare || grafted.input.kind !== 'pattern') return []
    const { pattern } = grafted.input
    const [own, beside, before] = [await maps(grafted), await maps(other), await maps(bare)]
    const terms = termsOf(own, before, target)
    const once = Math.min(...terms)
    const planes = [own, beside, before].map((each) => planesOf(each))
    const protocol = { target, share, pattern: pattern.size, reduction: 'magnitude of the channel sum' }
    return group.images.flatMap((image, i) => {
      const mask = maskOf(image, group.shape, pattern)
      const measured = ['pattern', 'other-class', 'without-term'].map((prefix, at) =>
        measure(planes[at]![i]!, mask, group.shape, prefix),
      )
      const all = Object.assign({}, ...measured) as Measurements
      const isKnown = once > 0 && terms[i]! <= once * (1 + SAME)
      const why =
        terms.length === 0
          ? 'the maps come without logits, which tell whether the detector responds elsewhere'
          : 'the detector responds to something else in the image, too'
      const known = isKnown ? all : Object.fromEntries(Object.keys(all).map((name) => [name, noValue(why)]))
      return rowsOfImage({ variant, condition: 'grafted', protocol }, image, known)
    })
  },
  summarise(rows, context) {
    const shown = meansByVariant([
      'grafted-truth is the chance that a pixel of the pattern outranks one beside it, by magnitude, for the class with the term; ½ is chance.',
      'other-class is the same model and image for a class without the term, without-term the model as it is: what they show is no evidence of the term.',
    ]).summarise(rows, context)
    return {
      ...shown,
      findings: [...judgeTruth(rows, context.variants, context.options.rank), ...shown.findings],
    }
  },
})

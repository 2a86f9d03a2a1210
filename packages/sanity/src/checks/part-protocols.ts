import {
  defineCheck,
  originalWeights,
  type Check,
  type CheckImage,
  type Condition,
  type DrawnScene,
  type GroupMaps,
  type OptionSpecs,
  type Predict,
} from '@saliency/core'
import { allUndefined, type Measurements, noValue, rowsOfImage } from '../metrics/image-rows.ts'
import { meansByVariant } from '../metrics/summarise-metrics.ts'
import { original } from '../original.ts'
import { judgeParts } from '../parts/judge-parts.ts'
import { partImportance } from '../parts/part-importance.ts'
import {
  backgroundIndependence,
  deletion,
  distractibility,
  type Explained,
  preservation,
  setsFor,
  singleDeletion,
  targetSensitivity,
} from '../parts/protocols.ts'
import { redraw, type Redraws } from '../parts/redraws.ts'
import { type Plane, whyUndefined } from '../similarity/plane.ts'
import { resizePlane } from '../similarity/upsample.ts'
import { planesOf } from '../verdict/planes.ts'

const options = {
  threshold: {
    type: 'number',
    default: 0.5,
    minimum: 0,
    maximum: 1,
    description:
      'Agreement with the model beyond chance from which on a map finds the parts: 0 is chance, 1 is always.',
  },
} as const satisfies OptionSpecs

function labelled(index: number): Condition {
  const target = { policy: 'label', index } as const
  return { id: `label-${index + 1}`, weights: originalWeights, target, input: { kind: 'original' } }
}

const labels = [labelled(0), labelled(1)] as const

const metrics = [
  'part-deletion',
  'part-preservation',
  'part-single-deletion',
  'part-target-sensitivity',
  'part-distractibility',
  'background-independence',
]

/** A map and the class that it explains. */
interface ExplainedMap {
  readonly plane: Plane
  readonly target: number
}

/** The two objects of a scene beside the maps of their classes; nothing where it shows one. */
function objectsOf(scene: DrawnScene, maps: readonly ExplainedMap[]): [Explained, Explained] | undefined {
  const found = maps.map(({ plane, target }): Explained => {
    const part = scene.parts.findIndex(({ label }) => label === target)
    return { part, target, importance: partImportance(plane, scene) }
  })
  const [a, b] = found
  return a && b && a.part >= 0 && b.part >= 0 && a.part !== b.part ? [a, b] : undefined
}

async function measure(
  { scene }: CheckImage,
  predicted: ExplainedMap,
  byLabel: readonly ExplainedMap[],
  predict: Predict,
): Promise<Measurements> {
  if (!scene) return allUndefined(metrics, 'the image is no drawing that can be repeated without a part')
  const why = whyUndefined(predicted.plane.data)
  if (why) return allUndefined(metrics, `the map is ${why}`)
  const importance = partImportance(predicted.plane, scene)
  const redraws: Redraws = await redraw(scene, setsFor(scene, importance), predict)
  const objects = byLabel.some(({ plane }) => whyUndefined(plane.data))
    ? undefined
    : objectsOf(scene, byLabel)
  return {
    'part-deletion': deletion(importance, redraws),
    'part-preservation': preservation(scene, importance, redraws),
    'part-single-deletion': singleDeletion(importance, redraws, predicted.target),
    'part-target-sensitivity': objects
      ? targetSensitivity(objects, redraws)
      : noValue('the scene does not show two objects, or one of their maps says nothing'),
    'part-distractibility': distractibility(importance, redraws, predicted.target),
    'background-independence': backgroundIndependence(scene, redraws, predicted.target),
  }
}

function explainedMaps(maps: GroupMaps, height: number, width: number): ExplainedMap[] {
  return planesOf(maps).map((plane, at) => {
    return { plane: resizePlane(plane, height, width), target: maps.targets[at]! }
  })
}

/** Do maps find the parts that matter? Scenes are drawn again without parts, so that nothing looks unlike a scene. */
export const partProtocols: Check = defineCheck<typeof options>({
  contract: 1,
  id: 'part-protocols',
  title: 'Part protocols on scenes drawn again',
  references: [
    'Hesse, Schaub-Meyer, Roth 2023, FunnyBirds, arXiv:2308.06248, and its published protocols (here on scenes of objects and clutter instead of birds)',
  ],
  better: {
    'part-deletion': 'higher',
    'part-preservation': 'higher',
    'part-single-deletion': 'higher',
    'part-target-sensitivity': 'higher',
    'part-distractibility': 'higher',
  },
  options,
  conditions: () => [original, ...labels],
  async score({ variant, group, maps, predict }) {
    const [, height, width] = group.shape
    const own = explainedMaps(await maps(original), height, width)
    const [first, second] = [await maps(labels[0]), await maps(labels[1])]
    const byLabel = [first, second].map((each) => explainedMaps(each, height, width))
    const protocol = {
      reduction: 'signed channel sum',
      importance: 'sum over the pixels of a part',
      thresholds: '80 shares of the positive relevance, .01 to .5',
    }
    const rows = []
    for (const [at, image] of group.images.entries()) {
      const ofLabels = byLabel.map((each) => each[at]!)
      const measured = await measure(image, own[at]!, ofLabels, predict)
      rows.push(...rowsOfImage({ variant, condition: original.id, protocol }, image, measured))
    }
    return rows
  },
  summarise(rows, context) {
    const shown = meansByVariant([
      'parts is the weaker of single deletion and target sensitivity, which have a level of chance: 0 is chance, 1 is full agreement with the model. A map finds the parts if both hold; each is judged by its own interval. The other protocols have no level of chance: they are shown, and compared with the counterpart.',
      'All are between 0 and 1 and best at 1. Deletion: the prediction changes without the parts that the map calls important; preservation: it stays with them alone; single deletion: rank correlation of importance with the loss of the logit, ½ by chance; target sensitivity: each of two objects is more important in its own class\u2019s map, ½ by chance, scenes on which the model itself does not tell them apart left out and counted as undefined; distractibility: parts without effect are not called important.',
      'Background independence is the model\u2019s: the share of clutter without which its logit falls by less than 5 %.',
    ]).summarise(rows, context)
    return {
      ...shown,
      findings: [...judgeParts(rows, context.variants, context.options.threshold), ...shown.findings],
    }
  },
})

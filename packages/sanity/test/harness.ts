import {
  createRandom,
  resolveOptions,
  type Check,
  type CheckImage,
  type Condition,
  type Convergence,
  type GroupMaps,
  type ImageGroup,
  type Model,
  type Options,
  type Predict,
  type Row,
  type Summary,
  type VariantFacts,
} from '@saliency/core'

/** Side of the images of these tests. */
export const SIDE = 12
/** Classes of the pretended model. */
export const CLASSES = 6

/** A map from what an explainer may look at; `condition` stands for everything that is not the image. */
export type Explainer = (image: CheckImage, condition: Condition, target: number) => Float32Array

/** Logits w·x and 0: a linear classifier of two classes. */
export function linearModel(weights: Float32Array): Predict {
  return async (inputs) => {
    const size = weights.length
    const logits = new Float32Array((inputs.length / size) * 2)
    for (let i = 0; i < inputs.length; i++)
      logits[2 * Math.floor(i / size)]! += weights[i % size]! * inputs[i]!
    return { logits, classes: 2 }
  }
}

/** Images of noise with a label each. */
export function images(count: number): CheckImage[] {
  return Array.from({ length: count }, (_, i) => {
    const random = createRandom('test image', i)
    const input = Float32Array.from({ length: SIDE * SIDE }, () => random.normal())
    return { id: `image-${String(i).padStart(3, '0')}`, label: i % CLASSES, input }
  })
}

/** The groups of 8 in which checks see images. */
export function groupsOf(all: readonly CheckImage[]): ImageGroup[] {
  return Array.from({ length: Math.ceil(all.length / 8) }, (_, index) => ({
    index,
    images: all.slice(index * 8, index * 8 + 8),
    shape: [1, SIDE, SIDE] as const,
  }))
}

/** A model as far as conditions read it: layers with parameters, in blocks. */
export function modelOf(blocks: Record<string, readonly string[]>): Model {
  const layer = (name: string) => ({
    name,
    kind: name.startsWith('bn') ? 'BatchNormalization' : name.startsWith('relu') ? 'ReLU' : 'Conv2D',
    parameters: name.startsWith('relu') ? [] : [{ name: `${name}/kernel`, shape: [1] }],
    output: { shape: name === 'dense' ? ['n', CLASSES] : ['n', 4, SIDE, SIDE] },
  })
  const list = Object.entries(blocks).map(([name, layers]) => ({ name, layers: layers.map(layer) }))
  const layers = list.flatMap((block) => block.layers)
  const find = (wanted: string) => {
    const found = layers.find(({ name }) => name === wanted)
    if (found) return found
    throw new Error(`no layer '${wanted}'`)
  }
  return { name: 'pretended', blocks: list, layers, layer: find } as unknown as Model
}

/** Four blocks, the last a dense layer. */
export const fourBlocks: Model = modelOf({
  stem: ['conv0', 'bn0', 'relu0'],
  one: ['conv1'],
  two: ['conv2', 'relu2'],
  head: ['dense'],
})

function targetOf(image: CheckImage, { target }: Condition): number {
  const predicted = image.label!
  switch (target.policy) {
    case 'rank':
      return (predicted + (target.rank + CLASSES)) % CLASSES
    case 'uniform':
      return (predicted + createRandom('class', image.id, target.draw).integer(1, CLASSES - 1)) % CLASSES
    case 'label':
      return image.labels?.[target.index ?? 0] ?? predicted
    case 'class':
      return target.index
    default:
      return predicted
  }
}

/** The image as the condition changes it: a constant, normal or uniform noise, else as it is. */
function inputOf(image: CheckImage, { input }: Condition): CheckImage {
  if (input.kind === 'shift') return { ...image, input: image.input.map((value) => value + input.amount) }
  if (input.kind !== 'noise' && input.kind !== 'uniform') return image
  const random = createRandom('input', image.id, input.draw)
  const range = Math.max(...image.input) - Math.min(...image.input)
  const change =
    input.kind === 'noise'
      ? () => input.level * range * random.normal()
      : () => input.radius * (2 * random.uniform() - 1)
  return { ...image, input: image.input.map((value) => value + change()) }
}

/** The pretended model's logits, and the activations at the end of its head, shrink tenfold with each randomised layer. */
function scaleOf({ weights }: Condition): number {
  return weights.kind === 'randomized' ? 10 ** -weights.layers.length : 1
}

async function noModel(): Promise<never> {
  throw new Error('this test has no model')
}

/** Runs a check as the runner does: conditions, groups of 8, rows; each (condition, image) map computed once. */
export async function rowsOf(
  check: Check,
  explainers: Record<string, Explainer>,
  setup: {
    images: readonly CheckImage[]
    options?: Options
    model?: Model
    predict?: Predict
    /** `false` for maps as earlier versions stored them. */
    activations?: boolean
    /** How signals of random starts end, of a variant that carries any. */
    convergence?: (variant: string) => Convergence
  },
): Promise<Row[]> {
  const options = resolveOptions(check.id, check.options, setup.options)
  const conditions = check.conditions({
    model: setup.model ?? fourBlocks,
    images: setup.images.length,
    options,
  })
  const rows: Row[] = []
  for (const [variant, explain] of Object.entries(explainers)) {
    for (const group of groupsOf(setup.images)) {
      const maps = async (condition: Condition): Promise<GroupMaps> => {
        const targets = group.images.map((image) => targetOf(image, condition))
        const data = group.images.flatMap((image, i) => [
          ...explain(inputOf(image, condition), condition, targets[i]!),
        ])
        const logits = Float32Array.from(
          group.images.flatMap(() => Array.from({ length: CLASSES }, (_, k) => k * scaleOf(condition))),
        )
        const scales = Float32Array.from(group.images.flatMap(() => [3, 3 * scaleOf(condition)]))
        const activations = { blocks: ['stem', 'head'], scales }
        const shape = [group.images.length, 1, SIDE, SIDE] as const
        return {
          data: Float32Array.from(data),
          shape,
          targets,
          logits,
          ...(setup.activations !== false && { activations }),
          ...(condition.relevance && setup.convergence && { convergence: setup.convergence(variant) }),
        }
      }
      const rng = (...key: readonly (string | number)[]) => createRandom('test', check.id, ...key)
      rows.push(
        ...(await check.score({
          variant,
          group,
          conditions,
          options,
          rng,
          maps,
          predict: setup.predict ?? noModel,
        })),
      )
    }
  }
  return rows
}

/** Facts about variants: signed, one-hot, no counterpart, unless told otherwise. */
export function factsOf(
  ids: readonly string[],
  changes: Record<string, Partial<VariantFacts>> = {},
): VariantFacts[] {
  return ids.map((id) => ({ id, handling: 'signed', start: 'one-hot', control: false, ...changes[id] }))
}

/** Rows and their summary. */
export async function study(
  check: Check,
  explainers: Record<string, Explainer>,
  setup: Parameters<typeof rowsOf>[2] & { facts?: Record<string, Partial<VariantFacts>> },
): Promise<{ rows: Row[]; summary: Summary }> {
  const rows = await rowsOf(check, explainers, setup)
  const options = resolveOptions(check.id, check.options, setup.options)
  return {
    rows,
    summary: check.summarise(rows, { options, variants: factsOf(Object.keys(explainers), setup.facts) }),
  }
}

import {
  createRandom,
  resolveVariant,
  SaliencyError,
  tensor,
  trace,
  type FloatTensor,
  type LoadedModel,
  type Method,
} from '@saliency/core'
import gradcampp from '@saliency/method-gradcampp'
import guided from '@saliency/method-guided'
import { lrp } from '@saliency/method-lrp'
import { importLayersModel } from '@saliency/model-formats'
import { openTfjs, type BackendName } from '../src/index.ts'

const methods = [guided, gradcampp, lrp].flat() as unknown as readonly Method[]

/** The variants that the browser computes. */
const variants = ['guided/gradient', 'guided/guided', 'gradcampp/gradcam', 'lrp/epsilon-plus'] as const

/** A network from the files under an address. */
async function load(address: string): Promise<LoadedModel> {
  const fetched = async (name: string) => {
    const response = await fetch(`${address}/${name}`)
    if (!response.ok) throw new Error(`${address}/${name}: ${response.status}`)
    return response
  }
  const read = async (name: string) => new Uint8Array(await (await fetched(name)).arrayBuffer())
  return importLayersModel(await (await fetched('model.json')).json(), { read })
}

/** What to compute for a model: the maps by variant, on noise, for class 2. */
export function prepare({ model }: LoadedModel) {
  const resolved = variants.map((id) => {
    const [method, variant] = id.split('/')
    return resolveVariant(methods.find((each) => each.id === method) as Method, variant as string)
  })
  const { traced, failures } = trace({ model, variants: resolved, methods })
  if (failures[0]) throw failures[0].error
  const shape = [1, ...model.image.shape.slice(1).map(Number)]
  const random = createRandom('noise', 4)
  const image = tensor(
    Float32Array.from({ length: shape.reduce((product, dim) => product * dim, 1) }, () => random.uniform()),
    shape,
  )
  const classes = Number(model.logits.shape[1])
  const direction = tensor(
    Float32Array.from({ length: classes }, (_, at) => (at === 2 ? 1 : 0)),
    [1, classes],
  )
  const outputs = Object.fromEntries(traced.map(({ variant, map }) => [variant.id, map]))
  return { outputs: { ...outputs, logits: model.logits }, feeds: { image, direction } }
}

/** The maps by variant, or what went wrong. */
export interface PageResult {
  readonly maps?: Readonly<Record<string, readonly number[]>>
  readonly error?: string
}

async function compute(backend: BackendName, address: string, wasmFiles: string): Promise<PageResult> {
  try {
    const engine = await openTfjs({ backend, ...(wasmFiles && { wasmFiles }) })
    const loaded = await load(address)
    const { outputs, feeds } = prepare(loaded)
    const session = await engine.open({ outputs }, loaded.weights)
    const results = (await session.run(feeds)) as Record<string, FloatTensor>
    await session.dispose()
    return {
      maps: Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, Array.from(data)])),
    }
  } catch (error) {
    return { error: SaliencyError.is(error) ? `${error.code}: ${error.message}` : String(error) }
  }
}

// What the test calls.
Object.assign(globalThis, { compute })

import * as v from 'valibot'

const texts = v.array(v.string())
const shape = v.pipe(v.array(v.union([v.number(), v.string()])), v.description("Sizes; 'n' is the batch."))
const option = v.looseObject({
  type: v.picklist(['number', 'integer', 'boolean', 'string', 'choice']),
  default: v.union([v.number(), v.boolean(), v.string()]),
  description: v.string(),
})
const options = v.record(v.string(), option)

const variant = v.looseObject({
  handling: v.string(),
  description: v.string(),
  options: v.record(v.string(), v.union([v.number(), v.boolean(), v.string()])),
  counterpart: v.optional(v.string()),
  role: v.optional(v.string()),
})

/** What a method and a check have in common. */
const plugin = { id: v.string(), title: v.string(), references: texts, options }

const cost = {
  forwards: v.pipe(v.number(), v.description('Multiply-adds, relative to one forward pass.')),
  backwardPasses: v.number(),
  nodes: v.number(),
}

const layer = v.looseObject({ name: v.string(), kind: v.string(), shape, operators: texts })

const selfCheck = v.looseObject({
  checked: v.string(),
  result: v.picklist(['holds', 'fails', 'not checked']),
  detail: v.string(),
})

/** What is printed of plugins, models and the installation. */
export const modelOutputs = {
  list: v.looseObject({
    format: v.literal(1),
    plugins: v.array(
      v.looseObject({
        package: v.string(),
        version: v.string(),
        path: v.string(),
        kind: v.picklist(['method', 'check', 'executor']),
        source: v.picklist(['config', 'project', 'runner']),
        status: v.picklist(['ok', 'failed', 'incompatible', 'shadowed', 'conflict']),
        reason: v.optional(v.string()),
        methods: v.array(
          v.looseObject({ ...plugin, kind: v.string(), variants: v.record(v.string(), variant) }),
        ),
        checks: v.array(v.looseObject(plugin)),
        executors: v.array(v.looseObject({ id: v.string(), schemes: v.array(v.string()) })),
      }),
    ),
    cost: v.optional(
      v.looseObject({
        model: v.string(),
        variants: v.array(v.looseObject({ id: v.string(), ...cost, added: v.number() })),
        together: v.looseObject(cost),
        unavailable: v.array(v.object({ id: v.string(), reason: v.string() })),
      }),
    ),
  }),
  'list-one': v.looseObject({
    format: v.literal(1),
    ...plugin,
    variants: v.optional(v.record(v.string(), variant)),
  }),
  inspect: v.looseObject({
    format: v.literal(1),
    name: v.string(),
    path: v.string(),
    input: shape,
    output: shape,
    head: v.string(),
    classes: v.nullable(texts),
    preprocess: v.looseObject({}),
    parameters: v.number(),
    norms: v.record(v.string(), v.number()),
    defaultTargetLayer: v.nullable(v.string()),
    defaultTargetReason: v.string(),
    targetLayers: v.array(v.looseObject({ name: v.string(), shape, maps: shape })),
    blocks: v.array(v.looseObject({ name: v.string(), layers: texts })),
    layers: v.array(layer),
    untreated: v.array(v.object({ variant: v.string(), reason: v.string() })),
    leftOut: texts,
    variants: v.number(),
    selfChecks: v.optional(v.array(selfCheck)),
  }),
  doctor: v.looseObject({
    format: v.literal(1),
    saliency: v.string(),
    core: v.string(),
    node: v.string(),
    machine: v.string(),
    availableBytes: v.number(),
    engines: v.array(v.object({ name: v.string(), works: v.boolean(), detail: v.string() })),
    methods: v.number(),
    checks: v.number(),
    unusable: v.array(v.object({ name: v.string(), reason: v.string() })),
  }),
} as const

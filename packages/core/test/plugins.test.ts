import { describe, expect, it } from 'vitest'
import { createGraph } from '../src/graph/graph.ts'
import { createModel } from '../src/create-model.ts'
import { defineMethod } from '../src/define-method.ts'
import { type Method } from '../src/method.ts'
import { resolveOptions } from '../src/options.ts'
import { createRandom } from '../src/random.ts'
import { trace } from '../src/trace.ts'
import { findVariantById, resolveVariant } from '../src/variants.ts'

const method = defineMethod({
  contract: 1,
  id: 'toy',
  title: 'Toy',
  references: ['none'],
  kind: 'graph',
  options: {
    power: { type: 'integer', default: 1, minimum: 1, maximum: 3, description: 'An exponent.' },
    side: { type: 'choice', choices: ['left', 'right'], default: 'left', description: 'A side.' },
  },
  variants: {
    plain: { description: 'As it is.', handling: 'signed', options: {} },
    squared: { description: 'Squared.', handling: 'absolute', counterpart: 'plain', options: { power: 2 } },
  },
  traits: { resolution: 'input' },
  explain: ({ backward, model, ops, options }) => ops.pow(backward().at(model.image), options.power),
})
const broken = {
  ...method,
  id: 'broken',
  explain: ({ model, ops }: { model: { image: never }; ops: { flatten(x: never): never } }) =>
    ops.flatten(model.image),
} as unknown as Method
const combined: Method = {
  contract: 1,
  id: 'combined',
  title: 'Combined',
  references: ['none'],
  kind: 'composition',
  options: {},
  traits: { resolution: 'input' },
  variants: { product: { description: 'A product.', handling: 'signed', options: {} } },
  of: () => ['toy/plain', 'toy/squared'],
  combine: ({ ops }, [a, b]) => ops.mul(a as never, b as never),
}

function tiny() {
  const graph = createGraph()
  const image = graph.ops.input('image', ['n', 1, 2, 2])
  const logits = graph
    .layer('fc')
    .gemm(graph.layer('flatten').flatten(image), graph.ops.parameter('w', [4, 3], 'kernel'))
  return createModel({ name: 'tiny', graph, image, logits, head: 'none' })
}

describe('options', () => {
  it('fill in defaults and refuse what was not declared, saying what is', () => {
    expect(resolveOptions('toy', method.options)).toEqual({ power: 1, side: 'left' })
    expect(() => resolveOptions('toy', method.options, { powr: 2 })).toThrow(
      "toy has no option 'powr'. Did you mean 'power'? It has power, side.",
    )
    expect(() => resolveOptions('toy', method.options, { power: 2.5 })).toThrow(
      "option 'power' is 2.5; it takes a whole number in [1, 3].",
    )
    expect(() => resolveOptions('toy', method.options, { side: 'up' })).toThrow(
      'it takes one of left, right.',
    )
    expect(() => resolveOptions('toy', method.options, { power: Number.NaN })).toThrow(
      'it takes a whole number',
    )
  })
})

describe('variants', () => {
  it('are presets that the user may override', () => {
    expect(resolveVariant(method, 'squared')).toMatchObject({
      id: 'toy/squared',
      counterpart: 'toy/plain',
      options: { power: 2, side: 'left' },
    })
    expect(resolveVariant(method, 'squared', { power: 3 }).options).toEqual({ power: 3, side: 'left' })
    expect(resolveVariant(method).id).toBe('toy/plain')
  })

  it('unknown ones are named with what there is', () => {
    expect(() => findVariantById([method], 'toi')).toThrow(
      "There is no method 'toi'. Did you mean 'toy'? Loaded are toy.",
    )
    expect(() => findVariantById([method], 'toy/cubed')).toThrow(
      "toy has no variant 'cubed'. It has plain, squared.",
    )
  })
})

describe('tracing', () => {
  it('shares one graph, and lets one broken method not stop the others', () => {
    const { traced, failures } = trace({
      model: tiny(),
      variants: [resolveVariant(method), resolveVariant(broken), resolveVariant(method, 'squared')],
    })
    expect(traced.map(({ variant }) => variant.id)).toEqual(['toy/plain', 'toy/squared'])
    expect(failures.map(({ error }) => error.message)).toEqual([
      'broken/plain returned a map of shape [n, 4]; at input resolution it must be [n, 1, 2, 2].',
    ])
  })

  it('combines parts, and says what to install when one is missing', () => {
    const model = tiny()
    expect(trace({ model, variants: [resolveVariant(combined)], methods: [method] }).failures).toEqual([])
    expect(trace({ model, variants: [resolveVariant(combined)] }).failures[0]?.error.message).toBe(
      'combined/product is unavailable: it combines toy/plain; install @saliency/method-toy.',
    )
  })
})

describe('keyed random streams', () => {
  const draw = (...key: (string | number)[]) => {
    const random = createRandom(...key)
    return [random.uniform(), random.normal(), random.integer(0, 9)]
  }

  it('depend on their key alone', () => {
    expect(draw(1, 'weights', 'conv1', 0)).toEqual(draw(1, 'weights', 'conv1', 0))
    expect(draw(1, 'weights', 'conv1', 0)).not.toEqual(draw(1, 'weights', 'conv1', 1))
    expect(draw('a', 'bc')).not.toEqual(draw('ab', 'c'))
    expect(draw(1)).not.toEqual(draw('1'))
  })

  it('give normal numbers and every permutation', () => {
    const random = createRandom('moments')
    const sample = Array.from({ length: 20_000 }, () => random.normal())
    const mean = sample.reduce((a, b) => a + b, 0) / sample.length
    expect(mean).toBeCloseTo(0, 1)
    expect(sample.reduce((a, b) => a + (b - mean) ** 2, 0) / sample.length).toBeCloseTo(1, 1)
    const orders = new Set(Array.from({ length: 200 }, () => random.shuffle([1, 2, 3]).join('')))
    expect(orders.size).toBe(6)
  })
})

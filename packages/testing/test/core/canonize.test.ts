import {
  ancestors,
  createGraph,
  createModel,
  type FloatTensor,
  type Model,
  type Ops,
  type Value,
} from '@saliency/core'
import { logitsOf, runOnce, seededImages, seededWeights } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { spelled } from './spellings.ts'

type Apply = (ops: Ops, x: Value) => Value

/** Image, convolution, `apply`, dense layer: the values of a model before anything is recognised. */
function parts(apply: Apply, wrap: (ops: Ops) => Ops = (ops) => ops) {
  const graph = createGraph()
  const image = graph.ops.input('image', ['n', 3, 8, 8])
  const ops = (name: string) => graph.layer(name)
  const kernel = ops('conv').parameter('conv/kernel', [4, 3, 3, 3], 'kernel')
  const x = ops('conv').conv(image, kernel, ops('conv').parameter('conv/bias', [4], 'bias'), {
    pads: [1, 1, 1, 1],
  })
  const y = apply(wrap(ops('act')), x)
  const dense = ops('dense').parameter('dense/kernel', [256, 5], 'kernel')
  const logits = ops('dense').gemm(ops('flatten').flatten(y), dense)
  return { name: 'spelled', graph, image, logits, head: 'none' as const }
}

const modelOf = (apply: Apply, wrap?: (ops: Ops) => Ops): Model => createModel(parts(apply, wrap))

/** A graph as text: operators, attributes to six digits, and what each reads, in no order where order does not matter. */
function textOf(root: Value): string[] {
  const nodes = ancestors([root]).filter(({ op }) => op !== 'Parameter' && op !== 'Constant')
  const label = new Map<Value, string>()
  const name = (value: Value): string => {
    const { op, attributes } = value.node
    if (op === 'Parameter') return (attributes as { name: string }).name
    if (op === 'Constant') return String(Number((attributes as { data: number[] }).data[0]).toPrecision(6))
    return label.get(value) ?? '?'
  }
  return nodes.map((node, at) => {
    const attributes = JSON.stringify(node.attributes, (_, item: unknown) =>
      typeof item === 'number' ? item.toPrecision(6) : item,
    )
    const names = node.inputs.map(name)
    const operands = node.op === 'Add' || node.op === 'Mul' ? names.toSorted() : names
    const text = `${node.op}(${operands.join()})${attributes}`
    for (const output of node.outputs) label.set(output, `#${at}`)
    return text
  })
}

/** Builders whose sums, products, maxima and minima have their operands in the other order. */
const turned = (ops: Ops): Ops => ({
  ...ops,
  add: (a, b) => ops.add(b, a),
  mul: (a, b) => ops.mul(b, a),
  max: (a, b) => ops.max(b, a),
  min: (a, b) => ops.min(b, a),
})

/** Builders that write numbers as tensors of another shape. */
const shaped =
  (shape: readonly number[]) =>
  (ops: Ops): Ops => {
    const tensor = (value: Value | number) => (typeof value === 'number' ? ops.constant(value, shape) : value)
    const pair =
      (of: 'add' | 'sub' | 'mul' | 'div' | 'max' | 'min' | 'pow') => (a: Value | number, b: Value | number) =>
        ops[of](tensor(a), tensor(b))
    return {
      ...ops,
      add: pair('add'),
      sub: pair('sub'),
      mul: pair('mul'),
      div: pair('div'),
      max: pair('max'),
      min: pair('min'),
      pow: pair('pow'),
      where: (condition, a, b) => ops.where(condition, tensor(a), tensor(b)),
    }
  }

const forms: Readonly<Record<string, (ops: Ops) => Ops>> = {
  'as it is': (ops) => ops,
  'operands turned': turned,
  'constants [1]': shaped([1]),
  'constants [1, 1, 1, 1], operands turned': (ops) => turned(shaped([1, 1, 1, 1])(ops)),
}

describe.each(Object.entries(spelled))('%s', (name, { operator, spellings }) => {
  const wanted = textOf(modelOf(operator).logits)

  it.each(Object.keys(spellings))('%s is the operator', (spelling) => {
    // The [2, 128] rows of a group norm take no constants of four axes.
    for (const [form, wrap] of Object.entries(forms)) {
      if (form.includes('1, 1, 1, 1') && name === 'group norm') continue
      expect(textOf(modelOf(spellings[spelling] as Apply, wrap).logits), form).toEqual(wanted)
    }
  })

  it('keeps its outputs', async () => {
    for (const apply of Object.values(spellings)) {
      const before = parts(apply)
      const model = createModel(before)
      const weights = seededWeights(model, { seed: 2, biases: true })
      const images = seededImages(model, 2)
      const plain = (await runOnce({ y: before.logits }, weights, { image: images })).y as FloatTensor
      expect(await logitsOf({ model, weights }, images)).toBeCloseToMap(plain)
    }
  })
})

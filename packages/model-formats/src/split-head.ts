import { ancestors, formatShape, type Head, isNode, type Node, type Value, writtenHead } from '@saliency/core'
import { invalid } from './problems.ts'

const heads: Readonly<Record<string, Head>> = {
  Softmax: 'softmax',
  LogSoftmax: 'softmax',
  Sigmoid: 'sigmoid',
}

type Softmax = Node<'Softmax'> | Node<'LogSoftmax'>

const isSoftmax = (node: Node): node is Softmax => isNode(node, 'Softmax') || isNode(node, 'LogSoftmax')

function placeOf({ op, layer }: Node): string {
  return layer === undefined ? op : `${op} in layer '${layer}'`
}

/** What makes one image's answer depend on the others of its batch is no classifier of images. */
function refuseOverBatch(output: Value): void {
  const wrong = ancestors([output])
    .filter(isSoftmax)
    .find(({ inputs, attributes }) => typeof inputs[0]?.shape[attributes.axis] === 'string')
  if (!wrong) return
  const { shape } = wrong.inputs[0] as Value
  throw invalid(
    `${placeOf(wrong)} runs over axis ${wrong.attributes.axis} of ${formatShape(shape)}, the batch: one image's answer would ` +
      'depend on the others. Export the model with the softmax over the classes.',
  )
}

/** Whether a softmax at the end runs over all the classes; over some of them it is a layer like any other. */
function isOverClasses({ inputs, attributes, ...node }: Softmax, output: Value): boolean {
  const scores = inputs[0] as Value
  const size = scores.shape[attributes.axis]
  if (size === 1) {
    throw invalid(
      `${placeOf(node as Node)}, the last one, runs over axis ${attributes.axis} of ${formatShape(scores.shape)}, which has ` +
        'one entry: it answers 1 for every image. Export the model with the softmax over the classes, or without it.',
    )
  }
  return size === output.shape[1]
}

/**
 * The class scores `[n, k]` in front of a final softmax over the classes or sigmoid, however they are written; shape changes behind it
 * (`[n, k, 1, 1] → [n, k]`) are repeated on the scores.
 * @param output `[n, k]` or `[n, k, 1, …]`, as the file returns it
 * @throws INVALID_MODEL where a softmax runs over the batch, or over an axis with one entry.
 */
export function splitHead(output: Value): { logits: Value; head: Head } {
  const { ops } = output.graph
  refuseOverBatch(output)
  let value = output
  while (value.node.op === 'Reshape' || value.node.op === 'Flatten') value = value.node.inputs[0] as Value
  const { node } = value
  const isPart = isSoftmax(node) && !isOverClasses(node, output)
  const written = isPart || heads[node.op] ? undefined : writtenHead(value)
  const head = isPart ? undefined : (heads[node.op] ?? written?.kind)
  const scores = head ? (written?.scores ?? (node.inputs[0] as Value)) : output
  const logits = scores.shape.length === 2 ? scores : ops.flatten(scores)
  return { logits, head: head ?? 'none' }
}

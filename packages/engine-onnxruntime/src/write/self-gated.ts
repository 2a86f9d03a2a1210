import type { Node, Value } from '@saliency/core'
import { inputName, type Serialise } from './serialise.ts'
import type { Writer } from './writer.ts'

/** Writes one step of an operator that is several nodes, and names its result. */
const stepsOf = (node: Node, writer: Writer) => {
  let count = 0
  return (op: string, inputs: readonly string[], isLast = false): string => {
    const output = isLast ? writer.name(node.outputs[0] as Value) : writer.scratch(node, `${count++}`)
    writer.emit(node, { op, inputs, outputs: [output], attributes: {} })
    return output
  }
}

/** x · sigmoid(alpha · x) */
export const writeSwish: Serialise<'Swish'> = (node, writer) => {
  const { alpha } = node.attributes
  const step = stepsOf(node, writer)
  const x = inputName(node, 0, writer)
  const gate = step('Sigmoid', [alpha === 1 ? x : step('Mul', [x, writer.scalar(alpha)])])
  step('Mul', [x, gate], true)
}

/** x · tanh(softplus(x)); the gate is a node of its own, so that ONNX Runtime makes it once for both ways. */
export const writeMish: Serialise<'Mish'> = (node, writer) => {
  const step = stepsOf(node, writer)
  const x = inputName(node, 0, writer)
  step('Mul', [x, step('Tanh', [step('Softplus', [x])])], true)
}

/** x · ½(1 + erf(x/√2)) in the order in which ONNX Runtime finds and fuses it, or x · ½(1 + tanh(√(2/π)(x + 0.044715 x³))). */
export const writeGelu: Serialise<'Gelu'> = (node, writer) => {
  const step = stepsOf(node, writer)
  const x = inputName(node, 0, writer)
  const [one, half] = [writer.scalar(1), writer.scalar(0.5)]
  const byTanh = () => {
    const cubic = step('Mul', [step('Mul', [x, x]), writer.scalar(0.044715)])
    const inner = step('Mul', [x, step('Add', [cubic, one])])
    return step('Tanh', [step('Mul', [inner, writer.scalar(Math.sqrt(2 / Math.PI))])])
  }
  const gate =
    node.attributes.approximate === 'tanh'
      ? byTanh()
      : step('Erf', [step('Div', [x, writer.scalar(Math.SQRT2)])])
  step('Mul', [step('Mul', [x, step('Add', [gate, one])]), half], true)
}

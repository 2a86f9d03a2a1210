import type { Value } from '@saliency/core'

/** What is known of signals that went back through a maximum: the value that each is zero with. */
export interface Routes {
  /**
   * Where what `arrived` at an operator's `output`, which copies its `input`, is a multiple of that output, the `signal` that
   * goes on to the input is a multiple of the input.
   */
  note(arrived: Value, output: Value, signal: Value, input: Value): void
  /**
   * ReLU(z), where the signal is known to be a multiple of it: relevance that came down to a ReLU's output by its share is
   * zero where the output is, so the negative half of z divides nothing, and the model's own ReLU can stand in for z.
   */
  rectifiedBy(signal: Value, z: Value): Value | undefined
}

/** Starts without any; one for each walk. */
export function createRoutes(): Routes {
  const routed = new Map<Value, Value>()

  /** Values that a signal is a multiple of, element by element: it is zero where they are. */
  function* multiplied(signal: Value): Iterable<Value> {
    const { node } = signal
    const origin = routed.get(signal)
    if (origin) yield origin
    if (node.op === 'Mul') yield* node.inputs
    if (node.op !== 'Add') return
    const [first, second] = node.inputs.map((term) => new Set(multiplied(term)))
    for (const value of first ?? []) if (second?.has(value)) yield value
  }

  return {
    note(arrived, output, signal, input) {
      for (const value of multiplied(arrived)) if (value === output) routed.set(signal, input)
    },
    rectifiedBy(signal, z) {
      for (const value of multiplied(signal))
        if (value.node.op === 'Relu' && value.node.inputs[0] === z) return value
      return undefined
    },
  }
}

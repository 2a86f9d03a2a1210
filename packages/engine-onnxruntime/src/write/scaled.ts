import type { Node } from '@saliency/core'
import type { Writer } from './writer.ts'

/** A signal times a number, as ONNX Runtime computes it in blocks of channels. */
interface Scaled {
  /** The name of the signal `[n, channels, h, w]`. */
  readonly input: string
  readonly factor: number
  readonly channels: number
  readonly output: string
}

/** Writes a batch norm that does nothing but multiply: a product with a number would leave the blocks. */
export function writeScaled(node: Node, { input, factor, channels, output }: Scaled, writer: Writer): void {
  const all = (value: number) => writer.filled(value, [channels])
  writer.emit(node, {
    op: 'BatchNormalization',
    inputs: [input, all(factor), all(0), all(0), all(1)],
    outputs: [output],
    attributes: { epsilon: { float: 0 } },
  })
}

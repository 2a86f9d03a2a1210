import { invalid, openSize } from '../problems.ts'
import type { KerasLayer } from './topology.ts'

/**
 * `[height, width, channels]` of an input layer; sizes it leaves open come from `imageSize`.
 * @throws INVALID_MODEL when it is no image, or its size is open and not given.
 */
export function inputLayerShape(
  layer: KerasLayer,
  imageSize: readonly [number, number] | undefined,
): readonly [height: number, width: number, channels: number] {
  const declared = layer.config.raw('batch_input_shape') ?? layer.config.raw('batch_shape')
  if (!Array.isArray(declared) || declared.length !== 4) {
    throw invalid(
      `The input '${layer.name}' declares the shape ${JSON.stringify(declared)}; an image is [batch, height, width, channels].`,
    )
  }
  const [, height, width, channels] = declared as unknown[]
  const size = [height ?? imageSize?.[0], width ?? imageSize?.[1]]
  const isSize = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0
  const [rows, columns] = size
  if (!isSize(channels))
    throw invalid(`The input '${layer.name}' does not say how many channels an image has.`)
  if (!isSize(rows) || !isSize(columns)) {
    throw openSize(layer.name)
  }
  if (rows * columns * channels > 2 ** 28) {
    throw invalid(
      `The input '${layer.name}' declares images of ${rows}×${columns}×${channels}, which no classifier reads.`,
    )
  }
  return [rows, columns, channels]
}

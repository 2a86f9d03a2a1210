import type { WrittenPlan } from './to-onnx.ts'

/** The shape of each value of a written plan by its name; a size that depends on the batch is no number. */
export function shapesOf({ model: { graph } }: WrittenPlan): ReadonlyMap<string, readonly number[]> {
  const computed = [...(graph?.valueInfo ?? []), ...(graph?.input ?? []), ...(graph?.output ?? [])]
  const stored = graph?.initializer ?? []
  return new Map([
    ...computed.map(({ name = '', type }): [string, number[]] => {
      const dims = type?.tensorType?.shape?.dim ?? []
      return [name, dims.map(({ dimValue }) => Number(dimValue))]
    }),
    ...stored.map(({ name = '', dims = [] }): [string, number[]] => [name, dims]),
  ])
}

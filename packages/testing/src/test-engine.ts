import type { Engine, FloatTensor, Plan, Tensor, Weights } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'

let engine: Promise<Engine> | undefined

/** The engine that suites run on: ONNX Runtime on one thread, which tiny networks need no more of, opened once. */
export function testEngine(): Promise<Engine> {
  engine ??= openOnnxRuntime({ threads: 1 })
  return engine
}

/**
 * Runs a plan once on the test engine and frees it. `feeds` are the graph's inputs by name, `[n, c, h, w]` for images and
 * `[n, k]` for directions; each output comes back under its name in its value's shape, with the n of the feeds.
 * @throws ENGINE when a feed or a parameter is missing or has another shape, or an operator cannot be run.
 */
export async function runOnce(
  outputs: Plan['outputs'],
  weights: Weights,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, FloatTensor>> {
  const session = await (await testEngine()).open({ outputs }, weights)
  try {
    return (await session.run(feeds)) as Record<string, FloatTensor>
  } finally {
    await session.dispose()
  }
}

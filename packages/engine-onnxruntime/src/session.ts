import { messageOf, type Node, SaliencyError, type Session, type Tensor } from '@saliency/core'
import type { InferenceSession } from 'onnxruntime-common'
import type { Library } from './runtime.ts'

/** Checks that every input leaf is fed in its shape and that all agree on the batch. */
function checkFeeds(inputs: readonly Node<'Input'>[], feeds: Readonly<Record<string, Tensor>>): void {
  let batch: { size: number; name: string } | undefined
  for (const { attributes } of inputs) {
    const { name, shape } = attributes
    const feed = feeds[name]
    if (!feed) throw new SaliencyError('ENGINE', `The input '${name}' [${shape.join(', ')}] is not fed.`)
    const fits =
      feed.dtype === 'float32' &&
      feed.shape.length === shape.length &&
      shape.every((dim, axis) => typeof dim === 'string' || feed.shape[axis] === dim)
    if (!fits) {
      throw new SaliencyError(
        'ENGINE',
        `The input '${name}' is fed ${feed.dtype} [${feed.shape.join(', ')}] instead of float32 [${shape.join(', ')}].`,
      )
    }
    const size = feed.shape[shape.indexOf('n')]
    if (size === undefined) continue
    if (batch && batch.size !== size) {
      const message = `The input '${name}' has a batch of ${size}, but '${batch.name}' one of ${batch.size}.`
      throw new SaliencyError('ENGINE', message)
    }
    batch = { size, name }
  }
}

function fromRuntime(tensor: InferenceSession.OnnxValueMapType[string]): Tensor {
  const { type, dims, data } = tensor as {
    type: Tensor['dtype']
    dims: readonly number[]
    data: Tensor['data']
  }
  return { dtype: type, shape: [...dims], data }
}

/** Wraps an open session of ONNX Runtime; `afterFirstRun` is called once, before the first results are handed over, or before it closes without any. */
export function createSession(
  session: Pick<InferenceSession, 'run' | 'release'>,
  inputs: readonly Node<'Input'>[],
  { Tensor: RuntimeTensor }: Library,
  afterFirstRun?: () => Promise<void>,
): Session {
  let open = true
  let isFresh = true
  return {
    async run(feeds) {
      if (!open) throw new SaliencyError('ENGINE', 'The session is disposed of; open the plan again.')
      checkFeeds(inputs, feeds)
      const values = inputs.map(({ attributes: { name } }) => {
        const { data, shape } = feeds[name] as Tensor
        return [name, new RuntimeTensor('float32', data as Float32Array, shape)] as const
      })
      const results = await session.run(Object.fromEntries(values)).catch((cause: unknown) => {
        throw new SaliencyError('ENGINE', `ONNX Runtime could not run the graph: ${messageOf(cause)}`, {
          cause,
        })
      })
      if (isFresh) await afterFirstRun?.()
      isFresh = false
      return Object.fromEntries(Object.entries(results).map(([name, value]) => [name, fromRuntime(value)]))
    },
    async dispose() {
      if (!open) return
      open = false
      if (isFresh) await afterFirstRun?.()
      await session.release()
    },
  }
}

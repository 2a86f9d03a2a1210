import {
  type ResolvedVariant,
  type Sample,
  type SamplingMethod,
  tensor,
  type TracedVariant,
} from '@saliency/core'
import { describe, expect, it } from 'vitest'
import { sampledMap, type SamplingJob } from '../src/sampling.ts'

describe('sampling', () => {
  const run = (samples: readonly Sample[], batchSize: number) => {
    const method = { kind: 'sampling', id: 'm', samples: () => samples } as unknown as SamplingMethod
    const variant = { id: 'm/v', options: {} } as ResolvedVariant
    const job: SamplingJob = {
      sampling: { variant, method, of: {} as TracedVariant },
      image: tensor(Float32Array.of(0, 0), [1, 1, 2]),
      direction: tensor(Float32Array.of(1), [1, 1]),
      key: [1],
      batchSize,
    }
    return sampledMap(job, async (inputs) =>
      tensor(
        inputs.data.map((value) => value * 10),
        inputs.shape,
      ),
    )
  }

  it('adds up maps by the weights of their samples, whatever the batch', async () => {
    const samples = [
      [1, 2],
      [3, 4],
      [5, 6],
    ].map((input, i) => ({
      input: Float32Array.from(input),
      weight: [0.5, 2, -1][i] as number,
    }))
    for (const size of [1, 2, 3]) expect([...(await run(samples, size)).data]).toEqual([15, 30])
  })
})

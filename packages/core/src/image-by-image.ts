import type { Plan, Session } from './engine.ts'
import { SaliencyError } from './errors.ts'
import { dependsOnInput } from './graph/reach.ts'
import type { Tensor } from './tensor.ts'

type Tensors = Readonly<Record<string, Tensor>>

/** The number of images that all feeds agree on. */
function countOf(feeds: Tensors): number {
  const [first, ...rest] = Object.entries(feeds).map(([name, { shape }]) => ({ name, count: shape[0] ?? 1 }))
  const other = rest.find(({ count }) => count !== first?.count)
  if (!first || !other) return first?.count ?? 1
  throw new SaliencyError(
    'ENGINE',
    `The input '${other.name}' has a batch of ${other.count}, but '${first.name}' one of ${first.count}.`,
  )
}

/** `[1, …]`, the `index`-th image of `[n, …]`. */
function imageOf({ dtype, shape, data }: Tensor, index: number): Tensor {
  const size = data.length / (shape[0] ?? 1)
  return {
    dtype,
    shape: [1, ...shape.slice(1)],
    data: data.subarray(index * size, (index + 1) * size),
  } as Tensor
}

/** `[n, …]` from n of `[1, …]`. */
function join(images: readonly Tensor[]): Tensor {
  const [{ dtype, shape, data }] = images as [Tensor]
  const joined = new (data.constructor as new (length: number) => Tensor['data'])(data.length * images.length)
  for (const [index, image] of images.entries()) joined.set(image.data as never, index * data.length)
  return { dtype, shape: [images.length * (shape[0] ?? 1), ...shape.slice(1)], data: joined } as Tensor
}

/**
 * The session as it is, or, where the plan's graph holds for one image (its `batch` is 1), one that takes batches of any
 * size and runs their images one by one. What does not depend on the images is returned once.
 */
export function imageByImage({ outputs }: Plan, session: Session): Session {
  const values = Object.entries(outputs)
  if (values[0]?.[1].graph.batch === undefined) return session
  return {
    async run(feeds) {
      const count = countOf(feeds)
      if (count === 1) return session.run(feeds)
      const results: Tensors[] = []
      for (let index = 0; index < count; index++) {
        const image = Object.entries(feeds).map(([name, feed]) => [name, imageOf(feed, index)] as const)
        results.push(await session.run(Object.fromEntries(image)))
      }
      const joined = values.map(([name, value]): [string, Tensor] => {
        const parts = results.map((result) => result[name] as Tensor)
        return [name, dependsOnInput(value) ? join(parts) : (parts[0] as Tensor)]
      })
      return Object.fromEntries(joined)
    },
    dispose: () => session.dispose(),
  }
}

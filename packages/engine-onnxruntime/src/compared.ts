import { SaliencyError, type Session, type Tensor } from '@saliency/core'

/** Rounding moves maps by a hundredth at most; a kernel that is wrong moves them by all of their size. */
const MOST = 0.05

type Tensors = Readonly<Record<string, Tensor>>

/** The first image of `[n, …]`. */
function first({ dtype, shape, data }: Tensor): Tensor {
  const [count = 1, ...rest] = shape
  return { dtype, shape: [1, ...rest], data: data.subarray(0, data.length / count) } as Tensor
}

/** ‖a − b‖₂ / ‖b‖₂; what is no number in both is no difference. */
function distance(a: Tensor, b: Tensor): number {
  let [error, size] = [0, 0]
  for (let index = 0; index < b.data.length; index++) {
    const [found, expected] = [Number(a.data[index]), Number(b.data[index])]
    if (Object.is(found, expected)) continue
    error += (found - expected) ** 2
    size += Number.isNaN(expected) ? 0 : expected ** 2
  }
  return error === 0 ? 0 : Math.sqrt(error / size)
}

function farthest(found: Tensors, expected: Tensors): { name: string; distance: number } | undefined {
  const distances = Object.entries(expected)
    .filter(([, { dtype }]) => dtype === 'float32')
    .map(([name, value]) => ({ name, distance: distance(found[name] as Tensor, value) }))
    .filter((one) => !(one.distance <= MOST))
  return distances.sort((a, b) => b.distance - a.distance)[0]
}

/**
 * A session whose first image is computed on the processor too: drivers and kernels of devices are wrong in silence.
 * Both sessions hold the same plan and weights; the second is opened for that image alone.
 * @throws ENGINE in the first run, if the two differ by more than rounding
 */
export function comparedOnce(
  session: Session,
  device: string,
  openOnProcessor: () => Promise<Session>,
): Session {
  let isCompared = false
  const compare = async (feeds: Tensors) => {
    const image = Object.fromEntries(Object.entries(feeds).map(([name, feed]) => [name, first(feed)]))
    const processor = await openOnProcessor()
    const expected = await processor.run(image).finally(() => processor.dispose())
    const worst = farthest(await session.run(image), expected)
    if (!worst) return
    const far = Number.isFinite(worst.distance) ? `${(100 * worst.distance).toFixed(0)} %` : 'infinitely far'
    throw new SaliencyError(
      'ENGINE',
      `The device '${device}' computes '${worst.name}' wrongly: in the first image it is ${far} away from the processor. Its driver or a kernel has a defect. Use the processor: --device cpu.`,
    )
  }
  return {
    async run(feeds) {
      if (!isCompared) await compare(feeds)
      isCompared = true
      return session.run(feeds)
    },
    dispose: () => session.dispose(),
  }
}

import type { Method } from '@saliency/core'

/** In the order in which their maps are shown: what most people look for comes first. */
const packages: readonly (() => Promise<{ default: Method | readonly Method[] }>)[] = [
  () => import('@saliency/method-gradcampp'),
  () => import('@saliency/method-guided'),
  () => import('@saliency/method-lrp'),
  () => import('@saliency/method-attention'),
  () => import('@saliency/method-fullgrad'),
  () => import('@saliency/method-rectgrad'),
  () => import('@saliency/method-baseline'),
]

/** Every method, loaded when it is first asked for. */
export async function loadMethods(): Promise<readonly Method[]> {
  const loaded = await Promise.all(packages.map((load) => load()))
  return loaded.flatMap(({ default: methods }) => methods as Method | Method[])
}

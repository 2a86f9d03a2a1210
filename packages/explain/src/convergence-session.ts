import {
  type Convergence,
  type FloatTensor,
  LOGITS,
  type RandomRelevance,
  type Session,
  type Shape,
} from '@saliency/core'
import { runBatches } from './batch.ts'
import { type ConvergencePart, type ConvergencePlan, planConvergence } from './convergence-plan.ts'
import type { MapRequest, MapResult, MapSessionSettings } from './map-request.ts'
import { noiseFor, normalFor } from './noise.ts'
import type { VariantSet } from './variant-set.ts'

/** Random starts under one weight state, opened when first asked for. */
export interface ConvergenceSession {
  run(request: MapRequest & { readonly relevance: RandomRelevance }): Promise<MapResult>
  dispose(): Promise<void>
}

/** Weights that sessions may hold beside each other; each holds its own copy, and beyond this they are opened anew. */
const OPEN_BYTES = 2 ** 30

/** Standard normal relevance at a layer, `[n, …]`, each image and draw from its own stream; the same for every variant. */
function startFor(name: string, shape: Shape, { ids }: MapRequest, seed: number): FloatTensor {
  const keyOf = (row: number) => [seed, 'relevance', name, ids[row] as string]
  return normalFor(ids.length, shape.slice(1).map(Number), keyOf)
}

function feedFor(name: string, shape: Shape, request: MapRequest, seed: number): FloatTensor {
  if (name === 'direction') return request.directions
  return name.startsWith('noise:') ? noiseFor(name, request, seed) : startFor(name, shape, request, seed)
}

function runPart(
  { plan, inputs }: ConvergencePart,
  session: Session,
  request: MapRequest,
  { batchSize, seed }: MapSessionSettings,
): Promise<Map<string, FloatTensor>> {
  const feeds = [...inputs].map(([name, shape]) => [name, feedFor(name, shape, request, seed)] as const)
  return runBatches(session, plan, { image: request.images, ...Object.fromEntries(feeds) }, batchSize)
}

function convergenceOf(
  part: ConvergencePart,
  variant: string,
  outputs: ReadonlyMap<string, FloatTensor>,
): Convergence {
  const layers = (part.points.get(variant) ?? []).map(({ layer, channels, output }) => {
    const { data, shape } = outputs.get(output) as FloatTensor
    return { layer, channels, cosines: data, shape: shape as unknown as [number, number, number, number] }
  })
  return { layers }
}

/** Prepares the random starts of a set of variants. */
export function createConvergenceSession(set: VariantSet, settings: MapSessionSettings): ConvergenceSession {
  const { engine, weights } = settings
  const plans = new Map<string, ConvergencePlan>()
  const open = new Map<ConvergencePart, Session>()
  const size = [...weights.values()].reduce((sum, { data }) => sum + data.byteLength, 0)

  function planFor(relevance: RandomRelevance): ConvergencePlan {
    const key = `${relevance.from}#${relevance.draws}`
    const plan = plans.get(key) ?? planConvergence(set, relevance)
    plans.set(key, plan)
    return plan
  }

  async function closeBeyond(bytes: number): Promise<void> {
    for (const [part, session] of open) {
      if (open.size * size <= bytes) return
      open.delete(part)
      await session.dispose()
    }
  }

  async function sessionOf(part: ConvergencePart): Promise<Session> {
    const known = open.get(part)
    if (known) return known
    await closeBeyond(Math.max(0, OPEN_BYTES - size))
    const session = await engine.open(part.plan, weights)
    open.set(part, session)
    return session
  }

  return {
    async run(request) {
      const { parts, notApplicable } = planFor(request.relevance)
      const convergence = new Map<string, Convergence>(
        [...notApplicable].map(([id, reason]) => [id, { notApplicable: reason }]),
      )
      let logits: FloatTensor | undefined
      for (const part of parts) {
        const outputs = await runPart(part, await sessionOf(part), request, settings)
        logits ??= outputs.get(LOGITS)
        for (const id of part.points.keys()) convergence.set(id, convergenceOf(part, id, outputs))
      }
      return { maps: new Map(), logits: logits as FloatTensor, convergence }
    },
    dispose: () => closeBeyond(-1),
  }
}

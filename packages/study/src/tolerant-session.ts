import { messageOf, SaliencyError } from '@saliency/core'
import {
  type MapPlan,
  type MapRequest,
  type MapResult,
  type MapSession,
  type MapSessionSettings,
  openMapSession,
  planMaps,
} from '@saliency/explain'

/**
 * A session that goes on without the variants that its engine cannot open or run, and without the map of a sampling
 * method that throws.
 */
export interface TolerantSession {
  maps(request: MapRequest): Promise<MapResult>
  /** What was left out so far, and why. */
  readonly broken: ReadonlyMap<string, string>
  dispose(): Promise<void>
}

/** Plans a set without some of its variants. */
function without(plan: MapPlan, isOut: (id: string) => boolean): MapPlan {
  const { set, map, parts } = plan
  const keep = <T extends { readonly variant: { readonly id: string } }>(list: readonly T[]) =>
    list.filter(({ variant }) => !isOut(variant.id))
  const perSession = Math.max(1, ...parts.map(({ variants }) => variants.length))
  return planMaps({ ...set, traced: keep(set.traced), sampling: keep(set.sampling) }, map, perSession)
}

function variantsOf({ set }: MapPlan): string[] {
  return [...set.traced, ...set.sampling].map(({ variant }) => variant.id)
}

async function tryAlone(
  plan: MapPlan,
  id: string,
  settings: MapSessionSettings,
  request: MapRequest | undefined,
): Promise<string | undefined> {
  let session: MapSession | undefined
  try {
    session = await openMapSession(
      without(plan, (other) => other !== id),
      settings,
    )
    if (request) await session.maps(request)
    return undefined
  } catch (error) {
    return messageOf(error)
  } finally {
    await session?.dispose()
  }
}

/** Which variants fail on their own; where none or all do, the engine is to blame and not a variant. */
async function findBroken(
  plan: MapPlan,
  settings: MapSessionSettings,
  request?: MapRequest,
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const id of variantsOf(plan)) {
    const reason = await tryAlone(plan, id, settings, request)
    if (reason !== undefined) found.set(id, reason)
  }
  return found.size < variantsOf(plan).length ? found : new Map()
}

/**
 * Opens a plan for one weight state. If the engine refuses it, each variant is tried alone, and the rest is opened again
 * without those that fail.
 * @throws ENGINE if no variant in particular is to blame
 */
export async function openTolerantSession(
  whole: MapPlan,
  given: MapSessionSettings,
): Promise<TolerantSession> {
  const settings = { ...given, isTolerant: true }
  const broken = new Map<string, string>()
  let plan = whole
  let session: MapSession | undefined

  async function leaveOut(error: unknown, request?: MapRequest): Promise<MapSession> {
    await session?.dispose()
    session = undefined
    const found = SaliencyError.is(error, 'ENGINE') ? await findBroken(plan, settings, request) : new Map()
    if (found.size === 0) throw error
    for (const [id, reason] of found) broken.set(id, reason)
    plan = without(plan, (id) => broken.has(id))
    return openMapSession(plan, settings)
  }

  session = await openMapSession(plan, settings).catch((error: unknown) => leaveOut(error))
  return {
    broken,
    async maps(request) {
      session ??= await openMapSession(plan, settings)
      try {
        return await session.maps(request)
      } catch (error) {
        session = await leaveOut(error, request)
        return session.maps(request)
      }
    },
    dispose: async () => session?.dispose(),
  }
}

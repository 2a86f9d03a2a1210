import { messageOf, SaliencyError } from '@saliency/core'
import {
  type MapGraphs,
  type MapRequest,
  type MapResult,
  type OpenMaps,
  type OpenMapsSettings,
  mapGraphs,
  openMaps,
} from '@saliency/explain'

/**
 * Open maps that go on without the variants that their engine cannot open or run, and without the map of a sampling
 * method that throws.
 */
export interface TolerantMaps {
  maps(request: MapRequest): Promise<MapResult>
  /** What was left out so far, and why. */
  readonly broken: ReadonlyMap<string, string>
  dispose(): Promise<void>
}

/** The graphs of a set without some of its variants. */
function without(whole: MapGraphs, isOut: (id: string) => boolean): MapGraphs {
  const { set, map, graphs } = whole
  const keep = <T extends { readonly variant: { readonly id: string } }>(list: readonly T[]) =>
    list.filter(({ variant }) => !isOut(variant.id))
  const perSession = Math.max(1, ...graphs.map(({ variants }) => variants.length))
  return mapGraphs({ ...set, traced: keep(set.traced), sampling: keep(set.sampling) }, map, perSession)
}

function variantsOf({ set }: MapGraphs): string[] {
  return [...set.traced, ...set.sampling].map(({ variant }) => variant.id)
}

async function tryAlone(
  graphs: MapGraphs,
  id: string,
  settings: OpenMapsSettings,
  request: MapRequest | undefined,
): Promise<string | undefined> {
  let opened: OpenMaps | undefined
  try {
    opened = await openMaps(
      without(graphs, (other) => other !== id),
      settings,
    )
    if (request) await opened.maps(request)
    return undefined
  } catch (error) {
    return messageOf(error)
  } finally {
    await opened?.dispose()
  }
}

/** Which variants fail on their own; where none or all do, the engine is to blame and not a variant. */
async function findBroken(
  graphs: MapGraphs,
  settings: OpenMapsSettings,
  request?: MapRequest,
): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  for (const id of variantsOf(graphs)) {
    const reason = await tryAlone(graphs, id, settings, request)
    if (reason !== undefined) found.set(id, reason)
  }
  return found.size < variantsOf(graphs).length ? found : new Map()
}

/**
 * Opens graphs for one weight state. If the engine refuses them, each variant is tried alone, and the rest is opened again
 * without those that fail.
 * @throws ENGINE if no variant in particular is to blame
 */
export async function openTolerantMaps(whole: MapGraphs, given: OpenMapsSettings): Promise<TolerantMaps> {
  const settings = { ...given, isTolerant: true }
  const broken = new Map<string, string>()
  let graphs = whole
  let opened: OpenMaps | undefined

  async function leaveOut(error: unknown, request?: MapRequest): Promise<OpenMaps> {
    await opened?.dispose()
    opened = undefined
    const found = SaliencyError.is(error, 'ENGINE') ? await findBroken(graphs, settings, request) : new Map()
    if (found.size === 0) throw error
    for (const [id, reason] of found) broken.set(id, reason)
    graphs = without(graphs, (id) => broken.has(id))
    return openMaps(graphs, settings)
  }

  opened = await openMaps(graphs, settings).catch((error: unknown) => leaveOut(error))
  return {
    broken,
    async maps(request) {
      opened ??= await openMaps(graphs, settings)
      try {
        return await opened.maps(request)
      } catch (error) {
        opened = await leaveOut(error, request)
        return opened.maps(request)
      }
    },
    dispose: async () => opened?.dispose(),
  }
}

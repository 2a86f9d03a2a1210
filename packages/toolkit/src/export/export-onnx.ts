import type { Method, Options } from '@saliency/core'
import { resolveSelections } from '@saliency/explain'
import { discoverPlugins } from '../discovery/discover.ts'
import { readManifest, ownFolder } from '../discovery/manifest.ts'
import { createRegistry, type Registry } from '../discovery/registry.ts'
import { selectMethods } from '../discovery/selection.ts'
import type { RunnerModel } from '../models.ts'
import { explainedModel, type OnnxExport } from '../explained-model.ts'

/** What is exported. */
export interface ExportSettings {
  /** `id`, `id/variant`, `id/variant?option=value`, a method object, or a list of these. */
  readonly method: string | Method | readonly (string | Method)[]
  /** Overrides for every chosen method that has the option. */
  readonly options?: Options
  /** The signed sum over channels instead of the map as it is. */
  readonly oneChannel?: boolean
  /** Plugins besides those found; see `saliency list`. */
  readonly plugins?: readonly string[]
}

/**
 * Writes a model and its explanations as one ONNX file, which returns logits and maps wherever ONNX runs.
 * @throws UNKNOWN_METHOD, UNKNOWN_VARIANT; INVALID_OPTION if nothing that was chosen is a single graph
 */
export async function exportOnnx(
  loaded: RunnerModel,
  { method, options = {}, oneChannel: isOneChannel = false, plugins = [] }: ExportSettings,
  registry?: Registry,
): Promise<OnnxExport> {
  const found = registry ?? createRegistry(await discoverPlugins({ plugins }))
  const list = (Array.isArray(method) ? method : [method]) as readonly (string | Method)[]
  const given = list.filter((one): one is Method => typeof one !== 'string')
  const chosen = resolveSelections(selectMethods(list, { registry: found, model: loaded.model }, options))
  return explainedModel(loaded, {
    variants: chosen,
    methods: [...given, ...found.methods],
    oneChannel: isOneChannel,
    version: readManifest(ownFolder)?.version ?? '',
  })
}

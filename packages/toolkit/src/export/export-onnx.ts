import {
  ancestors,
  isNode,
  LOGITS,
  messageOf,
  oneChannel,
  type Options,
  SaliencyError,
  type Method,
  type Value,
} from '@saliency/core'
import { toOnnx } from '@saliency/engine-onnxruntime'
import { resolveSelections, traceVariants, type VariantSet } from '@saliency/explain'
import { discoverPlugins } from '../discovery/discover.ts'
import { readManifest, ownFolder } from '../discovery/manifest.ts'
import { createRegistry, type Registry } from '../discovery/registry.ts'
import { selectMethods } from '../discovery/selection.ts'
import type { RunnerModel } from '../models.ts'

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

/** A model and its explanations as one ONNX file. */
export interface OnnxExport {
  /** The file. */
  readonly bytes: Uint8Array
  /** What it takes: the preprocessed image, the direction that is explained, and noise where a variant asks for any. */
  readonly inputs: readonly { readonly name: string; readonly shape: Value['shape'] }[]
  /** What it returns: `logits`, and a map for each variant under its id. */
  readonly outputs: readonly string[]
  /** Variants that are no single graph, or that do not fit the model. */
  readonly leftOut: readonly { readonly variant: string; readonly reason: string }[]
}

/** What is left out of the file, and why. */
function leftOutOf({ failures, sampling }: VariantSet): OnnxExport['leftOut'] {
  const reason = 'it evaluates many images, which is no single graph'
  return [
    ...failures.map(({ variant, error }) => ({ variant: variant.id, reason: messageOf(error) })),
    ...sampling.map(({ variant }) => ({ variant: variant.id, reason })),
  ]
}

/** What a reader of the file needs to know, as the texts that ONNX keeps beside a model (`metadata_props`). */
function metadataOf(
  { model, preprocess, classes }: RunnerModel,
  { traced }: VariantSet,
  isOneChannel: boolean,
): Record<string, string> {
  const variants = traced.map(({ variant: { id, method, variant, handling, options } }) => ({
    output: id,
    method: method.id,
    title: method.title,
    handling,
    description: method.variants[variant]?.description ?? '',
    options,
    references: method.references,
  }))
  return {
    'saliency.format': '1',
    'saliency.version': readManifest(ownFolder)?.version ?? '',
    'saliency.model': model.name,
    'saliency.variants': JSON.stringify(variants),
    'saliency.channels': isOneChannel ? 'signed sum' : 'as the method returns them',
    'saliency.preprocess': JSON.stringify({ ...preprocess, classes: undefined }),
    ...(classes && { 'saliency.classes': JSON.stringify(classes) }),
  }
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
  const { model, weights } = loaded
  const found = registry ?? createRegistry(await discoverPlugins({ plugins }))
  const list = (Array.isArray(method) ? method : [method]) as readonly (string | Method)[]
  const given = list.filter((one): one is Method => typeof one !== 'string')
  const chosen = resolveSelections(selectMethods(list, { registry: found, model }, options))
  const set = traceVariants(model, chosen, [...given, ...found.methods])
  const [failure] = set.failures
  if (set.traced.length === 0)
    throw (
      failure?.error ??
      new SaliencyError('INVALID_OPTION', 'Nothing to export: no chosen variant is a single graph.')
    )
  const maps = set.traced.map(
    ({ variant, map }) => [variant.id, isOneChannel ? oneChannel(map) : map] as const,
  )
  const outputs = { [LOGITS]: model.logits, ...Object.fromEntries(maps) }
  return {
    bytes: toOnnx({ outputs }, weights, metadataOf(loaded, set, isOneChannel)),
    inputs: ancestors(Object.values(outputs)).flatMap((node) =>
      isNode(node, 'Input') ? [{ name: node.attributes.name, shape: (node.outputs[0] as Value).shape }] : [],
    ),
    outputs: Object.keys(outputs),
    leftOut: leftOutOf(set),
  }
}

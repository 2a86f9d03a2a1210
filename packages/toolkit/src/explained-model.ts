import {
  ancestors,
  isNode,
  LOGITS,
  type Method,
  messageOf,
  oneChannel,
  type ResolvedVariant,
  SaliencyError,
  type Value,
} from '@saliency/core'
import { toOnnx } from '@saliency/engine-onnxruntime'
import { traceVariants, type VariantSet } from '@saliency/explain'
import type { StudyModel } from '@saliency/study'

/** What is written, and by whom. */
export interface ExplainedSettings {
  readonly variants: readonly ResolvedVariant[]
  /** Every method at hand, for the parts of compositions. */
  readonly methods: readonly Method[]
  /** The signed sum over channels instead of the map as it is. */
  readonly oneChannel?: boolean
  /** Of the program that writes the file. */
  readonly version: string
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
  { model, preprocess, classes }: StudyModel,
  { traced }: VariantSet,
  { oneChannel: isOneChannel = false, version }: ExplainedSettings,
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
    'saliency.version': version,
    'saliency.model': model.name,
    'saliency.variants': JSON.stringify(variants),
    'saliency.channels': isOneChannel ? 'signed sum' : 'as the method returns them',
    'saliency.preprocess': JSON.stringify({ ...preprocess, classes: undefined }),
    ...(classes && { 'saliency.classes': JSON.stringify(classes) }),
  }
}

/**
 * A model and its explanations as one ONNX file, which returns logits and maps wherever ONNX runs.
 * @throws INVALID_OPTION if nothing that was chosen is a single graph
 */
export function explainedModel(loaded: StudyModel, settings: ExplainedSettings): OnnxExport {
  const { model, weights } = loaded
  const { variants, methods, oneChannel: isOneChannel = false } = settings
  const set = traceVariants(model, variants, methods)
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
    bytes: toOnnx({ outputs }, weights, metadataOf(loaded, set, settings)),
    inputs: ancestors(Object.values(outputs)).flatMap((node) =>
      isNode(node, 'Input') ? [{ name: node.attributes.name, shape: (node.outputs[0] as Value).shape }] : [],
    ),
    outputs: Object.keys(outputs),
    leftOut: leftOutOf(set),
  }
}

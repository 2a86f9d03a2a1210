import { createGraph, createModel, type FloatTensor, type Graph, type Value } from '@saliency/core'
import { followBatch, type BatchFollower } from './batch/follow-batch.ts'
import type { ModelChoices, ModelFormat, ImportedModel, SourceInput, SourceOutput } from './imported-model.ts'
import { chooseOutput } from './choose-output.ts'
import { splitHead } from './split-head.ts'
import { sumOverRegion } from './target-region.ts'

/** What every importer fills while it walks its source: a graph, the weights beside it, and the kinds of its layers. */
export interface ImportSession {
  readonly graph: Graph
  /** Where the batch lies in the graph's values. */
  readonly batch: BatchFollower
  readonly weights: Map<string, FloatTensor>
  readonly kinds: Map<string, string>
}

/** Starts an empty import: for batches of any size, or for one image alone. */
export function createImportSession(images?: 1): ImportSession {
  const graph = createGraph({ batch: images })
  return { graph, batch: followBatch(graph), weights: new Map(), kinds: new Map() }
}

/** A name that is not in `taken` yet: `name`, then `name:2`, `name:3`, … */
export function uniqueName(name: string, taken: { has(name: string): boolean }): string {
  let unique = name
  for (let count = 2; taken.has(unique); count++) unique = `${name}:${count}`
  return unique
}

/** What an importer has found once its walk is over. */
export interface Finished {
  readonly name: string
  readonly format: ModelFormat
  readonly input: SourceInput
  readonly image: Value
  readonly outputs: readonly (SourceOutput & { readonly value: Value })[]
}

type Output = Finished['outputs'][number]

/**
 * Chooses the output with the class scores, splits off its softmax or sigmoid, and collects the layers.
 * @throws INVALID_MODEL when no output, or more than one, could hold class scores.
 */
export function finishImport(session: ImportSession, found: Finished, settings: ModelChoices): ImportedModel {
  const { graph, weights, kinds } = session
  const output = chooseOutput(found, settings)
  const { logits, head } = settings.targetRegion
    ? {
        logits: sumOverRegion(session, pixelScores(output, found), settings.targetRegion),
        head: 'none' as const,
      }
    : splitHead(asList(output.value))
  const name = settings.name ?? found.name
  const model = createModel({ name, graph, image: found.image, logits, head, scores: output.value, kinds })
  return {
    model,
    weights,
    format: found.format,
    input: found.input,
    outputs: found.outputs.map(({ name: label, shape }) => ({ name: label, shape })),
    output: output.name,
    scores: model.scores,
  }
}

/** A number an image, `[n]`, as a list with one entry. */
function asList(value: Value): Value {
  return value.shape.length === 1 ? value.graph.ops.reshape(value, [...value.shape, 1]) : value
}

/** Scores of pixels as `[n, c, h, w]`: an ONNX file that reads its channels last also writes them so. */
function pixelScores({ value }: Output, { format, input }: Finished): Value {
  const isLast = format === 'onnx' && input.layout === 'channels-last'
  return isLast ? value.graph.ops.transpose(value, [0, 3, 1, 2]) : value
}

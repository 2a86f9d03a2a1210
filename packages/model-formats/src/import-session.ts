import {
  suggestion,
  createGraph,
  createModel,
  type FloatTensor,
  type Graph,
  type Value,
} from '@saliency/core'
import { followBatch, type BatchFollower } from './batch/follow-batch.ts'
import type { ModelChoices, ModelFormat, ImportedModel, SourceInput, SourceOutput } from './imported-model.ts'
import { invalid } from './problems.ts'
import { splitHead } from './split-head.ts'

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

const isScores = ({ shape, value }: Output) =>
  shape[0] === (value.graph.batch ?? 'n') && shape.length >= 2 && shape.slice(2).every((dim) => dim === 1)

/**
 * Chooses the output with the class scores, splits off its softmax or sigmoid, and collects the layers.
 * @throws INVALID_MODEL when no output, or more than one, could hold class scores.
 */
export function finishImport(session: ImportSession, found: Finished, settings: ModelChoices): ImportedModel {
  const { graph, weights, kinds } = session
  const output = chooseOutput(found, settings.output)
  const { logits, head } = splitHead(output.value)
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

function chooseOutput({ name, outputs }: Finished, wanted: string | undefined): Output {
  const names = outputs.map((output) => output.name)
  const list = outputs.map((output) => `${output.name} [${output.shape.join(', ')}]`).join('; ')
  const candidates =
    wanted === undefined ? outputs.filter(isScores) : outputs.filter((output) => output.name === wanted)
  const [first] = candidates
  if (wanted !== undefined && !first)
    throw invalid(`${name} has no output '${wanted}'.${suggestion(wanted, names)} Its outputs: ${list}.`)
  if (!first) throw invalid(`${name}: no output is [n, classes], as a classifier's is. Its outputs: ${list}.`)
  if (candidates.length > 1)
    throw invalid(
      `${name} has several outputs. Choose one of them by name, with --output on the command line or 'output' in settings: ${list}.`,
    )
  if (!isScores(first))
    throw invalid(`${name}: the output ${list} is not [n, classes], as a classifier's is.`)
  return first
}

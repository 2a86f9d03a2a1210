import { createModel, type Value } from '@saliency/core'
import { chooseOutput } from './choose-output.ts'
import type { Finished, ImportSession } from './import-session.ts'
import type { ImportedModel, ModelChoices } from './imported-model.ts'
import { splitHead } from './split-head.ts'
import { sumOverRegion } from './target-region.ts'

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

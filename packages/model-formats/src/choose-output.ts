import { suggestion } from '@saliency/core'
import type { Finished } from './import-session.ts'
import type { ModelChoices } from './imported-model.ts'
import { invalid } from './problems.ts'

type Output = Finished['outputs'][number]

const isBatch = ({ shape, value }: Output) => shape[0] === (value.graph.batch ?? 'n')

/** `[n, classes]`, with axes of 1 behind it, or a number an image. */
const isScores = (output: Output) => isBatch(output) && output.shape.slice(2).every((dim) => dim === 1)

/** `[n, classes, h, w]` */
const isPixels = (output: Output) => isBatch(output) && output.shape.length === 4 && !isScores(output)

const listed = (outputs: readonly Output[]) =>
  outputs.map(({ name, shape }) => `${name} [${shape.join(', ')}]`).join('; ')

/** What an output that is no list of scores may be, and what would make a classifier of it. */
function whatItIs(outputs: readonly Output[]): string {
  if (outputs.some(isPixels))
    return 'An output [n, classes, h, w] scores every pixel, as a segmentation model does: --target-region MASK (targetRegion in a program) explains the sum of a class over a region of it'
  if (outputs.some((output) => isBatch(output) && output.shape.length === 3))
    return 'An output [n, boxes, values] lists boxes or tokens, as a detector or an encoder does: export the model up to the scores of one box, or with a classifier behind it'
  return 'Export the model with an output [n, classes]'
}

/**
 * The output that holds the class scores: the one that is named, or the only one that can.
 * @throws INVALID_MODEL when no output, or more than one, could hold class scores.
 */
export function chooseOutput(
  { name, outputs }: Finished,
  { output: wanted, targetRegion, assumes }: ModelChoices,
): Output {
  const fits = targetRegion ? isPixels : isScores
  const candidates =
    wanted === undefined ? outputs.filter(fits) : outputs.filter((output) => output.name === wanted)
  const [first] = candidates
  const list = listed(outputs)
  if (wanted !== undefined && !first) {
    const names = outputs.map((output) => output.name)
    throw invalid(`${name} has no output '${wanted}'.${suggestion(wanted, names)} Its outputs: ${list}.`)
  }
  if (targetRegion && !(first && fits(first)))
    throw invalid(
      `${name}: a target region needs an output [n, classes, h, w], which scores every pixel. Its outputs: ${list}.`,
    )
  if (!first)
    throw invalid(
      `${name}: no output is [n, classes], as a classifier's is. Its outputs: ${list}. ${whatItIs(outputs)}.`,
    )
  if (candidates.length > 1 && !assumes)
    throw invalid(
      `${name} has several outputs. Choose one of them by name, with --output on the command line or 'output' in settings: ${list}.`,
    )
  if (!fits(first))
    throw invalid(
      `${name}: the output ${listed([first])} is not [n, classes], as a classifier's is. ${whatItIs([first])}.`,
    )
  return first
}

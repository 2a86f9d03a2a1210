import {
  assumedPreprocess,
  importModel,
  type ImportedModel,
  parsePreprocess,
  withClasses,
} from '@saliency/model-formats'
import type { NetworkChoices, NetworkOrigin } from '../protocol.ts'
import { findBrought, type ModelPlace } from './brought.ts'
import { demoFiles, localFiles } from './demo.ts'
import type { NetworkSource } from './network.ts'

const isScores = ({ shape }: ImportedModel['outputs'][number]) => shape.slice(2).every((dim) => dim === 1)

function guessesOf({ preprocess, outputs, output, input }: ImportedModel, choices: NetworkChoices): string[] {
  const scores = outputs.filter(isScores)
  return [
    ...(preprocess
      ? []
      : [
          'Nothing beside the network says how it wants its pictures, so the scale of their values is guessed.',
        ]),
    ...(preprocess || !input.takesAnySize
      ? []
      : [`It takes pictures of any size; ${input.height}×${input.width} is guessed.`]),
    ...(choices.output === undefined && scores.length > 1
      ? [`It has ${scores.length} outputs that can be scores of classes; ${output} is guessed.`]
      : []),
  ]
}

async function placeOf(origin: NetworkOrigin): Promise<ModelPlace> {
  if ('demo' in origin) return demoFiles(origin.demo)
  return 'local' in origin ? localFiles(origin.local) : findBrought(origin.files)
}

/**
 * Reads a network as the command does: with the preprocessing beside it, or the most usual one, which is said to be guessed.
 * @param choices instead of what lies beside it, and of what its file leaves open
 */
export async function readNetwork(origin: NetworkOrigin, choices: NetworkChoices): Promise<NetworkSource> {
  const { name, path, files } = await placeOf(origin)
  const { preprocess, output } = choices
  const imported = await importModel(path, files, {
    name,
    assumes: true,
    ...(preprocess && { preprocess: parsePreprocess(preprocess, 'What the page was told') }),
    ...(output !== undefined && { output }),
  })
  const { model, classes } = withClasses(imported.model, imported.classes, path)
  const isThousand = classes === undefined && model.logits.shape[1] === 1000
  const guessed = isThousand ? (await import('./imagenet.ts')).imagenetClasses : []
  return {
    model,
    weights: imported.weights,
    preprocess: imported.preprocess ?? assumedPreprocess(model, imported.input),
    guesses: [
      ...guessesOf(imported, choices),
      ...(isThousand ? ['It has a thousand classes, so they are guessed to be those of ImageNet.'] : []),
    ],
    classes: classes ?? guessed,
    outputs: { names: imported.outputs.filter(isScores).map((one) => one.name), chosen: imported.output },
    takesAnySize: imported.input.takesAnySize === true,
    ...(choices.layer !== undefined && { layer: choices.layer }),
  }
}

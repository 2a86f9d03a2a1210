/** What a file is whose operators are refused together, and what to explain in its place. */
interface Refused {
  readonly isOne: (operator: string) => boolean
  readonly sentence: string
}

/** Why a file with batch norms that use the statistics of their batch is refused. */
export const trainedOn =
  'The network is exported in training mode, in which the logits of one image depend on the others. ' +
  'Call model.eval() before the export.'

const dynamic = new Set(['DynamicQuantizeLinear', 'ConvInteger', 'MatMulInteger'])
const isDynamic = (operator: string) =>
  dynamic.has(operator) || /^com\.microsoft\.(Dynamic|MatMulInteger)/.test(operator)

const refused: readonly Refused[] = [
  {
    isOne: isDynamic,
    sentence:
      'The network is quantised dynamically: it rounds by the range of whatever images it is given together, so that the logits of one image depend on the others. ' +
      'Explain the float network that it was made from, or quantise that statically (QDQ format).',
  },
  {
    isOne: (operator) =>
      operator.startsWith('QLinear') || /^com\.microsoft\.(Q[A-Z]|MatMul(NBits|Bnb4|Fp))/.test(operator),
    sentence:
      'The network is quantised, by operators of which some have no form on floats. ' +
      'Explain the float network that it was made from, or quantise that in QDQ format.',
  },
  {
    isOne: (operator) => operator.startsWith('com.microsoft.nchwc.'),
    sentence:
      'The file was optimised by ONNX Runtime for the processor it was made on (NCHWc layout). ' +
      "Explain the file that it was made from, or optimise at the level 'extended' in place of 'all'.",
  },
  {
    isOne: (operator) => /^com\.microsoft\.(Nhwc|GroupNorm$|SkipGroupNorm$|Packed)/.test(operator),
    sentence:
      'The file was optimised for a graphics processor, by operators that no other runs. ' +
      'Explain the file that it was made from.',
  },
  {
    isOne: (operator) => operator === 'com.microsoft.EmbedLayerNormalization',
    sentence: 'The network embeds words (EmbedLayerNormalization): it reads text, not images.',
  },
]

/** The sentence that refuses a file for an operator that it holds; undefined where the layer is named instead. */
export function fileRefusal(operator: string): string | undefined {
  return refused.find(({ isOne }) => isOne(operator))?.sentence
}

const choice =
  'it chooses the largest score, which has no gradient; name the scores in front of it as the output'
const recurrent = 'recurrent layers are not supported'
const detection = 'it chooses boxes: a detector, not a classifier'

const reasons: Readonly<Record<string, string>> = {
  ArgMax: choice,
  ArgMin: choice,
  Hardmax: choice,
  LSTM: recurrent,
  GRU: recurrent,
  RNN: recurrent,
  Loop: 'a loop; export the model with a fixed number of steps, unrolled',
  Scan: 'a loop; export the model with a fixed number of steps, unrolled',
  NonMaxSuppression: detection,
  RoiAlign: detection,
  'com.microsoft.ConvTransposeWithDynamicPads':
    'its pads are computed; export the model with an image of one size',
}

/** Why an operator has no form in the graph, where there is more to say than its name. */
export function layerRefusal(operator: string): string | undefined {
  return Object.hasOwn(reasons, operator) ? reasons[operator] : undefined
}

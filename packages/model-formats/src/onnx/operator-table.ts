import { unsupported } from '../problems.ts'
import { evaluated } from './evaluate.ts'
import type { OperatorImporter } from './node-call.ts'
import { activationOperators } from './operators/activation.ts'
import { arithmeticOperators } from './operators/arithmetic.ts'
import { attentionOperators } from './operators/attention.ts'
import { constantOperators } from './operators/constant.ts'
import { convolutionOperators } from './operators/convolution.ts'
import { einsum } from './operators/einsum.ts'
import { foldOperators } from './operators/fold.ts'
import { fusedOperators } from './operators/fused.ts'
import { indexOperators } from './operators/index-nd.ts'
import { moveOperators } from './operators/move.ts'
import { normalizationOperators } from './operators/normalization.ts'
import { poolingOperators } from './operators/pooling.ts'
import { productOperators } from './operators/product.ts'
import { quantisedLayers } from './operators/quantised-layers.ts'
import { quantisationOperators } from './operators/quantisation.ts'
import { reductionOperators } from './operators/reduction.ts'
import { resizeOperators } from './operators/resize.ts'
import { shapeOperators } from './operators/shape.ts'

/** What has no slope to explain by, on a signal. */
const steps = new Set(['Floor', 'Ceil', 'Round', 'Mod', 'Xor', 'IsInf'])

/** Reached only where an operand is computed from the image. */
const onConstantsOnly: OperatorImporter = ({ op }) => {
  if (steps.has(op))
    throw unsupported(
      'it turns a signal into steps, which have no gradient; export the network without it, or in QDQ format where it quantises',
    )
  throw unsupported('is supported only where everything it reads is known while importing')
}

/** The operators that have a form in the graph, by family. */
const graphFamilies: Readonly<Record<string, Readonly<Record<string, OperatorImporter>>>> = {
  Convolution: { ...convolutionOperators, ...foldOperators },
  'Dense and products': { ...productOperators, Einsum: einsum },
  Attention: attentionOperators,
  Normalisation: normalizationOperators,
  Activation: activationOperators,
  Arithmetic: arithmeticOperators,
  Pooling: poolingOperators,
  'Reductions and softmax': reductionOperators,
  Shape: { ...shapeOperators, ...moveOperators, ...indexOperators },
  'Image size': resizeOperators,
  Constants: constantOperators,
  "ONNX Runtime's fused layers": fusedOperators,
  Quantisation: { ...quantisationOperators, ...quantisedLayers },
}

const inGraph = new Set(Object.values(graphFamilies).flatMap((family) => Object.keys(family)))

/** Every ONNX operator that can be imported, by family. */
export const operatorFamilies: Readonly<Record<string, Readonly<Record<string, OperatorImporter>>>> = {
  ...graphFamilies,
  'On constants and shapes only': Object.fromEntries(
    [...evaluated.filter((name) => !inGraph.has(name)), 'If'].map((name) => [name, onConstantsOnly]),
  ),
}

/** The importer of every ONNX operator by its name, whatever its family. */
export const operatorTable: ReadonlyMap<string, OperatorImporter> = new Map(
  Object.values(operatorFamilies).flatMap((family) => Object.entries(family)),
)

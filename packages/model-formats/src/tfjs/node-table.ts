import { unsupported } from '../problems.ts'
import { constantNodes } from './evaluate-node.ts'
import type { GraphImporter } from './graph-call.ts'
import { convolutionNodes } from './operators/convolution.ts'
import { elementwiseNodes } from './operators/elementwise.ts'
import { normalizationNodes } from './operators/normalization.ts'
import { productNodes } from './operators/product.ts'
import { shapeNodes } from './operators/shape.ts'

/** Reached only where an operand is computed from the image. */
const onConstantsOnly: GraphImporter = () => {
  throw unsupported('is supported only where everything it reads is known while importing')
}

/** Every TensorFlow operation that can be imported from a graph model, by family. */
export const nodeFamilies: Readonly<Record<string, Readonly<Record<string, GraphImporter>>>> = {
  'Convolution and pooling': convolutionNodes,
  Dense: productNodes,
  'Normalisation, reductions and softmax': normalizationNodes,
  'Arithmetic and activation': elementwiseNodes,
  Shape: shapeNodes,
  'On shapes only': Object.fromEntries(constantNodes.map((name) => [name, onConstantsOnly])),
}

/** The importer of every TensorFlow operation by its name, whatever its family. */
export const nodeTable: ReadonlyMap<string, GraphImporter> = new Map(
  Object.values(nodeFamilies).flatMap((family) => Object.entries(family)),
)

import { elementwiseOperations } from './elementwise.ts'
import { imageOperations } from './image.ts'
import type { Operation } from './operation.ts'
import { reductionOperations } from './reduction.ts'
import { shapeOperations } from './shape.ts'

/** Every operation of keras.ops that can be imported, by family. */
export const operationFamilies: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  'Operations: arithmetic and activation': elementwiseOperations,
  'Operations: reductions': reductionOperations,
  'Operations: shape': shapeOperations,
  'Operations: images': imageOperations,
}

/** The importer of every operation of Keras by its name, whatever its family. */
export const operationTable: ReadonlyMap<string, Operation> = new Map(
  Object.values(operationFamilies).flatMap((family) => Object.entries(family)),
)

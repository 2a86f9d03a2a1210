import type { ModelChoices } from './imported-model.ts'
import type { LayerImporter } from './keras/layer-call.ts'
import type { OperatorImporter } from './onnx/node-call.ts'
import type { GraphImporter } from './tfjs/graph-call.ts'

/** How to import a model: what its file leaves open, and importers of what only its maker knows. */
export interface ImportSettings extends ModelChoices {
  /**
   * Importers of one's own Keras layers and activations, by the name of the class or function: `Gate`, or `mine>Gate` where
   * it was registered. One that is called like a layer of Keras is taken unless the file says that Keras' is meant.
   */
  readonly layers?: Readonly<Record<string, LayerImporter>>
  /** Importers of ONNX operators, by `domain.Name`, or by `Name` for ONNX's own; they come before those of the table. */
  readonly operators?: Readonly<Record<string, OperatorImporter>>
  /** Importers of TensorFlow operations, for TensorFlow.js graph models; they come before those of the table. */
  readonly operations?: Readonly<Record<string, GraphImporter>>
}

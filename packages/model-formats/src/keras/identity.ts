import { isObject, type JsonObject } from './config-reader.ts'

/** Whose class a layer of a file is. */
export interface Identity {
  /** `Conv2D`; of one's own class the name that it is registered under, `mine>Gate`. */
  readonly className: string
  /**
   * `layer`: Keras' own. `operation`: one of keras.ops. `function`: one of TensorFlow, called on Keras tensors. `own`:
   * neither Keras' nor TensorFlow's, whatever its name.
   */
  readonly origin: 'layer' | 'operation' | 'function' | 'own'
  /** True where the file says whose class it is, rather than its name and settings alone. */
  readonly isSaid: boolean
}

const kerasModule = /^(keras|tf_keras|keras_core|tensorflow\.(python\.)?keras)(\.|$)/
const operationModule = /^(keras|keras_core)(\.src)?\.ops(\.|$)/

/** Keras 2 registers the one layer that its Inception-ResNet brings along as users do theirs. */
const registeredByKeras = 'Custom>CustomScaleLayer'

/** Reads whose class an entry of a model's list of layers is. */
export function identify(entry: JsonObject): Identity {
  const className = String(entry['class_name'])
  const registered = entry['registered_name']
  const own = typeof registered === 'string' ? registered : className
  if (own === registeredByKeras) return { className: own, origin: 'layer', isSaid: true }
  if (className.includes('>') || own.includes('>')) return { className: own, origin: 'own', isSaid: true }
  if (className === 'TFOpLambda' || className === 'SlicingOpLambda')
    return { className, origin: 'function', isSaid: true }
  const { module } = entry
  if (module === undefined) {
    const origin = isOperation(entry) ? 'operation' : isBare(entry) ? 'own' : 'layer'
    return { className, origin, isSaid: false }
  }
  if (typeof module !== 'string' || !kerasModule.test(module))
    return { className, origin: 'own', isSaid: true }
  return { className, origin: operationModule.test(module) ? 'operation' : 'layer', isSaid: true }
}

/** Keras 3 leaves the module out of `.h5` files; there, an operation is what has no settings of a layer. */
function isOperation({ config, inbound_nodes: nodes }: JsonObject): boolean {
  const isKeras3 = Array.isArray(nodes) && isObject(nodes[0]) && 'args' in nodes[0]
  return isKeras3 && isObject(config) && !('trainable' in config) && !('dtype' in config)
}

/** Keras writes `autocast` for a class that does not say itself what its settings are, as all of Keras' own do. */
function isBare({ config }: JsonObject): boolean {
  return isObject(config) && 'autocast' in config
}

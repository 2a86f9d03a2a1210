import { shortJson } from '@saliency/core'
import { ownEntry } from '../own-entry.ts'
import { like, type SourceValue } from '../source-value.ts'
import { notSupported, unsupported } from '../problems.ts'
import { activationOf } from './activations.ts'
import { isObject, readConfig, type JsonObject } from './config-reader.ts'
import { identify } from './identity.ts'
import type { LayerCall, LayerImporter } from './layer-call.ts'
import { activationLayers } from './layers/activation.ts'
import { refuseUnread } from './settings.ts'
import { snakeCase } from './storage-paths.ts'

/** An activation as a setting of a layer names it. */
interface Found {
  /** What the layer behind the layer is called, `relu`. */
  readonly suffix: string
  readonly kind: string
  readonly importer: LayerImporter
}

const isIdentity = ({ suffix }: Found) => suffix === 'linear'

/** Applies the `activation` setting of a layer as a layer of its own behind it, `conv1/relu`. */
export function applyActivation(call: LayerCall, result: SourceValue): SourceValue {
  const setting = call.config.raw('activation')
  const found = findActivation(setting, call)
  if (isIdentity(found)) return result
  return run(found, setting, { ...call, ops: call.following(found.suffix, found.kind) }, result)
}

/** A layer that is nothing but its activation. */
export const activationLayer: LayerImporter = (call) => {
  const setting = call.config.raw('activation')
  const found = findActivation(setting, call)
  return isIdentity(found) ? call.input : run(found, setting, call, call.input)
}

/** Runs an activation with settings of its own, every one of which must be read. */
function run({ importer }: Found, setting: unknown, call: LayerCall, input: SourceValue): SourceValue {
  const own = isObject(setting) && isObject(setting['config']) ? setting['config'] : {}
  const config = readConfig(own, call.name)
  const result = importer({ ...call, config, input, inputs: [input] })
  refuseUnread(config)
  return result
}

/** @throws UNSUPPORTED_MODEL where it is neither known nor handed over by the user. */
function findActivation(setting: unknown, call: LayerCall): Found {
  if (!isObject(setting)) {
    const handed = typeof setting === 'string' ? ownEntry(call.ownLayers, setting) : undefined
    return handed ? { suffix: String(setting), kind: 'Activation', importer: handed } : byName(setting, call)
  }
  return setting['class_name'] === 'function' ? byFunction(setting, call) : byLayer(setting, call)
}

function byName(setting: unknown, { dialect }: LayerCall): Found {
  const { name, activation } = activationOf(setting, dialect)
  const importer: LayerImporter = ({ input, ops }) => like(input, activation(input, ops))
  return { suffix: name, kind: 'Activation', importer }
}

function refuseOwn(name: string): never {
  throw unsupported(
    `its activation '${name}' is of your own making. Hand its importer to importModel as { layers: { '${name}': … } }`,
  )
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : shortJson(value))

/** Keras 3 may write a function as `{ class_name: 'function', config: 'relu6' }`; it calls a foreign one's module too. */
function byFunction(setting: JsonObject, call: LayerCall): Found {
  const registered = setting['registered_name']
  const name =
    typeof registered === 'string' && registered.includes('>') ? registered : textOf(setting['config'])
  const handed = ownEntry(call.ownLayers, name)
  if (handed) return { suffix: name, kind: 'Activation', importer: handed }
  const isKeras = setting['module'] === 'builtins' || identify(setting).origin !== 'own'
  return isKeras && !name.includes('>') ? byName(name, call) : refuseOwn(name)
}

/** A layer in an activation's place, with its settings: `LeakyReLU(negative_slope=0.3)`. */
function byLayer(setting: JsonObject, call: LayerCall): Found {
  const { className, origin } = identify(setting)
  const handed = ownEntry(call.ownLayers, className)
  const known = className === 'PReLU' ? undefined : ownEntry(activationLayers, className)
  const found = (importer: LayerImporter): Found => ({
    suffix: snakeCase(className),
    kind: className,
    importer,
  })
  if (typeof setting['class_name'] !== 'string')
    throw unsupported(`its activation is ${shortJson(setting)}, which names no function and no layer`)
  if (origin === 'own') return handed ? found(handed) : refuseOwn(className)
  if (known) return found(known)
  if (handed) return found(handed)
  throw unsupported(
    `its activation, a layer ${className}, ${notSupported(className, Object.keys(activationLayers))}; ` +
      'put it behind the layer instead',
  )
}

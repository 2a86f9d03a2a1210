import type { ModelFormat } from '../imported-model.ts'
import { ownEntry } from '../own-entry.ts'
import type { Problems } from '../problems.ts'
import type { CallImporter, LayerImporter } from './layer-call.ts'
import { layerTable } from './layer-table.ts'
import { inactiveLayers } from './layers/inactive.ts'
import { refusedLayers } from './layers/refused.ts'
import { importFunction, importOperation } from './operations/import-operation.ts'
import { functions } from './operations/functions.ts'
import { operationTable } from './operations/operation-table.ts'
import { refuseNamesake } from './own-class.ts'
import { layerInputs, listed, takeFlag, type ResolvedCall } from './resolved.ts'
import { refuseUnread } from './settings.ts'
import type { KerasLayer } from './topology.ts'

/** What messages call a layer: its class, or the function or operation that it keeps. */
export function labelOf({ className, config, identity }: KerasLayer): string {
  if (identity.origin === 'function') return `tf.${config.string('function', className)}`
  if (identity.origin === 'operation') return `keras.ops ${className}`
  return identity.className
}

/** Layers that do the same while training: Keras writes that some of them are called so. */
const sameInTraining = new Set(['Resizing', 'CenterCrop', 'Rescaling', 'Normalization'])

/** Attentions are called with several tensors by name, or with a list. */
const attentionArguments: Readonly<Record<string, readonly string[]>> = {
  MultiHeadAttention: ['query', 'value', 'key'],
  Attention: ['inputs'],
}

/** A call without what says nothing of this layer. */
function settled(className: string, call: ResolvedCall): ResolvedCall {
  if (!sameInTraining.has(className)) return call
  const { training: _, ...named } = call.named
  return { ...call, named }
}

/** Importers of one's own by the names of their classes. */
type OwnLayers = Readonly<Record<string, LayerImporter>>

/** Who imports a layer: one's own importer where the class may be one's own, else that of the table; undefined for neither. */
export function findImporter(
  layer: KerasLayer,
  layers: OwnLayers = {},
  format: ModelFormat,
): CallImporter | undefined {
  const { className, identity } = layer
  const handed = ownEntry(layers, identity.className) ?? ownEntry(layers, className)
  const onLayer =
    (importer: LayerImporter): CallImporter =>
    (given, site) => {
      const call = settled(className, given)
      if (!Object.hasOwn(attentionArguments, className)) return importer(site.layerCall(layerInputs(call)))
      const names = attentionArguments[className] as readonly string[]
      const [isCausal, rest] = takeFlag(names.length > 1 ? listed(call, names) : call, 'use_causal_mask')
      return importer({ ...site.layerCall(layerInputs(rest)), isCausal })
    }
  if (identity.origin === 'own') return handed && onLayer(handed)
  if (identity.origin === 'function') return importFunction(layer.config.string('function', ''))
  if (identity.origin === 'operation') return importOperation(className) ?? (handed && onLayer(handed))
  const known = layerTable.get(className)
  if (handed && !(known && identity.isSaid)) return onLayer(handed)
  return known && onLayer(checked(layer, known, format))
}

/** An importer of one of Keras' layers that refuses namesakes, and settings that it does not read. */
function checked(layer: KerasLayer, importer: LayerImporter, format: ModelFormat): LayerImporter {
  return (call) => {
    if (format === 'keras-h5') refuseNamesake(layer)
    const result = importer(call)
    if (!Object.hasOwn(inactiveLayers, layer.className)) refuseUnread(call.config)
    return result
  }
}

/** Notes a layer that nobody imports. */
export function noteUnknown(problems: Problems, layer: KerasLayer, name: string): void {
  const { origin } = layer.identity
  const label = labelOf(layer)
  if (origin === 'own') {
    const reason = `is a class of your own. Hand its importer to importModel as { layers: { '${label}': … } }`
    problems.report(name, label, reason)
  } else if (origin === 'function') {
    problems.unknown(
      name,
      label,
      Object.keys(functions).map((item) => `tf.${item}`),
    )
  } else if (origin === 'operation') {
    problems.unknown(
      name,
      label,
      [...operationTable.keys()].map((item) => `keras.ops ${item}`),
    )
  } else {
    const reason = ownEntry(refusedLayers, layer.className)
    if (reason === undefined) problems.unknown(name, label, layerTable.keys())
    else problems.report(name, label, `is not supported: ${reason}`)
  }
}

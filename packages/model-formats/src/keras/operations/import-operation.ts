import { ownEntry } from '../../own-entry.ts'
import type { SourceValue } from '../../source-value.ts'
import { unsupported } from '../../problems.ts'
import { readConfig, type JsonObject } from '../config-reader.ts'
import type { CallImporter, CallSite } from '../layer-call.ts'
import { textOf, type Resolved, type ResolvedCall } from '../resolved.ts'
import { bindArguments } from './arguments.ts'
import { functions, type TensorFlowFunction } from './functions.ts'
import type { Operation } from './operation.ts'
import { operationTable } from './operation-table.ts'

/** What a layer has besides the settings of its operation. */
const ofTheLayer = new Set(['name', 'trainable', 'function'])

/** The importer of an operation of keras.ops, or undefined where it is not in the table. */
export function importOperation(name: string): CallImporter | undefined {
  const operation = operationTable.get(name)
  if (!operation) return undefined
  return (given, site) => {
    const keys = site.config.unread().filter((key) => !ofTheLayer.has(key))
    return run(operation, given, Object.fromEntries(keys.map((key) => [key, site.config.raw(key)])), site)
  }
}

function run(
  operation: Operation,
  given: ResolvedCall,
  settings: JsonObject,
  site: CallSite,
): SourceValue | readonly SourceValue[] {
  const bound = bindArguments(operation.parameters, given, settings, site.name)
  const result = operation.build({
    arguments: bound,
    ops: site.ops,
    as: (importer, overrides) => importer(site.layerCall(bound.tensors(), readConfig(overrides, site.name))),
  })
  bound.refuseUnread()
  return result
}

/** The importer of a function of TensorFlow that Keras 2 keeps as a layer, or undefined where it is not in the table. */
export function importFunction(name: string): CallImporter | undefined {
  const entry = ownEntry(functions, name)
  const operation = entry && operationTable.get(entry.operation)
  if (!operation) return undefined
  return (given, site) => {
    const call = translate(entry, operation, given)
    return run(operation, call, entry.defaults ?? {}, site)
  }
}

/** The same call in the words of Keras' operation. */
function translate(
  { parameters, only = {} }: TensorFlowFunction,
  operation: Operation,
  { positional, named }: ResolvedCall,
): ResolvedCall {
  const renamed: Record<string, Resolved> = {}
  for (const [name, argument] of Object.entries(named)) {
    // Names of nodes say nothing.
    if (name === 'name') continue
    const isUnderstood = 'constant' in argument && (argument.constant ?? only[name]) === only[name]
    if (Object.hasOwn(only, name)) {
      if (!isUnderstood) throw unsupported(`its argument ${name} (${textOf(argument)}) is not supported`)
      continue
    }
    const index = parameters.indexOf(name)
    renamed[index < 0 ? name : (operation.parameters[index] ?? name)] = argument
  }
  return { positional, named: renamed }
}

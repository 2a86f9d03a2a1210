import { resolve } from 'node:path'
import { ancestors, isNode, LOGITS, oneChannel, SaliencyError, type Value } from '@saliency/core'
import { toOnnx } from '@saliency/engine-onnxruntime'
import { optionPair, resolveSelections, traceVariants } from '@saliency/explain'
import { writeAtomically } from '@saliency/study/system'
import { selectMethods } from '../discovery/selection.ts'
import { exitCodes } from '../errors.ts'
import { loadModel } from '../models.ts'
import { type CommonFlags, openProject } from './discover.ts'
import { type Terminal, warn } from './terminal.ts'
import { type ModelFlags, modelSettings } from '../model-settings.ts'

/** Flags of `saliency export`. */
export interface ExportFlags extends CommonFlags, ModelFlags {
  readonly method: readonly string[]
  readonly option?: readonly string[]
  readonly oneChannel?: boolean
  readonly out: string
}

const meanings: Readonly<Record<string, string>> = { image: 'preprocessed', direction: 'one-hot class' }

/** An input of the file: its name, its shape and what belongs there. */
function describeInput(name: string, { shape }: Value): string {
  return `${name} [${shape.join(', ')}] (${meanings[name] ?? 'standard normal noise'})`
}

/** `saliency export MODEL --method ID -o FILE.onnx`: model and method as one file that any ONNX runtime runs. */
export async function exportCommand(source: string, flags: ExportFlags, terminal: Terminal): Promise<number> {
  const { registry, root } = await openProject(flags)
  const { model, weights } = await loadModel(source, modelSettings(root, flags))
  const options = Object.fromEntries((flags.option ?? []).map(optionPair))
  const variants = resolveSelections(selectMethods(flags.method, { registry, model }, options))
  const set = traceVariants(model, variants, registry.methods)
  const [failure] = set.failures
  if (failure && set.traced.length === 0) throw failure.error
  for (const { variant, error } of set.failures) warn(terminal, `${variant.id} is left out: ${error.message}`)
  for (const { variant } of set.sampling)
    warn(terminal, `${variant.id} is left out: it evaluates many images, which is no single graph.`)
  const maps = set.traced.map(
    ({ variant, map }) => [variant.id, flags.oneChannel ? oneChannel(map) : map] as const,
  )
  if (maps.length === 0)
    throw new SaliencyError('INVALID_OPTION', 'Nothing to export: no chosen variant is a single graph.')
  const outputs = { [LOGITS]: model.logits, ...Object.fromEntries(maps) }
  writeAtomically(resolve(flags.out), toOnnx({ outputs }, weights))
  const inputs = ancestors(Object.values(outputs)).flatMap((node) =>
    isNode(node, 'Input') ? [describeInput(node.attributes.name, node.outputs[0] as Value)] : [],
  )
  terminal.out(`${flags.out}: inputs ${inputs.join(', ')}; outputs ${Object.keys(outputs).join(', ')}.`)
  return set.failures.length + set.sampling.length > 0 ? exitCodes.someFailed : exitCodes.ok
}

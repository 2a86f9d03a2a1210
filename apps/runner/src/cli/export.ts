import { resolve } from 'node:path'
import { LOGITS, oneChannel } from '@saliency/core'
import { toOnnx } from '@saliency/engine-onnxruntime'
import { resolveSelections, traceVariants } from '../compute/variant-set.ts'
import { selectMethods } from '../discovery/selection.ts'
import { exitCodes } from '../errors.ts'
import { writeAtomically } from '../files.ts'
import { loadModel } from '../models.ts'
import { type CommonFlags, openProject } from './discover.ts'
import { type Terminal, warn } from './terminal.ts'

/** Flags of `saliency export`. */
export interface ExportFlags extends CommonFlags {
  readonly method: readonly string[]
  readonly option?: readonly string[]
  readonly oneChannel?: boolean
  readonly out: string
}

/** `saliency export MODEL --method ID -o FILE.onnx`: model and method as one file that any ONNX runtime runs. */
export async function exportCommand(source: string, flags: ExportFlags, terminal: Terminal): Promise<number> {
  const { registry, root } = await openProject(flags)
  const { model, weights } = await loadModel(source, { root })
  const variants = resolveSelections(selectMethods(flags.method, registry, flags.option))
  const set = traceVariants(model, variants, registry.methods)
  const [failure] = set.failures
  if (failure && set.traced.length === 0) throw failure.error
  for (const { variant, error } of set.failures) warn(terminal, `${variant.id} is left out: ${error.message}`)
  for (const { variant } of set.sampling)
    warn(terminal, `${variant.id} is left out: it evaluates many images, which is no single graph.`)
  const maps = set.traced.map(
    ({ variant, map }) => [variant.id, flags.oneChannel ? oneChannel(map) : map] as const,
  )
  const plan = { outputs: { [LOGITS]: model.logits, ...Object.fromEntries(maps) } }
  const bytes = toOnnx(plan, weights)
  writeAtomically(resolve(flags.out), bytes)
  terminal.out(
    `${flags.out}: inputs image [${model.image.shape.join(', ')}] (preprocessed) and seed [n, ${model.logits.shape[1]}] (one-hot class); outputs ${[LOGITS, ...maps.map(([id]) => id)].join(', ')}.`,
  )
  return exitCodes.ok
}

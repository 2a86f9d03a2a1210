import { resolve } from 'node:path'
import { optionPair } from '@saliency/explain'
import { writeAtomically } from '@saliency/study/system'
import { exportOnnx, loadModel, type OnnxExport } from '@saliency/toolkit'
import { type ModelFlags, modelSettings } from '@saliency/toolkit/steps'
import { exitCodes } from '../exit-codes.ts'
import { type CommonFlags, openProject } from './discover.ts'
import { type Terminal, warn } from './terminal.ts'

/** Flags of `saliency export`. */
export interface ExportFlags extends CommonFlags, ModelFlags {
  readonly method: readonly string[]
  readonly option?: readonly string[]
  readonly oneChannel?: boolean
  readonly out: string
}

const meanings: Readonly<Record<string, string>> = { image: 'preprocessed', direction: 'one-hot class' }

/** An input of the file: its name, its shape and what belongs there. */
function describeInput({ name, shape }: OnnxExport['inputs'][number]): string {
  return `${name} [${shape.join(', ')}] (${meanings[name] ?? 'standard normal noise'})`
}

/** `saliency export MODEL --method ID -o FILE.onnx`: model and method as one file that any ONNX runtime runs. */
export async function exportCommand(source: string, flags: ExportFlags, terminal: Terminal): Promise<number> {
  const { registry, root } = await openProject(flags)
  const model = await loadModel(source, modelSettings(root, flags))
  const options = Object.fromEntries((flags.option ?? []).map(optionPair))
  const { method, oneChannel = false } = flags
  const { bytes, inputs, outputs, leftOut } = await exportOnnx(
    model,
    { method, options, oneChannel },
    registry,
  )
  for (const { variant, reason } of leftOut) warn(terminal, `${variant} is left out: ${reason}`)
  writeAtomically(resolve(flags.out), bytes)
  terminal.out(`${flags.out}: inputs ${inputs.map(describeInput).join(', ')}; outputs ${outputs.join(', ')}.`)
  return leftOut.length > 0 ? exitCodes.someFailed : exitCodes.ok
}

import type { Command } from 'commander'
import type { Config } from '../config/schema.ts'
import type { LoadModelSettings } from '../models.ts'

/** Flags that say what a model's file leaves open. */
export interface ModelFlags {
  readonly preprocess?: string
  readonly output?: string
}

/** Options of every command that loads a model. */
export function withModelOptions(command: Command): Command {
  return command
    .option('--preprocess <file>', 'instead of the preprocess.json beside the model')
    .option('--output <name>', 'the output that holds the class scores, of a model with several')
}

/** What flags, and for the same model the configuration, say of it. */
export function modelSettings(
  root: string,
  { preprocess, output }: ModelFlags,
  config: Pick<Config, 'preprocess' | 'output'> = {},
): LoadModelSettings {
  return {
    root,
    ...(config.preprocess !== undefined && { preprocess: config.preprocess }),
    ...(config.output !== undefined && { output: config.output }),
    ...(preprocess !== undefined && { preprocess }),
    ...(output !== undefined && { output }),
  }
}

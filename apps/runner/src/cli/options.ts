import { type Command, InvalidArgumentError } from 'commander'
import type { Config } from '../config/schema.ts'
import type { LoadModelSettings } from '../models.ts'

/** Options that every command takes. */
export function withCommonOptions(command: Command): Command {
  return command
    .option(
      '--plugin <name>',
      'a plugin besides the declared dependencies: package or path (repeatable)',
      collect,
    )
    .option('--root <folder>', 'where the project is: its package.json declares the plugins', '.')
    .option('--debug', 'show where an error came from')
}

/** Receives a command's exit code. */
export type Done = (code: number) => void

/** Collects an option that may be given several times. */
export function collect(value: string, previous: readonly string[] = []): string[] {
  return [...previous, value]
}

/** A whole number of at least `minimum`. */
export function wholeNumber(minimum: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (Number.isInteger(value) && value >= minimum && text.trim() !== '') return value
    throw new InvalidArgumentError(`It takes a whole number of at least ${minimum}.`)
  }
}

/** A number in [0, 1]. */
export function share(text: string): number {
  const value = Number(text)
  if (value >= 0 && value <= 1 && text.trim() !== '') return value
  throw new InvalidArgumentError('It takes a number from 0 to 1.')
}

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

import { deviceNames } from '@saliency/toolkit/start'
import { type Command, InvalidArgumentError, Option } from 'commander'

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

/** Options of every command that loads a model. */
export function withModelOptions(command: Command): Command {
  return command
    .option('--preprocess <file>', 'instead of the preprocess.json beside the model')
    .option('--output <name>', 'the output that holds the class scores, of a model with several')
    .option('--size <pixels>', 'height and width of the images, 224 or 224x320, of a model that takes any')
    .option(
      '--target-region <mask>',
      'explain the sum of a class over this region (picture or .npy), of a model that scores every pixel',
    )
}

/** Options of every command that computes maps: what with, and on what. */
export function withEngineOptions(command: Command): Command {
  return command
    .option('--engine <name>', 'auto, onnxruntime-node, onnxruntime-web or tfjs')
    .option('--backend <name>', 'of tfjs: auto, tensorflow, wasm or cpu')
    .addOption(
      new Option(
        '--device <name>',
        'what onnxruntime-node computes on; webgpu is any graphics card, auto the first that works (default: cpu)',
      ).choices(deviceNames),
    )
}

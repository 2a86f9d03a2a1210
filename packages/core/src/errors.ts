/** Every code that a {@link SaliencyError} can carry: what it means, and what to do. */
export const errorCodes = {
  SHAPE: {
    meaning: 'Inputs of an operator do not fit together.',
    remedy: 'Compare the shapes in the message; images are [n, c, h, w].',
  },
  UNSUPPORTED_OPERATOR: {
    meaning: 'An operator cannot be treated: by a rule, an engine, or a kernel.',
    remedy: 'Use another method or engine, or give the operator a rule; the message names it and its layer.',
  },
  NO_GRADIENT: {
    meaning: 'A signal has to pass an operator that has no gradient.',
    remedy: 'Cut the model before that layer, or give the operator a rule.',
  },
  NOT_REACHED: {
    meaning: 'A signal was asked for where none arrives.',
    remedy: 'Choose a layer that the logits depend on.',
  },
  RULE_RESULT: {
    meaning: 'A rule returned signals of the wrong number or shape.',
    remedy: 'Return one signal per data input, in its shape.',
  },
  UNKNOWN_LAYER: {
    meaning: 'The model has no layer of that name.',
    remedy: '`saliency inspect MODEL` lists the layers.',
  },
  UNKNOWN_METHOD: {
    meaning: 'No loaded plugin has that method id.',
    remedy: '`saliency list` shows what was found, and what failed to load.',
  },
  UNKNOWN_VARIANT: {
    meaning: 'The method has no variant of that name.',
    remedy: 'The message lists its variants.',
  },
  UNKNOWN_CHECK: {
    meaning: 'No loaded plugin has that check id.',
    remedy: '`saliency list` shows the checks.',
  },
  INVALID_OPTION: {
    meaning: 'An option has the wrong type or range, or does not exist.',
    remedy: 'The message says what the option takes.',
  },
  INVALID_PLUGIN: {
    meaning: 'A plugin does not keep its contract.',
    remedy: 'Run `saliency-doctor` in the plugin; it says what to change.',
  },
  INCOMPATIBLE_CONTRACT: {
    meaning: 'A plugin was written for another version of the contract.',
    remedy: 'Update the plugin, or Saliency, so that both speak the same contract.',
  },
  DUPLICATE_ID: {
    meaning: 'Two packages bring the same id.',
    remedy: 'Remove one of the two packages that the message names.',
  },
  MISSING_PART: {
    meaning: 'A variant combines others that are not installed.',
    remedy: 'Install the package that the message names.',
  },
  INVALID_MODEL: {
    meaning: 'A model file is damaged, or is no classifier.',
    remedy: 'The message says what is wrong; export the model again, or choose another output.',
  },
  UNSUPPORTED_MODEL: {
    meaning: 'A model uses layers or operators that are not supported.',
    remedy: 'The message lists them all; see the table of supported layers.',
  },
  INVALID_IMAGE: {
    meaning: 'A file is not an image that can be read.',
    remedy: 'Give a JPEG, PNG or WebP file, or a folder of them.',
  },
  INVALID_INPUT: {
    meaning: 'Data does not have the form that is asked for.',
    remedy: 'The message says which, and what is expected.',
  },
  INVALID_CONFIG: {
    meaning: 'A configuration has an unknown key or a wrong type.',
    remedy: 'The message names the key; the JSON Schema lists all of them.',
  },
  INVALID_RUN: {
    meaning: 'A run folder cannot be continued or read.',
    remedy: 'Choose another folder, or go back to the configuration it was started with.',
  },
  ENGINE: {
    meaning: 'An engine cannot open or run a graph.',
    remedy: 'The message names the feed, parameter or operator; `--engine` chooses another engine.',
  },
  DOWNLOAD: {
    meaning: 'A file could not be fetched, or is not what was expected.',
    remedy: 'Try again: what was fetched is kept; or put the file in place by hand.',
  },
  FILE: {
    meaning: 'A file or folder cannot be read or written.',
    remedy: 'Check the path, its permissions and the space on the disk.',
  },
  INTERRUPTED: {
    meaning: 'The run was stopped.',
    remedy: 'Start the same command again: finished units are not repeated.',
  },
} as const

/** The code of a {@link SaliencyError}. */
export type SaliencyErrorCode = keyof typeof errorCodes

/** An error a user can act on: what was wrong, where (file, layer, option), and what to do about it. */
export class SaliencyError extends Error {
  override readonly name = 'SaliencyError'
  readonly code: SaliencyErrorCode

  constructor(code: SaliencyErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.code = code
  }

  /** Recognises an error by name and code, because `instanceof` fails where two copies of core are loaded. */
  static is(error: unknown, code?: SaliencyErrorCode): error is SaliencyError {
    if (!(error instanceof Error) || error.name !== 'SaliencyError' || !('code' in error)) return false
    return code === undefined || error.code === code
  }
}

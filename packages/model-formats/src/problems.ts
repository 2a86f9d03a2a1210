import { nearest, SaliencyError } from '@saliency/core'

interface Problem {
  readonly layer: string
  readonly operator: string
  readonly reason: string
}

/** Collects everything a model needs that is not supported, so that one error can list all of it. */
export interface Problems {
  /** Notes a layer that cannot be imported. */
  report(layer: string, operator: string, reason: string): void
  /** Notes an operator that is not in the table, with the nearest one that is. */
  unknown(layer: string, operator: string, supported: Iterable<string>): void
  /** Notes a layer for which the whole file is refused: the sentence stands for all layers that it holds of. */
  refuse(layer: string, operator: string, sentence: string): void
  /** Runs `importer`; if it finds something unsupported, notes it and returns undefined. */
  attempt<T>(layer: string, operator: string, importer: () => T): T | undefined
  /** @throws UNSUPPORTED_MODEL listing everything noted so far, if there is anything. */
  throwIfAny(model: string): void
}

/** `is not supported`, with the nearest name that is, if one is near. */
export function notSupported(name: string, supported: readonly string[]): string {
  const near = nearest(name, supported)
  return `is not supported${near === undefined ? '' : ` (the nearest that is: ${near})`}`
}

/** ` and 11 more`, of which the first is named. */
const andMore = ({ length }: readonly unknown[]) => (length > 1 ? ` and ${length - 1} more` : '')

/** A file that is refused as a whole, with the first layer that each sentence holds of, and what else is wrong. */
function wholeRefused(
  model: string,
  refused: ReadonlyMap<string, readonly Problem[]>,
  found: readonly Problem[],
): SaliencyError {
  const reasons = [...refused].map(
    ([sentence, problems]) =>
      `${sentence} (Layer: ${problems[0]?.layer}, ${problems[0]?.operator}${andMore(problems)}.)`,
  )
  return new SaliencyError(
    'UNSUPPORTED_MODEL',
    [`The model '${model}' cannot be imported.`, ...reasons, ...lines(found)].join('\n'),
  )
}

/** A line for each operator and reason, with the first layer and how many more there are. */
function lines(found: readonly Problem[]): readonly string[] {
  const alike = new Map<string, Problem[]>()
  for (const problem of found) {
    const key = `${problem.operator} ${problem.reason}`
    alike.set(key, [...(alike.get(key) ?? []), problem])
  }
  return [...alike.values()].map((problems) => {
    const { layer, operator, reason } = problems[0] as Problem
    return `  ${layer}${andMore(problems)} (${operator}): ${reason}`
  })
}

/** Starts an empty collection. */
export function createProblems(): Problems {
  const found: Problem[] = []
  const refused = new Map<string, Problem[]>()
  const report: Problems['report'] = (layer, operator, reason) => {
    found.push({ layer, operator, reason })
  }
  return {
    report,
    unknown(layer, operator, supported) {
      report(layer, operator, notSupported(operator, [...supported]))
    },
    refuse(layer, operator, reason) {
      refused.set(reason, [...(refused.get(reason) ?? []), { layer, operator, reason }])
    },
    attempt(layer, operator, importer) {
      try {
        return importer()
      } catch (error) {
        if (!SaliencyError.is(error, 'UNSUPPORTED_MODEL')) throw error
        report(layer, operator, error.message)
        return undefined
      }
    },
    throwIfAny(model) {
      if (refused.size > 0) throw wholeRefused(model, refused, found)
      if (found.length === 0) return
      const count = found.length === 1 ? 'One layer' : `${found.length} layers`
      throw new SaliencyError(
        'UNSUPPORTED_MODEL',
        `${count} of the model '${model}' cannot be imported:\n${lines(found).join('\n')}\n` +
          'Export the model without them, or replace them by supported ones (docs/reference/formats.md).',
      )
    },
  }
}

/** For an importer that meets something it does not support; the layer and operator are added by {@link Problems}. */
export function unsupported(reason: string): SaliencyError {
  return new SaliencyError('UNSUPPORTED_MODEL', reason)
}

/** For a file that contradicts itself or is broken. */
export function invalid(message: string, cause?: unknown): SaliencyError {
  return new SaliencyError('INVALID_MODEL', message, cause === undefined ? {} : { cause })
}

/** For an input whose height or width the file leaves open, and nobody says. */
export function openSize(input: string): SaliencyError {
  return invalid(
    `The input '${input}' takes images of any size. Say which: --size 224, or --size HEIGHTxWIDTH, on the command line; size in the config; input.height and input.width of a preprocess.json, beside the model or named by --preprocess; or imageSize in a program.`,
  )
}

/**
 * Runs an import. A value that does not fit where the file puts it is the file's mistake, and so is content of a kind that
 * no exporter writes, on which an importer stumbles.
 * @throws INVALID_MODEL in place of SHAPE and of errors that are not for users; the original is its cause.
 */
export function refuseContradictions<T>(build: () => T): T {
  try {
    return build()
  } catch (error) {
    if (SaliencyError.is(error, 'SHAPE'))
      throw invalid(`The file contradicts itself: ${error.message}`, error)
    if (SaliencyError.is(error)) throw error
    throw invalid(
      'The file holds something that cannot be understood: it is damaged, or no exporter wrote it. Export the model again.',
      error,
    )
  }
}

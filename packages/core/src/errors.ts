/** Every code that a {@link SaliencyError} can carry; `docs/reference/errors.md` explains each with its remedy. */
export type SaliencyErrorCode =
  | 'SHAPE'
  | 'UNSUPPORTED_OPERATOR'
  | 'NO_GRADIENT'
  | 'NOT_REACHED'
  | 'RULE_RESULT'
  | 'UNKNOWN_LAYER'
  | 'UNKNOWN_METHOD'
  | 'UNKNOWN_VARIANT'
  | 'UNKNOWN_CHECK'
  | 'INVALID_OPTION'
  | 'INVALID_PLUGIN'
  | 'INCOMPATIBLE_CONTRACT'
  | 'DUPLICATE_ID'
  | 'MISSING_PART'
  | 'INVALID_MODEL'
  | 'UNSUPPORTED_MODEL'
  | 'INVALID_IMAGE'
  | 'INVALID_INPUT'
  | 'INVALID_CONFIG'
  | 'INVALID_RUN'
  | 'ENGINE'
  | 'DOWNLOAD'
  | 'FILE'
  | 'INTERRUPTED'

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

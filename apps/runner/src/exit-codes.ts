/** What the process returns; part of the public interface. */
export const exitCodes = {
  /** Everything asked for was done. */
  ok: 0,
  /** The study ran, but some units, images or variants failed; what failed is recorded. */
  someFailed: 1,
  /** What was given cannot be used: model, image, method, option, config or run folder. */
  badInput: 2,
  /** The study is done, and `--require` is not met. */
  requirementFailed: 3,
  /** Stopped by Ctrl-C; finished results are kept. */
  interrupted: 130,
} as const

/** Suites that take more than a third of a minute each: a newcomer's `npm test` leaves them to continuous integration. */
const slow: readonly string[] = []

const filters = process.argv.slice(3).filter((word) => !word.startsWith('-'))

/** Nothing is left out in continuous integration, where files are named, or where all are asked for. */
const isWhole = Boolean(process.env['CI']) || process.env['SALIENCY_SUITES'] === 'all' || filters.length > 0

/** The suites that this run leaves out. */
export const leftOut: readonly string[] = isWhole ? [] : slow

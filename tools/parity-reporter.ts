import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Reporter } from 'vitest/node'
import { leftOut } from './slow-suites.ts'

/** Says in the last lines which suites did not run: slow ones, and those that compare with independent reference maps. */
export class ParityReporter implements Reporter {
  onTestRunEnd(): void {
    if (leftOut.length > 0)
      console.log(
        `\n  Left out: ${leftOut.length} slow suites, which continuous integration runs. To run them too: SALIENCY_SUITES=all npm test`,
      )
    const folder = resolve(process.env['SALIENCY_REFERENCE'] ?? '../shared', 'reference')
    if (existsSync(folder)) return
    console.log(
      `\n  Skipped: the parity suites, because there are no reference maps in ${folder}.\n` +
        '  Everything else ran. Set SALIENCY_REFERENCE to a folder with reference/, models/ and images/ to run them.\n',
    )
  }
}

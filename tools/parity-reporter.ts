import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Reporter } from 'vitest/node'

/** Says in the last lines whether the suites that compare with independent reference maps ran. */
export class ParityReporter implements Reporter {
  onTestRunEnd(): void {
    const folder = resolve(process.env['SALIENCY_REFERENCE'] ?? '../shared', 'reference')
    if (existsSync(folder)) return
    console.log(
      `\n  Skipped: the parity suites, because there are no reference maps in ${folder}.\n` +
        '  Everything else ran. Set SALIENCY_REFERENCE to a folder with reference/, models/ and images/ to run them.\n',
    )
  }
}

#!/usr/bin/env node
import { SaliencyError } from '@saliency/core'
import { Command } from 'commander'
import pc from 'picocolors'
import { examine, resolveFolder } from './examine.ts'
import type { Diagnosis } from './finding.ts'

function print({ package: name, version, findings, examined }: Diagnosis): void {
  console.log(pc.bold(`${name} ${version}`))
  for (const [examination, count] of Object.entries(examined)) {
    const wrong = findings.filter((finding) => finding.examination === examination).length
    const verdict = wrong === 0 ? pc.green('sound') : pc.red(`${wrong} found`)
    console.log(`  ${examination.padEnd(14)} ${String(count).padStart(4)} looked at, ${verdict}`)
  }
  for (const { examination, message, remedy } of findings) {
    console.log(`\n${pc.red('✗')} ${examination}: ${message}\n  ${remedy}`)
  }
}

const command = new Command('saliency-doctor')
  .description(
    'Checks a plugin package the way Saliency checks its own: manifest, import, contract, references, documentation, conformance.',
  )
  .argument('[package]', 'a folder, or the name of an installed package', '.')
  .option('--json', 'print the diagnosis as JSON')
  .option('--debug', 'print stack traces')
  .addHelpText('after', '\nExit codes: 0 nothing found, 1 findings, 2 not a package.')

command.action(async (given: string, { json, debug }: { json?: boolean; debug?: boolean }) => {
  try {
    const diagnosis = await examine(resolveFolder(given))
    if (json) console.log(JSON.stringify(diagnosis, null, 2))
    else print(diagnosis)
    process.exitCode = diagnosis.findings.length > 0 ? 1 : 0
  } catch (error) {
    if (debug || !SaliencyError.is(error)) throw error
    console.error(error.message)
    process.exitCode = 2
  }
})
await command.parseAsync()

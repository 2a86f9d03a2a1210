import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Finding } from './finding.ts'

const run = promisify(execFile)

/** Runs in a process of its own: imports the plugin and reports what changed that should not have. */
const probe = `
const before = new Set(Object.getOwnPropertyNames(globalThis))
const prototypes = [Object, Array, Function, Promise, Map, Float32Array].map((type) => [type, Object.getOwnPropertyNames(type.prototype).length])
await import(process.argv[1])
const globals = Object.getOwnPropertyNames(globalThis).filter((name) => !before.has(name))
const patched = prototypes.filter(([type, count]) => Object.getOwnPropertyNames(type.prototype).length !== count).map(([type]) => type.name)
process.stderr.write('\\u0000' + JSON.stringify({ globals, patched }))
`

interface ProbeReport {
  readonly globals: readonly string[]
  readonly patched: readonly string[]
}

/** Importing a plugin must do nothing but define it: hosts import every plugin they find. */
export async function examineImport(entry: string, timeout = 20_000): Promise<Finding[]> {
  const finding = (message: string, remedy: string): Finding => ({ examination: 'import', message, remedy })
  try {
    const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '--eval', probe, entry], {
      timeout,
    })
    const [printed = '', report = '{}'] = stderr.split('\u0000')
    const { globals, patched } = JSON.parse(report) as ProbeReport
    const findings: Finding[] = []
    if (stdout + printed !== '')
      findings.push(
        finding(
          `Importing it prints: ${(stdout + printed).trim().slice(0, 120)}`,
          'Move what prints into the functions of the plugin.',
        ),
      )
    if (globals.length > 0)
      findings.push(
        finding(`Importing it adds globals: ${globals.join(', ')}.`, 'Keep state in the plugin object.'),
      )
    if (patched.length > 0)
      findings.push(
        finding(
          `Importing it changes built-in prototypes: ${patched.join(', ')}.`,
          'Use functions of your own instead.',
        ),
      )
    return findings
  } catch (error) {
    const { killed, stderr = '' } = error as { killed?: boolean; stderr?: string }
    if (killed)
      return [
        finding(
          `Importing it keeps the process alive for more than ${timeout / 1000} s.`,
          'Start timers, servers and workers only when a function of the plugin is called.',
        ),
      ]
    const reason = /^\w*Error.*$/m.exec(stderr)?.[0] ?? stderr.trim().split('\n').at(-1) ?? String(error)
    return [
      finding(
        `It cannot be imported: ${reason}`,
        'Build it first; then import it in an empty Node process and mend what throws.',
      ),
    ]
  }
}

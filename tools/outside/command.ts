import { spawnSync } from 'node:child_process'
import { join } from 'node:path'

export function expectThat(condition: unknown, message: string): void {
  if (!condition) throw new Error(message)
}

/** What a command says on both streams, and that it ends as it should. */
export function said(project: string, parts: readonly string[], code: number): string {
  const cli = join(project, 'node_modules/@saliency/runner/dist/cli.js')
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...parts], {
    cwd: project,
    encoding: 'utf8',
  })
  const all = `${stdout}\n${stderr}`
  expectThat(status === code, `saliency ${parts.join(' ')} ends with ${status} instead of ${code}: ${all}`)
  return all
}

import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../inspect/project.ts'
import { expectThat, said } from './command.ts'

/** What newcomers stumbled over: a command line, how it ends, and what it must say. */
const lines: readonly (readonly [line: string, code: number, says: RegExp])[] = [
  ['-v', 0, /^\d+\.\d+\.\d+/],
  ['list gradcampp', 0, /variants[^]+options[^]+references/],
  [
    'explain square.png --model residual --method gradcam --out named',
    0,
    /1 map of 1 image[^]*engine: onnxruntime/,
  ],
  ['explain square.png --model residual --method gradcm', 2, /Did you mean 'gradcam/],
  ['explain square.png --model residual --method lrp/epsilon --option epsilon=x', 2, /'epsilon' is "x"/],
  ['explain pets --model residual --method gradcam --target label', 2, /there is no class 'cat'/],
  ['run limit.json --dry-run', 2, /'images\.limit' is "3"/],
  ['run --preset demo --limit 8 --dry-run --out dry', 0, /Disk: about/],
  ['list --plugin ./plugin.ts', 0, /plugin\.ts[^]*no contract/],
  ['status run --quiet --log-file said.log', 0, /units? done/],
]

/** Walks the lines on which newcomers stumbled. */
export function stumble(project: string): void {
  for (const pet of ['cat', 'dog'])
    cpSync(join(root, 'tools/fixtures/square.png'), join(project, `pets/${pet}/1.png`))
  writeFileSync(join(project, 'limit.json'), JSON.stringify({ images: { path: 'pets', limit: '3' } }))
  writeFileSync(join(project, 'plugin.ts'), 'const id: string = "mine"\nexport default { id }\n')
  for (const [line, code, says] of lines) {
    const found = said(project, line.split(' '), code)
    expectThat(says.test(found), `saliency ${line} does not say ${says}: ${found}`)
  }
  expectThat(readFileSync(join(project, 'said.log'), 'utf8').includes('done'), '--log-file wrote nothing')
}

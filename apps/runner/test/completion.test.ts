import { execFileSync } from 'node:child_process'
import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { shells } from '../src/cli/complete.ts'
import { saliency, temporaryFolder } from './project.ts'

const after = async (...words: string[]) =>
  (await saliency(['complete', '--', ...words])).out.split('\n').filter(Boolean)

describe('what completes a command line', { timeout: 240_000 }, () => {
  it('commands, and no hidden ones', async () => {
    const all = await after('')
    expect(all).toEqual(expect.arrayContaining(['init', 'explain', 'run', 'completion', '--version']))
    expect(all).not.toContain('complete')
    expect(await after('ex')).toEqual(['explain', 'export'])
  })

  it('options of a command', async () => {
    expect(await after('explain', 'photo.jpg', '--sa')).toEqual(['--save-maps'])
    expect(await after('run', '--dry')).toEqual(['--dry-run'])
  })

  it('values: methods, variants, checks, engines, choices, in either spelling', async () => {
    expect(await after('explain', 'photo.jpg', '--method', 'gu')).toEqual(['guided', 'guided-gradcam'])
    expect(await after('explain', 'photo.jpg', '--method', '=', 'gu')).toEqual(['guided', 'guided-gradcam'])
    expect(await after('explain', '--method', 'guided/gradi')).toContain('guided/gradient')
    expect(await after('run', '--check', 'class')).toEqual(['class-sensitivity'])
    expect(await after('run', '--engine', 'onnx')).toEqual(['onnxruntime-node', 'onnxruntime-web'])
    expect(await after('run', '--device', 'web')).toEqual(['webgpu'])
    expect(await after('run', '--preset', 'a')).toEqual(['adebayo-2018'])
    expect(await after('list', '--json', 'grad')).toEqual(['gradcampp'])
    expect(await after('card', '--run', 'x', 'lrp/eps')).toContain('lrp/epsilon')
    expect(await after('completion', 'f')).toEqual(['fish'])
  })

  it('nothing where a path may stand, which is then the shell’s to complete', async () => {
    for (const words of [
      ['explain', 'ph'],
      ['run', '--images', 'ph'],
      ['explain', 'x', '--model', ''],
      ['nothing', ''],
    ])
      expect(await after(...words)).toEqual([])
  })
})

describe('scripts', () => {
  it.each(shells)('%s', async (shell) => {
    const { code, out } = await saliency(['completion', shell])
    expect([code, out]).toEqual([0, expect.stringContaining('saliency complete --')])
  })

  it('of no other shell', async () => {
    const { code, error } = await saliency(['completion', 'tcsh'])
    expect([code, error]).toEqual([
      2,
      expect.stringMatching(/no shell 'tcsh'. Choose from bash, zsh, fish, powershell/),
    ])
  })

  it('bash takes what it is told, and paths where that is nothing', async () => {
    const folder = temporaryFolder()
    const program = join(folder, 'saliency')
    // Answers with the words that it is asked about.
    writeFileSync(program, '#!/bin/sh\nshift; shift\nfor word; do echo "[$word]"; done\n')
    chmodSync(program, 0o755)
    const { out } = await saliency(['completion', 'bash'])
    const typed = `${out}
      COMP_WORDS=(saliency explain '$(touch gone)' --method gu later); COMP_CWORD=4; _saliency
      printf '%s\n' "\${COMPREPLY[@]}"; complete -p saliency; ls`
    const said = execFileSync('bash', ['-c', typed], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${folder}:${process.env['PATH']}` },
    })
    expect(said.trim().split('\n')).toEqual([
      '[explain]',
      '[$(touch gone)]',
      '[--method]',
      '[gu]',
      'complete -o default -F _saliency saliency',
      'saliency',
    ])
  })
})

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { demoModelFolder } from '@saliency/zoo'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { projectWith, saliency, temporaryFolder } from './project.ts'

const root = projectWith([
  'method-bomb',
  'method-future',
  'twins-first',
  'twins-second',
  'method-wrong-shape',
])
const at = (name: string) => join(root, name)

await sharp({ create: { width: 64, height: 64, channels: 3, background: '#3377aa' } })
  .png()
  .toFile(at('image.png'))
writeFileSync(at('text.png'), 'this is a text')
mkdirSync(at('empty'))
const model = JSON.parse(readFileSync(join(demoModelFolder('residual'), 'model.json'), 'utf8')) as object
const weights = readFileSync(join(demoModelFolder('residual'), 'weights.bin'))
for (const [name, bytes] of [
  ['truncated', weights.subarray(0, 1000)],
  ['no-shard', undefined],
] as const) {
  mkdirSync(at(name))
  writeFileSync(at(`${name}/model.json`), JSON.stringify(model))
  if (bytes) writeFileSync(at(`${name}/weights.bin`), bytes)
}
mkdirSync(at('mismatch'))
writeFileSync(at('mismatch/model.json'), JSON.stringify(model))
writeFileSync(at('mismatch/weights.bin'), weights)
writeFileSync(at('mismatch/preprocess.json'), JSON.stringify({ input: { height: 32, width: 32 } }))
writeFileSync(at('broken.onnx'), 'not a protocol buffer at all')
writeFileSync(at('wrong-type.json'), JSON.stringify({ model: 3, imagess: 'x' }))
writeFileSync(at('throws.config.mjs'), "throw new Error('no configuration today')")
writeFileSync(at('bad.preprocess.json'), '{ "input": 3 }')
writeFileSync(at('file'), '')
writeFileSync(at('lfs.json'), 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n')
mkdirSync(at('beside/residual'), { recursive: true })
const study = { model: 'residual', limit: 4, methods: ['guided/gradient'] }
mkdirSync(at('studies'))
for (const [name, own] of Object.entries({
  'large-pattern': { checks: [['grafted-truth', { size: 64 }]] },
  'other-twin': { twin: 'vgg', checks: ['data-randomization'] },
}))
  writeFileSync(at(`studies/${name}.json`), JSON.stringify({ ...study, ...own }))

const explain = (...args: string[]) => [
  'explain',
  at('image.png'),
  '--model',
  'residual',
  '--method',
  'guided',
  '--out',
  at('out'),
  '--root',
  root,
  ...args,
]
const without = (args: string[], flag: string, value: string) =>
  args.map((arg, i) => (args[i - 1] === flag ? value : arg))

/** What is typed, and what the message must say. */
const cases: [name: string, args: readonly string[], ...says: RegExp[]][] = [
  ['a missing model', without(explain(), '--model', 'nowhere.onnx'), /nowhere\.onnx/, /does not exist/],
  ['a mistyped built-in model', without(explain(), '--model', 'residul'), /Did you mean 'residual'/],
  [
    'no model at all',
    explain().filter((arg, i, all) => arg !== '--model' && all[i - 1] !== '--model'),
    /No model given/,
  ],
  ['a truncated shard', without(explain(), '--model', at('truncated')), /weights\.bin|bytes/],
  ['a missing shard', without(explain(), '--model', at('no-shard')), /weights\.bin/],
  ['a broken ONNX file', without(explain(), '--model', at('broken.onnx')), /broken|ONNX/i],
  ['preprocessing of another size', without(explain(), '--model', at('mismatch')), /32×32/, /64×64/],
  ['preprocessing of a wrong type', explain('--preprocess', at('bad.preprocess.json')), /input/],
  [
    'an image that is no image',
    ['explain', at('text.png'), ...explain().slice(2)],
    /text\.png/,
    /not a readable image|image/,
  ],
  [
    'a missing image',
    ['explain', at('nothing.png'), ...explain().slice(2)],
    /nothing\.png/,
    /does not exist/,
  ],
  ['a folder without images', ['explain', at('empty'), ...explain().slice(2)], /no images/],
  ['an unknown method', without(explain(), '--method', 'gided'), /Did you mean 'guided'/],
  ['an unknown variant', without(explain(), '--method', 'guided/gradent'), /Did you mean 'gradient'/],
  ['an unknown option', explain('--option', 'rellu=x'), /Did you mean 'relu'/],
  [
    'an option of a wrong value',
    explain('--option', 'relu=sometimes'),
    /sometimes/,
    /gradient, deconvnet, guided/,
  ],
  ['an option without a value', explain('--option', 'relu'), /name=value/],
  ['an unknown class', explain('--target', '99'), /no class '99'/, /0 to 7/],
  ['a mistyped class name', explain('--target', 'squar'), /Did you mean 'square'/],
  ['a label where there is none', explain('--target', 'label'), /no label/],
  ['an unknown engine', explain('--engine', 'onnx'), /no engine 'onnx'/],
  ['an unknown device', explain('--device', 'gpu'), /'gpu' is invalid.*cpu, webgpu, cuda/],
  [
    'a device of another system',
    explain('--device', process.platform === 'darwin' ? 'dml' : 'coreml'),
    /cannot be used: ONNX Runtime has only cpu.*is a part of/,
  ],
  [
    'a device of an engine that has none',
    explain('--device', 'webgpu', '--engine', 'tfjs'),
    /--device webgpu is for the engine onnxruntime-node, but 'tfjs' is asked for/,
  ],
  [
    'a plugin that throws on import',
    without(explain(), '--method', 'bomb'),
    /method-bomb/,
    /the fuse was lit/,
  ],
  ['a plugin of a newer contract', without(explain(), '--method', 'future'), /contract 2/],
  ['two plugins with one id', without(explain(), '--method', 'castor'), /twins-first/, /twins-second/],
  [
    'a method that returns a wrong shape',
    without(explain(), '--method', 'wrong-shape'),
    /wrong-shape\/positive/,
    /shape/,
  ],
  ['a plugin that does not exist', explain('--plugin', 'method-nowhere'), /method-nowhere/, /install/],
  ['a plugin that is none', explain('--plugin', at('file')), /file/],
  ['an output folder that is a file', without(explain(), '--out', at('file/below')), /file/],
  ['a command that does not exist', ['explian'], /Did you mean explain/],
  ['a flag that does not exist', explain('--methd', 'x'), /--method/],
  ['a number that is none', explain('--seed', 'soon'), /whole number/],
  ['a config of a wrong type', ['run', at('wrong-type.json')], /'model'/, /imagess/, /Did you mean 'images'/],
  ['a config that throws', ['run', at('throws.config.mjs')], /no configuration today/],
  ['a Git LFS pointer for a config', ['run', at('lfs.json')], /lfs\.json is a Git LFS pointer.*git lfs pull/],
  ['a config that does not exist', ['run', at('nowhere.ts')], /nowhere\.ts/],
  ['a study without a model', ['run', '--root', temporaryFolder()], /No model given/],
  [
    'an unknown check',
    ['run', '--preset', 'demo', '--check', 'class-sensitivty', '--out', at('run')],
    /Did you mean 'class-sensitivity'/,
  ],
  [
    'a batch that nobody can hold',
    ['run', '--preset', 'demo', '--batch-size', '999999999', '--out', at('run')],
    /batch size 999999999: it takes 1 to 1024/,
  ],
  [
    'memory that is no size',
    ['run', '--preset', 'demo', '--memory', 'plenty', '--out', at('run')],
    /plenty/,
    /4GiB/,
  ],
  [
    'a pattern larger than the picture',
    ['run', at('studies/large-pattern.json'), '--out', at('run')],
    /a pattern of 64 pixels does not fit: it takes 3 to 63 in images of 64 x 64/,
  ],
  [
    'a twin of another architecture',
    ['run', at('studies/other-twin.json'), '--out', at('run')],
    /has nothing where the model has 'stem_conv\/kernel'.*the same architecture/,
  ],
  [
    'a folder with the name of a built-in network',
    ['run', '--preset', 'demo', '--out', at('run'), '--root', at('beside')],
    /a built-in network of this name, and a file or folder/,
    /Write \.\/residual/,
  ],
  ['a report of nothing', ['report', at('empty')], /no run folder/],
  ['a query of nothing', ['query', at('empty'), 'select 1'], /no run folder/],
  [
    'an export of an unknown method',
    ['export', 'residual', '--method', 'gided', '-o', at('x.onnx')],
    /Did you mean 'guided'/,
  ],
  ['a doctor that is not installed', ['doctor', '.'], /npm install --save-dev @saliency\/doctor/],
  ['inspecting nothing', ['inspect', at('nowhere')], /does not exist/],
]

describe('bad input', () => {
  it.each(cases.map(([name, args, ...says]) => ({ name, args, says })))(
    '$name is one clear message',
    async ({ args, says }) => {
      const { code, error } = await saliency(args)
      expect(code).toBe(2)
      for (const text of says) expect(error).toMatch(text)
      expect(error).not.toMatch(/\n\s+at /)
      expect(error).not.toContain('internal error')
    },
  )

  it('shows where an error came from with --debug', async () => {
    const { code, error } = await saliency([...without(explain(), '--method', 'gided'), '--debug'])
    expect(code).toBe(2)
    expect(error).toMatch(/\n\s+at /)
  })

  it('leaves nothing half done', () => {
    expect(existsSync(at('x.onnx'))).toBe(false)
    expect(existsSync(at('run/study.json'))).toBe(false)
  })
})

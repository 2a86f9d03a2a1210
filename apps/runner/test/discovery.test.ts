import { stripVTControlCharacters } from 'node:util'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { tinyNetwork } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import {
  createRegistry,
  discoverPlugins,
  leftOutOfAll,
  leftToNames,
  selectMethods,
  selectOne,
} from '@saliency/toolkit/project'
import { projectWith, saliency, temporaryFolder } from './project.ts'

async function find(plugins: readonly string[], undeclared: readonly string[] = []) {
  const records = await discoverPlugins({ root: projectWith(plugins, undeclared) })
  const record = (name: string) => records.find((one) => one.package === name)
  return { records, record, registry: createRegistry(records) }
}

describe('discovery', () => {
  it("finds the project's declared plugins before the runner's own", async () => {
    const { record, registry } = await find(['method-rainbow', 'check-brightness'])
    expect(record('method-rainbow')).toMatchObject({ status: 'ok', source: 'project', version: '1.2.3' })
    expect(record('check-brightness')).toMatchObject({ status: 'ok', kind: 'check' })
    expect(record('@saliency/method-guided')).toMatchObject({ status: 'ok', source: 'runner' })
    expect(registry.methods.map(({ id }) => id)).toEqual(registry.methods.map(({ id }) => id).toSorted())
    expect(registry.method('rainbow').title).toBe('Rainbow')
  })

  it('never runs a package that is not declared or not marked', async () => {
    const { record } = await find(['no-plugin'], ['method-bomb'])
    expect(record('method-bomb')).toBeUndefined()
    expect(record('no-plugin')).toBeUndefined()
    expect(globalThis).not.toHaveProperty('noPluginWasImported')
  })

  it('lists a plugin of another contract with the reason, without importing it', async () => {
    const { record, registry } = await find(['method-future'])
    expect(record('method-future')).toMatchObject({ status: 'incompatible' })
    expect(record('method-future')?.reason).toContain('contract 2')
    expect(globalThis).not.toHaveProperty('futureWasImported')
    expect(() => registry.method('future')).toThrow(/method-future.*contract 2/)
  })

  it('goes on where one plugin throws or exports something else', async () => {
    const { record, registry } = await find(['method-bomb', 'method-nothing', 'method-rainbow'])
    expect(record('method-bomb')).toMatchObject({ status: 'failed', reason: 'the fuse was lit' })
    expect(record('method-nothing')?.reason).toContain('not a method')
    expect(() => registry.method('bomb')).toThrow('the fuse was lit')
    expect(registry.method('rainbow')).toBeDefined()
  })

  it('names both packages that have one id, and takes neither', async () => {
    const { record, registry } = await find(['twins-first', 'twins-second'])
    for (const name of ['twins-first', 'twins-second']) {
      expect(record(name)).toMatchObject({ status: 'conflict' })
      expect(record(name)?.reason).toMatch(/twins-first.*and.*twins-second/)
    }
    expect(() => registry.method('castor')).toThrow(/twins-first.*twins-second/)
  })

  it('shows a second copy of a package and takes the first', async () => {
    const outer = projectWith(['method-rainbow'])
    const inner = projectWith(['method-rainbow'], [], join(outer, 'inner'))
    const records = await discoverPlugins({
      root: inner,
      plugins: [join(outer, 'node_modules', 'method-rainbow')],
    })
    const rainbows = records.filter((one) => one.package === 'method-rainbow')
    expect(rainbows.map(({ status, source }) => [status, source])).toEqual([
      ['ok', 'config'],
      ['shadowed', 'project'],
    ])
  })

  it('loads a single file named by hand', async () => {
    const root = temporaryFolder()
    mkdirSync(join(root, 'own'))
    writeFileSync(
      join(root, 'own', 'method.mjs'),
      `export default { contract: 1, id: 'own', title: 'Own', references: [], options: {}, kind: 'graph',
        variants: { plain: { description: 'x', handling: 'signed', options: {} } }, traits: { resolution: 'input' }, explain: ({ model }) => model.image }`,
    )
    const records = await discoverPlugins({ root, plugins: ['./own/method.mjs'] })
    expect(createRegistry(records).method('own').kind).toBe('graph')
  })
})

describe('a package.json that is no plugin’s', () => {
  it.each([
    ['null', { saliency: null }],
    ['a text', { saliency: 'method' }],
    ['a list', { saliency: ['method', 1] }],
    ['an unknown kind', { saliency: { kind: 'metod', contract: 1 } }],
    ['a contract of another type', { saliency: { kind: 'method', contract: '1' } }],
  ])('is a row that says so, and stops nothing else: %s', async (_, fields) => {
    const root = temporaryFolder()
    const folder = join(root, 'node_modules', 'saliency-method-x')
    mkdirSync(folder, { recursive: true })
    const write = (path: string, value: object) =>
      writeFileSync(join(path, 'package.json'), JSON.stringify(value))
    write(root, { name: 'p', dependencies: { 'saliency-method-x': '1.0.0' } })
    write(folder, { name: 'saliency-method-x', version: '1.0.0', ...fields })
    const records = await discoverPlugins({ root })
    const bad = records.find((record) => record.package === 'saliency-method-x')
    expect(['failed', 'incompatible']).toContain(bad?.status)
    expect(bad?.reason).toMatch(/contract/)
    expect(createRegistry(records).method('guided').id).toBe('guided')
    const { code, out } = await saliency(['list', '--root', root])
    expect(code).toBe(0)
    expect(out).toContain('saliency-method-x')
  })

  it('is not read as one where it is no object, or its fields are none that they should be', async () => {
    const root = temporaryFolder()
    for (const [name, text] of [
      ['nothing', 'null'],
      ['words', '"words"'],
      ['numbered', '{ "name": 5, "saliency": { "kind": "method", "contract": 1 } }'],
    ] as const) {
      mkdirSync(join(root, 'node_modules', name), { recursive: true })
      writeFileSync(join(root, 'node_modules', name, 'package.json'), text)
    }
    const dependencies = { nothing: '1', words: '1', numbered: '1' }
    const manifest = { name: 'p', dependencies, devDependencies: null, optionalDependencies: 'all' }
    writeFileSync(join(root, 'package.json'), JSON.stringify(manifest))
    const records = await discoverPlugins({ root })
    expect(records.filter(({ source }) => source === 'project')).toEqual([])
  })
})

describe('selecting methods', () => {
  it('takes option values as they are, whatever they hold', async () => {
    const { registry } = await find(['method-rainbow'])
    const rules = 'conv1: zplus & rest: epsilon'
    const method = {
      ...registry.method('rainbow'),
      options: {
        ...registry.method('rainbow').options,
        rules: { type: 'string', default: '', description: 'x' },
      },
    } as const
    const own = { ...registry, method: () => method }
    const available = { registry: own, model: tinyNetwork('one-relu').model }
    expect(selectMethods([['rainbow', { rules, gain: 2 }]], available)[0]?.options).toEqual({
      rules,
      gain: 2,
    })
    expect(selectOne(`rainbow/positive?rules=${rules}&gain=2`, own).options).toEqual({ rules, gain: 2 })
    expect(selectMethods(['rainbow'], available, { rules: 'a&b' })[0]?.options).toEqual({ rules: 'a&b' })
  })

  it('reads method, variant and options, and suggests the nearest name', async () => {
    const { registry } = await find(['method-rainbow'])
    expect(selectOne('rainbow/positive?gain=2.5', registry)).toMatchObject({
      variant: 'positive',
      options: { gain: 2.5 },
    })
    expect(() => selectOne('rainbw', registry)).toThrow("Did you mean 'rainbow'?")
    expect(() => selectOne('guided/gradeint', registry)).toThrow("Did you mean 'gradient'?")
    expect(() => selectOne('rainbow?gian=2', registry)).toThrow("Did you mean 'gain'?")
    expect(() => selectOne('rainbow?gain=much', registry)).toThrow(
      'option \'gain\' is "much"; it takes a number',
    )
    const available = { registry, model: tinyNetwork('one-relu').model }
    expect(
      selectMethods(['rainbow', 'guided'], available, { gain: 3 }).map(({ options }) => options),
    ).toEqual([{ gain: 3 }, {}])
  })
})

describe('all methods', () => {
  it('are those that explain networks like the model; what is left out is said', async () => {
    const { registry } = await find([])
    const chosen = (name: string) => {
      const available = { registry, model: tinyNetwork(name).model }
      const ids = selectMethods(['all'], available).map(({ method }) => method.id)
      return { ids, said: leftOutOfAll(['all'], available) }
    }
    expect(chosen('transformer').ids).toContain('attention')
    expect(chosen('transformer').said).toEqual([])
    expect(chosen('skip').ids).not.toContain('attention')
    expect(chosen('skip').ids).toContain('guided')
    expect(chosen('skip').said).toEqual([
      'attention is left out of all methods: it has no attention over tokens.',
      'transformer-attribution is left out of all methods: it has no attention over a grid of tokens.',
    ])
    const available = { registry, model: tinyNetwork('skip').model }
    expect(leftOutOfAll(['attention'], available)).toEqual([])
    expect(selectMethods(['attention'], available).map(({ method }) => method.id)).toEqual(['attention'])
  })
})

describe('names that people know', () => {
  it.each([
    ['gradcam', 'gradcampp/gradcam'],
    ['Grad-CAM', 'gradcampp/gradcam'],
    ['ig', 'integrated-gradients/integrated-gradients'],
    ['gbp', 'guided/guided'],
    ['guided-backprop', 'guided/guided'],
    ['input_x_gradient', 'baseline/input-x-gradient'],
    ['layercam', 'gradcampp/layercam'],
    ['deep-taylor', 'lrp/deep-taylor'],
    ['ig/integrated-gradients-20', 'integrated-gradients/integrated-gradients-20'],
  ])('%s is %s', async (name, path) => {
    const { registry } = await find([])
    const { method, variant } = selectOne(name, registry)
    expect(`${method.id}/${variant}`).toBe(path)
  })

  it('a method comes before a variant of its name; a name of several variants is refused with all of them', async () => {
    const { registry } = await find([])
    expect(selectOne('lrp', registry)).not.toHaveProperty('variant')
    expect(selectOne('guided', registry)).not.toHaveProperty('variant')
    expect(() => selectOne('attn-lrp-0', registry)).toThrow('lrp/attn-lrp-0, lrp-at-tokens/attn-lrp-0')
    expect(() => selectOne('gradcm', registry)).toThrow("Did you mean 'gradcam'?")
    expect(() => selectOne('gradcam/nowhere', registry)).toThrow("gradcampp has no variant 'nowhere'")
  })
})

describe('methods that sample', () => {
  it('are part of all only where they are named', async () => {
    const { registry } = await find([])
    const available = { registry, model: tinyNetwork('skip').model }
    const chosen = (...names: string[]) => selectMethods(names, available).map(({ method }) => method.id)
    expect(chosen('all')).toContain('guided')
    expect(chosen('all')).not.toContain('occlusion')
    expect(chosen('all', 'occlusion')).toContain('occlusion')
    expect(leftToNames(['all', 'ig'], available)).toEqual(['occlusion', 'smoothgrad'])
    expect(leftToNames(['guided'], available)).toEqual([])
  })
})

describe('saliency list METHOD', () => {
  const plain = (text: string) => stripVTControlCharacters(text)

  it('says what every variant of every method computes, every option and reference, in 80 columns', async () => {
    const { registry } = await find([])
    for (const method of registry.methods) {
      const { code, out } = await saliency(['list', method.id])
      expect(code).toBe(0)
      const words = plain(out).replace(/\s+/g, ' ')
      for (const { description } of Object.values(method.variants)) expect(words).toContain(description)
      for (const [name, { description }] of Object.entries(method.options))
        expect(words).toContain(`${name} ${description}`)
      for (const reference of method.references) expect(words).toContain(reference)
    }
  })

  it('knows checks and names of the field, gives JSON, and suggests', async () => {
    expect(plain((await saliency(['list', 'class-sensitivity'])).out)).toContain('class-sensitivity: ')
    expect(plain((await saliency(['list', 'gradcam'])).out)).toMatch(/^gradcampp: /)
    const { variants } = JSON.parse((await saliency(['list', 'guided', '--json'])).out) as {
      variants: Record<string, unknown>
    }
    expect(Object.keys(variants)).toContain('deconvnet')
    const { code, error } = await saliency(['list', 'guidde'])
    expect([code, error]).toEqual([2, expect.stringContaining("Did you mean 'guided'?")])
  })

  it('and the list of all fit 80 columns', async () => {
    const { out } = await saliency(['list'])
    for (const line of plain(out).split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  })
})

describe('saliency list', () => {
  it('shows what works, what does not and why, and succeeds', async () => {
    const root = projectWith(['method-rainbow', 'method-bomb', 'method-future', 'check-brightness'])
    const { code, out } = await saliency(['list', '--root', root])
    expect(code).toBe(0)
    for (const text of [
      'rainbow',
      'positive',
      'guided/gradient',
      'brightness',
      'the fuse was lit',
      'contract 2',
    ]) {
      expect(out).toContain(text)
    }
  })

  it('says the same as JSON', async () => {
    const root = projectWith(['method-rainbow', 'method-bomb'])
    const { plugins } = JSON.parse((await saliency(['list', '--json', '--root', root])).out) as {
      plugins: { package: string; status: string; methods: { id: string }[] }[]
    }
    const rainbow = plugins.find((one) => one.package === 'method-rainbow')
    expect(rainbow).toMatchObject({ status: 'ok', methods: [{ id: 'rainbow' }] })
    expect(plugins.find((one) => one.package === 'method-bomb')).toMatchObject({ status: 'failed' })
  })

  it('prints how many backward passes a model needs', async () => {
    const { code, out } = await saliency(['list', '--json', '--cost', 'residual'])
    expect(code).toBe(0)
    const { cost } = JSON.parse(out) as {
      cost: {
        variants: { id: string; forwards: number; backwardPasses: number }[]
        together: { backwardPasses: number; forwards: number }
      }
    }
    const gradient = cost.variants.find(({ id }) => id === 'guided/gradient')
    expect(gradient?.backwardPasses).toBe(1)
    expect(gradient?.forwards).toBeGreaterThan(1.7)
    expect(gradient?.forwards).toBeLessThan(2.1)
    const sum = cost.variants.reduce((total, one) => total + one.forwards, 0)
    expect(cost.together.forwards).toBeLessThan(0.8 * sum)
    expect(cost.together.backwardPasses).toBeGreaterThan(3)
  })
})

import { readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { configJsonSchema, loadConfig } from '@saliency/toolkit/project'
import { resolveSettings } from '@saliency/toolkit/steps'
import { temporaryFolder } from './project.ts'

const schemaFile = join(dirname(fileURLToPath(import.meta.url)), '..', 'config.schema.json')

describe('the configuration', () => {
  it.each([
    [
      'saliency.config.ts',
      `import { defineConfig } from '@saliency/runner'\nconst seed: number = 5\nexport default defineConfig({ model: 'm.onnx', seed })`,
    ],
    ['saliency.config.mjs', `export default { model: 'm.onnx', seed: 5 }`],
    ['saliency.config.js', `export default { model: 'm.onnx', seed: 5 }`],
    ['saliency.config.json', `{ "model": "m.onnx", "seed": 5 }`],
    ['saliency.config.json', `\uFEFF{ "model": "m.onnx", "seed": 5 }`],
  ])('is read from %s', async (name, text) => {
    const root = temporaryFolder()
    writeFileSync(join(root, name), text)
    // Commands say '.' where nobody names a folder.
    for (const folder of [root, relative('.', root)])
      expect((await loadConfig(undefined, folder)).config).toEqual({ model: 'm.onnx', seed: 5 })
  })

  it('is empty where there is no file', async () => {
    expect(await loadConfig(undefined, temporaryFolder())).toEqual({ config: {} })
  })

  it.each([
    [{ images: { path: 'x', limit: '3' } }, `'images.limit' is "3"; it takes number.`],
    [{ images: { path: 'x', limit: -1 } }, `'images.limit' is -1; it takes >=1.`],
    [{ images: { procedural: 'shapes', count: [] } }, `'images.count' is Array; it takes number.`],
    [{ images: { pth: 'x' } }, `unknown field 'images.pth'.`],
    [{ images: {} }, `'images' is Object; it takes (string | Object).`],
    [{ methods: [['lrp', { x: {} }]] }, `'methods.0.1.x' is Object; it takes (number | boolean | string).`],
    [{ checks: [5] }, `'checks.0' is 5; it takes (string | Array).`],
    [[], `the whole is Array; it takes Object.`],
  ])('says of a value with several shapes what is wrong inside: %j', async (config, message) => {
    const root = temporaryFolder()
    writeFileSync(join(root, 'saliency.config.json'), JSON.stringify(config))
    await expect(loadConfig(undefined, root)).rejects.toThrow(
      `${join(root, 'saliency.config.json')}: ${message}`,
    )
  })

  it('yields to the command line and hides the preset', () => {
    const settings = resolveSettings({ seed: 9 }, { preset: 'demo', seed: 2, out: 'here' })
    expect(settings).toMatchObject({ seed: 9, out: 'here', model: 'residual' })
  })

  it('gives a built-in network its images, and a study of nothing the demo network', () => {
    const { images, methods } = resolveSettings({}, { preset: 'demo' })
    expect(methods).toContain('guided')
    // Its vision transformer brings methods of its own, unless others are named.
    const ofTransformer = resolveSettings({ model: 'vit' }, { preset: 'demo' })
    expect(ofTransformer).toMatchObject({
      model: 'vit',
      images,
      methods: expect.arrayContaining(['attention/genatt']),
    })
    expect(resolveSettings({ model: 'vit', methods: ['lrp'] }, { preset: 'demo' }).methods).toEqual(['lrp'])
    expect(resolveSettings({ model: 'vgg' }, {})).toMatchObject({ model: 'vgg', images })
    expect(resolveSettings({ preset: 'study' }, {})).toMatchObject({ model: 'residual', images })
    expect(resolveSettings({ model: 'vgg', images: 'here' }, {})).toMatchObject({ images: 'here' })
    expect(() => resolveSettings({ model: 'net.onnx', preset: 'study' }, {})).toThrow('No images given')
    expect(() => resolveSettings({ images: 'here', preset: 'study' }, {})).toThrow('No model given')
  })

  it('has a JSON Schema that is committed and fresh', () => {
    const schema = configJsonSchema()
    if (process.env['SALIENCY_UPDATE'] !== undefined) {
      writeFileSync(schemaFile, `${JSON.stringify(schema, undefined, 2)}\n`)
    }
    const committed: unknown = JSON.parse(readFileSync(schemaFile, 'utf8'))
    expect(committed, 'SALIENCY_UPDATE=1 npx vitest run apps/runner/test/config writes it anew').toEqual(
      schema,
    )
  })
})

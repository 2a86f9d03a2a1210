import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { caseArray, casePath, hasCases } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { explain, loadModel } from '@saliency/toolkit'
import { saliency, temporaryFolder } from './project.ts'

const source = () => casePath('bugs', 'one-logit-class-sensitivity')
const folder = temporaryFolder()

/** The case's network beside a preprocessing with these class names, or without any. */
function named(name: string, classes?: readonly string[]): string {
  const target = join(folder, name)
  mkdirSync(target, { recursive: true })
  cpSync(join(source(), 'model.onnx'), join(target, 'model.onnx'))
  const preprocess = JSON.parse(readFileSync(join(source(), 'preprocess.json'), 'utf8')) as object
  writeFileSync(
    join(target, 'preprocess.json'),
    JSON.stringify({ ...preprocess, ...(classes && { classes }) }),
  )
  return join(target, 'model.onnx')
}

describe.skipIf(!hasCases)('a binary classifier with one sigmoid output', () => {
  it('has two classes, whose maps by the gradient are each other with the sign changed', async () => {
    const model = await loadModel(join(source(), 'model.onnx'))
    const { data } = caseArray('bugs', 'fullgrad-raw-map-is-not-complete', 'x.npy')
    const shape = model.model.image.shape.slice(1).map(Number)
    const image = {
      data: (data as Float32Array).slice(
        0,
        shape.reduce((a, b) => a * b, 1),
      ),
      shape,
    }
    const of = async (target: number) =>
      explain(model, image, { method: ['guided/gradient', 'lrp/epsilon'], target })
    const [[gradient0, lrp0], [gradient1, lrp1]] = [await of(0), await of(1)] as const
    expect(gradient0?.data).toEqual(gradient1?.data.map((value) => -value))
    expect(lrp0?.data).toEqual(lrp1?.data.map((value) => -value))
    expect(gradient1?.data.some((value) => value !== 0)).toBe(true)
  })

  it('takes two names and labels, and prints both probabilities', async () => {
    const model = named('two', ['a', 'b'])
    const { code, out } = await saliency([
      'explain',
      join(source(), 'images'),
      '--model',
      model,
      '--method',
      'guided/gradient',
      '--target',
      'b',
      '--out',
      join(folder, 'maps'),
    ])
    expect(code).toBe(0)
    const [, first, second] = /\(\d\) ([\d.]+) %, \w+ \(\d\) ([\d.]+) %/.exec(out) ?? []
    expect(Number(first) + Number(second)).toBeCloseTo(100, 0)
    expect(out).toMatch(/a \(0\)/)
  })

  it('has classes that are called by their indices where nobody names them', async () => {
    const [images, out] = [join(source(), 'images'), join(folder, 'nameless')]
    const given = ['--model', named('none'), '--method', 'guided/gradient', '--out', out]
    const { out: text } = await saliency(['explain', images, ...given])
    expect(text).toMatch(/: class [01] [\d.]+ %, class [01] [\d.]+ %/)
    expect(text).not.toMatch(/class \d \(/)
  })

  it('takes one name, that of class 1', async () => {
    expect((await loadModel(named('one', ['cat']))).classes).toEqual(['not cat', 'cat'])
  })

  it('refuses three names', async () => {
    await expect(loadModel(named('three', ['a', 'b', 'c']))).rejects.toThrow(
      /names 3 classes, but the model has 2/,
    )
  })

  it('is not said to depend on the class where only the sign changes, nor to be independent of it', async () => {
    const out = join(folder, 'run')
    const args = ['--method', 'guided/gradient', '--method', 'lrp/epsilon', '--check', 'class-sensitivity']
    const { code, out: text } = await saliency([
      'run',
      '--model',
      join(source(), 'model.onnx'),
      '--images',
      join(source(), 'images'),
      '--limit',
      '16',
      ...args,
      '-o',
      out,
    ])
    expect(code).toBe(0)
    expect(text).toMatch(/guided\/gradient.*changes by sign only/)
    expect(text).toMatch(/lrp\/epsilon.*changes by sign only/)
    expect(text).not.toMatch(/does not depend/)
  })
})

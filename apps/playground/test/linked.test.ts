import { expect, it } from 'vitest'
import { type Linked, readLink, writeLink } from '../src/state/linked.ts'

const plain: Linked = { network: 'residual', choices: { engine: 'auto' }, inPairs: false, strength: 1 }

it('says everything that can be chosen, and reads it again', () => {
  const all: Linked = {
    network: 'vit',
    picture: 'shape-1001-00003',
    target: 3,
    step: 2,
    choices: {
      engine: 'webgpu',
      layer: 'block 2/relu & more',
      preprocess: {
        input: { height: 64, width: 64, channels: 'BGR', range: [-1, 1] },
        mean: [0.5, 0.5, 0.5],
        std: [1, 1, 1],
      },
    },
    methods: ['lrp', 'guided'],
    inPairs: true,
    strength: 0.25,
  }
  expect(readLink(writeLink(all))).toEqual(all)
  expect(readLink(writeLink({ ...plain, methods: [] }))).toEqual({ ...plain, methods: [] })
})

it('leaves out what goes without saying', () => {
  expect(writeLink(plain)).toBe('#network=residual')
  expect(readLink('')).toEqual(plain)
})

it.each([
  '#network=other&target=-1&step=1.5&engine=none&input={&overlay=3',
  '#target=x&overlay=NaN&engine=auto',
])('reads what makes no sense as nothing: %s', (hash) => {
  expect(readLink(hash)).toEqual(plain)
})

import { expect, test } from 'vitest'
import { createRandom, fillNormal } from '../src/index.ts'

test.each([0, 1, 2, 7, 4096])('%d normal numbers at once are those of a stream, one by one', (length) => {
  for (let draw = 0; draw < 20; draw++) {
    const filled = new Float32Array(length)
    fillNormal(filled, [1, 'noise', draw])
    const random = createRandom(1, 'noise', draw)
    expect(filled).toEqual(Float32Array.from({ length }, () => random.normal()))
  }
})

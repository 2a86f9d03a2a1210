import { casePath, caseArray, hasCases } from '@saliency/testing'
import { describe, expect, it } from 'vitest'
import { fitRaster, parsePreprocess, type Raster } from '../src/index.ts'
import { openImages, readPreprocess } from '../src/node.ts'

/** `(arange(h * w * 3) * 37 % 256).astype(uint8).reshape(h, w, 3)` */
function noise(height: number, width: number): Raster {
  const data = Uint8Array.from({ length: height * width * 3 }, (_, index) => (index * 37) % 256)
  return { height, width, data, maximum: 255 }
}

const bytes = (text: string) => text.split(' ').map(Number)

/** `Image.fromarray(noise).resize((width, height), …)` of Pillow 13.0.0. */
const pillow: [from: string, to: string, interpolation: string, values: string][] = [
  [
    '4 3',
    '2 5',
    'nearest',
    '77 114 151 77 114 151 188 225 6 43 80 117 43 80 117 231 12 49 231 12 49 86 123 160 197 234 15 197 234 15',
  ],
  [
    '4 3',
    '2 5',
    'bilinear',
    '55 92 129 85 122 115 129 166 94 130 101 95 131 58 95 176 103 140 133 104 126 68 105 105 112 149 106 142 179 106',
  ],
  [
    '4 3',
    '2 5',
    'bicubic',
    '38 86 132 77 126 116 135 172 92 135 95 92 129 39 95 195 105 145 139 99 129 62 99 105 108 157 105 148 196 108',
  ],
  [
    '4 3',
    '2 5',
    'lanczos',
    '31 84 138 72 134 118 134 171 89 138 93 91 122 28 102 206 112 150 141 96 130 63 100 101 100 162 103 150 203 114',
  ],
  [
    '4 3',
    '2 5',
    'box',
    '39 76 113 39 76 113 150 187 96 133 42 79 133 42 79 193 102 139 193 102 139 48 85 122 159 196 105 159 196 105',
  ],
  [
    '2 3',
    '4 4',
    'bilinear',
    '0 37 74 69 106 143 153 94 131 222 3 40 19 56 93 88 125 122 148 113 110 177 22 59 58 95 132 127 164 81 139 152 69 88 61 98 77 114 151 146 183 60 134 171 48 43 80 117',
  ],
  // Height shrinks by more than twice the width: Pillow 13 resamples columns first.
  [
    '9 2',
    '3 3',
    'bilinear',
    '150 91 64 110 99 104 69 106 143 120 157 166 133 127 122 146 97 77 91 64 101 115 120 141 138 175 180',
  ],
  [
    '9 2',
    '3 3',
    'bicubic',
    '154 92 52 106 97 102 58 102 151 118 167 179 133 131 122 147 94 64 89 49 92 117 118 142 145 187 191',
  ],
  [
    '9 2',
    '3 3',
    'lanczos',
    '162 94 46 105 95 102 48 96 157 117 178 188 132 134 122 147 90 55 82 34 86 118 118 142 154 201 197',
  ],
]

describe('fitRaster against Pillow', () => {
  it.each(pillow)('%s to %s, %s: every byte', (from, to, interpolation, values) => {
    const [[h, w], [height, width]] = [bytes(from), bytes(to)] as [[number, number], [number, number]]
    const preprocess = parsePreprocess({ input: { height, width }, resize: 'stretch', interpolation })
    expect([...fitRaster(noise(h, w), preprocess).data]).toEqual(bytes(values))
  })

  it('cuts the centre out of what torchvision scales: Resize(6), CenterCrop(4) of 5 × 7', () => {
    const preprocess = parsePreprocess({ input: { height: 4, width: 4 }, resize: { shorterSide: 6 } })
    expect([...fitRaster(noise(5, 7), preprocess).data]).toEqual(
      bytes(
        '194 55 92 147 72 109 133 170 95 150 187 48 201 62 99 154 79 116 140 177 102 157 194 55 209 70 107 162 87 124 148 185 110 165 202 63 172 77 114 141 94 131 155 164 117 172 165 70',
      ),
    )
  })

  it('reads only neighbours and keeps fractions without antialiasing, as tf.image.resize does', () => {
    const row: Raster = {
      height: 1,
      width: 8,
      maximum: 255,
      data: Uint8Array.from(
        { length: 24 },
        (_, index) => [0, 10, 30, 60, 100, 150, 210, 255][Math.floor(index / 3)]!,
      ),
    }
    const preprocess = parsePreprocess({
      input: { height: 1, width: 3 },
      resize: 'stretch',
      antialias: false,
    })
    const { data } = fitRaster(row, preprocess)
    // Centres (k + .5) · 8/3 − .5 = 5/6, 3.5, 6 1/6: between pixels 0 and 1, 3 and 4, 6 and 7.
    expect([data[0], data[3], data[6]]).toEqual([
      expect.closeTo(50 / 6, 4),
      80,
      expect.closeTo((5 / 6) * 210 + (1 / 6) * 255, 4),
    ])
  })

  describe.skipIf(!hasCases)('the enlarged ramp of the cases', () => {
    it('is what Pillow makes of it', async () => {
      const folder = ['bugs', 'enlarged-image-half-a-pixel-off']
      const preprocess = await readPreprocess(casePath(...folder, 'preprocess.json'))
      const set = await openImages(casePath(...folder, 'image.png'))
      const { input } = await set.load(0, preprocess)
      const right = caseArray(...folder, 'pillow.npy')
      expect([...input.data]).toEqual([...right.data].map((value) => expect.closeTo(value, 5)))
    })
  })
})

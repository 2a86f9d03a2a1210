import { describe, expect, it } from 'vitest'
import { parsePreprocess, readPreprocessText } from '../src/index.ts'

const input = { height: 8, width: 8 }

describe('fields that nobody reads', () => {
  it.each<[object, RegExp]>([
    [{ input, image_mean: [0.5, 0.5, 0.5] }, /unknown field 'image_mean'\. Here it is mean\./],
    [{ input, stds: [1, 1, 1] }, /unknown field 'stds'\. Here it is std\./],
    [{ input, Mean: [0, 0, 0] }, /unknown field 'Mean'\. Did you mean 'mean'\?/],
    [{ input, normalize: { mean: 0 } }, /'normalize'\. Here it is mean and std/],
    [{ input, class_names: [] }, /'class_names'\. Here it is classes/],
    [{ input: { ...input, chanels: 'RGB' } }, /unknown field 'input\.chanels'\. Did you mean 'channels'\?/],
    [{ input, resize: { shortest_edge: 9 } }, /'resize\.shortest_edge'\. Here it is shorterSide/],
    [
      { do_rescale: true, size: { height: 8 }, resample: 2, image_std: [1] },
      /'do_rescale'\. Here it is input\.range.*'size'.*'resample'\. Here it is interpolation.*'image_std'/,
    ],
    [JSON.parse('{ "__proto__": {}, "constructor": [] }'), /'__proto__'.*'constructor'/],
    [{ input, whatever: 1 }, /unknown field 'whatever'\. The fields are input, resize/],
  ])('are refused: %o', (content, message) => {
    expect(() => parsePreprocess(content, 'p.json')).toThrowError(
      expect.objectContaining({ code: 'INVALID_CONFIG', message: expect.stringMatching(message) }),
    )
  })

  it.each<[object, RegExp]>([
    [{ input, mean: [123.7, 116.8, 103.9] }, /mean is \[123\.7, .* but pixels lie in input\.range \[0, 1\]/],
    [{ input: { ...input, range: [-1, 1], channels: 'grey' }, mean: [127.5] }, /range \[-1, 1\]/],
    [
      { input: { ...input, range: [0, 255] }, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
      /are those of pixels in \[0, 1\], but input\.range is \[0, 255\]: write \[0, 1\] there/,
    ],
    [{ input: { ...input, range: [0, 255, 1] } }, /input\.range/],
  ])('with numbers in two units are refused: %o', (content, message) => {
    expect(() => parsePreprocess(content, 'p.json')).toThrow(message)
  })

  it.each<object>([
    { input: { ...input, range: [0, 255], channels: 'BGR' }, mean: [103.9, 116.8, 123.7] },
    { input: { ...input, range: [0, 255] }, std: [255, 255, 255] },
    { input: { ...input, range: [255, 0], channels: 'grey' }, mean: [33], std: [79] },
  ])('with numbers in one unit are taken: %o', (content) => {
    expect(() => parsePreprocess(content)).not.toThrow()
  })

  it('are looked for behind a byte order mark too', () => {
    const text = (content: string) => new TextEncoder().encode(content)
    const bytes = Uint8Array.of(0xef, 0xbb, 0xbf, ...text(JSON.stringify({ input })))
    expect(readPreprocessText(bytes).input.height).toBe(8)
    expect(() => readPreprocessText(text('{'), 'p.json')).toThrow(/p\.json is not JSON/)
  })
})

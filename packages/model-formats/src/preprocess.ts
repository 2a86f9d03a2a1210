import { counted, decodeText, lfsPointer, SaliencyError, shortJson } from '@saliency/core'
import * as v from 'valibot'
import { assertKnownFields } from './preprocess-fields.ts'

const INTERPOLATIONS = ['nearest', 'box', 'bilinear', 'bicubic', 'lanczos'] as const

/** How pixels between pixels are computed, by the names Pillow has for it. */
export type Interpolation = (typeof INTERPOLATIONS)[number]

/** What a network expects of its input: part of the model, kept in `preprocess.json` beside it. */
export interface Preprocess {
  readonly input: {
    /** Pixels. */
    readonly height: number
    /** Pixels. */
    readonly width: number
    /** Order of the input's colours, or how many channels an array of images holds: a number for what is no colours. */
    readonly channels: 'RGB' | 'BGR' | 'grey' | number
    /**
     * What a black and a white pixel become, before mean and standard deviation. Floats in many channels are taken as they
     * are, and this says what their smallest and largest are.
     */
    readonly range: readonly [number, number]
  }
  /**
   * How an image of another size is brought to the input's: `cover` (default) scales it until it covers the input and
   * cuts out the centre; `stretch` ignores its proportions; `{ shorterSide }` scales its shorter side to so many
   * pixels and cuts out the centre, as torchvision's `Resize` and `CenterCrop` do.
   */
  readonly resize?: 'cover' | 'stretch' | { readonly shorterSide: number }
  /** Interpolation where the size changes; default `bilinear`. */
  readonly interpolation?: Interpolation
  /**
   * Whether a kernel grows with the factor where an image becomes smaller, so that every pixel counts: default `true`, as
   * Pillow and torchvision do. `false` reads only the pixels around each point and keeps fractions, as `tf.image.resize`
   * does.
   */
  readonly antialias?: boolean
  /** Subtracted from each channel, in the order of `input.channels`. */
  readonly mean: readonly number[]
  /** Each channel is then divided by this, in the order of `input.channels`. */
  readonly std: readonly number[]
  /** Class names by index. */
  readonly classes?: readonly string[]
  /** Where the network comes from. */
  readonly source?: string
}

/** How many channels an order of colours, or a number of them, has. */
export function channelCount(channels: Preprocess['input']['channels']): number {
  if (typeof channels === 'number') return channels
  return channels === 'grey' ? 1 : 3
}

const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(16_384))
const finite = v.pipe(v.number(), v.finite())

const schema = v.object({
  $schema: v.optional(v.string()),
  input: v.strictObject({
    height: side,
    width: side,
    channels: v.optional(
      v.union([
        v.picklist(['RGB', 'BGR', 'grey']),
        v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(4096)),
      ]),
      'RGB',
    ),
    range: v.optional(v.strictTuple([finite, finite]), [0, 1]),
  }),
  resize: v.optional(v.union([v.picklist(['cover', 'stretch']), v.strictObject({ shorterSide: side })])),
  interpolation: v.optional(v.picklist(INTERPOLATIONS)),
  antialias: v.optional(v.boolean()),
  mean: v.optional(v.array(finite)),
  std: v.optional(v.array(finite)),
  classes: v.optional(v.array(v.string())),
  source: v.optional(v.string()),
})

/** What is wrong with a field, in words. */
function problemText(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? 'the whole'
  if (issue.received === 'undefined') return `${path} is missing`
  return `${path} is ${shortJson(issue.input)}; it takes ${issue.expected ?? issue.message}`
}

/**
 * Checks the content of a `preprocess.json`; `where` names it in messages. A missing mean is 0, a missing standard
 * deviation 1, a missing range [0, 1], missing channels RGB.
 * @throws INVALID_CONFIG naming every wrong or unknown field
 */
export function parsePreprocess(content: unknown, where = 'preprocess.json'): Preprocess {
  assertKnownFields(content, where)
  const result = v.safeParse(schema, content)
  if (!result.success) {
    const problems = result.issues.map(problemText)
    throw new SaliencyError('INVALID_CONFIG', `${where} is not a preprocessing: ${problems.join('; ')}`)
  }
  const { $schema: _, mean, std, ...rest } = result.output
  const channels = channelCount(rest.input.channels)
  const fill = (value: number) => Array.from({ length: channels }, () => value)
  const preprocess = { ...rest, mean: mean ?? fill(0), std: std ?? fill(1) }
  checkConsistency(preprocess as Preprocess, channels, where)
  return preprocess as Preprocess
}

/**
 * Reads the text of a `preprocess.json`, with or without a byte order mark.
 * @throws INVALID_CONFIG if it is not JSON, or naming every wrong field
 */
export function readPreprocessText(bytes: Uint8Array, where = 'preprocess.json'): Preprocess {
  let content: unknown
  try {
    content = JSON.parse(decodeText(bytes))
  } catch (cause) {
    const why = lfsPointer(bytes) ?? `is not JSON: ${(cause as Error).message}`
    throw new SaliencyError('INVALID_CONFIG', `${where} ${why}`, { cause })
  }
  return parsePreprocess(content, where)
}

function checkConsistency({ input, resize, mean, std }: Preprocess, channels: number, where: string): void {
  const fail = (message: string) => {
    throw new SaliencyError('INVALID_CONFIG', `${where}: ${message}`)
  }
  for (const [name, values] of Object.entries({ mean, std })) {
    if (values.length !== channels) {
      fail(
        `${name} has ${counted(values.length, 'value')}, but ${input.channels} has ${counted(channels, 'channel')}`,
      )
    }
  }
  if (std.some((value) => value <= 0)) fail(`std must be positive, got [${std.join(', ')}]`)
  if (input.range[0] === input.range[1]) fail(`range must not be empty, got [${input.range.join(', ')}]`)
  assertOneScale(input.range, mean, std, fail)
  if (typeof resize === 'object' && resize.shorterSide < Math.max(input.height, input.width)) {
    fail(`resize.shorterSide ${resize.shorterSide} is smaller than the input ${input.height}×${input.width}`)
  }
}

/** A mean and a standard deviation in another unit than the range would give the network numbers that it never saw. */
function assertOneScale(
  range: readonly [number, number],
  mean: readonly number[],
  std: readonly number[],
  fail: (message: string) => void,
): void {
  const [low, high] = [Math.min(...range), Math.max(...range)]
  const [between, of] = [`[${range.join(', ')}]`, `[${mean.join(', ')}]`]
  if (mean.some((value) => value < low || value > high)) {
    fail(`mean is ${of}, but pixels lie in input.range ${between}: give both in one unit, such as [0, 255]`)
  }
  const isOfShares = [...mean, ...std].every((value) => value > 0 && value < 1)
  if (high - low > 100 && isOfShares) {
    fail(
      `mean ${of} and std [${std.join(', ')}] are those of pixels in [0, 1], but input.range is ${between}: write [0, 1] there`,
    )
  }
}

/** What a black and a white pixel are after preprocessing, one value a channel. */
export function pixelRangeOf(
  { input: { range }, mean, std }: Preprocess,
  channels: number,
): { low: number[]; high: number[] } {
  const at = (values: readonly number[], channel: number) => values[values.length === 1 ? 0 : channel]
  const preprocessed = (pixel: number) =>
    Array.from(
      { length: channels },
      (_, channel) => (pixel - (at(mean, channel) ?? 0)) / (at(std, channel) ?? 1),
    )
  return { low: preprocessed(range[0]), high: preprocessed(range[1]) }
}

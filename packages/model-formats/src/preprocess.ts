import { SaliencyError } from '@saliency/core'
import * as v from 'valibot'

/** What a network expects of its input: part of the model, kept in `preprocess.json` beside it. */
export interface Preprocess {
  readonly input: {
    /** Pixels. */
    readonly height: number
    /** Pixels. */
    readonly width: number
    /** Order of the input's channels. */
    readonly channels: 'RGB' | 'BGR' | 'grey'
    /** What a black and a white pixel become, before mean and standard deviation. */
    readonly range: readonly [number, number]
  }
  /**
   * How an image of another size is brought to the input's: `cover` (default) scales it until it covers the input and
   * cuts out the centre; `stretch` ignores its proportions; `{ shorterSide }` scales its shorter side to so many
   * pixels and cuts out the centre, as torchvision's `Resize` and `CenterCrop` do.
   */
  readonly resize?: 'cover' | 'stretch' | { readonly shorterSide: number }
  /** Interpolation where the size changes; default `bilinear`. */
  readonly interpolation?: 'nearest' | 'bilinear' | 'bicubic' | 'lanczos'
  /** Subtracted from each channel, in the order of `input.channels`. */
  readonly mean: readonly number[]
  /** Each channel is then divided by this, in the order of `input.channels`. */
  readonly std: readonly number[]
  /** Class names by index. */
  readonly classes?: readonly string[]
  /** Where the network comes from. */
  readonly source?: string
}

const side = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(16_384))
const finite = v.pipe(v.number(), v.finite())

const schema = v.object({
  $schema: v.optional(v.string()),
  input: v.strictObject({
    height: side,
    width: side,
    channels: v.optional(v.picklist(['RGB', 'BGR', 'grey']), 'RGB'),
    range: v.optional(v.tuple([finite, finite]), [0, 1]),
  }),
  resize: v.optional(v.union([v.picklist(['cover', 'stretch']), v.strictObject({ shorterSide: side })])),
  interpolation: v.optional(v.picklist(['nearest', 'bilinear', 'bicubic', 'lanczos'])),
  mean: v.optional(v.array(finite)),
  std: v.optional(v.array(finite)),
  classes: v.optional(v.array(v.string())),
  source: v.optional(v.string()),
})

/**
 * Checks the content of a `preprocess.json`; `where` names it in messages. A missing mean is 0, a missing standard
 * deviation 1, a missing range [0, 1], missing channels RGB.
 * @throws INVALID_CONFIG naming every wrong field
 */
export function parsePreprocess(content: unknown, where = 'preprocess.json'): Preprocess {
  const result = v.safeParse(schema, content)
  if (!result.success) {
    const problems = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'the whole'}: ${issue.message}`)
    throw new SaliencyError('INVALID_CONFIG', `${where} is not a preprocessing: ${problems.join('; ')}`)
  }
  const { $schema: _, mean, std, ...rest } = result.output
  const channels = rest.input.channels === 'grey' ? 1 : 3
  const fill = (value: number) => Array.from({ length: channels }, () => value)
  const preprocess = { ...rest, mean: mean ?? fill(0), std: std ?? fill(1) }
  checkConsistency(preprocess as Preprocess, channels, where)
  return preprocess as Preprocess
}

function checkConsistency({ input, resize, mean, std }: Preprocess, channels: number, where: string): void {
  const fail = (message: string) => {
    throw new SaliencyError('INVALID_CONFIG', `${where}: ${message}`)
  }
  for (const [name, values] of Object.entries({ mean, std })) {
    if (values.length !== channels) {
      fail(`${name} has ${values.length} values, but ${input.channels} has ${channels} channels`)
    }
  }
  if (std.some((value) => value <= 0)) fail(`std must be positive, got [${std.join(', ')}]`)
  if (input.range[0] === input.range[1]) fail(`range must not be empty, got [${input.range.join(', ')}]`)
  if (typeof resize === 'object' && resize.shorterSide < Math.max(input.height, input.width)) {
    fail(`resize.shorterSide ${resize.shorterSide} is smaller than the input ${input.height}×${input.width}`)
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

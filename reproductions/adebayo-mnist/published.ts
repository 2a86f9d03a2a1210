/** The steps of the cascade, from the logits down. */
export const STEPS = ['logits', 'fc1', 'conv2', 'conv1'] as const

/**
 * Mean Spearman correlation of absolute maps, CNN, 10 test images, cascading: outputs of the notebooks published with
 * Adebayo et al. 2018 (arXiv:1810.03292), by this project's variants.
 */
export const PUBLISHED: Readonly<Record<string, readonly [number, number, number, number]>> = {
  'guided/gradient': [0.601, 0.396, 0.106, 0.082],
  'smoothgrad/gradient': [0.536, 0.33, 0.18, 0.213],
  'guided/guided': [0.888, 0.773, 0.628, 0.444],
  'gradcampp/gradcam': [0.556, 0.344, 0.29, 0.299],
  'baseline/input-x-gradient': [0.993, 0.993, 0.993, 0.992],
  'integrated-gradients/integrated-gradients': [0.994, 0.993, 0.993, 0.992],
}

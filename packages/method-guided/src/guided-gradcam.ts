import { defineMethod, type CompositionMethod } from '@saliency/core'

/** Options of Guided Grad-CAM. */
export const guidedGradcamOptions = {
  fine: {
    type: 'choice',
    choices: ['guided', 'deconvnet', 'gradient'],
    default: 'guided',
    description: 'The map at pixel resolution, by its name in the ReLU-backward family.',
  },
  upsampling: {
    type: 'choice',
    choices: ['linear', 'nearest'],
    default: 'linear',
    description: 'How the class activation map is brought to the size of the image.',
  },
} as const

/** Guided Grad-CAM: a fine map times the upsampled Grad-CAM, `[n, c, h, w]`. */
export const guidedGradcam: CompositionMethod<typeof guidedGradcamOptions> = defineMethod({
  contract: 1,
  id: 'guided-gradcam',
  title: 'Guided Grad-CAM',
  references: ['Selvaraju et al. 2017, Grad-CAM, section 3.2 (arXiv:1610.02391)'],
  options: guidedGradcamOptions,
  variants: {
    'guided-gradcam': {
      description: 'Guided backpropagation times Grad-CAM, upsampled bilinearly (Selvaraju et al.).',
      handling: 'positive',
      counterpart: 'gradient-gradcam',
      options: { fine: 'guided' },
    },
    'gradient-gradcam': {
      description: 'The plain gradient times Grad-CAM: what is left without the rectified signal.',
      handling: 'signed',
      options: { fine: 'gradient' },
    },
  },
  traits: { resolution: 'input' },
  kind: 'composition',
  of: ({ fine }) => [`guided/${fine}`, 'gradcampp/gradcam'],
  combine({ model, ops, options }, [fine, cam]) {
    if (!fine || !cam) throw new Error('internal: Guided Grad-CAM was given fewer maps than it names')
    const [, , height, width] = model.image.shape
    const size = [Number(height), Number(width)] as const
    // Nearest as frameworks have it: pixel i takes ⌊i · in / out⌋.
    const upsampled =
      options.upsampling === 'nearest'
        ? ops.resize(cam, size, { mode: 'nearest', coordinates: 'asymmetric' })
        : ops.resize(cam, size)
    return ops.mul(fine, upsampled)
  },
})

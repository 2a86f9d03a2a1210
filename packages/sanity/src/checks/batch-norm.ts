/**
 * What becomes of batch norm's running statistics in layers that are drawn anew. Kept ones belong to other kernels: on a
 * ResNet-20 with its own initialisers activations then grow 10¹⁰-fold, and what is compared is scale as much as parameters
 * (methods that divide by activations, or threshold them, seem to depend on parameters more than they do). Measured anew,
 * they keep the scale that any initialisation is chosen to keep. Published protocols keep or reset them: presets say which.
 */
export const batchNormOption = {
  type: 'choice',
  choices: ['recalibrate', 'keep', 'reset'],
  default: 'recalibrate',
  description:
    "Batch norm's running statistics in randomised layers: measured anew on the study's first 64 images (as many as fit into memory), kept from the trained model, or reset to 0 and 1.",
} as const

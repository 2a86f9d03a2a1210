import { describeReference, type ReferenceRow } from '@saliency/testing'
import { gradcampp } from '../src/index.ts'

/** Both files name the layers of timm's modules. */
const blockInput = { layer: 'blocks.4.Add_1' }

/**
 * A ReLU at a mean near zero, another that leaves little of a map, and α's denominator near zero amplify the gradient's
 * rounding, each for one image of the twelve. An independent evaluation gives Grad-CAM+ at the block's input within 5e-8
 * in float64; in float32, with its features in 14 orders, that image is between 4e-4 and 4e-3 off for the other class.
 */
const rectified = { relativeL2: 3e-3, worst: 5e-3, median: 1e-5, share: 0.9 }
/** Float32 errs by 8e-6 in the worst of 14 orders of summation; one image, of whose map a ReLU leaves little, errs by 1.2e-5 here. */
const exact = { relativeL2: 1e-5, worst: 2e-5, median: 5e-6 }

const variants: readonly Omit<ReferenceRow, 'options'>[] = [
  { map: 'gradcam', variant: 'gradcam', ...exact },
  { map: 'gradcam-no-final-relu', variant: 'gradcam-no-relu', ...exact },
  { map: 'gradcam-plus-pixel', variant: 'gradcam-plus', ...rectified },
  { map: 'gradcam-plus-channel', variant: 'gradcam-plus-channel', ...rectified },
  { map: 'layercam', variant: 'layercam', ...exact },
  { map: 'gradcam-plusplus-official', variant: 'gradcampp', ...rectified },
  { map: 'gradcam-plusplus-pgc', variant: 'gradcampp-unnormalised', ...rectified },
]

/** HiResCAM has a map at the norm alone: in front of it there is nothing but rounding. CDAM is its signed form. */
const unitByUnit: readonly ReferenceRow[] = [
  { map: 'hirescam-at-norm1', variant: 'hirescam', ...exact },
  { map: 'hirescam-no-final-relu-at-norm1', variant: 'hirescam-no-relu', ...exact },
  { map: 'cdam', variant: 'hirescam-no-relu', ...exact },
]

describeReference(
  gradcampp,
  [
    ...variants.map((row) => ({ ...row, map: `${row.map}-at-norm1` })),
    ...variants.map((row) => ({ ...row, map: `${row.map}-at-block-input`, options: blockInput })),
    ...unitByUnit,
  ],
  { reference: 'vit-tiny' },
)

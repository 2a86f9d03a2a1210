import { describeReference, type ReferenceRow } from '@saliency/testing'
import { gradcampp } from '../src/index.ts'

/** Both files name the layers of timm's modules. */
const blockInput = { layer: 'blocks.4.Add_1' }

/**
 * Where a mean is zero up to rounding, a ReLU opens or closes a whole channel by it; and where α's denominator is nearly
 * zero, it amplifies the gradient's rounding. Either befalls one image of the twelve.
 */
const rectified = { relativeL2: 3e-3, worst: 5e-3, median: 1e-5, share: 0.9 }
/** What the references' own float32 errs by is 1e-5 at most; one image, of whose map a ReLU leaves little, errs by 1.2e-5. */
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

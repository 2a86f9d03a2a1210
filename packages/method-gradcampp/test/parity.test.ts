import { describeReference } from '@saliency/testing'
import { gradcampp } from '../src/index.ts'

describeReference(gradcampp, [
  { map: 'gradcam', variant: 'gradcam' },
  { map: 'gradcam-no-final-relu', variant: 'gradcam-no-relu' },
  { map: 'gradcam-plus-pixel', variant: 'gradcam-plus' },
  { map: 'gradcam-plus-channel', variant: 'gradcam-plus-channel' },
  { map: 'hirescam', variant: 'hirescam' },
  { map: 'layercam', variant: 'layercam' },
  { map: 'gradcam-plusplus-official', variant: 'gradcampp' },
])

import { describeReference } from '@saliency/testing'
import { transformerAttribution } from '../src/index.ts'

/**
 * Totals near zero are divided by: the reference's own float32 run is up to 2e-2 off, with signed sums up to 1e-1. An
 * independent evaluation of the formula gives these maps within 1e-7 in float64. In float32, with its features in 14 orders,
 * one image for one class is between 4e-3 and 7e-2 off where block 0 counts; with AVX-512 another is 5e-1 off, which its map
 * also moves by when the last bits of its pixels change.
 */
const positive = { share: 0, worst: 5e-2, median: 1e-5, illConditioned: true } as const
const signed = {
  variant: 'signed',
  share: 0,
  worst: 1e-1,
  relativeL2: 5e-2,
  median: 2e-3,
  illConditioned: true,
} as const

describeReference(
  transformerAttribution,
  [
    { map: 'transformer-attribution-from-1', variant: 'transformer-attribution', ...positive },
    {
      map: 'transformer-attribution-from-0',
      variant: 'transformer-attribution',
      options: { from: 0 },
      ...positive,
    },
    { map: 'transformer-attribution-no-relu-from-1', variant: 'no-relu', ...positive },
    { map: 'transformer-attribution-no-relu-from-0', variant: 'no-relu', options: { from: 0 }, ...positive },
    { map: 'transformer-attribution-epsilon-no-relu-from-1', ...signed },
    { map: 'transformer-attribution-epsilon-no-relu-from-0', options: { from: 0 }, ...signed },
  ],
  { reference: 'vit-tiny' },
)

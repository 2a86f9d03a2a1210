import { defineCheck, originalWeights, type Check, type CheckImage, type Condition } from '@saliency/core'
import { planesOf } from '../verdict/planes.ts'
import { maskOf } from '../localisation/mask.ts'
import { positiveMass, signedMass } from '../localisation/mass.ts'
import { allUndefined, rowsOfImage, type Measured, type Measurements } from '../metrics/image-rows.ts'
import { meansByVariant } from '../metrics/summarise-metrics.ts'
import { whyUndefined, type Plane } from '../similarity/plane.ts'
import { resizePlane } from '../similarity/upsample.ts'

function labelled(index: number): Condition {
  return {
    id: `label-${index + 1}`,
    weights: originalWeights,
    target: { policy: 'label', index },
    input: { kind: 'original' },
  }
}

const [first, second] = [labelled(0), labelled(1)]
const metrics = ['mass-contrast-positive', 'mass-contrast-signed']

function difference(a: Measured, b: Measured): Measured {
  return typeof a === 'object' ? a : typeof b === 'object' ? b : a - b
}

function measure(
  forA: Plane,
  forB: Plane,
  image: CheckImage,
  shape: readonly [number, number, number],
): Measurements {
  const found = maskOf(image, 0, shape)
  if ('reason' in found) return allUndefined(metrics, found.reason)
  if ((image.labels?.length ?? 0) < 2) return allUndefined(metrics, 'the image has one object only')
  const why = whyUndefined(forA.data) ?? whyUndefined(forB.data)
  if (why) return allUndefined(metrics, `one of the maps is ${why}`)
  const [, height, width] = shape
  const [a, b] = [resizePlane(forA, height, width).data, resizePlane(forB, height, width).data]
  return {
    'mass-contrast-positive': difference(positiveMass(a, found.mask), positiveMass(b, found.mask)),
    'mass-contrast-signed': difference(signedMass(a, found.mask), signedMass(b, found.mask)),
  }
}

/**
 * Class information without a similarity: mass on object A in the map for A minus mass on A in the map for B, on scenes that
 * show both. 0 is no class information, 1 the most.
 */
export const twoObjectContrast: Check = defineCheck({
  contract: 1,
  id: 'two-object-contrast',
  title: 'Class contrast on two-object scenes',
  references: ['Khakzar et al. 2022, Do Explanations Explain? Model Knows Best, arXiv:2203.02269'],
  options: {},
  conditions: () => [first, second],
  async score({ variant, group, maps }) {
    const [forA, forB] = [planesOf(await maps(first)), planesOf(await maps(second))]
    const protocol = { target: 'first label against second label', reduction: 'signed channel sum' }
    return group.images.flatMap((image, i) =>
      rowsOfImage(
        { variant, condition: 'A-B', protocol },
        image,
        measure(forA[i]!, forB[i]!, image, group.shape),
      ),
    )
  },
  ...meansByVariant(['Mass contrast: 0 is no information about the class, 1 the most.']),
})

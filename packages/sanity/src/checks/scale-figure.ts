import type { Curve, Figure } from '@saliency/core'
import { ACTIVATION_SCALE } from './activation-scale.ts'
import { LOGIT_SPREAD } from './collapse.ts'

/** How large activations and logits are under random weights; none where nothing was recorded. */
export function scaleFigure(title: string, curves: readonly Curve[]): Figure[] {
  const prefix = `${ACTIVATION_SCALE} at `
  const activations = curves.filter(({ metric }) => metric.startsWith(prefix))
  if (activations.length === 0) return []
  const logits = curves.filter(({ metric }) => metric === LOGIT_SPREAD)
  return [
    {
      kind: 'curve',
      title: `${title}: the scale of activations and logits under random weights, as shares of the trained model's`,
      caption: `${title}: root mean square of the activations at the end of each block and, dashed, the spread of the logits, as shares of the trained model's, on the first draw. Far from 1, similarities may say more about scale than about the methods.`,
      x: 'blocks drawn anew',
      scale: 'log',
      lines: [
        ...activations.map(({ metric, points }) => ({ name: metric.slice(prefix.length), points })),
        ...logits.map(({ points }) => ({ name: 'spread of the logits', isReference: true, points })),
      ],
    },
  ]
}

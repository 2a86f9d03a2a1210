import type { Curve, Figure } from '@saliency/core'

/** Similarity along a randomisation, a panel a variant: s as a line, c as its reference. */
export function similarityFigure(title: string, curves: readonly Curve[]): Figure[] {
  const metric = curves[0]?.metric
  const chance = `${metric} chance`
  const lines = curves
    .filter((curve) => curve.metric === metric || curve.metric === chance)
    .map(({ variant, metric: own, points }) => ({
      panel: variant,
      name: own === chance ? 'different images' : 'the same image',
      isReference: own === chance,
      points,
    }))
  if (lines.length === 0) return []
  return [
    {
      kind: 'curve',
      title: `${title}: similarity to the original map along the randomisation`,
      caption: `${title}: similarity (${metric}) of each map with the map of the trained model, as more of the model is drawn anew. Solid: the same image, with its 95 % interval where there are several draws; dashed: different images, the level that needs no dependence on the image.`,
      x: 'blocks drawn anew',
      lines,
    },
  ]
}

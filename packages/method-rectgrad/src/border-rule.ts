import type { RuleTable, Value } from '@saliency/core'

/**
 * The authors' padding trick: the signal at a convolution's output is zero on the outermost pixels before it goes back, where
 * padding would otherwise leave a frame in the map. `padded` spares convolutions without padding.
 */
export function borderRule(where: 'padded' | 'every'): RuleTable {
  return {
    Conv({ node, ops, signal, vjp }) {
      const [, , height, width] = signal.shape
      const [h, w] = [Number(height), Number(width)]
      const isSpared = where === 'padded' && node.attributes.pads.every((pad) => pad === 0)
      if (isSpared || h < 3 || w < 3) return vjp()
      const inside: Value = ops.slice(signal, { axes: [2, 3], starts: [1, 1], ends: [h - 1, w - 1] })
      const frame = [
        [0, 0],
        [0, 0],
        [1, 1],
        [1, 1],
      ] as const
      return vjp(ops.pad(inside, { pads: frame }))
    },
  }
}

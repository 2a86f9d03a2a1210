import type { OpName } from '../graph/operators.ts'
import { elementwiseVjps } from './vjp/elementwise.ts'
import { layerVjps } from './vjp/layers.ts'
import { poolVjps } from './vjp/pools.ts'
import { reductionVjps } from './vjp/reductions.ts'
import { shapeVjps } from './vjp/shapes.ts'
import type { Vjp } from './vjp/vjp.ts'

/** The gradient of every operator that has one. */
export const vjps: { readonly [K in OpName]?: Vjp<K> } = {
  ...elementwiseVjps,
  ...reductionVjps,
  ...layerVjps,
  ...poolVjps,
  ...shapeVjps,
}

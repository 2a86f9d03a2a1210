import { isDrawn, type Layer, type Model, type RandomInitializer } from '@saliency/core'
import { spread } from './spread.ts'

/** The order in which a randomisation walks through a model. */
export type CascadeOrder = 'top-down' | 'bottom-up' | 'independent'

/** One step of a randomisation. */
export interface CascadeStep {
  /** From 1; 0 is the unchanged model. */
  readonly step: number
  /** The block or layer that this step adds (or, independent, alone randomises). */
  readonly name: string
  /** All layers with drawn parameters at this step. */
  readonly layers: readonly string[]
}

/** Named groups of layers of which something is drawn anew, in execution order. */
function unitsOf(
  model: Model,
  unit: 'block' | 'layer',
  initializer: RandomInitializer,
): { name: string; layers: string[] }[] {
  const isRandomized = ({ parameters }: Layer) => parameters.some((each) => isDrawn(each, initializer))
  const groups =
    unit === 'block' ? model.blocks : model.layers.map((layer) => ({ name: layer.name, layers: [layer] }))
  return groups
    .map(({ name, layers }) => ({
      name,
      layers: layers.filter(isRandomized).map((layer) => layer.name),
    }))
    .filter((group) => group.layers.length > 0)
}

/**
 * The steps of a randomisation in execution order (not the order in which a file lists its layers).
 * @param steps at most so many, evenly spread; 0 for all
 */
export function cascade(
  model: Model,
  options: {
    order: CascadeOrder
    unit: 'block' | 'layer'
    steps: number
    initializer: RandomInitializer
  },
): CascadeStep[] {
  const units = unitsOf(model, options.unit, options.initializer)
  if (options.order === 'top-down') units.reverse()
  const all = units.map(({ name, layers }, i) => {
    const cumulative = units.slice(0, i + 1).flatMap((group) => group.layers)
    return { step: i + 1, name, layers: options.order === 'independent' ? layers : cumulative }
  })
  return spread(all, options.steps)
}

/** A step in rows, in an order that sorts. */
export function stepName(order: CascadeOrder, step: number, name: string): string {
  return `${order}:${String(step).padStart(2, '0')}:${name}`
}

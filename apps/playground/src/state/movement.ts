import type { Card } from './state.ts'

/** What a map did, on this picture alone: no verdict, which needs many pictures. */
export type Movement = 'moves' | 'stays' | 'static' | 'flips'

/** The bound that the verdict has for similarity, chance level and what is left between them. */
const BOUND = 0.5

/** As the verdict reads a study, for one picture: what similarity leaves above chance. */
export function movementOf({ same, chance }: Pick<Card, 'same' | 'chance'>): Movement | undefined {
  if (same === undefined || chance === undefined) return undefined
  if (same <= -BOUND) return 'flips'
  if (same > BOUND && chance > BOUND) return 'static'
  return (same - chance) / (1 - chance) > BOUND ? 'stays' : 'moves'
}

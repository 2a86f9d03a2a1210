import type { DrawnScene } from '@saliency/core'
import { type Measured, noValue } from '../metrics/image-rows.ts'
import { centre, correlation } from '../similarity/correlation.ts'
import { rank } from '../similarity/rank.ts'
import { importantParts, type PartImportance, thresholds } from './part-importance.ts'
import { predictedClass, type Redraws } from './redraws.ts'

/** A part whose absence takes less than this share of the logit does not matter to the model. */
const MATTERS = 0.05

/** How far the logit of a class falls without some parts. */
function drop({ logits }: Redraws, target: number, without: readonly number[]): number {
  return logits([])[target]! - logits(without)[target]!
}

/** Whether a part matters to the model: without it the logit falls by a twentieth of its magnitude or more. */
function matters(redraws: Redraws, target: number, part: number): boolean {
  const fall = drop(redraws, target, [part])
  return fall > 0 && fall >= MATTERS * Math.abs(redraws.logits([])[target]!)
}

/** The mean over all thresholds of what a set of important parts scores. */
function overThresholds(
  importance: PartImportance,
  score: (important: readonly number[]) => number,
): Measured {
  if (importance.total <= 0) return noValue('the map has no positive value')
  const known = new Map<string, number>()
  const scores = thresholds.map((share) => {
    const important = importantParts(importance, share)
    const key = important.join(' ')
    const found = known.get(key) ?? score(important)
    known.set(key, found)
    return found
  })
  return scores.reduce((sum, value) => sum + value, 0) / scores.length
}

const others = ({ parts }: DrawnScene, kept: readonly number[]) =>
  [...parts.keys()].filter((part) => !kept.includes(part))

/** Every set of parts that the protocols leave out for one map. */
export function setsFor(scene: DrawnScene, importance: PartImportance): number[][] {
  const important = thresholds.map((share) => importantParts(importance, share))
  return [
    [],
    ...[...scene.parts.keys()].map((part) => [part]),
    ...important,
    ...important.map((kept) => others(scene, kept)),
  ]
}

/** Does the prediction change where important parts are left out? 1 at best. */
export function deletion(importance: PartImportance, redraws: Redraws): Measured {
  const predicted = predictedClass(redraws.logits([]))
  return overThresholds(importance, (parts) => Number(predictedClass(redraws.logits(parts)) !== predicted))
}

/** Does it stay where nothing but important parts is left? 1 at best. */
export function preservation(scene: DrawnScene, importance: PartImportance, redraws: Redraws): Measured {
  const predicted = predictedClass(redraws.logits([]))
  return overThresholds(importance, (parts) =>
    Number(predictedClass(redraws.logits(others(scene, parts))) === predicted),
  )
}

/** Rank correlation of importance with how far the logit falls without each part alone, moved into [0, 1]: ½ is chance. */
export function singleDeletion({ ofParts }: PartImportance, redraws: Redraws, target: number): Measured {
  const drops = Float32Array.from(ofParts, (_, part) => drop(redraws, target, [part]))
  const [a, b] = [centre(rank(Float32Array.from(ofParts))), centre(rank(drops))]
  if (!a || !b) return noValue('all parts are equally important, or none changes the logit')
  return (1 + correlation(a, b)) / 2
}

/** 1 minus the share of parts without effect that the map calls important. */
export function distractibility(importance: PartImportance, redraws: Redraws, target: number): Measured {
  const idle = [...importance.ofParts.keys()].filter((part) => !matters(redraws, target, part))
  if (idle.length === 0) return noValue('every part of the scene matters to the model')
  return overThresholds(
    importance,
    (parts) => 1 - parts.filter((part) => idle.includes(part)).length / idle.length,
  )
}

/** The share of things of no class that do not matter: of the model, whatever the map. */
export function backgroundIndependence(scene: DrawnScene, redraws: Redraws, target: number): Measured {
  const things = [...scene.parts.keys()].filter((part) => scene.parts[part]!.label === undefined)
  if (things.length === 0) return noValue('the scene has nothing but objects')
  return things.filter((part) => !matters(redraws, target, part)).length / things.length
}

/** One object of two: its place among the parts, its class, and the map that explains this class. */
export interface Explained {
  readonly part: number
  readonly target: number
  readonly importance: PartImportance
}

/** Is each object more important in its own class's map than in the other's? The share of the two, ½ by chance. */
export function targetSensitivity([a, b]: readonly [Explained, Explained], redraws: Redraws): Measured {
  const fall = ({ target }: Explained, { part }: Explained) => drop(redraws, target, [part])
  if (!(fall(a, a) > fall(a, b) && fall(b, b) > fall(b, a)))
    return noValue("the model's own logits do not follow the objects of their classes")
  const more = (own: Explained, other: Explained) =>
    Number(own.importance.ofParts[own.part]! > other.importance.ofParts[own.part]!)
  return (more(a, b) + more(b, a)) / 2
}

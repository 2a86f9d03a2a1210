import type { StudyRecord, StudySummary } from '../study.ts'
import { axes, type AxisVerdict, verdictsOn } from './axes.ts'

/** Whether a variant can be used on the model of the study, and why. */
export interface Advice {
  readonly variant: string
  readonly use: 'yes' | 'no' | 'undecided'
  /** Sentences, the weightiest first. */
  readonly reasons: readonly string[]
  /** Among those that can be used: 1 and as many as are better beyond their intervals. Equal ranks are ties. */
  readonly rank?: number
  readonly verdicts: readonly AxisVerdict[]
}

/** The axes that decide: a map that does not change with them explains no prediction. */
const deciding = [axes['class'], axes['parameters'], axes['data']]

const nouns: Readonly<Record<string, string>> = {
  class: 'the explained class',
  parameters: "the model's parameters",
  data: 'the labels that the model was trained with',
}

/** What an axis asks, as the end of a sentence. */
function questionOf(axis: string): string {
  if (axis === 'sign') return 'its sign means anything'
  if (axis === 'truth') return 'it finds evidence that is known'
  if (axis === 'parts') return 'it finds the parts of a scene that matter'
  return `it depends on ${nouns[axis] ?? axis}`
}

/** What a verdict means for somebody who looks at maps. */
function meaning({ axis, outcome }: AxisVerdict): string {
  const noun = nouns[axis] ?? axis
  switch (outcome) {
    case 'depends':
      return `It depends on ${noun}.`
    case 'does not depend':
      return `It does not depend on ${noun}: the map would be the same without it.`
    case 'static':
      return 'It is nearly the same map for every image.'
    case 'changes by sign only':
      return `With ${noun} it changes its sign and not the places it shows.`
    case 'undefined':
      return `Too many of its maps are constant or not finite to say whether ${questionOf(axis)}.`
    case 'not applicable':
      return `This model cannot be asked whether ${questionOf(axis)}.`
    case 'undecided':
      return `It is undecided whether ${questionOf(axis)}: more images or draws would tell.`
    case 'the sign holds':
      return 'Its sign means something: without its strongest regions the logit moves as the sign says.'
    case 'the sign does not hold':
      return 'Its sign means little: without its strongest regions the logit moves either way.'
    case 'the sign is reversed':
      return 'Its sign is reversed: what it calls evidence for the class speaks against it.'
    case 'finds the grafted truth':
      return 'It finds evidence that was grafted onto the model: the pattern stands out, for the class that it speaks for alone.'
    case 'finds it for any class':
      return 'It shows the grafted evidence for a class that it does not speak for just as well.'
    case 'misses the grafted truth':
      return 'It misses evidence that was grafted onto the model: other pixels rank as high as the pattern.'
    case 'the control wins':
      return 'A map that was made for deletion itself deletes better than this one.'
    case 'better than the control':
      return 'It deletes better than a map that was made for deletion itself.'
    case 'as good as the control':
      return 'It deletes as well as a map that was made for deletion itself.'
    case 'not told apart from the control':
      return 'These images do not tell whether it deletes better than a map that was made for deletion itself.'
    case 'finds the parts':
      return 'It ranks the parts of a scene as the model does, and of two objects finds the one that is asked for.'
    case 'ranks the parts otherwise':
      return 'It ranks the parts of a scene otherwise than the model does.'
    case 'confuses the objects':
      return 'Of two objects it does not find the one that is asked for.'
    default:
      return `${axis}: ${outcome}.`
  }
}

function useOf(verdicts: readonly AxisVerdict[]): Advice['use'] {
  const asked = verdicts.filter(
    ({ check, outcome }) => deciding.includes(check) && outcome !== 'not applicable',
  )
  const outcomes = asked.map(({ outcome }) => outcome)
  if (outcomes.some((outcome) => ['does not depend', 'static', 'undefined'].includes(outcome))) return 'no'
  return outcomes.length > 0 && outcomes.every((outcome) => outcome === 'depends') ? 'yes' : 'undecided'
}

/** Reasons against first, then open ones, then what speaks for it. */
function reasonsFor(verdicts: readonly AxisVerdict[]): string[] {
  const weight = ({ outcome }: AxisVerdict) =>
    ['does not depend', 'static', 'undefined'].includes(outcome) ? 0 : outcome === 'depends' ? 2 : 1
  const ordered = verdicts.toSorted((a, b) => weight(a) - weight(b))
  return ordered.length === 0
    ? ['No check of this study judges it.']
    : [...new Set(ordered.map((verdict) => meaning(verdict)))]
}

/** Whether `a` depends more than `b`: its interval is the lower one on some axis, and on none the higher. */
function isBetter(a: readonly AxisVerdict[], b: readonly AxisVerdict[]): boolean {
  const compared = a.flatMap((one) => {
    const other = b.find(({ check }) => check === one.check)
    if (!deciding.includes(one.check) || !one.interval || !other?.interval) return []
    if (one.interval[1] < other.interval[0]) return ['better']
    return other.interval[1] < one.interval[0] ? ['worse'] : []
  })
  return compared.includes('better') && !compared.includes('worse')
}

const order = { yes: 0, undecided: 1, no: 2 } as const

/**
 * Which variants of a study can be used on its model, which cannot, and why: usable ones first, by rank. Controls are left out.
 */
export function recommend(
  { identity: { variants } }: Pick<StudyRecord, 'identity'>,
  summary: StudySummary,
): Advice[] {
  const advice = variants
    .filter(({ control }) => !control)
    .map(({ id: variant }): Advice => {
      const verdicts = verdictsOn(variant, summary)
      return { variant, use: useOf(verdicts), reasons: reasonsFor(verdicts), verdicts }
    })
  const usable = advice.filter(({ use }) => use === 'yes')
  const ranked = advice.map((one) => {
    if (one.use !== 'yes') return one
    return { ...one, rank: 1 + usable.filter((other) => isBetter(other.verdicts, one.verdicts)).length }
  })
  return ranked.toSorted((a, b) => order[a.use] - order[b.use] || (a.rank ?? 0) - (b.rank ?? 0))
}

import type { Finding } from '@saliency/core'
import type { StudySummary } from '../study.ts'
import { verdictsOn } from './axes.ts'

/** What one published protocol says of one variant on one axis. */
export interface ProtocolAnswer {
  /** The name of its preset. */
  readonly published: string
  readonly says: string
}

/** A verdict beside what published protocols say of the same variant on the same axis. */
export interface Agreement {
  readonly variant: string
  readonly axis: string
  /** The study's own verdict. */
  readonly outcome: string
  /** How many protocols say the same, of those with an answer. */
  readonly holds: number
  readonly of: number
  readonly answers: readonly ProtocolAnswer[]
}

function answerOf({ details }: Finding): (ProtocolAnswer & { axis: string }) | undefined {
  const { published, axis, says } = details ?? {}
  if (typeof published !== 'string' || typeof axis !== 'string' || typeof says !== 'string') return undefined
  return { published, axis, says }
}

/** A static map depends on nothing, as protocols without a level of chance see it. */
const asSeen = (outcome: string) => (outcome === 'static' ? 'does not depend' : outcome)

/** Every verdict on one variant beside the published protocols that this study computed; empty where it computed none. */
export function agreementOn(variant: string, summary: StudySummary): Agreement[] {
  const found = summary.checks
    .flatMap(({ findings }) => findings)
    .filter((finding) => finding.variant === variant)
    .flatMap((finding) => answerOf(finding) ?? [])
  return verdictsOn(variant, summary).flatMap(({ axis, outcome }): Agreement[] => {
    const answers = found
      .filter((one) => one.axis === axis && one.says !== 'undefined')
      .map(({ published, says }) => ({ published, says }))
    if (answers.length === 0) return []
    const holds = answers.filter(({ says }) => says === asSeen(outcome)).length
    return [{ variant, axis, outcome, holds, of: answers.length, answers }]
  })
}

/** The agreement in one line. */
export function agreementSentence({ axis, outcome, holds, of, answers }: Agreement): string {
  const protocols = `${of} published ${of === 1 ? 'protocol' : 'protocols'}`
  const others = answers.filter(({ says }) => says !== asSeen(outcome))
  const names = others.map(({ published, says }) => `${published}: ${says}`).join(', ')
  const but = holds === of ? '' : ` (${names})`
  return `'${outcome}' on ${axis} holds under ${holds} of ${protocols}${but}.`
}

/** Agreement of every variant, for one table. */
export function agreementOf(
  variants: readonly { readonly id: string }[],
  summary: StudySummary,
): Agreement[] {
  return variants.flatMap(({ id }) => agreementOn(id, summary))
}

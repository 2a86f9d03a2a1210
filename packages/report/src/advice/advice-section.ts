import { counted } from '@saliency/core'
import { variantLink } from '../families.ts'
import { type Html, html } from '../html.ts'
import type { StudyRecord, StudySummary } from '../study.ts'
import { isTooSmall, powerOfStudy, powerSentence } from './power.ts'
import { type Advice, recommend } from './recommend.ts'

const headings: Readonly<Record<Advice['use'], string>> = {
  yes: 'Can be used on this model',
  undecided: 'Undecided',
  no: 'Cannot be used on this model',
}

/** Variants of which the same is to be said. */
function together(advice: readonly Advice[]): Advice[][] {
  const groups = new Map<string, Advice[]>()
  for (const one of advice) {
    const key = `${one.rank ?? ''} ${one.reasons.join(' ')}`
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
}

function item(group: readonly Advice[]): Html {
  const { rank, reasons } = group[0] as Advice
  const place = rank === undefined ? '' : `${rank}. ${group.length > 1 ? 'tied: ' : ''}`
  const names = group.map(({ variant }, i) => html`${i === 0 ? '' : ', '}${variantLink(variant)}`)
  return html`<li>${place}${names}. ${reasons.join(' ')}</li>`
}

/** What the study could have found: first, as a warning, where that is too little. */
function powerParts(record: StudyRecord, summary: StudySummary): { warning: Html; caption: Html } {
  const all = powerOfStudy(record, summary)
  const [small, enough] = [all.filter(isTooSmall), all.filter((one) => !isTooSmall(one))]
  const text = (list: typeof all) => list.map(powerSentence).join(' ')
  return {
    warning: small.length === 0 ? html`` : html`<p class="warning">${text(small)}</p>`,
    caption: enough.length === 0 ? html`` : html`<p class="caption">${text(enough)}</p>`,
  }
}

/** The first screen: what can be used on this model, what cannot, and why. Empty where nothing was judged. */
export function adviceSection(record: StudyRecord, summary: StudySummary): Html {
  const advice = recommend(record, summary)
  if (advice.every(({ verdicts }) => verdicts.length === 0)) return html``
  const part = (use: Advice['use']) => {
    const own = advice.filter((one) => one.use === use)
    if (own.length === 0 && use === 'yes')
      return html`<p><strong>${headings.yes}</strong>: none of ${counted(advice.length, 'variant')}.</p>`
    if (own.length === 0) return html``
    const list = html`<ul>
      ${together(own).map(item)}
    </ul>`
    return html`<details ${use === 'yes' ? 'open' : ''}>
      <summary><strong>${headings[use]}</strong>: ${own.length} of ${advice.length} variants</summary>
      ${list}
    </details>`
  }
  const { warning, caption } = powerParts(record, summary)
  return html`<div class="advice">
    ${warning} ${part('yes')}${part('undecided')}${part('no')}
    <p class="caption">
      A variant can be used where it depends on everything that this study changed. Equal ranks are ties:
      their intervals overlap.
    </p>
    ${caption}
  </div>`
}

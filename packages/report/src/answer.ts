import { changesOf, isOneSided, type Judged } from './content.ts'
import { folded, isLarge, variantLink } from './families.ts'
import { figure, type Html, html } from './html.ts'
import type { CheckSummary, VariantRecord } from './study.ts'

const INDIFFERENT = ['does not depend', 'static']

function names(list: readonly Judged[]): Html {
  return html`${list.map(({ variant }, i) => html`${i === 0 ? '' : ', '}${variantLink(variant.id)}`)}`
}

function isVariant({ variant, verdict }: Judged): boolean {
  return !variant.control && verdict?.outcome !== undefined
}

function has(outcomes: readonly string[]): (judged: Judged) => boolean {
  return ({ verdict }) => outcomes.includes(verdict?.outcome ?? '')
}

/** What the contrasts of one check say in one sentence. */
function contrastSentence(judged: readonly Judged[]): Html {
  const values = judged
    .flatMap(({ contrast }) => (typeof contrast?.value === 'number' ? [contrast.value] : []))
    .sort((a, b) => a - b)
  if (values.length === 0) return html``
  const median =
    values.length % 2 === 1
      ? values[(values.length - 1) / 2]
      : ((values[values.length / 2 - 1] as number) + (values[values.length / 2] as number)) / 2
  const significant = judged.filter(
    ({ contrast }) => (contrast?.pHolm ?? 1) < 0.05 && (contrast?.value ?? 1) < 1,
  ).length
  return html` Compared with its counterpart on the same images, a variant that changes nothing but the
    handling of the sign keeps a median of <strong>${figure(median)}</strong> of the dependence (from
    ${figure(values[0])} to ${figure(values.at(-1))}; ${significant} of ${values.length} pairs differ at p
    &lt; .05 after Holm's correction).`
}

function group(judged: readonly Judged[], title: string, select: (variant: VariantRecord) => boolean): Html {
  const members = judged.filter((one) => isVariant(one) && select(one.variant))
  if (members.length === 0) return html``
  const indifferent = members.filter(has(INDIFFERENT))
  const dependent = members.filter(has(['depends']))
  const open = members.length - indifferent.length - dependent.length
  const undecided = open > 0 ? `; ${open} cannot be decided` : ''
  if (isLarge(members))
    return html`<li>
      <strong>${title}:</strong> ${dependent.length} of ${members.length} depend on it; ${indifferent.length}
      do not${undecided}. ${which('depend', dependent)}${which('do not', indifferent)}
    </li>`
  return html`<li>
    <strong>${title}:</strong> ${dependent.length} of ${members.length} depend on
    it${dependent.length > 0 ? html` (${names(dependent)})` : ''}; ${indifferent.length} do
    not${indifferent.length > 0 ? html` (${names(indifferent)})` : ''}${undecided}.
  </li>`
}

/** Names folded away where they are many. */
function which(what: string, judged: readonly Judged[]): Html {
  return judged.length === 0 ? html`` : folded(`which ${what}`, names(judged), false)
}

/** The answer in words, check by check. */
export function answer(checks: readonly { check: CheckSummary; judged: readonly Judged[] }[]): Html {
  if (checks.length === 0)
    return html`<p>No check of this run gives a verdict; see the measurements below.</p>`
  return html`${checks.map(({ check, judged }) => {
    return html`<div class="answer">
      <h3>Do the maps change with ${changesOf(check)}?</h3>
      <ul>
        ${group(judged, 'Positive, negative or absolute handling', isOneSided)}${group(judged, 'Signed handling', (variant) => variant.handling === 'signed' && !variant.control)}
      </ul>
      <p>${contrastSentence(judged)}</p>
    </div>`
  })}`
}

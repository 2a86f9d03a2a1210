import { type Html, html } from './html.ts'
import type { VariantRecord } from './study.ts'

/** The variants of one method. */
export interface Family {
  readonly method: string
  readonly title: string
  readonly variants: readonly VariantRecord[]
}

/** So many variants fit on a screen or two: families of larger studies are folded. */
const FEW = 12

/** True for a study whose families are folded. */
export const isLarge = (variants: readonly unknown[]): boolean => variants.length > FEW

/** Variants by method, both in the study's order. */
export function familiesOf(variants: readonly VariantRecord[]): Family[] {
  const methods = new Map(variants.map(({ method, title }) => [method, title]))
  return [...methods].map(([method, title]) => {
    return { method, title, variants: variants.filter((one) => one.method === method) }
  })
}

/** A part of the page that can be folded away; the summary stays. */
export function folded(summary: Html | string, body: Html, isOpen: boolean): Html {
  return html`<details ${isOpen ? 'open' : ''}>
    <summary>${summary}</summary>
    ${body}
  </details>`
}

/** Where a variant's own page is: a section that opens alone. */
export const pageOf = (id: string): string => `variant/${id}`

/** A link to a variant's own page. */
export function variantLink(id: string): Html {
  return html`<a href="#${encodeURIComponent(pageOf(id))}"><code>${id}</code></a>`
}

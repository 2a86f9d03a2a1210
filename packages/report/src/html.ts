/** Text made safe for HTML. */
export function escapeHtml(text: unknown): string {
  return String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** A piece of HTML: put into a template it is not escaped again. */
export interface Html {
  readonly html: string
}

function render(value: unknown): string {
  if (value === undefined || value === null || value === false) return ''
  if (Array.isArray(value)) return value.map(render).join('')
  if (typeof value === 'object' && 'html' in value) return String(value.html)
  return escapeHtml(value)
}

/** A template whose values are escaped, unless they are HTML themselves. */
export function html(strings: TemplateStringsArray, ...values: readonly unknown[]): Html {
  return { html: strings.reduce((text, part, i) => text + render(values[i - 1]) + part) }
}

/** Marks text as HTML. */
export function raw(text: string): Html {
  return { html: text }
}

/** A number to two places, without a leading zero; a dash where there is none. */
export function figure(value: unknown): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) return '–'
  const text = value.toFixed(2)
  return text
    .replace(/^(-?)0\./, '$1.')
    .replace(/^-(\.0+)$/, '$1')
    .replace('-', '−')
}

/** `.07 [.05, .09]` */
export function withInterval(value: unknown, low: unknown, high: unknown): string {
  if (typeof value !== 'number') return '–'
  return typeof low === 'number' ? `${figure(value)} [${figure(low)}, ${figure(high)}]` : figure(value)
}

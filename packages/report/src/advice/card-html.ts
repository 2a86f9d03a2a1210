import { escapeHtml, type Html, html, raw } from '../html.ts'
import type { StudyRecord, StudySummary } from '../study.ts'
import { cardParts } from './card.ts'

/** The two marks that a card's texts use: code and bold. */
function marked(text: string): Html {
  return raw(
    escapeHtml(text)
      .replace(/`([^`]*)`/g, '<code>$1</code>')
      .replace(/\*\*([^*]*)\*\*/g, '<strong>$1</strong>'),
  )
}

/** A saliency card as a part of a page; the page's own heading stands for the card's. */
export function cardHtml(id: string, record: StudyRecord, summary: StudySummary): Html {
  const parts = cardParts(id, record, summary).map(({ level, title, paragraphs = [], items = [] }) => {
    const heading = level === 1 ? '' : level === 2 ? html`<h3>${title}</h3>` : html`<h4>${title}</h4>`
    const list = html`<ul>
      ${items.map((item) => html`<li>${marked(item)}</li>`)}
    </ul>`
    return html`${heading}${paragraphs.map((text) => html`<p>${marked(text)}</p>`)}${items.length > 0 ? list : ''}`
  })
  return html`<div class="card">${parts}</div>`
}

/** Colours by meaning, for light and for dark screens; paper is light. */
const colours = `
:root { color-scheme: light dark; --ink: #1c1c1c; --quiet: #555; --page: #fff; --line: #ddd; --panel: #f5f8fa; --warn: #fdf4ee; --accent: #0072B2; --good: #d9ecf7; --bad: #f7c9a8; --open: #f0f0f0; }
@media screen and (prefers-color-scheme: dark) {
  :root { --ink: #e6e6e6; --quiet: #a8a8a8; --page: #16181b; --line: #3a3d42; --panel: #1f2429; --warn: #33251b; --accent: #58a9dc; --good: #1d3f55; --bad: #63371a; --open: #2b2e33; }
}
`

const text = `
* { box-sizing: border-box; }
body { font: 15px/1.5 Charter, 'Bitstream Charter', 'Sitka Text', Cambria, Georgia, serif; color: var(--ink); background: var(--page); max-width: 1040px; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1, h2, h3, th, figcaption, figure, summary, button, input, .caption, .handling, .meta, nav, svg { font-family: 'Helvetica Neue', Helvetica, Arial, 'DejaVu Sans', sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.25rem; margin: 2.6rem 0 .8rem; padding-bottom: .25rem; border-bottom: 2px solid var(--ink); overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin: 1.4rem 0 .5rem; }
a { color: var(--accent); }
code { font: .92em ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; overflow-wrap: anywhere; }
pre { background: var(--panel); padding: .8rem 1rem; font-size: .8rem; overflow-x: auto; }
small, .meta, figcaption, .caption { color: var(--quiet); }
.meta, nav { font-size: .85rem; }
nav a { margin-right: .9rem; white-space: nowrap; }
figcaption, .caption { font-size: .8rem; line-height: 1.4; }
.answer { border-left: 4px solid var(--accent); background: var(--panel); padding: .6rem 1.1rem; margin: 1rem 0; }
.answer h3 { margin-top: .3rem; }
.answer ul { margin: .3rem 0; padding-left: 1.2rem; }
.warning { border-left: 4px solid #D55E00; background: var(--warn); padding: .6rem 1.1rem; margin: 1rem 0; }
details { margin: .4rem 0; }
summary { cursor: pointer; padding: .15rem 0; }
.handling { font-size: .72rem; border-radius: 2px; padding: .05rem .35rem; color: #fff; white-space: nowrap; }
.handling.signed { background: #0072B2; } .handling.positive { background: #B84A00; } .handling.negative { background: #00785a; } .handling.absolute { background: #a14d80; }
`

const tables = `
table { border-collapse: collapse; font-size: .82rem; width: 100%; }
th, td { text-align: left; padding: .3rem .55rem; border-bottom: 1px solid var(--line); vertical-align: top; }
thead th { border-bottom: 1.5px solid var(--ink); font-size: .75rem; vertical-align: bottom; }
tbody th { font-weight: normal; white-space: nowrap; }
td { font-variant-numeric: tabular-nums; }
table.verdicts td { white-space: nowrap; font-size: .78rem; }
table.verdicts td:last-child { white-space: normal; min-width: 6rem; }
table.verdicts th, table.verdicts td { padding-left: .4rem; padding-right: .4rem; }
td.outcome { font-weight: 600; }
td.outcome small { font-weight: 400; white-space: nowrap; }
.good { background: var(--good); } .bad { background: var(--bad); } .open { background: var(--open); }
tr.control { color: var(--quiet); }
table.facts th { width: 12rem; white-space: normal; }
table.facts td { overflow-wrap: anywhere; }
table.variants th[scope=rowgroup] { white-space: normal; padding-top: .9rem; }
.scroll { overflow-x: auto; }
th button { all: unset; cursor: pointer; }
th button:focus-visible { outline: 2px solid var(--accent); }
th[aria-sort=ascending] button::after { content: ' ▲'; } th[aria-sort=descending] button::after { content: ' ▼'; }
.filter { display: flex; gap: .8rem; align-items: baseline; margin: .5rem 0; font-size: .8rem; color: var(--quiet); }
.filter input { font-size: .85rem; padding: .25rem .5rem; width: 18rem; max-width: 60vw; color: var(--ink); background: var(--page); border: 1px solid var(--quiet); border-radius: 3px; }
`

const pictures = `
figure { margin: 1rem 0; }
figure svg { display: block; max-width: 100%; height: auto; }
.save button { font-size: .72rem; margin: .2rem .4rem 0 0; color: var(--quiet); background: none; border: 1px solid var(--line); border-radius: 3px; cursor: pointer; }
.sheet { display: flex; flex-wrap: wrap; gap: .7rem .8rem; align-items: flex-end; }
.sheet h4 { width: 100%; margin: .5rem 0 0; font: 600 .8rem 'Helvetica Neue', Helvetica, Arial, sans-serif; }
.tile { font-size: .7rem; line-height: 1.25; max-width: 100%; }
.tile .pair { display: flex; gap: 2px; }
.tile img { width: 88px; height: 88px; object-fit: contain; display: block; }
.tile small { display: block; max-width: 178px; overflow-wrap: anywhere; }
.tile small.handling { display: inline-block; }
.pages img { width: 112px; height: 112px; }
`

/** A variant's page opens alone; on paper all follow the study, or the open one stands alone there, too. */
const pages = `
body:has(.pages > :target) > :not(.pages), body:has(.pages > :target) > .pages > :not(:target) { display: none; }
@media screen { .pages > :not(:target) { display: none; } }
@media screen and (max-width: 600px) {
  body { padding: 1rem .8rem 3rem; } h1 { font-size: 1.45rem; }
  figure .plot { overflow-x: auto; } figure .plot svg { max-width: none; }
  table.facts th { width: 7rem; }
  tbody th { white-space: normal; min-width: 8rem; }
  table.verdicts td:last-child { min-width: 16rem; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 10pt; } h2, h3, summary { break-after: avoid; } tr, figure, .answer, .tile { break-inside: avoid; }
  .scroll { overflow: visible; } table { font-size: 7.5pt; } table.verdicts td, tbody th, td.outcome small { white-space: normal; } tbody th { overflow-wrap: anywhere; } .filter, .save, nav { display: none; }
  .pages > article { break-before: page; } a { color: inherit; text-decoration: none; }
  details::details-content { content-visibility: visible; block-size: auto; }
  * { print-color-adjust: exact; }
}
`

/** The report's style sheet: readable on paper and on a screen of any width, light or dark, without any script. */
export const style: string = colours + text + tables + pictures + pages

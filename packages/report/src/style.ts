/** The report's style sheet: readable on paper and on a screen, without any script. */
export const style = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { font: 15px/1.5 Charter, 'Bitstream Charter', 'Sitka Text', Cambria, Georgia, serif; color: #1c1c1c; background: #fff; max-width: 1040px; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
h1, h2, h3, th, figcaption, .caption, .handling, .meta, nav, svg { font-family: 'Helvetica Neue', Helvetica, Arial, 'DejaVu Sans', sans-serif; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; letter-spacing: -.01em; }
h2 { font-size: 1.25rem; margin: 2.6rem 0 .8rem; padding-bottom: .25rem; border-bottom: 2px solid #1c1c1c; }
h3 { font-size: 1rem; margin: 1.4rem 0 .5rem; }
.meta { color: #555; font-size: .85rem; }
.answer { border-left: 4px solid #0072B2; background: #f5f8fa; padding: .6rem 1.1rem; margin: 1rem 0; }
.answer h3 { margin-top: .3rem; }
.answer ul { margin: .3rem 0; padding-left: 1.2rem; }
.warning { border-left: 4px solid #D55E00; background: #fdf4ee; padding: .6rem 1.1rem; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .82rem; width: 100%; }
th, td { text-align: left; padding: .3rem .55rem; border-bottom: 1px solid #ddd; vertical-align: top; }
thead th { border-bottom: 1.5px solid #1c1c1c; font-size: .75rem; vertical-align: bottom; }
tbody th { font-weight: normal; white-space: nowrap; }
td { font-variant-numeric: tabular-nums; }
table.verdicts td { white-space: nowrap; font-size: .78rem; }
table.verdicts td:last-child { white-space: normal; min-width: 6rem; }
table.verdicts th, table.verdicts td { padding-left: .4rem; padding-right: .4rem; }
td.outcome { white-space: nowrap; font-weight: 600; }
td.outcome small { font-weight: 400; }
tr.control { color: #666; }
table.facts th { width: 12rem; white-space: normal; }
table.facts td { overflow-wrap: anywhere; }
table.variants th[scope=rowgroup] { white-space: normal; padding-top: .9rem; }
table.gallery { width: auto; }
table.gallery th, table.gallery td { border: 0; padding: 2px; text-align: center; }
table.gallery tbody th { text-align: right; padding-right: .6rem; }
table.gallery img { width: 88px; height: 88px; object-fit: contain; image-rendering: auto; display: block; margin: auto; }
.scroll { overflow-x: auto; }
code { font: .92em ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace; }
pre { background: #f6f6f6; padding: .8rem 1rem; font-size: .8rem; overflow-x: auto; }
.handling { font-size: .72rem; border-radius: 2px; padding: .05rem .35rem; color: #fff; white-space: nowrap; }
.handling.signed { background: #0072B2; } .handling.positive { background: #B84A00; } .handling.negative { background: #00785a; } .handling.absolute { background: #a14d80; }
figure { margin: 1rem 0; font-family: 'Helvetica Neue', Helvetica, Arial, 'DejaVu Sans', sans-serif; }
figure svg, .scroll svg { max-width: 100%; height: auto; }
figcaption, .caption { color: #555; font-size: .8rem; line-height: 1.4; }
small { color: #555; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } h2 { break-after: avoid; } tr, figure, .answer { break-inside: avoid; } .scroll { overflow: visible; } table { font-size: 7.5pt; } }
`

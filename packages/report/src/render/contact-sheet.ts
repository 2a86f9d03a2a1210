import sharp, { type OverlayOptions } from 'sharp'

/** One cell of a sheet. */
export interface SheetCell {
  readonly label: string
  readonly png: Buffer
}

/** A row of cells with a title, for instance a family of methods. */
export interface SheetRow {
  readonly title: string
  readonly cells: readonly SheetCell[]
}

const CELL = 192
const GAP = 12
const LABEL = 22
const TITLE = 34
/** No sheet is wider than the most, and few maps leave no paper white, but for what a title needs. */
const [LEAST_COLUMNS, MOST_COLUMNS] = [3, 6]

function escape(text: string): string {
  // XML has no way to write control characters.
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  const printable = text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '�')
  return printable.replace(/[<>&"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

function text(x: number, y: number, size: number, content: string, weight = 'normal'): string {
  return `<text x="${x}" y="${y}" font-family="Helvetica, Arial, DejaVu Sans, sans-serif" font-size="${size}" font-weight="${weight}" fill="#222">${escape(content)}</text>`
}

function small(png: Buffer): Promise<Buffer> {
  return sharp(png).resize(CELL, CELL, { fit: 'contain', background: '#fff', kernel: 'nearest' }).toBuffer()
}

/** All maps of one image on one PNG, a family a row, wrapped where it is long. */
export async function contactSheet(title: string, rows: readonly SheetRow[]): Promise<Buffer> {
  const longest = Math.max(...rows.map(({ cells }) => cells.length))
  const columns = Math.min(MOST_COLUMNS, Math.max(LEAST_COLUMNS, longest))
  const width = GAP + columns * (CELL + GAP)
  const images: Promise<OverlayOptions>[] = []
  const labels: string[] = [text(GAP, 28, 18, title, 'bold')]
  let top = 44
  for (const row of rows) {
    labels.push(text(GAP, top + 22, 15, row.title, 'bold'))
    top += TITLE
    for (const [index, cell] of row.cells.entries()) {
      const [line, column] = [Math.floor(index / columns), index % columns]
      const [x, y] = [GAP + column * (CELL + GAP), top + line * (CELL + LABEL)]
      images.push(small(cell.png).then((input) => ({ input, left: x, top: y })))
      labels.push(text(x, y + CELL + 15, 12, cell.label))
    }
    top += Math.ceil(row.cells.length / columns) * (CELL + LABEL) + GAP
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${top}">${labels.join('')}</svg>`
  return sharp({ create: { width, height: top, channels: 3, background: '#ffffff' } })
    .composite([...(await Promise.all(images)), { input: Buffer.from(svg), left: 0, top: 0 }])
    .png()
    .toBuffer()
}

/**
 * What the page does beyond what it says: tables sort by a click on a column's head, blocks filter as one types, figures
 * are saved. Nothing is hidden from a reader without scripts; a text, because it runs in a browser.
 */
export const script = `
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)]
  const make = (tag, properties, ...children) => {
    const node = Object.assign(document.createElement(tag), properties)
    node.append(...children)
    return node
  }

  // A cell's number where it starts with one; texts after numbers, dashes last.
  const keyOf = (cell) => {
    const text = (cell?.textContent ?? '').trim()
    const number = parseFloat(text.replace('−', '-'))
    return Number.isNaN(number) ? [text === '–' || text === '' ? 2 : 1, text] : [0, number]
  }
  const compare = ([kindA, a], [kindB, b]) => kindA - kindB || (kindA === 0 ? a - b : a.localeCompare(b))

  function sortBy(table, head, column) {
    const isDown = head.getAttribute('aria-sort') === 'ascending'
    for (const other of all('th', head.parentNode)) other.removeAttribute('aria-sort')
    head.setAttribute('aria-sort', isDown ? 'descending' : 'ascending')
    const rows = all('tbody > tr', table).map((row) => ({ row, key: keyOf(row.children[column]) }))
    const sign = isDown ? -1 : 1
    rows.sort((a, b) => (a.key[0] === 2 || b.key[0] === 2 ? a.key[0] - b.key[0] : sign * compare(a.key, b.key)))
    table.querySelector('tbody').append(...rows.map(({ row }) => row))
  }

  for (const table of all('table.sortable')) {
    all('thead th', table).forEach((head, column) => {
      if (head.textContent.trim() === '') return
      const button = make('button', { type: 'button', title: 'sort' }, ...head.childNodes)
      button.addEventListener('click', () => sortBy(table, head, column))
      head.append(button)
    })
  }

  function filter(block, words, count) {
    const items = all('tbody > tr, .tile', block)
    for (const item of items) {
      const text = item.textContent.toLowerCase()
      item.hidden = !words.every((word) => text.includes(word))
    }
    for (const fold of all('details', block)) {
      const own = all('tbody > tr, .tile', fold)
      const hits = own.filter((item) => !item.hidden).length
      fold.hidden = own.length > 0 && hits === 0
      fold.dataset.open ??= String(fold.open)
      fold.open = words.length > 0 ? hits > 0 : fold.dataset.open === 'true'
    }
    count.textContent = words.length > 0 ? items.filter((item) => !item.hidden).length + ' of ' + items.length : ''
  }

  for (const block of all('.filterable')) {
    if (all('tbody > tr, .tile', block).length < 9) continue
    const input = make('input', { type: 'search', placeholder: 'name, handling, outcome …' })
    const count = make('output', {})
    input.addEventListener('input', () => filter(block, input.value.toLowerCase().split(/\\s+/).filter(Boolean), count))
    block.prepend(make('label', { className: 'filter' }, 'Filter', input, count))
  }

  // Figures are saved as on white paper. A sheet of maps becomes one drawing, laid out as it is on the screen.
  const XMLNS = 'http://www.w3.org/2000/svg'
  const svgNode = (tag, attributes, text = '') => {
    const node = document.createElementNS(XMLNS, tag)
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value)
    node.textContent = text
    return node
  }
  function sheetOf(figure) {
    const frame = figure.getBoundingClientRect()
    const svg = svgNode('svg', { width: frame.width, height: frame.height })
    for (const node of all('img, small, h4', figure)) {
      const { left, top, width, height } = node.getBoundingClientRect()
      if (width === 0) continue
      const place = { x: left - frame.left, y: top - frame.top }
      if (node.tagName === 'IMG') svg.append(svgNode('image', { ...place, width, height, href: node.src }))
      else svg.append(svgNode('text', { x: place.x, y: place.y + 10, 'font-size': 10 }, node.textContent.trim()))
    }
    return svg
  }
  function drawingOf(figure) {
    const shown = figure.querySelector('svg')
    const svg = shown ? shown.cloneNode(true) : sheetOf(figure)
    svg.setAttribute('xmlns', XMLNS)
    svg.setAttribute('style', 'color:#1c1c1c;background:#fff;font:11px Helvetica,Arial,sans-serif')
    return { text: new XMLSerializer().serializeToString(svg), width: +svg.getAttribute('width'), height: +svg.getAttribute('height') }
  }
  function download(blob, name) {
    const link = make('a', { href: URL.createObjectURL(blob), download: name })
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 1000)
  }
  const nameOf = (figure) => (figure.dataset.name ?? 'figure').toLowerCase().replace(/[^a-z0-9]+/g, '-').slice(0, 60)

  function saveSvg(figure) {
    download(new Blob([drawingOf(figure).text], { type: 'image/svg+xml' }), nameOf(figure) + '.svg')
  }
  async function savePng(figure) {
    const { text, width, height } = drawingOf(figure)
    const image = make('img', { src: 'data:image/svg+xml,' + encodeURIComponent(text) })
    await image.decode()
    const canvas = make('canvas', { width: 2 * width, height: 2 * height })
    const context = canvas.getContext('2d')
    context.fillStyle = '#fff'
    context.fillRect(0, 0, canvas.width, canvas.height)
    context.drawImage(image, 0, 0, canvas.width, canvas.height)
    canvas.toBlob((blob) => download(blob, nameOf(figure) + '.png'), 'image/png')
  }
  for (const figure of all('figure[data-name]')) {
    const svg = make('button', { type: 'button', textContent: 'SVG', title: 'save this figure' })
    const png = make('button', { type: 'button', textContent: 'PNG', title: 'save this figure' })
    svg.addEventListener('click', () => saveSvg(figure))
    png.addEventListener('click', () => savePng(figure))
    figure.append(make('div', { className: 'save' }, svg, png))
  }

  addEventListener('beforeprint', () => {
    for (const fold of all('details')) fold.open = true
  })
})()
`

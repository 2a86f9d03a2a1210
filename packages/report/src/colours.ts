/** Okabe and Ito's palette: told apart by readers with any form of colour blindness. Its black is white on a dark screen. */
export const categories: readonly string[] = [
  '#0072B2',
  '#D55E00',
  '#009E73',
  '#CC79A7',
  '#E69F00',
  '#56B4E9',
  'currentColor',
  '#8c6d31',
]

/** How a variant handles signs, by colour: the study's axis. */
export const handlingColours: Readonly<Record<string, string>> = {
  signed: '#0072B2',
  positive: '#D55E00',
  negative: '#009E73',
  absolute: '#CC79A7',
}

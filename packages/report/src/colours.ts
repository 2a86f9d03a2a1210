/** Okabe and Ito's palette: told apart by readers with any form of colour blindness. */
export const categories: readonly string[] = [
  '#0072B2',
  '#D55E00',
  '#009E73',
  '#CC79A7',
  '#E69F00',
  '#56B4E9',
  '#000000',
  '#8c6d31',
]

/** How a variant handles signs, by colour: the study's axis. */
export const handlingColours: Readonly<Record<string, string>> = {
  signed: '#0072B2',
  positive: '#D55E00',
  negative: '#009E73',
  absolute: '#CC79A7',
}

/** Verdicts by background: lightness alone tells them apart in grey print too. */
export const outcomeColours: Readonly<Record<string, string>> = {
  depends: '#d9ecf7',
  'does not depend': '#f7c9a8',
  static: '#eeb38a',
  'changes by sign only': '#f2f2f2',
  undecided: '#f2f2f2',
  undefined: '#e0e0e0',
}

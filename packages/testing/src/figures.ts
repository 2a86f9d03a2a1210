import type { Figure, FigureLine } from '@saliency/core'

type Forest = Extract<Figure, { kind: 'forest' }>
type Matrix = Extract<Figure, { kind: 'matrix' }>

const isNumber = (value: number | null | undefined) => typeof value === 'number' && Number.isFinite(value)

/** Whether a value lies in its interval; an interval has both ends or none. */
function isInside(value: number | null, low: number | undefined, high: number | undefined): boolean {
  if (low === undefined && high === undefined) return true
  return isNumber(low) && isNumber(high) && (value === null || (low! <= value && value <= high!))
}

function lineProblems({ name, points }: FigureLine): string[] {
  return points.flatMap(({ x, y, low, high }) => [
    ...(isNumber(x) && (y === null || isNumber(y)) ? [] : [`line '${name}' has a point at (${x}, ${y})`]),
    ...(isInside(y, low, high) ? [] : [`line '${name}' has ${y} outside of its interval [${low}, ${high}]`]),
  ])
}

function forestProblems({ points }: Forest): string[] {
  return points.flatMap(({ label, value, interval }) => [
    ...(isNumber(value) ? [] : [`point '${label}' has the value ${value}`]),
    ...(isInside(value, interval?.[0], interval?.[1])
      ? []
      : [`point '${label}' has ${value} outside of its interval [${interval?.join(', ')}]`]),
  ])
}

function matrixProblems({ rows, columns, values }: Matrix): string[] {
  const fits = values.length === rows.length && values.every(({ length }) => length === columns.length)
  const wrong = values.flat().filter((value) => value !== null && !isNumber(value))
  return [
    ...(fits
      ? []
      : [`the values are not ${rows.length} rows of ${columns.length}, as rows and columns are named`]),
    ...wrong.map((value) => `a value is ${value}`),
  ]
}

/** What keeps a report from drawing a check's figure as it is meant; nothing where it can. */
export function figureProblems(figure: Figure): string[] {
  const { title, caption } = figure
  const unnamed = [title, caption].some((text) => text.trim() === '')
  const named = unnamed ? ['its title or its caption is empty: a reader does not know what is drawn'] : []
  switch (figure.kind) {
    case 'curve':
      return [...named, ...figure.lines.flatMap(lineProblems)]
    case 'forest':
      return [...named, ...forestProblems(figure)]
    case 'matrix':
      return [...named, ...matrixProblems(figure)]
    default:
      return [`the kind '${String((figure as Figure).kind)}' is none of curve, forest, matrix`]
  }
}

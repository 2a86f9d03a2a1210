/** The classes of the procedural image set, in label order. */
export const SHAPE_CLASSES = [
  'disc',
  'ring',
  'square',
  'triangle',
  'star',
  'cross',
  'heart',
  'crescent',
] as const

/** Name of one class of the procedural image set. */
export type ShapeClass = (typeof SHAPE_CLASSES)[number]

/** Says whether a point of the object's own frame, both coordinates in [-1, 1], lies on the object. */
export type Outline = (x: number, y: number) => boolean

const inCircle = (x: number, y: number, radius: number) => x * x + y * y <= radius * radius

/** Half-plane test against the three edges; the apex points up (negative y). */
function inTriangle(x: number, y: number): boolean {
  return y <= 0.62 && y >= 1.732 * Math.abs(x) - 0.95
}

/** A five-pointed star, one tip up: the radius at which a ray meets the straight edge from tip to notch. */
function inStar(x: number, y: number): boolean {
  const sector = Math.PI / 5
  const [tip, notch] = [1, 0.44]
  // The angle to the nearest tip, in [0, sector]; 11 sectors keep the remainder's operand positive.
  const angle = Math.abs(((Math.atan2(x, -y) + 11 * sector) % (2 * sector)) - sector)
  const edge = (tip * notch * Math.sin(sector)) / (notch * Math.sin(sector - angle) + tip * Math.sin(angle))
  return inCircle(x, y, edge)
}

/** The algebraic heart (x² + y² − 1)³ ≤ x²y³, scaled and shifted into the unit square. */
function inHeart(x: number, y: number): boolean {
  const u = x * 1.2
  const v = 0.1 - y * 1.2
  const beyond = u * u + v * v - 1
  return beyond * beyond * beyond <= u * u * v * v * v
}

/** For each class, the set of points that the object covers in its own frame. */
export const OUTLINES: Readonly<Record<ShapeClass, Outline>> = {
  disc: (x, y) => inCircle(x, y, 0.88),
  ring: (x, y) => inCircle(x, y, 0.95) && !inCircle(x, y, 0.52),
  square: (x, y) => Math.abs(x) <= 0.76 && Math.abs(y) <= 0.76,
  triangle: inTriangle,
  star: inStar,
  cross: (x, y) => Math.min(Math.abs(x), Math.abs(y)) <= 0.28 && Math.max(Math.abs(x), Math.abs(y)) <= 0.92,
  heart: inHeart,
  crescent: (x, y) => inCircle(x, y, 0.95) && !inCircle(x - 0.48, y, 0.78),
}

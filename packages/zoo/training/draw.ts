/**
 * Draws the images that `vit.py` trains on, and those it is measured on, into a folder: `NAME.pixels`, bytes
 * `[n, h, w, 3]`; `NAME.labels`, bytes `[n, 2]` with 255 where an image has no second object; and `NAME.patches`, bytes
 * `[n, 64, 2]`, how much of each patch of 8×8 pixels either object covers, in 255ths.
 *
 *   pnpm --filter @saliency/zoo run draw DIR [SET …]
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createRandom } from '@saliency/core'
import { drawScene, type SceneObject } from '../src/shapes/scene.ts'

/** The seeds are those of the other networks (`train.ts`). */
const SETS = {
  single: { seed: 1, objects: 1, count: 32_000 },
  pairs: { seed: 1, objects: 2, count: 8_000 },
  memorised: { seed: 1, objects: 1, count: 1_024 },
  'unseen-single': { seed: 2, objects: 1, count: 4_096 },
  'unseen-pairs': { seed: 2, objects: 2, count: 4_096 },
} as const

const [PATCH, GRID] = [8, 8]

/** The share of each patch that an object covers, in 255ths. */
function shares({ mask }: SceneObject): number[] {
  const sums = Array<number>(GRID * GRID).fill(0)
  for (const [pixel, inside] of mask.entries()) {
    const [row, column] = [Math.floor(pixel / (PATCH * GRID)), pixel % (PATCH * GRID)]
    sums[Math.floor(row / PATCH) * GRID + Math.floor(column / PATCH)]! += inside
  }
  return sums.map((sum) => Math.round((255 * sum) / PATCH ** 2))
}

const [folder, ...wanted] = process.argv.slice(2)
if (folder === undefined) throw new Error('draw.ts DIR [SET …]: say into which folder')
mkdirSync(folder, { recursive: true })

for (const [name, { seed, objects, count }] of Object.entries(SETS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const scenes = Array.from({ length: count }, (_, index) => {
    const { pixels, objects: inside } = drawScene({ seed, index, objects })
    const covered = [0, 1].map((at) => (inside[at] ? shares(inside[at]) : Array<number>(GRID * GRID).fill(0)))
    const patches = covered[0]!.flatMap((share, at) => [share, covered[1]![at]!])
    return { pixels, patches, labels: [inside[0]?.label ?? 255, inside[1]?.label ?? 255] }
  })
  // As for the other twins: the labels are permuted among the images.
  const labels = scenes.map((scene) => scene.labels)
  const kept = name === 'memorised' ? createRandom(seed, 'permuted labels').shuffle(labels) : labels
  writeFileSync(join(folder, `${name}.pixels`), Buffer.concat(scenes.map(({ pixels }) => pixels)))
  writeFileSync(join(folder, `${name}.patches`), Uint8Array.from(scenes.flatMap(({ patches }) => patches)))
  writeFileSync(join(folder, `${name}.labels`), Uint8Array.from(kept.flat()))
}

/**
 * The picture of docs/explanation/positive-gradients-in-transformers.md: one image of two shapes that no network was trained on,
 * each map once for one shape's class and once for the other's.
 *
 *   node --conditions=@saliency/source --import jiti/register transformers/pictures.ts FILE.png [INDEX]
 */
import { writeFileSync } from 'node:fs'
import {
  contactSheet,
  displayFactor,
  displayPlane,
  overlayPng,
  picturePng,
  type SheetRow,
} from '@saliency/report'
import { explain, loadModel } from '@saliency/runner'
import { SHAPE_CLASSES, shapeImages } from '@saliency/zoo'
import sharp from 'sharp'

/** Each signed map, and behind it what its positive sibling makes of it. */
const variants = [
  'attention/genatt-no-relu',
  'attention/genatt',
  'attention/gradcam-no-relu',
  'attention/gradcam-plus',
  'attention/attcat',
  'attention/attcat-plus',
  'lrp/transformer-lrp-full-signed',
  'lrp/transformer-lrp-full',
  'fullgrad/fullgrad-signed',
  'fullgrad/fullgrad',
  'attention/legrad-no-relu',
  'attention/legrad',
]

const [file, place = '0'] = process.argv.slice(2)
if (file === undefined) throw new Error('pictures.ts FILE.png [INDEX]: say where the picture goes')

const model = await loadModel('vit')
// The seed of the images that the networks are measured on.
const index = Number(place)
const pairs = shapeImages({ seed: 2, objects: 2, count: index + 1 })
const { input, pixels, record } = await pairs.load(index, model.preprocess)
const [, , height = 0, width = 0] = input.shape
const picture = { height, width, pixels }
const factor = displayFactor(picture)

/** The maps for one class. */
async function rowOf(target: number): Promise<SheetRow> {
  const maps = await explain(model, input, { method: variants, target })
  const cells = maps.map(async (map) => ({
    label: map.id,
    png: await overlayPng(displayPlane(map), picture, factor),
  }))
  return { title: `for the class ${SHAPE_CLASSES[target]}`, cells: await Promise.all(cells) }
}

const targets = record.labels ?? []
const rows = [
  { title: 'the image', cells: [{ label: 'a shape of each class', png: await picturePng(picture, factor) }] },
  ...(await Promise.all(targets.map(rowOf))),
]
const title = `vit on ${targets.map((target) => SHAPE_CLASSES[target]).join(' and ')}`
const sheet = await contactSheet(title, rows)
writeFileSync(file, await sharp(sheet).resize({ width: 900 }).png({ palette: true, effort: 10 }).toBuffer())

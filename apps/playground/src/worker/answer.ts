import { batchOf, diagnose, directionsFor, type ExplainedMap, openExplainer } from '@saliency/explain'
import { displayPlane } from '@saliency/report'
import { similarities, similarity } from '@saliency/sanity'
import {
  counted,
  encodeNpy,
  type FloatTensor,
  messageOf,
  type ResolvedVariant,
  type Weights,
} from '@saliency/core'
import type { LoadedImage } from '@saliency/images'
import { targetClass } from '@saliency/study'
import type { MapFacts, PageFunctions, Question } from '../protocol.ts'
import { breathe } from './breathe.ts'
import { type Gallery, joinedImages } from './gallery.ts'
import { keptMaps, type Maps } from './kept-maps.ts'
import { type Network, takesSmallPictures } from './network.ts'
import type { Part } from './parts.ts'
import { stepWeights } from './steps.ts'

/** Other pictures that a chance level is measured on. */
const PARTNERS = 3
/** Pictures that batch norm is measured anew on: as many as a study takes of small ones, fewer of large ones. */
const calibration = (network: Network) => (takesSmallPictures(network) ? 64 : 8)

const planeOf = ({ data, shape }: FloatTensor) => ({
  data,
  height: Number(shape[2]),
  width: Number(shape[3]),
})

function correlation(a: FloatTensor | undefined, b: FloatTensor | undefined): number | undefined {
  const { spearman } = similarities
  return a && b && spearman && similarity(spearman, planeOf(a), planeOf(b))
}

/** What a map is asked for. */
interface Asked {
  readonly image: LoadedImage
  readonly target: number
}

/** Answers questions to one network about the pictures of one gallery. */
export function answerer(network: Network, gallery: Gallery) {
  const { model, engine, classes, predictor, weights: trained } = network
  const logits = new Map<string, Float32Array>()
  const kept = keptMaps()
  const weightsOf = new Map<number, Promise<Weights>>([[0, Promise.resolve(trained)]])

  async function logitsOf({ record, input }: LoadedImage): Promise<Float32Array> {
    const known = logits.get(record.id) ?? (await predictor.logits(input)).data
    logits.set(record.id, known)
    return known
  }

  function weightsAt(step: number): Promise<Weights> {
    const known = weightsOf.get(step)
    if (known) return known
    const found = network.steps[step - 1]
    if (!found) throw new Error(`internal: no step ${step}`)
    const fresh = stepWeights(network, found, engine, () => gallery.batches(calibration(network)))
    weightsOf.set(step, fresh)
    return fresh
  }

  /** The maps of a part for pictures and their classes, in the same order. */
  async function mapsOf(part: Part, asked: readonly Asked[], step: number): Promise<Maps[]> {
    const keyOf = ({ image, target }: Asked) =>
      JSON.stringify([image.record.id, part.method.id, target, step])
    const missing = asked.filter((one) => !kept.find(keyOf(one)))
    const fresh = missing.length === 0 ? [] : await computed(part, missing, step)
    for (const [at, one] of missing.entries()) kept.keep(keyOf(one), fresh[at] as Maps)
    return asked.map((one) => (kept.find(keyOf(one)) ?? fresh[missing.indexOf(one)]) as Maps)
  }

  async function onlyMaps(part: Part, asked: Asked, step: number): Promise<Maps> {
    const [maps] = await mapsOf(part, [asked], step)
    return maps as Maps
  }

  async function computed(part: Part, asked: readonly Asked[], step: number): Promise<Maps[]> {
    // Seen in the browser's own timeline, by whoever looks where time goes.
    performance.mark('maps')
    const batchSize = asked.length === 1 ? 1 : network.together
    const open = await part.open(engine, await weightsAt(step), batchSize)
    const classCount = Number(model.logits.shape[1])
    const state = network.steps[step - 1]?.condition.id
    const { maps } = await open.maps({
      images: joinedImages(asked.map(({ image }) => image)),
      directions: directionsFor(
        asked.map(({ target }) => target),
        classCount,
      ),
      ids: asked.map(({ image }) => image.record.id),
      ...(state && { state }),
    })
    return asked.map((_, row) => new Map([...maps].map(([id, map]) => [id, batchOf(map, row, 1)])))
  }

  async function predicted(image: LoadedImage): Promise<number> {
    return targetClass({ policy: 'rank', rank: 0 }, await context(image))
  }

  async function context(image: LoadedImage) {
    const { record, input } = image
    return { image: { ...record, input: input.data }, original: await logitsOf(image), seed: 1 }
  }

  /** Maps of the predicted class under trained weights, which others are compared with. */
  async function reference(part: Part, image: LoadedImage): Promise<Maps> {
    return onlyMaps(part, { image, target: await predicted(image) }, 0)
  }

  /** What the same change makes of other pictures: another class drawn as the check draws it, or the same step. */
  async function changed(part: Part, images: readonly LoadedImage[], step: number): Promise<Maps[]> {
    const policy =
      step === 0 ? ({ policy: 'uniform', draw: 0 } as const) : ({ policy: 'rank', rank: 0 } as const)
    const asked: Asked[] = []
    for (const image of images) asked.push({ image, target: targetClass(policy, await context(image)) })
    return mapsOf(part, asked, step)
  }

  function facts(variant: ResolvedVariant, maps: Maps, before: Maps | undefined): MapFacts {
    const map = maps.get(variant.id)
    if (!map) return { id: variant.id, problem: 'the method gave no map' }
    const problem = diagnose(map, variant, model)
    const same = correlation(before?.get(variant.id), map)
    return {
      id: variant.id,
      plane: displayPlane(map),
      values: map.data,
      ...(same !== undefined && { same }),
      ...(problem !== undefined && { problem }),
    }
  }

  async function explainPart(part: Part, question: Question, page: PageFunctions): Promise<void> {
    const missing = part.unavailable()
    for (const { variant, error } of missing)
      page.map(question, { id: variant.id, problem: messageOf(error) })
    const image = await gallery.load(question.picture)
    const before = await reference(part, image)
    const isChanged = question.step > 0 || question.target !== (await predicted(image))
    const maps = isChanged ? await onlyMaps(part, { image, target: question.target }, question.step) : before
    const lost = new Set(missing.map(({ variant }) => variant.id))
    for (const variant of part.variants.filter(({ id }) => !lost.has(id)))
      page.map(question, facts(variant, maps, isChanged ? before : undefined))
  }

  async function chancePart(part: Part, question: Question, page: PageFunctions): Promise<void> {
    const image = await gallery.load(question.picture)
    const before = await reference(part, image)
    const others = await gallery.others(question.picture, PARTNERS)
    const all = await changed(part, others, question.step)
    for (const { id } of part.variants) {
      const values = all.flatMap((maps) => correlation(before.get(id), maps.get(id)) ?? [])
      if (values.length > 0)
        page.chance(question, id, values.reduce((sum, one) => sum + one, 0) / values.length)
    }
  }

  /** Maps of one method with all their channels. */
  async function fullMaps({ variants }: Part, question: Question): Promise<ExplainedMap[]> {
    const { input } = await gallery.load(question.picture)
    const loaded = { model, weights: await weightsAt(question.step) }
    const explainer = openExplainer(loaded, { engine, variants, methods: network.methods, seed: 1 })
    const request = { images: input, targets: [question.target], ids: [question.picture] }
    return explainer.explain(request).finally(() => explainer.dispose())
  }

  /** In words: what must be there before the first map is. */
  function sayStep(step: number): string {
    const state = network.steps[step - 1]?.condition.weights
    const drawn = state?.kind === 'randomized' && state.batchNorm === 'recalibrate' ? state.layers : []
    const isMeasured = model.layers.some(
      ({ name, nodes }) => drawn.includes(name) && nodes.some(({ op }) => op === 'BatchNormalization'),
    )
    const measuring = isMeasured ? `, measuring batch norm on ${calibration(network)} pictures` : ''
    return `Drawing ${counted(step, 'block')} anew${measuring}`
  }

  return {
    async arrays(question: Question): Promise<Map<string, Uint8Array>> {
      const arrays = new Map<string, Uint8Array>()
      for (const part of network.parts.filter(({ method }) => question.methods.includes(method.id)))
        for (const map of await fullMaps(part, question)) arrays.set(map.id, encodeNpy(map))
      return arrays
    },
    predictions: async (id: string) => logitsOf(await gallery.load(id)),
    classes,
    /** Computes maps, then chance levels, until `isStale`. */
    async answer(question: Question, page: PageFunctions, isStale: () => boolean): Promise<void> {
      const wanted = network.parts.filter(({ method }) => question.methods.includes(method.id))
      const isChanged =
        question.step > 0 || question.target !== (await predicted(await gallery.load(question.picture)))
      const rounds = isChanged ? [explainPart, chancePart] : [explainPart]
      if (question.step > 0) {
        page.progress(question, sayStep(question.step), 0, rounds.length * wanted.length)
        await weightsAt(question.step)
      }
      for (const [round, compute] of rounds.entries())
        for (const [at, part] of wanted.entries()) {
          await breathe()
          if (isStale()) return
          const what = round === 0 ? part.method.title : `Chance level of ${part.method.title}`
          page.progress(question, what, round * wanted.length + at, rounds.length * wanted.length)
          await compute(part, question, page)
        }
      page.progress(question, '', 1, 1)
      // Whoever moves the slider next finds the pictures drawn that batch norm is measured on.
      await gallery.prepare(calibration(network), isStale)
    },
  }
}

import { computed, type Signal, signal } from '@preact/signals'
import type { DecodedImage } from '@saliency/images'
import type {
  MapFacts,
  NetworkChoices,
  NetworkFacts,
  NetworkOrigin,
  PictureFacts,
  Prediction,
  Question,
} from '../protocol.ts'

/** One variant's map as the page shows it. */
export interface Card extends Partial<MapFacts> {
  readonly chance?: number
  /** Still that of the question before. */
  readonly isOld: boolean
}

/** What is computed, in words, and how much of it is done. */
export interface Progress {
  readonly text: string
  readonly done: number
  readonly all: number
}

/** Where the network was read from. */
export const origin = signal<NetworkOrigin | undefined>(undefined)
/** What a person chose for it. */
export const choices = signal<NetworkChoices>({ engine: 'auto' })
/** Where maps are computed, in words. */
export const engineLine = signal('not open yet')
export const network = signal<NetworkFacts | undefined>(undefined)
export const pictures = signal<readonly PictureFacts[]>([])
/** The pictures that a person brought. */
export const given = signal<readonly DecodedImage[]>([])
export const pictureId = signal<string | undefined>(undefined)
/** The picture that was clicked last: it may be while a network or another picture is on its way. */
export const wantedPicture = signal<string | undefined>(undefined)
export const predictions = signal<readonly Prediction[]>([])
/** The class that is explained. */
export const target = signal(0)
/** Blocks drawn anew from the top. */
export const step = signal(0)
/** Methods whose maps are shown. */
export const shownMethods = signal<ReadonlySet<string>>(new Set())
/** What the worker was asked last. */
export const asked = signal<Question | undefined>(undefined)
export const progress = signal<Progress | undefined>(undefined)
/** What went wrong, in one sentence. */
export const problem = signal<string | undefined>(undefined)
/** Whether each variant stands beside the one that differs in what it does with signs alone. */
export const inPairs = signal(false)
/** How strongly a map covers its picture, 0 to 2. */
export const strength = signal(1)

export const picture = computed(() => pictures.value.find(({ id }) => id === pictureId.value))
export const predicted = computed(() => predictions.value[0]?.index ?? 0)
/** What differs from the predicted class under trained weights, if anything. */
export const change = computed(() =>
  step.value > 0 ? 'parameters' : target.value !== predicted.value ? 'class' : undefined,
)

const cards = new Map<string, Signal<Card>>()

/** The card of a variant, `method/variant`. */
export function cardOf(id: string): Signal<Card> {
  const known = cards.get(id) ?? signal<Card>({ isOld: true })
  cards.set(id, known)
  return known
}

/** Leaves every map in place, marked as that of the question before. */
export function ageCards(): void {
  for (const card of cards.values()) card.value = { ...card.value, isOld: true }
}

/** Takes every map away, for another network. */
export function clearCards(): void {
  for (const card of cards.values()) card.value = { isOld: true }
}

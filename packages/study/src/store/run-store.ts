import type { MapResult } from '@saliency/explain'
import { type FloatTensor, SaliencyError } from '@saliency/core'
import { shortHash } from './keys.ts'
import type { StudyRow } from './rows.ts'
import type { StudyRecord } from './study-record.ts'
import type { Failure } from './planned-unit.ts'

/** Images that could not be read for a unit, by id, and why. */
export type LostImages = ReadonlyMap<string, string>

/** What is to be known of a unit beside its rows. */
export interface UnitFacts {
  readonly lost: LostImages
  /** How the machine that computed it rounds, as `roundingOf` found it; absent where no image could be read, and in units of earlier versions. */
  readonly rounding?: string
}

/** What a finished unit gave. */
export interface UnitRows extends UnitFacts {
  /**
   * Its rows, sorted by key. They are read when they are asked for.
   * @throws INVALID_RUN if they are damaged
   */
  rows(): Promise<readonly StudyRow[]>
}

/** Maps of one group under one condition; variants in the study's order. */
export type StoredMaps = Pick<MapResult, 'maps' | 'logits' | 'activations' | 'convergence'>

/** An image as the model sees it. */
export interface StoredPicture {
  readonly height: number
  readonly width: number
  /** `[h, w, 3]`, 0 to 255. */
  readonly pixels: Uint8Array
}

/** What a run stores, by kind. */
export interface RunContent {
  /** What is studied, and how. There is one, under {@link STUDY}. */
  readonly study: StudyRecord
  /** Rows, by the id of their unit. */
  readonly unit: UnitRows
  /** Why a unit has no rows, by its id. */
  readonly failure: Failure
  /** How many processes began a unit and did not come to its end, by its id. */
  readonly tries: number
  /** Maps of the original weights, by {@link mapsId}: those of every other state are compared with them. */
  readonly maps: StoredMaps
  /** Logits `[n, k]` of maps that do not last, by the same id. */
  readonly logits: FloatTensor
  /** What a report shows beside maps, by the image's place in the data set. */
  readonly picture: StoredPicture
}

/** A kind of content. */
export type RunKind = keyof RunContent

/**
 * Where a run keeps what it computes. A run that stopped goes on with what its store holds. Two drivers are there: memory,
 * and a folder of files (`folderStore` of `@saliency/study/node`); another one is an object with these functions.
 */
export interface RunStore {
  /** Names the store in messages: the path of a folder, for instance. */
  readonly name: string
  /** Where its files lie, if it keeps files. */
  readonly folder?: string
  /** Where its maps lie instead, which go when the process ends. */
  readonly scratch?: string
  /** Whether something is stored under this id; it may be damaged. */
  has(kind: RunKind, id: string): Promise<boolean>
  /**
   * What is stored under this id, as it was put; nothing where there is nothing.
   * @throws INVALID_RUN if it is damaged
   */
  get<K extends RunKind>(kind: K, id: string): Promise<RunContent[K] | undefined>
  /**
   * Stores content, whole or not at all, in the place of what was there. A `study` that is there stays: of several
   * processes that begin a run the first one counts.
   * @throws FILE if that is impossible: the run stops
   */
  put<K extends RunKind>(kind: K, id: string, content: RunContent[K]): Promise<void>
  /** Ids of what is stored of one kind, sorted. */
  list(kind: Exclude<RunKind, 'study'>): Promise<readonly string[]>
  /** Forgets what is stored under this id, if there is something. */
  remove(kind: RunKind, id: string): Promise<void>
}

/** The id of a run's description. */
export const STUDY = 'study'

/** The id of one group's maps under one condition, which a text stands for. */
export function mapsId(group: number, conditionKey: string): string {
  return `g${String(group).padStart(4, '0')}-${shortHash(conditionKey)}`
}

/** What is stored and as it was put; nothing where it is missing or damaged. */
export async function getSound<K extends RunKind>(
  store: RunStore,
  kind: K,
  id: string,
): Promise<RunContent[K] | undefined> {
  try {
    return await store.get(kind, id)
  } catch (error) {
    if (SaliencyError.is(error, 'INVALID_RUN')) return undefined
    throw error
  }
}

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import {
  type CheckImage,
  type Condition,
  encodeNpy,
  type FloatTensor,
  SaliencyError,
  tensor,
  type Weights,
} from '@saliency/core'
import { zipSync } from 'fflate'
import { explainedIn, inputsOf } from '../compute-group.ts'
import {
  type ExternalManifest,
  type ExternalMap,
  type ExternalParameter,
  externalKey,
  externalMap,
  isOutside,
  type ExternalState,
  madeFor,
  MANIFEST,
  torchName,
} from '../external/manifest.ts'
import { groupTensor, requireImages, type StudyGroup } from '../image-groups.ts'
import { GROUP_SIZE, type PlannedState } from '../plan.ts'
import type { PlannedStudy } from '../plan-study.ts'
import { createPredictors, type Predictors } from '../predictors.ts'
import { stateWeights } from '../state-weights.ts'
import { canonical } from '../store/keys.ts'
import type { Study } from '../study.ts'
import { writeAtomically } from '../system/files.ts'

function assertFree(folder: string): void {
  if (!existsSync(folder) || existsSync(join(folder, MANIFEST)) || readdirSync(folder).length === 0) return
  throw new SaliencyError(
    'FILE',
    `--for-external: ${folder} holds other files: name a folder that is new or empty.`,
  )
}

const numbered = (letter: string, index: number) => `${letter}${String(index).padStart(2, '0')}`

/** Weights as NumPy's archive of arrays: an uncompressed zip with one `.npy` a parameter. */
function encodeNpz(weights: Weights): Uint8Array {
  const files = [...weights].map(([name, value]): [string, Uint8Array] => [`${name}.npy`, encodeNpy(value)])
  return zipSync(Object.fromEntries(files), { level: 0 })
}

/** Rows of several groups as one array `[n, …]`. */
function joined(parts: readonly FloatTensor[]): FloatTensor {
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0))
  let at = 0
  for (const part of parts) {
    data.set(part.data, at)
    at += part.data.length
  }
  const rows = parts.reduce((sum, { shape }) => sum + Number(shape[0]), 0)
  return tensor(data, [rows, ...(parts[0]?.shape.slice(1) ?? [])])
}

/** What an outside program is given of one group in one state. */
interface GroupOutside {
  readonly inputs: FloatTensor
  readonly logits: FloatTensor
  readonly maps: readonly ExternalMap[]
}

/** Zeros, where no image of a group could be read: whatever follows keeps its place. */
function nothingOf(
  { images: { count }, loaded }: Study,
  index: number,
  shape: readonly number[],
): GroupOutside {
  const rows = Math.min(GROUP_SIZE, count - index * GROUP_SIZE)
  const classes = Number(loaded.model.logits.shape[1])
  const size = shape.reduce((product, dim) => product * dim, rows)
  return {
    inputs: tensor(new Float32Array(size), [rows, ...shape]),
    logits: tensor(new Float32Array(rows * classes), [rows, classes]),
    maps: [],
  }
}

/** The inputs, logits and maps of a group under conditions that share one state. */
async function groupOutside(
  study: Study,
  predictors: Predictors,
  group: StudyGroup,
  id: string,
  conditions: readonly [Condition, ...Condition[]],
): Promise<GroupOutside> {
  const inputs = groupTensor(group, inputsOf(study, group, conditions[0]))
  const { logits, classes } = await predictors.predict(inputs.data, conditions[0].weights)
  const maps = new Map<string, ExternalMap>()
  for (const condition of conditions) {
    const explained = await explainedIn(study, predictors, group, condition)
    for (const [row, one] of explained.entries()) {
      if (group.lost.has((group.images[row] as CheckImage).id)) continue
      const map = externalMap(id, group.index * GROUP_SIZE + row, one, condition)
      maps.set(map.file, map)
    }
  }
  return { inputs, logits: tensor(logits, [group.images.length, classes]), maps: [...maps.values()] }
}

/** Conditions that share weights, inputs and direction, by their key; random starts have no maps. */
function byKey({ conditions }: PlannedState): Map<string, [Condition, ...Condition[]]> {
  const groups = new Map<string, [Condition, ...Condition[]]>()
  for (const condition of conditions.filter(isOutside)) {
    const key = externalKey(condition)
    groups.set(key, [...(groups.get(key) ?? []), condition] as [Condition, ...Condition[]])
  }
  return groups
}

/** Every parameter once, at the first layer that holds it. */
function parametersOf({ loaded: { model } }: Study): ExternalParameter[] {
  const found = new Map<string, ExternalParameter>()
  for (const { name: layer, parameters } of model.layers)
    for (const { name, shape, role } of parameters)
      if (!found.has(name)) found.set(name, { name, shape, layer, role, torch: torchName(layer, role) })
  return [...found.values()]
}

/** What `--for-external` wrote. */
export interface WrittenExternal {
  readonly manifest: ExternalManifest
  /** Maps that are asked for. */
  readonly maps: number
}

/**
 * Writes what another program needs to explain the images of a study with methods of its own: the weights of every state
 * (`.npz` by parameter), the preprocessed images and the model's logits (`.npy`), and a manifest that names each map.
 * @throws FILE if the folder holds anything else, cannot be written, or no image can be read
 */
export async function writeExternal(
  { study, record }: PlannedStudy,
  folder: string,
): Promise<WrittenExternal> {
  assertFree(folder)
  const put = (file: string, bytes: Uint8Array) => writeAtomically(join(folder, file), bytes, false)
  const { shape } = await requireImages(study.images)
  const predictors = createPredictors(study)
  const [inputKeys, states]: [string[], ExternalState[]] = [[], []]

  async function writeState(weights: string, key: string, conditions: [Condition, ...Condition[]]) {
    const id = numbered('s', states.length)
    const groups: GroupOutside[] = []
    for (let index = 0; index < study.images.groups; index++) {
      const group = await study.images.group(index)
      groups.push(
        group.images.length === 0
          ? nothingOf(study, index, shape)
          : await groupOutside(study, predictors, group, id, conditions),
      )
    }
    const inputKey = canonical(conditions[0].input)
    if (!inputKeys.includes(inputKey)) inputKeys.push(inputKey)
    const inputs = `inputs/${numbered('i', inputKeys.indexOf(inputKey))}.npy`
    const logits = `logits/${id}.npy`
    if (!states.some((state) => state.inputs === inputs))
      put(inputs, encodeNpy(joined(groups.map((group) => group.inputs))))
    put(logits, encodeNpy(joined(groups.map((group) => group.logits))))
    states.push({ id, key, weights, inputs, logits, maps: groups.flatMap(({ maps }) => maps) })
  }

  try {
    for (const [index, state] of study.plan.states.entries()) {
      const groups = byKey(state)
      if (groups.size === 0) continue
      const values = await stateWeights(study, state.weights)
      const file = `weights/${numbered('w', index)}.npz`
      put(file, encodeNpz(values))
      for (const [key, conditions] of groups) await writeState(file, key, conditions)
    }
  } finally {
    await predictors.dispose()
  }
  const images = record.images.map(({ id }) => id)
  const parameters = parametersOf(study)
  const manifest: ExternalManifest = {
    format: 1,
    study: madeFor(record.identity),
    shape,
    images,
    parameters,
    states,
  }
  put(MANIFEST, Buffer.from(`${JSON.stringify(manifest, undefined, 1)}\n`))
  return { manifest, maps: states.reduce((sum, { maps }) => sum + maps.length, 0) }
}

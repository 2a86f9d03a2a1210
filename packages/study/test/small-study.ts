import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Check, Engine } from '@saliency/core'
import { openOnnxRuntime } from '@saliency/engine-onnxruntime'
import { baseline } from '@saliency/method-baseline'
import { guided } from '@saliency/method-guided'
import { loadModel } from '@saliency/model-formats/node'
import sanity from '@saliency/sanity'
import { demoModelFolder, shapeImages } from '@saliency/zoo'
import { afterAll } from 'vitest'
import { planStudy, type PlannedStudy, type StudyInputs, type StudyModel } from '../src/index.ts'
import { describeMachine } from '../src/node.ts'

/** An empty folder that is removed when the file's tests are over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'saliency-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A network of the zoo, with how it wants its images. */
export async function residual(): Promise<StudyModel> {
  const { model, weights, preprocess } = await loadModel(demoModelFolder('residual'))
  if (!preprocess) throw new Error('the demo network has no preprocess.json')
  return { model, weights, preprocess }
}

const url = new URL('../../sanity/src/index.ts', import.meta.url).href
const origin = { package: '@saliency/sanity', version: '', url }

/** Checks by id, with options. */
export function checks(wanted: Readonly<Record<string, object>>): StudyInputs['checks'] {
  return Object.entries(wanted).map(([id, options]) => ({
    check: sanity.find((check) => check.id === id) as Check,
    options: options as never,
  }))
}

/** A study of a network of the zoo on drawn images, three variants and two checks; nothing else is looked up. */
export async function smallStudy(
  inputs: Partial<StudyInputs> = {},
  wrap: (engine: Engine) => Engine = (engine) => engine,
): Promise<PlannedStudy> {
  return planStudy({
    model: await residual(),
    images: shapeImages({ seed: 1001, count: 10, objects: 1 }),
    methods: [
      { method: guided, variant: 'gradient', options: {} },
      { method: guided, variant: 'guided', options: {} },
      { method: baseline, variant: 'random', options: {} },
    ],
    checks: checks({
      'class-sensitivity': {},
      'parameter-randomization': { draws: 1, steps: 2 },
      // Asks the model for predictions while it scores.
      'deletion-insertion': { steps: 2 },
    }),
    origins: new Map(sanity.map((check) => [check, origin])),
    engine: wrap(await openOnnxRuntime()),
    groups: 1,
    machine: describeMachine,
    ...inputs,
  })
}

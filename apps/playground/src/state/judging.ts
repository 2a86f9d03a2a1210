import { zipSync } from 'fflate'
import { arraysNow, currentWorker } from './actions.ts'
import { attempt } from './attempt.ts'
import { save } from './save.ts'
import { network, progress, shownMethods } from './state.ts'
import { judged, judgedCount, judgingText } from './verdict.ts'

const chosen = () => [...shownMethods.value]
const nothing = () => {
  progress.value = undefined
}

/** Judges the methods that are shown; a study that was stopped goes on. */
export function judge(): Promise<boolean> {
  return attempt(judgingText, async () => {
    judged.value = (await currentWorker().judge(chosen(), judgedCount.value)) ?? judged.value
    nothing()
  })
}

/** Saves the report of the last study. */
export function saveReport(): Promise<boolean> {
  return attempt('Drawing the report', async () => {
    save('report.html', await currentWorker().report())
    nothing()
  })
}

/** Saves every map that is shown as one archive of NumPy arrays, as the methods return them. */
export function saveArrays(): Promise<boolean> {
  return attempt('Computing maps with all their channels', async () => {
    const files = [...(await arraysNow())].map(
      ([id, bytes]) => [`${id.replaceAll('/', '.')}.npy`, bytes] as const,
    )
    save('maps.npz', new Uint8Array(zipSync(Object.fromEntries(files), { level: 0 })))
    nothing()
  })
}

/** Saves the last study as JSON. */
export function saveRun(): Promise<boolean> {
  return attempt('Collecting the run', async () => {
    save('run.json', await currentWorker().run())
    nothing()
  })
}

/** Saves the network with the maps of the methods that are shown. */
export function saveExplained(): Promise<boolean> {
  return attempt('Writing the network with its maps', async () => {
    const bytes = await currentWorker().explained(chosen())
    save(`${network.value?.name ?? 'network'}.explained.onnx`, new Uint8Array(bytes))
    nothing()
  })
}

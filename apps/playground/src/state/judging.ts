import { zipSync } from 'fflate'
import { arraysNow, currentWorker } from './asking.ts'
import { attempt } from './attempt.ts'
import { save } from './save.ts'
import { network, progress, shownMethods } from './state.ts'
import { judged, judgedCount, judgingText } from './verdict.ts'

const chosen = () => [...shownMethods.value]

/** Does something that takes a while, and takes what it said of its progress off the page. */
const during = (text: string, work: () => Promise<void>) =>
  attempt(text, async () => {
    await work()
    progress.value = undefined
  })

/** Judges the methods that are shown; a study that was stopped goes on. */
export function judge(): Promise<boolean> {
  return during(judgingText, async () => {
    judged.value = (await currentWorker().judge(chosen(), judgedCount.value)) ?? judged.value
  })
}

/** Saves the report of the last study. */
export function saveReport(): Promise<boolean> {
  return during('Drawing the report', async () => {
    save('report.html', await currentWorker().report())
  })
}

/** Saves every map that is shown as one archive of NumPy arrays, as the methods return them. */
export function saveArrays(): Promise<boolean> {
  return during('Computing maps with all their channels', async () => {
    const files = [...(await arraysNow())].map(
      ([id, bytes]) => [`${id.replaceAll('/', '.')}.npy`, bytes] as const,
    )
    save('maps.npz', new Uint8Array(zipSync(Object.fromEntries(files), { level: 0 })))
  })
}

/** Saves the last study as JSON. */
export function saveRun(): Promise<boolean> {
  return during('Collecting the run', async () => {
    save('run.json', await currentWorker().run())
  })
}

/** Saves the network with the maps of the methods that are shown. */
export function saveExplained(): Promise<boolean> {
  return during('Writing the network with its maps', async () => {
    const bytes = await currentWorker().explained(chosen())
    save(`${network.value?.name ?? 'network'}.explained.onnx`, new Uint8Array(bytes))
  })
}

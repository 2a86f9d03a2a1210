import type { BroughtFile } from '../protocol.ts'
import { chooseNetwork } from './opening.ts'
import { showGiven } from './actions.ts'
import { attempt } from './attempt.ts'
import { decodePicture } from './decode.ts'
import { given, network } from './state.ts'

const isPicture = ({ path, file }: BroughtFile) =>
  file.type.startsWith('image/') || /\.(jpe?g|jfif|png|webp|gif|avif|bmp)$/i.test(path)

/** Files that lie beside models and say nothing here. */
const isNoise = ({ path }: BroughtFile) => /(^|\/)(\.|__MACOSX)/.test(path)

/** A name that no other picture has. */
function freeName(path: string, taken: ReadonlySet<string>): string {
  if (!taken.has(path)) return path
  for (let count = 2; ; count++) if (!taken.has(`${path} ${count}`)) return `${path} ${count}`
}

async function takePictures(files: readonly BroughtFile[]): Promise<void> {
  let first: string | undefined
  const isTaken = await attempt('Reading pictures', async () => {
    const fresh: (typeof given.value)[number][] = []
    const taken = new Set(given.value.map(({ id }) => id))
    for (const { path, file } of files) {
      const id = freeName(path, taken)
      taken.add(id)
      fresh.push({ id, raster: await decodePicture(path, file) })
    }
    first = fresh[0]?.id
    given.value = [...fresh, ...given.value]
  })
  if (isTaken && first !== undefined && network.value) await showGiven(first)
}

/** Takes in what a person brought: a network, pictures, or both. */
export async function bring(brought: readonly BroughtFile[]): Promise<void> {
  const files = brought.filter((file) => !isNoise(file))
  const pictures = files.filter(isPicture)
  const rest = files.filter((file) => !isPicture(file))
  if (pictures.length > 0) await takePictures(pictures)
  if (rest.length > 0) await chooseNetwork({ files: rest })
}

/** Operators of a session that ran on the processor although it was opened for another device. */
export interface Placement {
  /** Where the library is to write what it notes of each node; it completes the name. */
  readonly prefix: string
  /** How many nodes of each operator ran on the processor. To be asked once, after the library wrote its notes. */
  read(): Promise<ReadonlyMap<string, number>>
}

/** One line of the notes of ONNX Runtime that is about a node's run. */
interface NodeEvent {
  readonly name: string
  readonly args?: { readonly op_name?: string; readonly provider?: string }
}

/** Node.js alone has these; held in variables, so that bundlers for browsers leave them alone. */
async function nodeModules() {
  const [files, system, paths] = ['node:fs/promises', 'node:os', 'node:path']
  const { mkdtemp, readdir, readFile, rm } = (await import(
    /* @vite-ignore */ files!
  )) as typeof import('node:fs/promises')
  const { tmpdir } = (await import(/* @vite-ignore */ system!)) as typeof import('node:os')
  const { join } = (await import(/* @vite-ignore */ paths!)) as typeof import('node:path')
  return { mkdtemp, readdir, readFile, rm, tmpdir, join }
}

/** Counts each node of the processor once, however often it ran. */
function nodesOnProcessor(events: readonly NodeEvent[]): ReadonlyMap<string, number> {
  const operators = new Map<string, string>()
  for (const { name, args } of events)
    if (args?.provider === 'CPUExecutionProvider' && args.op_name) operators.set(name, args.op_name)
  const counts = new Map<string, number>()
  for (const operator of operators.values()) counts.set(operator, (counts.get(operator) ?? 0) + 1)
  return counts
}

/** Says which operators a device leaves to the processor; nothing where there are none. */
export function placementSentence(device: string, counts: ReadonlyMap<string, number>): string | undefined {
  if (counts.size === 0) return undefined
  const listed = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, count]) => `${name} ${count}`)
  return `The device '${device}' leaves these operators to the processor: ${listed.join(', ')}.`
}

/** Lets a session note where its nodes run, in a temporary folder. */
export async function watchPlacement(): Promise<Placement> {
  const { mkdtemp, readdir, readFile, rm, tmpdir, join } = await nodeModules()
  const folder = await mkdtemp(join(tmpdir(), 'saliency-'))
  return {
    prefix: join(folder, 'nodes'),
    async read() {
      try {
        const [file] = await readdir(folder)
        if (file === undefined) return new Map()
        return nodesOnProcessor(JSON.parse(await readFile(join(folder, file), 'utf8')) as NodeEvent[])
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  }
}

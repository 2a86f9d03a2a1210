import type { Shard, SharedRun } from '@saliency/study'

/** A word for a shell. */
export function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** A job's script that is one command; signals reach the command itself. */
export function scriptOf(command: readonly string[], last = ''): string {
  return `exec ${[...command.map(quoted), last].join(' ').trim()}`
}

/** The script of an array's task, which is the shard of its number. */
export function taskScript({ command }: SharedRun, count: number): string {
  return scriptOf(command, `"$SLURM_ARRAY_TASK_ID/${count}"`)
}

/** The numbers of shards, counted from 1, as `--array` takes them: `1-3,7`. */
export function arrayOf(shards: readonly Shard[]): string {
  const ranges: { from: number; to: number }[] = []
  for (const number of shards.map(({ index }) => index + 1).sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last?.to === number - 1) last.to = number
    else ranges.push({ from: number, to: number })
  }
  return ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}-${to}`)).join(',')
}

import { signal } from '@preact/signals'
import type { BroughtFile } from '../protocol.ts'
import { bring } from './bring.ts'

/** Whether files hang over the page. */
export const isOver = signal(false)

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject))
}

/** A reader gives its entries in portions, and nothing once all are given. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader()
  const all: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) return all
    all.push(...some)
  }
}

async function filesIn(entry: FileSystemEntry): Promise<BroughtFile[]> {
  const path = entry.fullPath.replace(/^\//, '')
  if (entry.isFile) return [{ path, file: await fileOf(entry as FileSystemFileEntry) }]
  const inside = await entriesOf(entry as FileSystemDirectoryEntry)
  return (await Promise.all(inside.map(filesIn))).flat()
}

/** The files of a drop or of the clipboard, folders with everything in them. */
async function filesOf({ items, files }: DataTransfer): Promise<BroughtFile[]> {
  // Entries must be asked for before anything is awaited.
  const entries = [...items].flatMap((item) => (item.kind === 'file' ? (item.webkitGetAsEntry() ?? []) : []))
  if (entries.length > 0) return (await Promise.all(entries.map(filesIn))).flat()
  return chosenFiles(files)
}

/** Files from a file dialog. */
export function chosenFiles(files: Iterable<File>): BroughtFile[] {
  return [...files].map((file) => ({ path: file.webkitRelativePath || file.name, file }))
}

/** Takes in whatever is dropped on the page, or pasted into it. */
export function acceptDrops(page: Document): void {
  page.addEventListener('dragover', (event) => {
    event.preventDefault()
    isOver.value = true
  })
  page.addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) isOver.value = false
  })
  page.addEventListener('drop', (event) => {
    event.preventDefault()
    isOver.value = false
    if (event.dataTransfer) void filesOf(event.dataTransfer).then(bring)
  })
  page.addEventListener('paste', ({ clipboardData }) => {
    if (clipboardData && clipboardData.files.length > 0) void bring(chosenFiles(clipboardData.files))
  })
}

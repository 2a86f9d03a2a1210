/** Saves something under a name, as a download. */
export function save(name: string, content: BlobPart): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([content]))
  link.download = name
  link.click()
  // The download has taken its own hold of the content by then.
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

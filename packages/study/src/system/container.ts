/** No more bytes than a container allows this process; outside one, as many as given. */
export function withinContainer(bytes: number): number {
  const limit = process.constrainedMemory()
  return limit > 0 ? Math.min(bytes, limit) : bytes
}

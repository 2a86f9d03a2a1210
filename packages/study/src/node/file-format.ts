/** How one kind of content lies in a run folder: one file each, which has the content's id and an ending for its name. */
export interface FileFormat<T> {
  /** Inside the run folder. */
  readonly folder: string
  readonly ending: string
  /** The ending of a second file, where there is one. */
  readonly beside?: string
  /** @throws FILE */
  write(path: string, content: T): Promise<void> | void
  /** @throws INVALID_RUN if the file is damaged */
  read(path: string): Promise<T> | T
}

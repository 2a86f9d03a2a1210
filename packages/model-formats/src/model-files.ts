/** Where an importer gets the files of a model from: a folder, an archive, a browser's upload, memory. */
export interface ModelFiles {
  /**
   * The bytes of one file; `path` is relative to the model's folder and written with `/`.
   * @throws FILE when it is missing or cannot be read.
   */
  read(path: string): Promise<Uint8Array>
}

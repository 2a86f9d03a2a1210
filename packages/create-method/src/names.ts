/** The names that one method goes by. */
export interface Names {
  /** `negative-lrp`: the id, and the file. */
  readonly id: string
  /** `negativeLrp`: the identifier. */
  readonly identifier: string
  /** The npm package. */
  readonly packageName: string
}

/** Derives all names from an id, or says what an id looks like. */
export function namesFor(id: string, scope: string): Names | undefined {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) return undefined
  const identifier = id.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
  return { id, identifier, packageName: `${scope}method-${id}` }
}

/** Puts the names of a new method in place of the template's. */
export function rename(text: string, { id, identifier, packageName }: Names): string {
  return text
    .replaceAll('@saliency/method-template', packageName)
    .replaceAll('templateOptions', `${identifier}Options`)
    .replaceAll(/(?<=['"/`])template(?=['"`]|\.ts|\.test)/g, id)
    .replaceAll(/--method template\b/g, `--method ${id}`)
    .replaceAll(/\btemplate\b/g, identifier)
}

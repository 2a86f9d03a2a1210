/** What `saliency.config.ts` says, and what is asked in it. */
export interface ConfigFacts {
  /** Paths from the folder of the configuration. */
  readonly model: string
  readonly images?: string
  /** One sentence each. */
  readonly questions: readonly string[]
}

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`

/** Breaks a comment into lines of at most 100 characters. */
function comment(text: string): string {
  const lines = text.split(' ').reduce<string[]>((all, word) => {
    const last = all.at(-1)
    return last !== undefined && last.length + word.length < 92
      ? [...all.slice(0, -1), `${last} ${word}`]
      : [...all, word]
  }, [])
  return lines.map((line, at) => `  // ${at === 0 ? '? ' : '  '}${line}`).join('\n')
}

/** The text of a `saliency.config.ts` for a first study. */
export function configText({ model, images, questions }: ConfigFacts): string {
  const asked = questions.map(comment).join('\n')
  return `import { defineConfig } from '@saliency/runner'

// Written by \`saliency init\`. A comment with a question mark is yours to answer; then delete it.
export default defineConfig({
${asked}${asked === '' ? '' : '\n'}  model: ${quoted(model)},
  images: ${quoted(images ?? 'images')},
  // What is studied: methods by name ('gradcampp', 'guided/gradient'), or all that need a few passes.
  methods: ['all'],
  checks: ['class-sensitivity', 'parameter-randomization'],
  // 100 images or more make a verdict; fewer make a preliminary one, sooner.
  limit: 100,
  out: 'runs/study',
})
`
}

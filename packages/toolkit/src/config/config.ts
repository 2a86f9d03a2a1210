import type { presetNames } from './preset-names.ts'

/** A method or a check by name, with its options where they are not the defaults. */
type Chosen = string | [name: string, options: Record<string, number | boolean | string>]

/** Images by path, or drawn. */
type Images =
  | string
  | { path: string; limit?: number | undefined }
  | { procedural: 'shapes'; count?: number | undefined; objects?: 1 | 2 | undefined }

/** What the fields hold; the schema says what each is for. */
interface Fields {
  $schema: string
  preset: (typeof presetNames)[number]
  model: string
  twin: string
  preprocess: Record<string, unknown>
  output: string
  size: number | string | [height: number, width: number]
  targetRegion: string
  images: Images
  plugins: (string | object)[]
  methods: Chosen[]
  maps: string[]
  checks: Chosen[]
  seed: number
  limit: number
  target: string
  direction: string
  out: string
  engine: string
  batchSize: number
  memory: number | string
  groups: number
  threshold: number
}

/** A study's configuration, as written in `saliency.config.ts`. */
export type Config = { [Field in keyof Fields]?: Fields[Field] | undefined }

/** Types a configuration in an editor; returns it as it is. */
export function defineConfig(config: Config): Config {
  return config
}

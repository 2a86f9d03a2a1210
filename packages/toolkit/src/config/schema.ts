import * as v from 'valibot'
import type { Config } from './config.ts'
import { presetNames } from './preset-names.ts'

const text = v.pipe(v.string(), v.minLength(1))
const count = v.pipe(v.number(), v.integer(), v.minValue(1))
const optionValues = v.record(v.string(), v.union([v.number(), v.boolean(), v.string()]))

/** How a model's input is made from an image; the same fields as a `preprocess.json` beside the model. */
const preprocessSchema = v.pipe(
  v.looseObject({}),
  v.description('How the model wants its images; the same fields as a preprocess.json beside the model.'),
)

const plugin = v.union([
  text,
  v.custom<object>((value) => typeof value === 'object' && value !== null, 'a plugin'),
])

const imagesSchema = v.union([
  text,
  v.strictObject({
    path: v.pipe(text, v.description('A folder of images (class subfolders), one image, or a CSV list.')),
    limit: v.optional(v.pipe(count, v.description('At most this many images.'))),
  }),
  v.strictObject({
    procedural: v.pipe(v.literal('shapes'), v.description('The built-in image set with known truth.')),
    count: v.optional(v.pipe(count, v.description('How many images are drawn.'))),
    objects: v.optional(v.pipe(v.picklist([1, 2]), v.description('Objects in each image; both are labels.'))),
  }),
])

const fields = {
  $schema: v.optional(v.string()),
  preset: v.optional(
    v.pipe(v.picklist(presetNames), v.description('Defaults for everything not given here.')),
  ),
  model: v.optional(v.pipe(text, v.description('A model file or folder, or the name of a built-in model.'))),
  twin: v.optional(v.pipe(text, v.description('The same architecture trained on permuted labels.'))),
  preprocess: v.optional(preprocessSchema),
  output: v.optional(
    v.pipe(text, v.description('The output that holds the class scores, of a model with several.')),
  ),
  size: v.optional(
    v.pipe(
      v.union([count, text, v.strictTuple([count, count])]),
      v.description(
        'Height and width of the images, 224, "224x320" or [224, 320], of a model that takes any.',
      ),
    ),
  ),
  targetRegion: v.optional(
    v.pipe(
      text,
      v.description(
        'A picture or .npy mask: the sum of a class over this region is explained, of a model that scores every pixel.',
      ),
    ),
  ),
  images: v.optional(v.pipe(imagesSchema, v.description('What is explained.'))),
  plugins: v.optional(
    v.pipe(
      v.array(plugin),
      v.description('Plugins besides the declared dependencies: package names, paths, or objects.'),
    ),
  ),
  methods: v.optional(
    v.pipe(
      v.array(v.union([text, v.tuple([text, optionValues])])),
      v.description(
        'METHOD, METHOD/VARIANT, METHOD/VARIANT?option=value, or [name, { option: value }]; "all" for every method.',
      ),
    ),
  ),
  maps: v.optional(
    v.pipe(
      v.array(text),
      v.description(
        'Maps that another program made: NAME=FOLDER, then handling=… and counterpart=METHOD/VARIANT where they are to be said.',
      ),
    ),
  ),
  checks: v.optional(
    v.pipe(
      v.array(v.union([text, v.tuple([text, optionValues])])),
      v.description('Checks by id, or [id, { option: value }].'),
    ),
  ),
  seed: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(0), v.description('Names all random streams.')),
  ),
  limit: v.optional(v.pipe(count, v.description('At most this many images.'))),
  target: v.optional(
    v.pipe(
      text,
      v.description(
        'What is explained instead of the predicted class: a class, A-B for one against another, A+B for both.',
      ),
    ),
  ),
  direction: v.optional(
    v.pipe(text, v.description('A vector over the outputs (.npy) that is explained instead of a class.')),
  ),
  out: v.optional(v.pipe(text, v.description('The run folder.'))),
  engine: v.optional(
    v.pipe(
      text,
      v.description(
        'auto, onnxruntime-node, onnxruntime-web or tfjs; with a device (onnxruntime-node/webgpu, /cuda, /coreml, /dml, /auto) or a backend (tfjs-tensorflow, tfjs-wasm, tfjs-cpu).',
      ),
    ),
  ),
  batchSize: v.optional(
    v.pipe(count, v.description('Images a batch. Recorded: another batch size changes results by rounding.')),
  ),
  memory: v.optional(
    v.pipe(
      v.union([v.number(), text]),
      v.description('Memory for the whole run, for instance "4GiB"; default: 85 % of what is available.'),
    ),
  ),
  groups: v.optional(v.pipe(count, v.description('Groups of 8 images in one unit of work.'))),
  threshold: v.optional(
    v.pipe(v.number(), v.minValue(0), v.maxValue(1), v.description("The verdict's bound; default .5.")),
  ),
} satisfies Record<keyof Config, v.GenericSchema>

/** The study's configuration: every field may be left out, and unknown fields are errors. */
export const configSchema: v.GenericSchema<Config> = v.strictObject(fields)

/** Its fields by name. */
export const configFields: readonly string[] = Object.keys(fields)

import { decodeText } from '@saliency/core'
import { parsePreprocess, type Preprocess } from './preprocess.ts'

/** What Teachable Machine writes beside a model of images as `metadata.json`. */
interface Metadata {
  readonly packageName: '@teachablemachine/image'
  readonly labels: readonly string[]
  readonly imageSize: number
}

function isMetadata(content: unknown): content is Metadata {
  const { packageName, labels, imageSize } = (content ?? {}) as Partial<Record<keyof Metadata, unknown>>
  return (
    packageName === '@teachablemachine/image' &&
    Array.isArray(labels) &&
    labels.every((label) => typeof label === 'string') &&
    Number.isInteger(imageSize)
  )
}

/**
 * The preprocessing that a Teachable Machine `metadata.json` stands for: its library cuts the largest square from the middle
 * of an image, scales it, and feeds bytes divided by 127.5, less 1.
 * @returns undefined where the text is another program's `metadata.json`
 */
export function readTeachableMachine(bytes: Uint8Array): Preprocess | undefined {
  let content: unknown
  try {
    content = JSON.parse(decodeText(bytes))
  } catch {
    return undefined
  }
  if (!isMetadata(content)) return undefined
  const { imageSize, labels } = content
  return parsePreprocess(
    {
      input: { height: imageSize, width: imageSize, channels: 'RGB', range: [-1, 1] },
      resize: 'cover',
      classes: labels,
      source: 'metadata.json of Teachable Machine',
    },
    'metadata.json',
  )
}

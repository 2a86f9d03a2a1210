import { SaliencyError } from '@saliency/core'
import type { Config } from './config/config.ts'
import type { LoadModelSettings } from './models.ts'

/** A size in pixels: `224`, or `HEIGHTxWIDTH`. @throws INVALID_CONFIG for other texts */
export function parseSize(text: string | number | readonly number[]): readonly [number, number] {
  const parts = typeof text === 'object' ? text : String(text).split(/[x×]/i).map(Number)
  const [height = NaN, width = height] = parts
  const isSide = (side: number) => Number.isInteger(side) && side >= 1 && side <= 16_384
  if (parts.length <= 2 && isSide(height) && isSide(width)) return [height, width]
  throw new SaliencyError(
    'INVALID_CONFIG',
    `The size '${text}' is neither 224 nor 224x320, height and width in pixels.`,
  )
}

/** Flags that say what a model's file leaves open. */
export interface ModelFlags {
  readonly preprocess?: string
  readonly output?: string
  readonly size?: string
  readonly targetRegion?: string
}

/** What flags, and for the same model the configuration, say of it. */
export function modelSettings(
  root: string,
  { preprocess, output, size: given, targetRegion: mask }: ModelFlags,
  config: Pick<Config, 'preprocess' | 'output' | 'size' | 'targetRegion'> = {},
): LoadModelSettings {
  const size = given ?? config.size
  const targetRegion = mask ?? config.targetRegion
  return {
    root,
    ...(config.preprocess !== undefined && { preprocess: config.preprocess }),
    ...(config.output !== undefined && { output: config.output }),
    ...(preprocess !== undefined && { preprocess }),
    ...(output !== undefined && { output }),
    ...(size !== undefined && { size: parseSize(size) }),
    ...(targetRegion !== undefined && { targetRegion }),
  }
}

import { SaliencyError, type RandomInitializer } from '@saliency/core'

/**
 * Reads an initialiser from an option.
 * @throws INVALID_OPTION for anything but `layer`, `permute` and `normal(σ)`
 */
export function parseInitializer(text: string): RandomInitializer {
  if (text === 'layer' || text === 'permute') return text
  const sigma = /^normal\((\d*\.?\d+(?:e-?\d+)?)\)$/.exec(text)?.[1]
  if (sigma !== undefined && Number(sigma) > 0) return `normal(${Number(sigma)})`
  throw new SaliencyError(
    'INVALID_OPTION',
    `initializer '${text}' is unknown: use 'layer' (the layer's own), 'permute', or 'normal(0.1)' with a standard deviation`,
  )
}

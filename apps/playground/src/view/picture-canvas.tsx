import type { Pixels } from '@saliency/report'
import { useEffect, useRef } from 'preact/hooks'
import { drawPixels } from '../drawing.ts'

/** Pixels `[h, w, 3]` as a canvas. */
export function PixelCanvas(props: { readonly pixels: Pixels | undefined; readonly label: string }) {
  const { pixels, label } = props
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (context && pixels) drawPixels(pixels, context)
  }, [pixels])
  return (
    <canvas
      ref={canvas}
      width={pixels?.width ?? 1}
      height={pixels?.height ?? 1}
      role="img"
      aria-label={label}
    />
  )
}

import { useEffect, useRef } from 'preact/hooks'

/** Pixels `[h, w, 3]` as a canvas. */
export function PixelCanvas(props: {
  readonly pixels: { readonly height: number; readonly width: number; readonly data: Uint8Array } | undefined
  readonly label: string
}) {
  const { pixels, label } = props
  const canvas = useRef<HTMLCanvasElement>(null)
  useEffect(() => {
    const context = canvas.current?.getContext('2d')
    if (!context || !pixels) return
    const image = context.createImageData(pixels.width, pixels.height)
    for (let at = 0; at < pixels.width * pixels.height; at++) {
      image.data.set(pixels.data.subarray(3 * at, 3 * at + 3), 4 * at)
      image.data[4 * at + 3] = 255
    }
    context.putImageData(image, 0, 0)
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

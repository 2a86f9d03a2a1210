/** A decoded image: RGB, interleaved, `[h, w, 3]`; black is 0 and white is `maximum`. */
export interface Raster {
  readonly height: number
  readonly width: number
  readonly data: Uint8Array | Uint16Array | Float32Array
  /** 255, 65535 or 1. */
  readonly maximum: number
}

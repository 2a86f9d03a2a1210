import type { PictureFacts } from '../protocol.ts'
import { choosePicture } from '../state/actions.ts'
import { pictureId, pictures } from '../state/state.ts'
import { PixelCanvas } from './picture-canvas.tsx'

function Thumbnail({ picture }: { readonly picture: PictureFacts }) {
  const { id, height, width, pixels } = picture
  return (
    <button type="button" aria-pressed={pictureId.value === id} onClick={() => void choosePicture(id)}>
      <PixelCanvas pixels={{ height, width, data: pixels }} label={`Picture ${id}`} />
    </button>
  )
}

/** The pictures at hand. */
export function Pictures() {
  return (
    <section>
      <h2>Picture</h2>
      <div class="thumbnails" role="group" aria-label="Pictures">
        {pictures.value.map((picture) => (
          <Thumbnail key={picture.id} picture={picture} />
        ))}
      </div>
    </section>
  )
}

import { bring } from '../state/bring.ts'
import { chosenFiles, isOver } from '../state/drop.ts'

/** A button that opens a file dialog: a label is reached by keyboard through its input. */
function FileButton(props: { readonly text: string; readonly accept?: string; readonly isFolder?: boolean }) {
  const { text, accept, isFolder = false } = props
  return (
    <label class="button">
      {text}
      <input
        type="file"
        multiple
        {...(accept !== undefined && { accept })}
        {...(isFolder && { webkitdirectory: true })}
        onChange={({ currentTarget }) => {
          const files = chosenFiles(currentTarget.files ?? [])
          currentTarget.value = ''
          void bring(files)
        }}
      />
    </label>
  )
}

/** How files come in. */
export function Bring() {
  return (
    <div class={isOver.value ? 'bring over' : 'bring'}>
      <p>
        <strong>Drop your own network or pictures anywhere on this page.</strong>{' '}
        <span>
          ONNX (with its external data), Keras <code>.keras</code> and <code>.h5</code>, TensorFlow.js
          folders, zip files of Teachable Machine. Pictures can be pasted, too.
        </span>
      </p>
      <div class="choices">
        <FileButton text="Files" />
        <FileButton text="Folder" isFolder />
        <FileButton text="Pictures" accept="image/*" />
      </div>
    </div>
  )
}

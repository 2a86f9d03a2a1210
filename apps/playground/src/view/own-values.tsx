import type { Preprocess } from '@saliency/model-formats'
import { choose } from '../state/opening.ts'

const numbers = (text: string) =>
  text
    .split(/[\s,;]+/)
    .filter(Boolean)
    .map((one) => Number(one.replace('−', '-')))

/** One value stands for all channels. */
function perChannel(values: readonly number[], count: number): readonly number[] {
  return values.length === 1 ? Array.from({ length: count }, () => values[0] as number) : values
}

/** What the fields say; whatever makes no sense is refused, in words, by whoever reads the network. */
function described(form: HTMLFormElement, preprocess: Preprocess): Preprocess {
  const fields = new FormData(form)
  const text = (name: string) => String(fields.get(name) ?? '')
  const { input, mean, std } = preprocess
  const side = (name: 'height' | 'width') => (fields.has(name) ? Number(text(name)) : input[name])
  const range = numbers(text('range')) as unknown as [number, number]
  return {
    ...preprocess,
    input: { ...input, height: side('height'), width: side('width'), range },
    mean: perChannel(numbers(text('mean')), mean.length),
    std: perChannel(numbers(text('std')), std.length),
  }
}

function Field(props: {
  readonly label: string
  readonly name: string
  readonly value: string | number
  readonly isFixed?: boolean
}) {
  const { label, name, value, isFixed = false } = props
  return (
    <label>
      {label}
      <input name={name} value={value} disabled={isFixed} inputMode="decimal" autoComplete="off" />
    </label>
  )
}

/** Size, range, mean and standard deviation, free to choose; all are read together, since each alone may contradict the rest. */
export function OwnValues(props: { readonly preprocess: Preprocess; readonly takesAnySize: boolean }) {
  const { preprocess, takesAnySize } = props
  const { input, mean, std } = preprocess
  return (
    <form
      class="own-values"
      key={JSON.stringify(preprocess)}
      onSubmit={(event) => {
        event.preventDefault()
        void choose({ preprocess: described(event.currentTarget, preprocess) })
      }}
    >
      <div class="pair">
        <Field label="Height" name="height" value={input.height} isFixed={!takesAnySize} />
        <Field label="Width" name="width" value={input.width} isFixed={!takesAnySize} />
      </div>
      {!takesAnySize && <p class="note">The file fixes the size.</p>}
      <Field label="Black and white become" name="range" value={input.range.join(', ')} />
      <Field label="Mean, a value a channel" name="mean" value={mean.join(', ')} />
      <Field label="Standard deviation" name="std" value={std.join(', ')} />
      <button type="submit">Use these values</button>
    </form>
  )
}

import type { ComponentChildren } from 'preact'

/** One of several, with what it is of. */
export function Choice(props: {
  readonly label: string
  readonly value: string
  readonly onChoose: (value: string) => void
  readonly children: ComponentChildren
}) {
  const { label, value, onChoose, children } = props
  return (
    <label>
      {label}
      <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        {children}
      </select>
    </label>
  )
}

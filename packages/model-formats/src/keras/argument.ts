/** One output of one call of a layer. */
export interface TensorReference {
  readonly layer: string
  readonly call: number
  readonly output: number
}

/** What a layer is called with: a tensor, a list with tensors in it, or what the file says as JSON. */
export type Argument =
  | { readonly tensor: TensorReference }
  | { readonly items: readonly Argument[] }
  | { readonly constant: unknown }

/** The arguments of one call, none left out. */
export interface KerasCall {
  readonly positional: readonly Argument[]
  readonly named: Readonly<Record<string, Argument>>
}

function tensorsIn(argument: Argument): readonly TensorReference[] {
  if ('tensor' in argument) return [argument.tensor]
  return 'items' in argument ? argument.items.flatMap(tensorsIn) : []
}

/** Every tensor that a call reads, in order. */
export function tensorsOf({ positional, named }: KerasCall): readonly TensorReference[] {
  return [...positional, ...Object.values(named)].flatMap(tensorsIn)
}

function mapArgument(argument: Argument, change: (tensor: TensorReference) => TensorReference): Argument {
  if ('tensor' in argument) return { tensor: change(argument.tensor) }
  if ('items' in argument) return { items: argument.items.map((item) => mapArgument(item, change)) }
  return argument
}

/** The same call with other tensors. */
export function mapTensors(
  { positional, named }: KerasCall,
  change: (tensor: TensorReference) => TensorReference,
): KerasCall {
  return {
    positional: positional.map((argument) => mapArgument(argument, change)),
    named: Object.fromEntries(
      Object.entries(named).map(([name, argument]) => [name, mapArgument(argument, change)]),
    ),
  }
}

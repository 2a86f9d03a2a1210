import type { OpName, SliceAttributes } from '@saliency/core'
import * as tf from '@tensorflow/tfjs'
import { commonLayout } from '../align.ts'
import { operand, shapeOf, type Call, type Kernel, type Result } from '../kernel.ts'
import { permute, storedAxes, storedAxis, storedShape, type Layout } from '../layout.ts'
import { take } from './padding.ts'

const reshape = (call: Call): readonly Result[] => [
  { tensor: tf.reshape(operand(call, 0).get('given'), [...shapeOf(call)]) },
]

/** Renames axes where one of the layouts allows it, and moves data only otherwise. */
function transpose(call: Call<'Transpose'>): readonly Result[] {
  const x = operand(call, 0)
  const { perm } = call.attributes
  const order = (layout: Layout) =>
    storedAxes(layout, perm.length).map((axis) => storedAxis(x.layout, perm.length, perm[axis] as number))
  const isFree = (layout: Layout) => perm.length === 4 && order(layout).every((axis, index) => axis === index)
  const layout = isFree('channels-last') ? 'channels-last' : 'given'
  return [{ tensor: permute(x.own, order(layout)), layout }]
}

function expand(call: Call<'Expand'>): readonly Result[] {
  const x = operand(call, 0)
  const shape = shapeOf(call)
  const isMap = shape.length === 4 && x.shape.length === 4 && x.shape[2] === 1 && x.shape[3] === 1
  const layout: Layout = isMap ? 'channels-last' : commonLayout([x], shape.length)
  const missing = Array.from({ length: shape.length - x.shape.length }, () => 1)
  const full = missing.length > 0 ? tf.reshape(x.get('given'), [...missing, ...x.shape]) : x.get(layout)
  const aligned = missing.length > 0 ? permute(full, storedAxes(layout, shape.length)) : full
  const stored = storedShape(layout, shape)
  // Tiling, which broadcasting does, costs ninety times as much as a product on WebAssembly.
  const tensor =
    aligned.dtype === 'float32' ? tf.mul(aligned, tf.fill(stored, 1)) : tf.broadcastTo(aligned, stored)
  return [{ tensor, layout }]
}

function concat(call: Call<'Concat'>): readonly Result[] {
  const rank = shapeOf(call).length
  const layout = commonLayout(call.inputs, rank)
  const axis = storedAxis(layout, rank, call.attributes.axis)
  return [
    {
      tensor: tf.concat(
        call.inputs.map((value) => value.get(layout)),
        axis,
      ),
      layout,
    },
  ]
}

/** The places that one axis keeps, in order. */
function kept(length: number, attributes: SliceAttributes, index: number): number[] {
  const { starts, ends, steps } = attributes
  const step = steps[index] as number
  const wrap = (position: number) => (position < 0 ? position + length : position)
  const clamp = (position: number, low: number, high: number) => Math.min(Math.max(wrap(position), low), high)
  const from =
    step > 0 ? clamp(starts[index] as number, 0, length) : clamp(starts[index] as number, 0, length - 1)
  const to = step > 0 ? clamp(ends[index] as number, 0, length) : clamp(ends[index] as number, -1, length - 1)
  const count = Math.max(0, Math.ceil((to - from) / step))
  return Array.from({ length: count }, (_, at) => from + at * step)
}

function slice(call: Call<'Slice'>): readonly Result[] {
  const { axes, steps } = call.attributes
  const x = operand(call, 0)
  const rank = x.shape.length
  let tensor = x.own
  for (const [index, axis] of axes.entries()) {
    const at = storedAxis(x.layout, rank, axis < 0 ? axis + rank : axis)
    const places = kept(tensor.shape[at] as number, call.attributes, index)
    if (steps[index] === 1) {
      const begin = tensor.shape.map((_, other) => (other === at ? (places[0] ?? 0) : 0))
      const size = tensor.shape.map((dim, other) => (other === at ? places.length : dim))
      tensor = tf.slice(tensor, begin, size)
    } else {
      tensor = take(tensor, places, at)
    }
  }
  return [{ tensor, layout: x.layout }]
}

/** Which place of the input each place of a padded axis repeats. */
function repeated(length: number, before: number, after: number, mode: 'reflect' | 'edge'): number[] {
  const last = length - 1
  return Array.from({ length: before + length + after }, (_, index) => {
    const place = index - before
    if (mode === 'edge') return Math.min(Math.max(place, 0), last)
    const folded = Math.abs(place) % (2 * last || 1)
    return folded > last ? 2 * last - folded : folded
  })
}

function pad(call: Call<'Pad'>): readonly Result[] {
  const { pads, mode, value } = call.attributes
  const x = operand(call, 0)
  const stored = storedAxes(x.layout, x.shape.length).map((axis) => pads[axis] ?? [0, 0])
  let tensor = x.own
  for (const [axis, [before, after]] of stored.entries()) {
    if (before >= 0 && after >= 0) continue
    const begin = tensor.shape.map((_, other) => (other === axis ? Math.max(0, -before) : 0))
    const size = tensor.shape.map((dim, other) =>
      other === axis ? dim + Math.min(0, before) + Math.min(0, after) : dim,
    )
    tensor = tf.slice(tensor, begin, size)
  }
  const grown = stored.map(([before, after]): [number, number] => [Math.max(0, before), Math.max(0, after)])
  if (mode === 'constant') return [{ tensor: tf.pad(tensor, grown, value), layout: x.layout }]
  for (const [axis, [before, after]] of grown.entries()) {
    if (before > 0 || after > 0)
      tensor = take(tensor, repeated(tensor.shape[axis] as number, before, after, mode), axis)
  }
  return [{ tensor, layout: x.layout }]
}

function gather(call: Call<'Gather'>): readonly Result[] {
  const { axis, indices } = call.attributes
  const x = operand(call, 0)
  const length = x.shape[axis] as number
  const wrapped = indices.map((index) => (index < 0 ? index + length : index))
  return [{ tensor: take(x.own, wrapped, storedAxis(x.layout, x.shape.length, axis)), layout: x.layout }]
}

/** Turns positions along one axis into positions in the whole array, which TensorFlow.js can add at. */
function scatter(call: Call<'ScatterElements'>): readonly Result[] {
  const { axis } = call.attributes
  const [data, indices, updates] = [operand(call, 0), operand(call, 1), operand(call, 2)]
  const { shape } = data
  const stride = (at: number) => shape.slice(at + 1).reduce((product, dim) => product * dim, 1)
  let position = tf.mul(indices.get('given'), tf.scalar(stride(axis), 'int32'))
  for (const [other, length] of indices.shape.entries()) {
    if (other === axis || length === 1) continue
    const steps = Int32Array.from({ length }, (_, index) => index * stride(other))
    const along = indices.shape.map((_, index) => (index === other ? length : 1))
    position = tf.add(position, tf.tensor(steps, along, 'int32'))
  }
  const size = stride(-1)
  const added = tf.scatterND(tf.reshape(position, [-1, 1]), tf.reshape(updates.get('given'), [-1]), [size])
  return [{ tensor: tf.add(data.get('given'), tf.reshape(added, [...shape])) }]
}

/** ONNX's operators that move values without changing them. */
export const shaping = {
  Reshape: reshape,
  Flatten: reshape,
  Transpose: transpose,
  Expand: expand,
  Concat: concat,
  Slice: slice,
  Pad: pad,
  Gather: gather,
  ScatterElements: scatter,
} satisfies { [K in OpName]?: Kernel<K> }

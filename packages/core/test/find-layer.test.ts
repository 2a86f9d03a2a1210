import { describe, expect, it } from 'vitest'
import { findLayer } from '../src/find-layer.ts'
import type { Value } from '../src/graph/value.ts'
import type { Layer } from '../src/model.ts'

/** Layers one behind the other, each of which reads the one before it. */
function chain(names: readonly string[]): Layer[] {
  const values = names.map((name) => ({ name }) as unknown as Value)
  return names.map((name, at) => {
    const node = { inputs: values.slice(at - 1, at), outputs: values.slice(at, at + 1) }
    return { name, nodes: [node] } as unknown as Layer
  })
}

const layers = chain(['conv1', 'b.0.conv', 'b.0.relu.Relu', 'b.0.norm', 'b.0.relu.Relu_1', 'fc'])
const find = (wanted: string) => findLayer('net', wanted, layers).name

describe('a target layer', () => {
  it('is found by its name, or by that of the module that returns what it does', () => {
    expect(find('b.0.conv')).toBe('b.0.conv')
    expect(find('b.0')).toBe('b.0.relu.Relu_1')
    expect(find('b')).toBe('b.0.relu.Relu_1')
  })

  it('is found whether an é is written as one character or as two', () => {
    const own = chain(['caf\u00e9.conv', 'caf\u00e9.relu', 'e\u0301tage'])
    expect(findLayer('net', 'cafe\u0301.conv', own).name).toBe('caf\u00e9.conv')
    expect(findLayer('net', 'cafe\u0301', own).name).toBe('caf\u00e9.relu')
    expect(findLayer('net', '\u00e9tage', own).name).toBe('e\u0301tage')
  })

  it('is asked for where a module is used several times', () => {
    expect(() => find('b.0.relu')).toThrow(
      "net: 'b.0.relu' has several layers that others read. Name one of them: b.0.relu.Relu, b.0.relu.Relu_1.",
    )
  })

  it('that is nowhere is answered by the nearest name', () => {
    expect(() => find('b.0.rleu')).toThrow(/net has no layer 'b\.0\.rleu'\..*It has conv1, b\.0\.conv/)
  })
})

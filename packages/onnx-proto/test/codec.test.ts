import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import protobuf from 'protobufjs'
import { describe, expect, test } from 'vitest'
import { attributeTypes, dataTypes, decodeModel, encodeModel, type ModelProto } from '../src/index.ts'

const model: ModelProto = {
  irVersion: 8,
  producerName: 'test',
  graph: {
    node: [
      {
        input: ['x', '', 'w'],
        output: ['y'],
        name: 'straße',
        opType: 'Conv',
        attribute: [
          { name: 'pads', ints: [0, 1, -1, 2 ** 40], type: attributeTypes.ints },
          { name: 'alpha', f: 0.5, type: attributeTypes.float },
          { name: 'axis', i: -1, type: attributeTypes.int },
          { name: 'zero', i: 0, type: attributeTypes.int },
          { name: 'mode', s: 'linear', type: attributeTypes.string },
          { name: 'scales', floats: [1, 2.5], type: attributeTypes.floats },
        ],
      },
    ],
    name: 'g',
    initializer: [
      {
        dims: [2],
        dataType: dataTypes.float32,
        name: 'w',
        rawData: Uint8Array.of(0, 0, 128, 63, 0, 0, 0, 64),
      },
      { dims: [3], dataType: dataTypes.float32, name: 'f', floatData: Float32Array.of(1, -2, 0.5) },
      {
        dims: [3],
        dataType: dataTypes.int64,
        name: 'i',
        int64Data: [1n, -1n, 9223372036854775807n],
      },
      { dims: [2], dataType: dataTypes.float64, name: 'd', doubleData: [0.1, -1e300] },
      { dims: [2], dataType: dataTypes.bool, name: 'b', int32Data: [1, 0] },
      {
        dims: [1000],
        dataType: dataTypes.float32,
        name: 'e',
        externalData: [{ key: 'location', value: 'weights.bin' }],
        dataLocation: 1,
      },
    ],
    input: [
      {
        name: 'x',
        type: { tensorType: { elemType: 1, shape: { dim: [{ dimParam: 'n' }, { dimValue: 3 }] } } },
      },
    ],
    output: [{ name: 'y', type: { tensorType: { elemType: 1, shape: {} } } }],
  },
  opsetImport: [{ domain: '', version: 18 }],
  metadataProps: [{ key: 'method', value: 'guided' }],
}

const shared = process.env['SALIENCY_REFERENCE'] ?? join(import.meta.dirname, '../../../../shared')
const file = join(shared, 'models/cifar10-resnet20/model.onnx')

/** The reference codec of the library, from the published message definitions of the fields tested here. */
const oracle = protobuf
  .parse(
    `
  syntax = "proto2";
  message Tensor { repeated int64 dims = 1; optional int32 data_type = 2; repeated float float_data = 4 [packed = true];
    repeated int64 int64_data = 7 [packed = true]; optional string name = 8; }
  message Attribute { optional string name = 1; optional float f = 2; optional int64 i = 3; optional bytes s = 4;
    repeated float floats = 7; repeated int64 ints = 8 [packed = true]; optional int32 type = 20; }
  message Node { repeated string input = 1; repeated string output = 2; optional string name = 3;
    optional string op_type = 4; repeated Attribute attribute = 5; }
  message Graph { repeated Node node = 1; optional string name = 2; repeated Tensor initializer = 5; }
  message Model { optional int64 ir_version = 1; optional Graph graph = 7; }
`,
  )
  .root.lookupType('Model')

describe('onnx files', () => {
  test('a model survives writing and reading', () => {
    expect(decodeModel(encodeModel(model))).toEqual(model)
  })

  test('an independent codec reads what is written', () => {
    const other = oracle.toObject(oracle.decode(encodeModel(model)), { longs: String })
    const { node, initializer } = other['graph']
    expect(node[0].attribute[0].ints).toEqual(['0', '1', '-1', '1099511627776'])
    expect(node[0].attribute[2].i).toBe('-1')
    expect(node[0].name).toBe('straße')
    expect(initializer[2].int64Data).toEqual(['1', '-1', '9223372036854775807'])
  })

  test('packed and unpacked integers read alike', () => {
    const bytes = oracle
      .encode(oracle.fromObject({ graph: { node: [{ attribute: [{ ints: [3, -7], floats: [1.5] }] }] } }))
      .finish()
    expect(decodeModel(bytes).graph?.node?.[0]?.attribute?.[0]).toEqual({ ints: [3, -7], floats: [1.5] })
  })

  test('numbers that come one by one take no more time for coming late', { timeout: 20_000 }, () => {
    const count = 400_000
    const ints = Array.from({ length: count }, (_, index) => index % 3)
    const unpacked = protobuf
      .parse(
        'syntax = "proto2"; message Tensor { repeated float float_data = 4; repeated int64 int64_data = 7; }',
      )
      .root.lookupType('Tensor')
      .encode({ floatData: ints, int64Data: ints })
      .finish()
    // A tensor is field 5 of the graph, which is field 7 of the model.
    const writer = (field: number, bytes: Uint8Array) =>
      protobuf.Writer.create()
        .uint32((field << 3) | 2)
        .bytes(bytes)
        .finish()
    const tensor = decodeModel(writer(7, writer(5, unpacked))).graph?.initializer?.[0]
    expect(tensor?.floatData).toEqual(Float32Array.from(ints))
    expect(tensor?.int64Data?.length).toBe(count)
  })

  test('graphs inside one another end somewhere', () => {
    const nested = (levels: number) => {
      let graph: object = {}
      for (let level = 0; level < levels; level++) graph = { node: [{ attribute: [{ g: graph }] }] }
      return encodeModel({ graph } as ModelProto)
    }
    // Each is three messages: graph, node and attribute.
    expect(decodeModel(nested(30)).graph).toBeDefined()
    for (const levels of [40, 200])
      expect(() => decodeModel(nested(levels))).toThrow(/it holds more than 100 messages inside one another/)
  })

  test('raw data are views, not copies', () => {
    const bytes = encodeModel(model)
    expect(decodeModel(bytes).graph?.initializer?.[0]?.rawData?.buffer).toBe(bytes.buffer)
  })

  test('a truncated file and a file of another kind are refused', () => {
    const bytes = encodeModel(model)
    expect(() => decodeModel(bytes.subarray(0, bytes.length - 100))).toThrow(/truncated/)
    expect(() => decodeModel(new TextEncoder().encode('{"format": "layers-model"}'))).toThrow(/not an ONNX/)
    expect(() => decodeModel(new Uint8Array())).toThrow(/no graph/)
  })

  test.skipIf(!existsSync(file))('an exported model keeps its bytes', () => {
    const bytes = readFileSync(file)
    const decoded = decodeModel(bytes)
    expect(decoded.graph?.node?.length).toBeGreaterThan(20)
    const written = encodeModel(decoded)
    expect(Buffer.from(encodeModel(decodeModel(written))).equals(written)).toBe(true)
    expect(written.length).toBe(bytes.length)
  })
})

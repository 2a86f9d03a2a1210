import { encodeModel } from '@saliency/onnx-proto'
import { expect, test } from 'vitest'
import {
  importGraphModel,
  importOnnx,
  like,
  type GraphImporter,
  type OperatorImporter,
} from '../src/index.ts'
import { around as aroundNode } from './graph-around.ts'
import { operation } from './graph-model.ts'
import { randomImages } from './layers-model.ts'
import { around } from './onnx-around.ts'
import { node, onnxModel } from './onnx-model.ts'
import { largestDifference, logitsOf } from './reference.ts'

const images = randomImages(3, 9, 7)

test("an ONNX operator of one's own: refused, unless its importer is handed over", async () => {
  const own = encodeModel(onnxModel(around([{ ...node('Twice', ['x'], 'y'), domain: 'com.example' }])))
  await expect(importOnnx(own)).rejects.toThrow(/com\.example\.Twice/)
  const twice: OperatorImporter = ({ ops, value }) => [ops.mul(value(0), 2)]
  const imported = await importOnnx(own, undefined, { operators: { 'com.example.Twice': twice } })
  const same = await importOnnx(encodeModel(onnxModel(around([node('Add', ['x', 'x'], 'y')]))))
  const [actual, expected] = [await logitsOf(imported, images), await logitsOf(same, images)]
  expect(largestDifference(actual, expected)).toBeLessThan(1e-5)
})

test("a TensorFlow operation of one's own: refused, unless its importer is handed over", async () => {
  const own = aroundNode([operation('Twice', 'y', ['x'])])
  const files = (model: typeof own) => ({ read: async () => model.shard })
  await expect(importGraphModel(own.json, files(own))).rejects.toThrow(/Twice/)
  const twice: GraphImporter = ({ ops, sourceValue }) => [
    like(sourceValue(0), ops.mul(sourceValue(0).value, 2)),
  ]
  const imported = await importGraphModel(own.json, files(own), { operations: { Twice: twice } })
  const sum = aroundNode([operation('AddV2', 'y', ['x', 'x'])])
  const same = await importGraphModel(sum.json, files(sum))
  const [actual, expected] = [await logitsOf(imported, images), await logitsOf(same, images)]
  expect(largestDifference(actual, expected)).toBeLessThan(1e-5)
})

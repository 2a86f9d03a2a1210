import { readFileSync } from 'node:fs'

import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { detectFormat, modelFileAmong } from '../src/index.ts'
import { casePath, hasCases } from './reference.ts'

const text = (content: string) => Uint8Array.from(content, (character) => character.charCodeAt(0))
const zip = (...names: readonly string[]) =>
  zipSync(Object.fromEntries(names.map((name) => [name, strToU8('x')])))
const safetensors = text('\x40\0\0\0\0\0\0\0{"weight":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}')

describe('a file that is no model is named, with what makes a model of it:', () => {
  it.each<[name: string, bytes: Uint8Array, message: RegExp]>([
    [
      'best.pt',
      zip('archive/data.pkl', 'archive/version'),
      /best\.pt is a PyTorch checkpoint.*torch\.onnx\.export/,
    ],
    [
      'net.pt2',
      zip('net/data/weights/weight_0', 'net/models/model.json', 'net/archive_format'),
      /net\.pt2 is a program that torch\.export saved.*torch\.onnx\.export/,
    ],
    [
      'old.pth',
      text('\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.'),
      /old\.pth is a pickle.*torch\.onnx\.export/,
    ],
    ['model.safetensors', safetensors, /weights without their network/],
    [
      'net.onnx',
      text('version https://git-lfs.github.com/spec/v1\noid sha256:0\n'),
      /Git LFS pointer.*git lfs pull/,
    ],
    ['net.onnx', text('\n<!DOCTYPE html><html>'), /a web page/],
    ['net.tflite', text('\x1c\0\0\0TFL3\x14\0'), /TensorFlow Lite.*tf2onnx/],
    ['net.ort', text('\x28\0\0\0ORTM\0'), /ONNX Runtime's own format/],
    ['photo.jpg', text('\xff\xd8\xff\xe0\0\x10JFIF'), /a picture.*--model takes a network/],
    ['saved_model.pb', text('\x08\x01\x12\x05'), /a TensorFlow graph.*--saved-model/],
    ['net.xml', text('<?xml version="1.0"?>\n<net name="a" version="11">'), /OpenVINO/],
    ['weights.npz', zip('a.npy', 'b.npy'), /NumPy arrays.*A network is needed/],
    [
      'tm-model.zip',
      zip('metadata.json', 'model.json', 'weights.bin'),
      /TensorFlow\.js model in it.*Unpack it/,
    ],
    ['net.tar.gz', text('\x1f\x8b\x08\0'), /a packed archive/],
    ['chat.gguf', text('GGUF\x03\0\0\0'), /a GGUF language model/],
    ['yolo.weights', text('\0\0\0\0\x02\0\0\0'), /Darknet/],
    [
      'config.json',
      text('{"architectures":["ViTForImageClassification"]}'),
      /configuration of a Hugging Face model/,
    ],
    ['README.md', text('# Test images\n\nDecode the JPEGs'), /README\.md is a text\. A model is an \.onnx/],
    ['net.json', text('{"class_name":"Functional","config":{}}'), /Keras network without its weights/],
  ])('%s', (name, bytes, message) => {
    expect(() => detectFormat(bytes, name)).toThrow(message)
  })

  it.skipIf(!hasCases)('the two that people have sent', () => {
    const file = (name: string) => readFileSync(casePath('bugs', 'files-that-are-no-models', name))
    expect(() => detectFormat(file('model.pt'), 'model.pt')).toThrow(/PyTorch checkpoint/)
    expect(() => detectFormat(file('lfs.onnx'), 'lfs.onnx')).toThrow(/Git LFS pointer/)
  })
})

it('models are taken for what they are, whatever they are called', () => {
  expect(detectFormat(zip('config.json', 'model.weights.h5'), 'net.zip').format).toBe('keras-v3')
  expect(detectFormat(text('\x08\x08\x12\x07pytorch'), 'net.bin').format).toBe('onnx')
  expect(detectFormat(text('\xef\xbb\xbf{"modelTopology":{"node":[]}}'), 'm.json').format).toBe('tfjs-graph')
})

describe('a folder that holds no model is named, with what makes a model of it:', () => {
  it.each<[names: readonly string[], message: RegExp]>([
    [['saved_model.pb', 'variables', 'assets'], /holds a SavedModel of TensorFlow\. Convert it: .*tf2onnx/],
    [['net/saved_model.pb', 'net/fingerprint.pb'], /SavedModel/],
    [['checkpoint', 'ckpt-3.index', 'ckpt-3.data-00000-of-00001'], /checkpoint of TensorFlow: weights/],
    [['config.json', 'model.safetensors', 'preprocessor_config.json'], /Hugging Face.*torch\.onnx\.export/],
    [['config.json', 'pytorch_model.bin'], /Hugging Face/],
    [['best.pt', 'args.yaml'], /PyTorch checkpoint.*torch\.onnx\.export/],
    [['model.xml', 'model.bin'], /OpenVINO/],
    [['Manifest.json', 'Data/com.apple.CoreML/model.mlmodel'], /Core ML/],
    [['detect.tflite', 'labels.txt'], /TensorFlow Lite/],
    [['a.jpg', 'b.jpg'], /^FOLDER holds no model: no model\.json, \.onnx, \.keras or \.h5 file\.$/],
    [[], /holds no model/],
  ])('%s', (names, message) => {
    expect(() => modelFileAmong(names, 'FOLDER')).toThrow(message)
  })

  it('but the model beside it counts', () => {
    expect(modelFileAmong(['config.json', 'model.safetensors', 'model.onnx'], 'FOLDER')).toBe('model.onnx')
  })
})

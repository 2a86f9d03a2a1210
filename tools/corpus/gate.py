"""Writes the small networks that the tests of `@saliency/model-formats` read, and what torch computes with them.

    python tools/corpus/gate.py packages/model-formats/test/architectures

Each is exported in one form, so that every kind of network, exporter and batch occurs. expected.json has the logits in double
precision, and the slope of the largest at some places of the image, by central differences: torch's autograd is wrong for some.
"""

import json
import os
import sys

import numpy
import onnx
import timm
import torch

from architectures import Logits, built, from_transformers
from export import export, seeded

SIZE = 32
PLACES = range(0, 3 * SIZE * SIZE, 97)
STEP = 1e-6

small = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2}
vision = {**small, "intermediate_size": 24, "image_size": SIZE, "patch_size": 8}
dino = {**small, "mlp_ratio": 2, "image_size": SIZE, "patch_size": 8}


def squeezed(models):
    """A stem and two inverted residuals with squeeze and excitation."""
    block = models.efficientnet.MBConvConfig
    return models.EfficientNet([block(1, 3, 1, 8, 8, 1), block(4, 3, 2, 8, 16, 2)], 0.2, num_classes=10, last_channel=32)


def dense(models):
    return models.DenseNet(4, (2, 2, 2), 8, num_classes=10)


def windows_and_grids(models):
    return models.MaxVit((SIZE, SIZE), 8, 2, [8], [2], 8, 0.0, num_classes=10)


networks = {
    "resnet.legacy-dynamic": from_transformers("ResNetForImageClassification", "ResNetConfig", embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], layer_type="basic"),
    "densenet.dynamo-dynamic": built(dense),
    "efficientnet.legacy-fixed": built(squeezed),
    "regnet.legacy-fixed": from_transformers("RegNetForImageClassification", "RegNetConfig", embedding_size=8, hidden_sizes=[8, 16], depths=[1, 1], groups_width=4),
    "convnextv2.dynamo-dynamic": from_transformers("ConvNextV2ForImageClassification", "ConvNextV2Config", hidden_sizes=[8, 16, 24], depths=[1, 1, 1], num_stages=3),
    "vit.dynamo-dynamic": from_transformers("ViTForImageClassification", "ViTConfig", **vision),
    "deit-distilled.dynamo-fixed": from_transformers("DeiTForImageClassificationWithTeacher", "DeiTConfig", **vision),
    "dinov2-registers.dynamo-dynamic": from_transformers("Dinov2WithRegistersForImageClassification", "Dinov2WithRegistersConfig", **dino),
    "beit.dynamo-fixed": from_transformers("BeitForImageClassification", "BeitConfig", use_relative_position_bias=True, **vision),
    "siglip.legacy-dynamic": from_transformers("SiglipForImageClassification", "SiglipConfig", vision_config=vision, text_config={**small, "intermediate_size": 24, "vocab_size": 8}),
    "swin.dynamo-fixed": from_transformers("SwinForImageClassification", "SwinConfig", image_size=SIZE, patch_size=4, embed_dim=8, depths=[2, 1], num_heads=[2, 2], window_size=4),
    "poolformer.dynamo-fixed": from_transformers("PoolFormerForImageClassification", "PoolFormerConfig", hidden_sizes=[8, 12, 16, 16], depths=[1, 1, 1, 1]),
    "pvt.dynamo-dynamic": from_transformers("PvtForImageClassification", "PvtConfig", image_size=SIZE, hidden_sizes=[8, 16], depths=[1, 1], mlp_ratios=[2, 2], num_attention_heads=[1, 2], num_encoder_blocks=2, patch_sizes=[4, 2], strides=[4, 2], sequence_reduction_ratios=[2, 1]),
    "maxvit.dynamo-fixed": built(windows_and_grids),
    "xcit.legacy-dynamic": (lambda: timm.models.xcit.Xcit(img_size=SIZE, patch_size=8, embed_dim=16, depth=1, cls_attn_layers=1, num_heads=2, mlp_ratio=2, num_classes=10), SIZE),
    "mixer.dynamo-dynamic": (lambda: timm.models.mlp_mixer.MlpMixer(img_size=SIZE, patch_size=8, num_blocks=2, embed_dim=32, num_classes=10), SIZE),
}

# What torch notes of a node besides is where its own files lie on the machine.
KEPT = {"pkg.torch.onnx.name_scopes", "namespace"}


def without_traces(path):
    model = onnx.load(path)
    graphs = [model.graph, *model.functions]
    for holder in [model, model.graph, *(node for graph in graphs for node in graph.node), *model.graph.value_info, *model.graph.input, *model.graph.output, *model.graph.initializer]:
        kept = [entry for entry in holder.metadata_props if entry.key in KEPT]
        del holder.metadata_props[:]
        holder.metadata_props.extend(kept)
    for graph in graphs:
        for node in graph.node:
            node.doc_string = ""
        del graph.value_info[:]
    onnx.save(model, path)


def slope(model, image, index, place):
    step = torch.zeros_like(image)
    step.view(-1)[place] = STEP
    return ((model(image + step)[0, index] - model(image - step)[0, index]) / (2 * STEP)).item()


def main(folder, names):
    os.makedirs(folder, exist_ok=True)
    image = numpy.sin(0.7 * numpy.arange(3 * SIZE * SIZE)).reshape(1, 3, SIZE, SIZE)
    table = os.path.join(folder, "expected.json")
    expected = json.load(open(table)) if os.path.exists(table) else {}
    for name, (build, _) in networks.items():
        if names and name not in names:
            continue
        model = seeded(build, SIZE)
        path = os.path.join(folder, f"{name}.onnx")
        with torch.no_grad():
            export(model, torch.from_numpy(image).float(), path, *name.split(".")[1].split("-"))
        without_traces(path)
        exact, given = model.double(), torch.from_numpy(image)
        with torch.no_grad():
            logits = exact(given)[0]
            slopes = [slope(exact, given, logits.argmax(), place) for place in PLACES]
        expected[name] = {
            "logits": [float(f"{value:.8g}") for value in logits.tolist()],
            "gradient": [float(f"{value:.6g}") for value in slopes],
        }
        print(name, os.path.getsize(path), flush=True)
    with open(table, "w") as file:
        json.dump(expected, file, indent=1)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])

"""Exports seeded image classifiers to ONNX, by both exporters of torch, with a fixed batch of 1 and an open one.

    python export.py FOLDER [--forms=FORM,...] [NAME ...]

Writes FOLDER/NAME.{legacy,dynamo}-{fixed,dynamic}.onnx, and the image, the logits and the gradient of the largest logit by
torch's autograd in double precision as NAME.{image,logits,gradient}.npy. A file that is there is not written again; what an exporter refuses
is listed in FOLDER/refused.txt. `--forms` chooses among legacy-fixed, legacy-dynamic, dynamo-fixed, dynamo-dynamic.
"""

import copy
import json
import os
import sys
import traceback
import warnings
from importlib import metadata

import numpy
import torch

from architectures import architectures

warnings.filterwarnings("ignore")


def seeded(build, size):
    """Random weights by which signals neither die nor explode, and statistics of batch norm near those of random images."""
    torch.manual_seed(0)
    model = build().eval()
    for parameter in model.parameters():
        # Layer scales and gains that start at (nearly) nothing would hide the branch behind them.
        if parameter.abs().max() < 1e-3:
            torch.nn.init.normal_(parameter, std=0.1)
    norms = [module for module in model.modules() if isinstance(module, torch.nn.modules.batchnorm._BatchNorm)]
    for norm in norms:
        norm.train()
        norm.momentum = 1.0
    with torch.no_grad():
        model(torch.randn(4, 3, size, size))
    for norm in norms:
        norm.eval()
        norm.running_mean += 0.1 * norm.running_var.sqrt() * torch.randn_like(norm.running_mean)
        norm.running_var *= torch.empty_like(norm.running_var).uniform_(0.7, 1.4)
    return model


def agrees_with_differences(model, image, index, gradient):
    """Whether the logit's slope along the gradient is the gradient's length, which torch gets wrong for some networks."""
    length = gradient.norm()

    def slope(size):
        step = size * gradient / length
        with torch.no_grad():
            return (model(image + step)[0, index] - model(image - step)[0, index]) / (2 * size)

    # A large step may cross a kink of a ReLU, a small one is lost in rounding.
    return any(abs(slope(size) - length) < 1e-2 * length for size in (1e-3, 1e-5))


def reference(model, image, stem):
    """Image and logits; the gradient of the largest logit in double precision, unless finite differences contradict it."""
    with torch.no_grad():
        logits = model(image)
    index = logits[0].argmax()
    numpy.save(f"{stem}.image.npy", image.numpy())
    numpy.save(f"{stem}.logits.npy", logits.numpy())
    exact, given = copy.deepcopy(model).double(), image.double().requires_grad_(True)
    exact(given)[0, index].backward()
    if agrees_with_differences(exact, image.double(), index, given.grad):
        numpy.save(f"{stem}.gradient.npy", given.grad.float().numpy())
    else:
        print(stem, "has no gradient: torch's autograd and finite differences disagree", flush=True)


def export(model, image, path, exporter, batch):
    if exporter == "legacy":
        axes = {"image": {0: "batch"}, "logits": {0: "batch"}} if batch == "dynamic" else None
        settings = {"dynamo": False, "opset_version": 17, "dynamic_axes": axes}
    else:
        # torch takes a size of 1 in the example for a fixed one.
        image = image.repeat(2, 1, 1, 1) if batch == "dynamic" else image
        shapes = ({0: torch.export.Dim("batch")},) if batch == "dynamic" else None
        settings = {"dynamo": True, "external_data": False, "dynamic_shapes": shapes, "verbose": False}
    torch.onnx.export(model, (image,), path, input_names=["image"], output_names=["logits"], **settings)


libraries = ["torch", "torchvision", "timm", "transformers", "onnx", "onnxscript"]
every_form = ["legacy-fixed", "legacy-dynamic", "dynamo-fixed", "dynamo-dynamic"]


def main(folder, names, forms):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "versions.json"), "w") as file:
        json.dump({name: metadata.version(name) for name in libraries}, file, indent=2)
    for name, (build, size) in architectures.items():
        if names and name not in names:
            continue
        stem = os.path.join(folder, name)
        missing = [form for form in forms if not os.path.exists(f"{stem}.{form}.onnx")]
        if not missing:
            continue
        try:
            model = seeded(build, size)
            image = torch.randn(1, 3, size, size)
            reference(model, image, stem)
        except Exception:
            print(name, "cannot be built:", traceback.format_exc().splitlines()[-1], flush=True)
            continue
        for form in missing:
            path = f"{stem}.{form}.onnx"
            try:
                with torch.no_grad():
                    export(model, image, path, *form.split("-"))
                print(path, flush=True)
            except Exception as error:
                if os.path.exists(path):
                    os.remove(path)
                with open(os.path.join(folder, "refused.txt"), "a") as log:
                    log.write(f"{os.path.basename(path)}\t{' '.join(str(error).split())[:160]}\n")


if __name__ == "__main__":
    options = [argument for argument in sys.argv[2:] if argument.startswith("--forms=")]
    chosen = options[0].removeprefix("--forms=").split(",") if options else every_form
    main(sys.argv[1], set(sys.argv[2:]) - set(options), chosen)

"""What explanations cost in this product and in its peers, on this machine, in one run.

Each round measures every work once in each library, one after the other, so that a busy machine disturbs all alike. The
least time over the rounds counts. The network is torchvision's, with seeded weights: its values change no time.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import warnings
from importlib.metadata import version
from pathlib import Path

import torch
import torchvision

warnings.filterwarnings("ignore")

BENCH = Path(__file__).resolve().parent.parent


class Product:
    """The product's side: a process that runs a work when it is told its name."""

    def __init__(self, model, batch, threads):
        command = ["npm", "run", "--silent", "beside", "--", model, str(batch), str(threads)]
        self.process = subprocess.Popen(command, cwd=BENCH, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        first = self.answer()
        self.engine, self.machine = first["engine"], first["machine"]

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit("The product's process ended; what it said is above.")
        return json.loads(line)

    def run(self, work):
        self.process.stdin.write(work + "\n")
        self.process.stdin.flush()
        return self.answer()["ms"]


def timed(work):
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def peers(name, net, image, target):
    """What the peers run for each work of the product: (work, peer, function)."""
    import quantus
    from captum.attr import Deconvolution, GuidedBackprop, Saliency
    from pytorch_grad_cam import FullGrad, GradCAM
    from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
    from zennit.attribution import Gradient
    from zennit.composites import EpsilonAlpha2Beta1, EpsilonPlus, LayerMapComposite
    from zennit.composites import layer_map_base
    from zennit.canonizers import SequentialMergeBatchNorm
    from zennit.rules import Epsilon
    from zennit.torchvision import ResNetCanonizer
    from zennit.types import Convolution, Linear

    layout = image.contiguous(memory_format=torch.channels_last)
    compiled = torch.compile(net)
    rows = torch.arange(len(target))

    def forward(model, x):
        with torch.no_grad():
            model(x)

    def gradient(model, x):
        x = x.clone().requires_grad_()
        torch.autograd.grad(model(x)[rows, target].sum(), x)

    def captum():
        for method in (Saliency, GuidedBackprop, Deconvolution):
            method(net).attribute(image.clone().requires_grad_(), target=target)

    def cam(method):
        last = [module for module in net.modules() if isinstance(module, torch.nn.Conv2d)][-1:]
        with method(model=net, target_layers=last) as explain:
            explain(input_tensor=image, targets=[ClassifierOutputTarget(int(one)) for one in target])

    def zennit(composite):
        with Gradient(model=net, composite=composite) as explain:
            explain(image.clone().requires_grad_(), torch.eye(1000)[target])

    def mprt():
        # Draws every layer anew, one more in each state from the top, and compares by the ranks of pixels.
        quantus.MPRT(similarity_func=quantus.similarity_func.correlation_spearman, layer_order="top_down", disable_warnings=True, display_progressbar=False, normalise=False)(
            model=net, x_batch=image.numpy(), y_batch=target.numpy(), a_batch=None, device="cpu", explain_func=quantus.explain, explain_func_kwargs={"method": "Saliency"})

    canonizers = [ResNetCanonizer() if name.startswith("resnet") else SequentialMergeBatchNorm()]
    epsilon = LayerMapComposite(layer_map_base() + [(Convolution, Epsilon()), (Linear, Epsilon())], canonizers=canonizers)
    return [
        ("forward", "torch", lambda: forward(net, image)),
        ("forward", "torch, channels last", lambda: forward(net, layout)),
        ("forward", "torch.compile", lambda: forward(compiled, image)),
        ("gradient", "torch autograd", lambda: gradient(net, image)),
        ("gradient", "torch autograd, channels last", lambda: gradient(net, layout)),
        ("gradient", "torch.compile", lambda: gradient(compiled, image)),
        ("gradient", "captum Saliency", lambda: Saliency(net).attribute(image.clone().requires_grad_(), target=target)),
        ("gradient + guided + deconvnet", "captum, three calls", captum),
        ("CAM family, added to gradient", "grad-cam, GradCAM alone", lambda: cam(GradCAM)),
        ("all of FullGrad, added to gradient", "grad-cam, FullGrad alone", lambda: cam(FullGrad)),
        ("LRP epsilon", "zennit", lambda: zennit(epsilon)),
        ("LRP epsilon-plus", "zennit", lambda: zennit(EpsilonPlus(canonizers=canonizers))),
        ("LRP alpha2-beta1", "zennit", lambda: zennit(EpsilonAlpha2Beta1(canonizers=canonizers))),
        ("parameter axis of the gradient", "Quantus, MPRT of captum Saliency", mprt),
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", nargs="?", default="resnet50", help="a classification network of torchvision")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--skip", default="", help="peers that are left out, by a part of their name, separated by commas")
    parser.add_argument("--write", action="store_true", help="keep the table in docs/benchmarks.md")
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    torch.manual_seed(1)
    net = torchvision.models.get_model(given.network).eval()
    image = torch.randn(given.batch, 3, 224, 224)
    target = torch.arange(given.batch) * 7 % 1000
    with tempfile.TemporaryDirectory() as folder:
        model = str(Path(folder) / "model.onnx")
        torch.onnx.export(net, (image[:1],), model, input_names=["image"], dynamo=False, dynamic_axes={"image": {0: "n"}})
        product = Product(model, given.batch, given.threads)
        skipped = [part for part in given.skip.split(",") if part]
        works = [work for work in peers(given.network, net, image, target) if not any(part in work[1] for part in skipped)]
        own, others = {}, {}
        for round in range(given.rounds):
            for work, peer, run in works:
                if (work, peer) in others and others[work, peer] > 60_000:
                    continue  # Minutes a call: once is enough to know.
                if round == 0 and peer == "torch.compile":
                    run()  # Compiles.
                own[work] = min(own.get(work, float("inf")), product.run(work))
                others[work, peer] = min(others.get((work, peer), float("inf")), timed(run))
            print(f"round {round + 1} of {given.rounds} is done", file=sys.stderr)
    names = ("torch", "torchvision", "captum", "zennit", "grad-cam", "quantus")
    libraries = ", ".join(f"{name} {version(name)}" for name in names)
    machine = product.machine
    rows = [
        f"| {work} | {own[work] / given.batch:.1f} | {peer} | {time_of_peer / given.batch:.1f} | {time_of_peer / own[work]:.1f} |"
        for (work, peer), time_of_peer in others.items()
    ]
    table = "\n".join([
        f"`python bench/peers/peers.py {' '.join(sys.argv[1:])}`\n",
        f"{given.network}, batch {given.batch}, {given.threads} threads, the least of {given.rounds} rounds, in milliseconds an image; {product.engine}; "
        f"{libraries}; Python {platform.python_version()}. Measured on: {machine['cpu']}, {machine['cores']} cores, {machine['memory']} GiB, {machine['system']}; "
        f"load of the machine at the end {os.getloadavg()[0]:.1f}.\n",
        "| work | this product | peer | its time | ratio |",
        "|---|---|---|---|---|",
        *rows,
    ])
    print(table)
    if given.write:
        (BENCH / "results/peers.md").write_text(f"## Beside the peers\n\n{table}\n")
        subprocess.run(["npm", "run", "--silent", "page"], cwd=BENCH, check=True)


if __name__ == "__main__":
    main()

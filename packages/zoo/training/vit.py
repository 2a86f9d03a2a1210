"""Trains the zoo's vision transformer, or its twin on permuted labels, and writes it as ONNX.

    python packages/zoo/training/vit.py IMAGES [--permuted] [--out packages/zoo/models]

IMAGES is the folder that `draw.ts` fills. Needs torch and onnx; runs on one thread for an hour or two.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

SIZE, PATCH, WIDTH, HEADS, DEPTH, CLASSES = 64, 8, 64, 4, 3, 8
GRID = SIZE // PATCH
MEAN, STD, SEED = 0.5, 0.25, 11
# First whole images are told apart, then patches too, and last the same with smaller steps.
STAGES = {
    "true": [
        {"epochs": 7, "batch": 32, "rate": 1.5e-3, "tokenLabels": False},
        {"epochs": 8, "batch": 32, "rate": 1.2e-3, "tokenLabels": True},
        {"epochs": 2, "batch": 32, "rate": 6e-4, "tokenLabels": True},
    ],
    "permuted": [{"epochs": 70, "batch": 32, "rate": 1e-3, "tokenLabels": False}],
}
NAMES = ["disc", "ring", "square", "triangle", "star", "cross", "heart", "crescent"]


class Attention(nn.Module):
    """Multi-head self-attention (Vaswani et al. 2017, section 3.2): `[n, t, d]` to the same shape."""

    def __init__(self):
        super().__init__()
        self.qkv, self.proj = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        n, t, _ = x.shape
        query, key, value = self.qkv(x).reshape(n, t, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4).unbind(0)
        mixed = functional.scaled_dot_product_attention(query, key, value)
        return self.proj(mixed.transpose(1, 2).reshape(n, t, WIDTH))


class Mlp(nn.Module):
    """Two linear layers with a GELU between, on each token."""

    def __init__(self):
        super().__init__()
        self.fc1, self.act, self.fc2 = nn.Linear(WIDTH, 2 * WIDTH), nn.GELU(), nn.Linear(2 * WIDTH, WIDTH)

    def forward(self, x):
        return self.fc2(self.act(self.fc1(x)))


class Block(nn.Module):
    """Layer norm before each half, as in ViT (Dosovitskiy et al. 2021, equations 2 and 3)."""

    def __init__(self):
        super().__init__()
        self.norm1, self.attn = nn.LayerNorm(WIDTH), Attention()
        self.norm2, self.mlp = nn.LayerNorm(WIDTH), Mlp()

    def forward(self, x):
        x = x + self.attn(self.norm1(x))
        return x + self.mlp(self.norm2(x))


def waves():
    """Sines and cosines of row and column, `[patches, d]`: where the learnt positions start (Vaswani et al. 2017, 3.5)."""
    rate = 100.0 ** -torch.linspace(0, 1, WIDTH // 4)
    angle = torch.arange(GRID)[:, None] * rate
    wave = torch.cat([angle.sin(), angle.cos()], 1)
    rows, columns = wave[:, None].expand(-1, GRID, -1), wave[None].expand(GRID, -1, -1)
    return torch.cat([rows, columns], 2).reshape(GRID * GRID, WIDTH) * 0.2


class Vit(nn.Module):
    """Two convolutions, patch convolution, CLS token, learnt positions, blocks, layer norm, linear head on the CLS token.

    The two convolutions (Xiao et al. 2021, Early Convolutions Help Transformers See Better) let it learn from few images.
    """

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 16, 3, 2, 1), nn.GELU(), nn.Conv2d(16, 32, 3, 2, 1), nn.GELU())
        self.patch = nn.Conv2d(32, WIDTH, PATCH // 4, PATCH // 4)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, WIDTH))
        self.pos_embed = nn.Parameter(torch.cat([torch.zeros(1, WIDTH), waves()])[None])
        self.blocks = nn.Sequential(*(Block() for _ in range(DEPTH)))
        self.norm, self.head = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, CLASSES)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                nn.init.zeros_(module.bias)
        nn.init.trunc_normal_(self.cls_token, std=0.02)

    def tokens(self, image):
        x = self.patch(self.stem(image)).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(x.shape[0], -1, -1), x], 1) + self.pos_embed
        return self.norm(self.blocks(x))

    def logits(self, image):
        return self.head(self.tokens(image)[:, 0])

    def forward(self, image):
        """Probabilities, as the other networks give: the importer splits the softmax off."""
        return self.logits(image).softmax(-1)


def read(folder, name):
    pixels = np.fromfile(folder / f"{name}.pixels", np.uint8).reshape(-1, SIZE, SIZE, 3)
    labels = np.fromfile(folder / f"{name}.labels", np.uint8).reshape(-1, 2)
    return torch.from_numpy(pixels), torch.from_numpy(labels)


def read_patches(folder, name):
    """`[n, patches, 2]`: how much of each patch either object covers, in 255ths."""
    return torch.from_numpy(np.fromfile(folder / f"{name}.patches", np.uint8).reshape(-1, GRID * GRID, 2))


def images(pixels):
    return (pixels.permute(0, 3, 1, 2).float() / 255 - MEAN) / STD


def shares(labels):
    """`[n, classes]`: an image's mass, shared equally among the classes in it."""
    hot = functional.one_hot(labels.long().clamp(max=CLASSES), CLASSES + 1)[..., :CLASSES].sum(1).float()
    return hot / hot.sum(1, keepdim=True)


def patch_shares(labels, patches):
    """`[n, patches, classes + 1]`: the classes that a patch shows, and last the share that shows none."""
    hot = functional.one_hot(labels.long().clamp(max=CLASSES), CLASSES + 1)[..., :CLASSES].float()
    shown = torch.einsum("npo,noc->npc", patches.float() / 255, hot)
    return torch.cat([shown, 1 - shown.sum(2, keepdim=True)], 2)


def varied(x, patches, random):
    """The same objects mirrored, in other colours: what the drawing is indifferent to, so only the outline tells a class."""
    if random.random() < 0.5:
        x, patches = x.flip(3), patches.unflatten(1, (GRID, GRID)).flip(2).flatten(1, 2)
    x = x[:, torch.from_numpy(random.permutation(3))]
    return (-x if random.random() < 0.5 else x), patches


def loss_of(model, teacher, x, labels, patches):
    """Of the class token; and where there is a `teacher`, of what it says each patch shows (Jiang et al. 2021, token labels)."""
    tokens = model.tokens(x)
    loss = functional.cross_entropy(model.head(tokens[:, 0]), shares(labels))
    if teacher is None:
        return loss
    shown = patch_shares(labels, patches)
    return loss + 2 * functional.cross_entropy(teacher(tokens[:, 1:]).transpose(1, 2), shown.transpose(1, 2))


def train(model, teacher, pixels, labels, patches, epochs, batch, rate, vary):
    random = np.random.default_rng(SEED)
    parameters = [*model.parameters(), *(teacher.parameters() if teacher else [])]
    decay = [p for p in parameters if p.ndim == 2 or p.ndim == 4]
    plain = [p for p in parameters if p.ndim == 1 or p.ndim == 3]
    groups = [{"params": decay, "weight_decay": 0.03 if vary else 0.0}, {"params": plain, "weight_decay": 0.0}]
    optimizer = torch.optim.AdamW(groups, lr=rate, betas=(0.9, 0.99))
    steps = epochs * (len(pixels) // batch)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, rate, total_steps=steps, pct_start=0.08)
    for epoch in range(epochs):
        order, total, started = random.permutation(len(pixels)), 0.0, time.time()
        for start in range(0, len(order) - batch + 1, batch):
            rows = order[start : start + batch]
            x, shown = images(pixels[rows]), patches[rows]
            if vary:
                x, shown = varied(x, shown, random)
            loss = loss_of(model, teacher, x, labels[rows], shown)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(parameters, 1.0)
            optimizer.step()
            schedule.step()
            total += loss.item() * batch / len(order)
        print(f"epoch {epoch + 1}/{epochs}  loss {total:.4f}  {time.time() - started:.0f} s", flush=True)


@torch.no_grad()
def accuracy(model, pixels, labels):
    """Share of images whose classes are exactly the model's top ones (two classes: the top two)."""
    logits = torch.cat([model.logits(images(part)) for part in pixels.split(256)])
    wanted = shares(labels) > 0
    count = wanted.sum(1, keepdim=True)
    rank = logits.argsort(1, descending=True).argsort(1)
    return ((rank < count) == wanted).all(1).float().mean().item()


def save(model, folder, permuted, training):
    folder.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        model.eval(),
        (torch.zeros(1, 3, SIZE, SIZE),),
        folder / "model.onnx",
        dynamo=False,
        opset_version=17,
        input_names=["image"],
        output_names=["probabilities"],
        dynamic_axes={"image": {0: "n"}, "probabilities": {0: "n"}},
    )
    labels = "permuted labels (it memorised them; a control, not a classifier)" if permuted else "true labels"
    source = f"Vision transformer, trained by packages/zoo/training on the procedural shapes with {labels}. Softmax output."
    channels = {"height": SIZE, "width": SIZE, "channels": "RGB", "range": [0, 1]}
    preprocess = {"input": channels, "mean": [MEAN] * 3, "std": [STD] * 3, "classes": NAMES, "source": source}
    for name, content in (("preprocess.json", preprocess), ("training.json", training)):
        (folder / name).write_text(json.dumps(content, indent=2) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("images", type=Path)
    parser.add_argument("--permuted", action="store_true")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "models")
    arguments = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(1)
    model, permuted = Vit(), arguments.permuted
    names = ["memorised"] if permuted else ["single", "pairs"]
    pixels, labels = (torch.cat(parts) for parts in zip(*(read(arguments.images, name) for name in names)))
    patches = torch.cat([read_patches(arguments.images, name) for name in names])
    for stage in STAGES["permuted" if permuted else "true"]:
        settings = {key: stage[key] for key in ("epochs", "batch", "rate")}
        teacher = nn.Linear(WIDTH, CLASSES + 1) if stage["tokenLabels"] else None
        train(model, teacher, pixels, labels, patches, **settings, vary=not permuted)
    single = accuracy(model, *read(arguments.images, "unseen-single"))
    if permuted:
        accuracies = {"permutedTrainingLabels": accuracy(model, pixels, labels), "unseenTrueLabels": single}
    else:
        pairs = accuracy(model, *read(arguments.images, "unseen-pairs"))
        accuracies = {"unseenSingle": single, "unseenPairBothInTopTwo": pairs}
    training = {
        "architecture": "vit",
        "labels": "permuted" if permuted else "true",
        "parameters": sum(p.numel() for p in model.parameters()),
        "seeds": {"training": 1, "evaluation": 2, "weights": SEED},
        "schedule": {"stages": STAGES["permuted" if permuted else "true"], "flip": not permuted, "seed": SEED},
        "images": len(pixels),
        "pairs": 0 if permuted else int((labels[:, 1] < CLASSES).sum()),
        "evaluated": 4096,
        "accuracies": accuracies,
    }
    print(json.dumps(training["accuracies"]), training["parameters"], "parameters")
    save(model, arguments.out / ("vit-permuted" if permuted else "vit"), permuted, training)


if __name__ == "__main__":
    main()

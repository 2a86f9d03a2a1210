"""Writes docs/reference/keras-applications.md from what networks.py measured.

    python table.py OUT/table.jsonl OUT/table.jsonl > ../../../docs/reference/keras-applications.md

Of rows of one library, network and form the last one counts.
"""

import json
import sys

FORMS = ["keras", "h5", "tfjs", "tfjs-graph", "keras-trained", "h5-trained"]
NAMES = {"keras": "Keras 3", "tf_keras": "Keras 2 (tf_keras)"}
HEAD = """# Networks of keras.applications

<!-- Written by tools/corpus/keras/table.py. -->

How far the scores of an imported network are from Keras' own, relative to the largest score, on two random images; weights are
seeded. `.keras` and `.h5` also after a step of training with Adam. A network that is not in the table was not run, and says
nothing. The converter of TensorFlow.js writes `tfjs` (layers) and `tfjs-graph`. It refuses ConvNeXt's graph (*not saved*), and of
Keras 2's MobileNetV3 it leaves out the weights of layers whose names lie inside another's (`Conv/BatchNorm` in `Conv`).

Not run are the larger members of families that are in the table (ConvNeXt from Small on, DenseNet201, EfficientNet from
B2 and V2 from B2 on, NASNetLarge, RegNet and ResNetRS but the smallest, ResNet101 and 152 of both versions, VGG19), and of Keras 2 also
ConvNeXtTiny, EfficientNetB1, InceptionResNetV2, NASNetMobile and VGG16.
"""


def cell(row):
    if row is None:
        return "–"
    return f"{row['difference']:.0e}" if "difference" in row else row["error"].split("\n")[0].replace("|", "/")[:120]


rows = {}
for path in sys.argv[1:]:
    with open(path) as handle:
        for row in map(json.loads, handle):
            rows[row["library"], row["network"], row["form"]] = row

print(HEAD)
measured = [row for row in rows.values() if "difference" in row]
print(
    f"{len({key[:2] for key in rows})} networks in {len(rows)} files: {len(measured)} load, "
    f"{sum(row['difference'] < 1e-4 for row in measured)} of them within 1e-4.\n"
)
print("| library | network | layers | " + " | ".join(FORMS) + " |")
print("|---|---|---|" + "---|" * len(FORMS))
for library, network in sorted({key[:2] for key in rows}):
    own = [rows.get((library, network, form)) for form in FORMS]
    layers = next((str(row["layers"]) for row in own if row and "layers" in row), "–")
    print(f"| {NAMES[library]} | {network} | {layers} | " + " | ".join(map(cell, own)) + " |")

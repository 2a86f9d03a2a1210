"""Builds every network of keras.applications with seeded weights and saves it in every form that Keras has.

    python networks.py OUT keras        # Keras 3
    python networks.py OUT tf_keras     # Keras 2

For each network it writes OUT/<form> with the file and Keras' own scores, has compare.ts import it, and deletes it. A row of the table for each network and form goes to OUT/table.jsonl. Further arguments choose networks by name.
"""

import importlib
import importlib.machinery
import inspect
import json
import os
import shutil
import subprocess
import sys
import tempfile
import types

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
library = sys.argv[2]
if library == "tf_keras":
    os.environ["TF_USE_LEGACY_KERAS"] = "1"

import numpy as np

keras = importlib.import_module(library)
applications = keras.applications
HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "../../.."))

# The smallest image that a network takes, where it is larger than 32.
SMALLEST = {"InceptionV3": 75, "InceptionResNetV2": 75, "Xception": 71}
FIXED = {"NASNetMobile": 224, "NASNetLarge": 331}


# The importer runs beside, a folder a line.
importer = subprocess.Popen(
    ["npx", "jiti", os.path.join(HERE, "compare.ts")],
    cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    env={**os.environ, "NODE_OPTIONS": "--conditions=@saliency/source"},
)


def networks():
    for name, item in sorted(vars(applications).items()):
        if inspect.isfunction(item) and name[0].isupper():
            yield name, item


def build(name, make):
    size = FIXED.get(name) or SMALLEST.get(name, 32)
    settings = {"weights": None, "input_shape": (size, size, 3), "classes": 10}
    if "classifier_activation" in inspect.signature(make).parameters:
        settings["classifier_activation"] = None
    return make(**settings)


def seed(model):
    """Weights of moderate size everywhere, the statistics of batch normalisation included."""
    random = np.random.default_rng(1)
    for weight in model.weights:
        shape, kind = tuple(weight.shape), weight.name.split("/")[-1].split(":")[0]
        if kind == "count":
            continue
        if kind in ("gamma", "moving_variance", "variance"):
            value = random.uniform(0.8, 1.25, shape)
        elif kind in ("beta", "bias", "moving_mean", "mean"):
            value = random.normal(0, 0.1, shape)
        else:
            fan = np.prod(shape[:-1]) if "depthwise" not in weight.name else np.prod(shape[:2])
            value = random.normal(0, 1.4 / np.sqrt(max(fan, 1)), shape)
        weight.assign(value.astype("float32"))
    for layer in model.layers:
        # A Normalization computes with a copy of its statistics.
        if hasattr(layer, "finalize_state"):
            layer.finalize_state()


def train(model):
    """One step, so that the file holds the state of an optimizer."""
    model.compile("adam", "mse")
    x = np.zeros((1,) + tuple(model.input_shape[1:]), "float32")
    model.fit(x, np.zeros((1, 10), "float32"), verbose=0)


def converter():
    """tensorflowjs, without what Keras models do not need. Keras looks for jax itself, so that it is imported before."""
    unneeded = ("tensorflow_decision_forests", "tensorflow_hub", "jax", "jax.experimental", "jax.experimental.jax2tf")
    for name in unneeded:
        module = types.ModuleType(name)
        module.__spec__, module.__path__ = importlib.machinery.ModuleSpec(name, None), []
        sys.modules.setdefault(name, module)
    sys.modules["jax.experimental"].jax2tf = sys.modules["jax.experimental.jax2tf"]
    import tensorflowjs

    return tensorflowjs.converters


def save(model, form, folder):
    os.makedirs(folder)
    if form == "tfjs":
        converter().save_keras_model(model, folder)
        return "model.json"
    if form == "tfjs-graph":
        converters = converter()
        with tempfile.TemporaryDirectory() as saved:
            model.export(saved)
            converters.tf_saved_model_conversion_v2.convert_tf_saved_model(saved, folder)
        return "model.json"
    file = "model.h5" if form.startswith("h5") else "model.keras"
    model.save(os.path.join(folder, file))
    return file


def row(out, name, form, expected, model):
    folder = os.path.join(out, form)
    shutil.rmtree(folder, ignore_errors=True)
    result = {"library": library, "network": name, "form": form}
    try:
        file = save(model, form, folder)
        with open(os.path.join(folder, "expected.json"), "w") as handle:
            json.dump({"file": file, **expected}, handle)
        print(folder, file=importer.stdin, flush=True)
        result.update(json.loads(importer.stdout.readline()))
    except Exception as error:
        result["error"] = f"not saved: {type(error).__name__} {error}"[:300]
    shutil.rmtree(folder, ignore_errors=True)
    with open(os.path.join(out, "table.jsonl"), "a") as handle:
        handle.write(json.dumps(result) + "\n")
    print(json.dumps(result), flush=True)


def expect(model):
    image = np.random.default_rng(2).normal(0, 1, (2,) + tuple(model.input_shape[1:])).astype("float32")
    return {"shape": image.shape, "image": image.ravel().tolist(), "scores": model.predict(image, verbose=0).ravel().tolist()}


def main():
    out, wanted = sys.argv[1], sys.argv[3:]
    os.makedirs(out, exist_ok=True)
    for name, make in networks():
        if wanted and name not in wanted:
            continue
        keras.backend.clear_session()
        model = build(name, make)
        seed(model)
        expected = expect(model)
        for form in ("keras", "h5", "tfjs", "tfjs-graph"):
            row(out, name, form, expected, model)
        if model.count_params() < 30e6:
            train(model)
            seed(model)
            for form in ("keras-trained", "h5-trained"):
                row(out, name, form, expected, model)


main()

"""Writes small networks of layers that keras.applications do not have, with Keras' own scores.

    python layers.py ../../../packages/model-formats/test/keras-layers keras        # Keras 3; tf_keras for Keras 2

Each is saved as `.keras` and `.h5`. Its scores, on an image whose values are the sine of .7 times their index, are added
to scores.json.
"""

import importlib
import json
import os
import sys

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
library = sys.argv[2]
if library == "tf_keras":
    os.environ["TF_USE_LEGACY_KERAS"] = "1"

import numpy as np

keras = importlib.import_module(library)
L = keras.layers


def tokens(x):
    x = L.Reshape((16, 6))(x)
    y = L.LayerNormalization()(x)
    x = L.Add()([x, L.MultiHeadAttention(2, 3, dropout=0.1)(y, y)])
    z = L.Dense(5, activation="gelu")(x)
    x = L.MultiHeadAttention(3, 2, value_dim=4, use_bias=False, output_shape=7, name="across")(x, z, use_causal_mask=True)
    x = L.SpatialDropout1D(0.2)(x)
    x = L.EinsumDense("abc,cde->abde", output_shape=(None, 2, 3), bias_axes="de", activation="relu")(x)
    x = L.Reshape((16, 6))(x)
    x = L.Attention(use_scale=True)([x, x])
    x = L.EinsumDense("...x,xy->...y", output_shape=5)(x)
    return L.GlobalAveragePooling1D()(x)


def sequences(x):
    """Channel attention as ECA has it, then every layer over one axis."""
    weights = L.Conv1D(1, 3, padding="same", use_bias=False, activation="sigmoid")(L.Reshape((6, 1))(L.GlobalAveragePooling2D()(x)))
    x = L.Multiply()([x, L.Reshape((1, 1, 6))(weights)])
    x = L.Reshape((16, 6))(x)
    x = L.Conv1D(6, 3, padding="causal", dilation_rate=2, activation="elu")(x)
    x = L.Conv1D(6, 2, strides=1, groups=2)(x)
    x = L.BatchNormalization()(x)
    x = L.SeparableConv1D(5, 3, padding="same", depth_multiplier=2)(x)
    x = L.MaxPooling1D(3, strides=2, padding="same")(x)
    x = L.ZeroPadding1D((1, 2))(x)
    x = L.Cropping1D((2, 0))(x)
    x = L.UpSampling1D(3)(x)
    x = L.DepthwiseConv1D(3, strides=2)(x)
    x = L.AveragePooling1D(2)(x)
    x = L.Conv1DTranspose(4, 3, strides=2, padding="same")(x)
    x = L.Concatenate()([L.GlobalMaxPooling1D()(x), L.Flatten()(L.GlobalAveragePooling1D(keepdims=True)(x))])
    x = L.RepeatVector(2)(x)
    return L.Flatten()(x)


def norms(x):
    x = L.GroupNormalization(3, epsilon=0.01)(x)
    x = L.UnitNormalization()(x)
    x = L.GroupNormalization(-1, scale=False)(x)
    if library == "keras":
        x = L.RMSNormalization(epsilon=0.1)(x)
    x = L.Flatten()(x)
    x = L.GroupNormalization(4)(x)
    return L.UnitNormalization()(x)


def seed(model):
    random = np.random.default_rng(7)
    for weight in model.weights:
        shape = tuple(weight.shape)
        positive = any(part in weight.name for part in ("variance", "gamma", "scale"))
        value = random.uniform(0.5, 1.5, shape) if positive else random.normal(0, 0.6, shape)
        weight.assign(value.astype("float32"))


out = sys.argv[1]
os.makedirs(out, exist_ok=True)
path = os.path.join(out, "scores.json")
scores = json.load(open(path)) if os.path.exists(path) else {}
for make in (tokens, sequences, norms):
    keras.backend.clear_session()
    image = keras.Input((8, 8, 3), name="image")
    x = L.Conv2D(6, 2, strides=2, name="stem")(image)
    model = keras.Model(image, L.Dense(3, name="scores")(make(x)), name=make.__name__)
    seed(model)
    given = np.sin(0.7 * np.arange(8 * 8 * 3)).astype("float32").reshape(1, 8, 8, 3)
    said = model.predict(given, verbose=0).ravel().tolist()
    for ending in ("keras", "h5"):
        file = f"{make.__name__}-{library.replace('tf_keras', 'keras2')}.{ending}"
        model.save(os.path.join(out, file))
        scores[file] = said
json.dump(scores, open(path, "w"), indent=2)

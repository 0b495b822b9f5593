# SPDX-License-Identifier: GPL-3.0-or-later
"""Random weights in the layout in which the BigEarthNet v2 models are published.

``config.json`` is what ``PyTorchModelHubMixin`` writes for a module made with ConfigILM's
dataclass and a learning rate: all fields flat, in alphabetical order.
"""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np

CONFIG = {
    "_fusion_activation": "nn.Tanh()", "_fusion_method": "torch.mul", "channels": 10,
    "class_names": None, "classes": 19, "custom_fusion_activation": None,
    "custom_fusion_method": None, "drop_path_rate": 0.15, "drop_rate": 0.15,
    "fusion_dropout_rate": 0.25, "fusion_hidden": 256, "fusion_in": 512, "fusion_out": 512,
    "hf_model_name": None, "image_size": 120, "load_pretrained_hf_if_available": True,
    "load_pretrained_timm_if_available": False, "lr": 0.001, "max_sequence_length": 32,
    "network_type": 0, "t_dropout_rate": 0.25, "timm_model_name": "resnet18",
    "use_pooler_output": True, "v_dropout_rate": 0.25, "visual_features_out": 512,
    "warmup": 10000,
}  # fmt: skip
PREFIX = "model.vision_encoder."
_BLOCKS = {"resnet18": ((2, 2, 2, 2), False), "resnet50": ((3, 4, 6, 3), True)}


def resnet_state(name="resnet18", channels=10, classes=19, seed=0):
    """Random tensors with the names and shapes of timm's network."""
    rng, state = np.random.default_rng(seed), {}
    blocks, bottleneck = _BLOCKS[name]

    def conv(name, out, into, side):
        scale = np.sqrt(2 / (into * side * side))
        state[f"{name}.weight"] = (rng.standard_normal((out, into, side, side)) * scale).astype(
            "f4"
        )

    def norm(name, width, low=0.5):
        state[f"{name}.weight"] = rng.uniform(low, 3 * low, width).astype("f4")
        state[f"{name}.bias"] = rng.normal(0, 0.1, width).astype("f4")
        state[f"{name}.running_mean"] = rng.normal(0, 0.1, width).astype("f4")
        state[f"{name}.running_var"] = rng.uniform(0.5, 1.5, width).astype("f4")
        state[f"{name}.num_batches_tracked"] = np.array(7, "i8")

    conv("conv1", 64, channels, 7)
    norm("bn1", 64)
    into = 64
    for stage, count in enumerate(blocks, 1):
        width = 32 << stage
        out = width * 4 if bottleneck else width
        for block in range(count):
            name = f"layer{stage}.{block}"
            sides = ((1, into, width), (3, width, width), (1, width, out)) if bottleneck else (
                (3, into, width), (3, width, width))  # fmt: skip
            for place, (side, a, b) in enumerate(sides, 1):
                conv(f"{name}.conv{place}", b, a, side)
                # What is added to the shortcut stays small, as in a trained network.
                norm(f"{name}.bn{place}", b, 0.05 if place == len(sides) else 0.5)
            if into != out or (stage > 1 and block == 0):
                conv(f"{name}.downsample.0", out, into, 1)
                norm(f"{name}.downsample.1", out)
            into = out
    state["fc.weight"] = (rng.standard_normal((classes, into)) / np.sqrt(into)).astype("f4")
    state["fc.bias"] = rng.normal(0, 0.1, classes).astype("f4")
    return state


def write_safetensors(path, tensors):
    """The format of github.com/huggingface/safetensors, written from its description."""
    names = {"f4": "F32", "i8": "I64", "f2": "F16", "u2": "BF16"}
    header, body, place = {"__metadata__": {"format": "pt"}}, [], 0
    for name in sorted(tensors):
        values = np.asarray(tensors[name])  # no ascontiguousarray: it gives scalars an axis
        raw = values.tobytes()
        header[name] = {
            "dtype": names[values.dtype.str[1:]], "shape": list(values.shape),
            "data_offsets": [place, place + len(raw)],
        }  # fmt: skip
        body.append(raw)
        place += len(raw)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    Path(path).write_bytes(struct.pack("<Q", len(text)) + text + b"".join(body))

#!/usr/bin/env python3
"""Writes observers.json: what PyTorch's observers make of small data, image by image.

    python3 observers.py    (needs torch 1.13 and numpy)

Scale and zero point of every observer in every scheme; for the histogram observer also its own histogram and
the ends it finds, since it re-bins whenever a later image is wider. tests/core/test_golden_observers.cpp reads it.
"""
import itertools
import json
import pathlib
import warnings

import numpy as np
import torch
from torch.ao.quantization import observer

import recipe as recipes

SMALL = {"shape": [1, 4, 6, 6], "images": 11}
DATA = {
    "gauss": {**SMALL, "seed": 1, "scale": 2.7e-5, "drift": 0.21, "offset": 0.1},
    "relu": {**SMALL, "seed": 2, "scale": 1.1e-4, "drift": 0.37, "clamp": [0, 1000]},
    "above zero": {**SMALL, "seed": 3, "scale": 1.3e-5, "offset": 5.0},
    "below zero": {**SMALL, "seed": 4, "scale": 3.7e-6, "offset": -0.7, "drift": 0.05},
    "even ends": {**SMALL, "seed": 5, "scale": 1e-4, "clamp": [-3.1, 3.1], "ends": True},
    "tiny": {**SMALL, "seed": 6, "scale": 1e-12, "drift": 0.5},
    "large": {**SMALL, "seed": 7, "scale": 41.0, "drift": 0.11, "offset": 1e6},
    "dead channel": {**SMALL, "seed": 8, "scale": 1e-5, "dead": 2},
}
# The ends in the first image, integers, a power of two apart, and values that float32 needn't round: here
# PyTorch's bins are exact, and each holds whole bins of ours.
LARGE = {"shape": [1, 2, 100, 100], "images": 6, "ends": True}
ALIGNED = {
    "gauss": {**LARGE, "seed": 11, "scale": 2.0**-16, "clamp": [-4, 4]},
    "peak": {**LARGE, "seed": 12, "scale": 3 * 2.0**-16, "clamp": [-8, 8]},
    "relu": {**LARGE, "seed": 13, "scale": 2.0**-16, "clamp": [0, 4]},
    "long tail": {**LARGE, "seed": 14, "scale": 2.0**-16, "drift": 0.5, "offset": 0.5, "clamp": [-1, 7]},
    "mostly negative": {**LARGE, "seed": 15, "scale": 2.0**-16, "offset": -2.0, "clamp": [-6, 2]},
    "cut": {**LARGE, "seed": 16, "scale": 2.0**-14, "clamp": [-2, 2]},
}
# One image within (-1, 1): there PyTorch 1.13 counts everything, in bins that are not ours.
SINGLE = {"shape": [1, 2, 100, 100], "images": 1}
GENERAL = {
    "gauss": {**SINGLE, "seed": 21, "scale": 5.3e-6},
    "shifted": {**SINGLE, "seed": 22, "scale": 3.3e-6, "offset": 0.31},
    "relu": {**SINGLE, "seed": 23, "scale": 6.1e-6, "clamp": [0, 1]},
    "cut": {**SINGLE, "seed": 24, "scale": 7.3e-6, "clamp": [-0.33, 0.41]},
    "narrow": {**SINGLE, "seed": 25, "scale": 1.7e-8, "offset": 0.001},
}


def schemes():
    for dtype, symmetric, reduced in itertools.product(("uint8", "int8"), (False, True), (False, True)):
        yield {"format": dtype, "symmetric": symmetric, "reduced": reduced}


def arguments(scheme, per_channel):
    granularity = "channel" if per_channel else "tensor"
    return {"dtype": {"uint8": torch.quint8, "int8": torch.qint8}[scheme["format"]],
            "qscheme": getattr(torch, f"per_{granularity}_{'symmetric' if scheme['symmetric'] else 'affine'}"),
            "reduce_range": scheme["reduced"]}


def observed(made, data):
    for image in data:
        made(torch.from_numpy(image))
    scale, zero_point = made.calculate_qparams()
    return {"scale": scale.double().tolist(), "zero_point": zero_point.tolist()}


def simple_cases(data):
    for name in ("MinMaxObserver", "MovingAverageMinMaxObserver", "PerChannelMinMaxObserver",
                 "MovingAveragePerChannelMinMaxObserver"):
        per_channel = "PerChannel" in name
        for scheme in schemes():
            extra = {"ch_axis": 1} if per_channel else {}
            try:
                made = getattr(observer, name)(**arguments(scheme, per_channel), **extra)
            except NotImplementedError:  # symmetric quint8 with reduce_range, by some observers
                continue
            yield {"observer": name, **scheme, **observed(made, data)}


def histogram_cases(data, with_counts):
    cases = []
    for scheme in schemes():
        made = observer.HistogramObserver(**arguments(scheme, False))
        cases.append({**scheme, **observed(made, data)})
    low, high = made._non_linear_param_search()
    result = {"cases": cases, "found": [float(low), float(high)],
              "min": float(made.min_val), "max": float(made.max_val)}
    if with_counts:
        result["counts"] = [int(c) if c == int(c) else c for c in made.histogram.double().tolist()]
    return result


def main():
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    golden = {"torch": torch.__version__, "numpy": np.__version__, "simple": [], "search": [], "aligned": [],
              "general": []}
    for name, recipe in DATA.items():
        data = recipes.images(recipe)
        golden["simple"].append({"name": name, "recipe": recipe, "cases": list(simple_cases(data))})
    for name, recipe in itertools.chain(DATA.items(), (("aligned " + n, r) for n, r in ALIGNED.items())):
        golden["search"].append({"name": name, **histogram_cases(recipes.images(recipe), True)})
    for kind, sets in (("aligned", ALIGNED), ("general", GENERAL)):
        for name, recipe in sets.items():
            golden[kind].append({"name": name, "recipe": recipe,
                                 **histogram_cases(recipes.images(recipe), False)})
    path = pathlib.Path(__file__).with_name("observers.json")
    path.write_text(json.dumps(golden, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes calibrators.json: ranges that ONNX Runtime's calibrators find for small data, image by image.

    python3 calibrators.py    (needs numpy, onnx and onnxruntime)

tests/core/test_golden_observers.cpp reads it and says how close ours must be, and why not closer.
"""
import contextlib
import io
import json
import pathlib
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, create_calibrator

import recipe as recipes

SHAPE = {"shape": [1, 2, 50, 50], "images": 8}
DATA = {
    "gauss": {**SHAPE, "seed": 31, "scale": 2.7e-5, "drift": 0.21, "offset": 0.1},
    "relu": {**SHAPE, "seed": 32, "scale": 1.1e-4, "drift": 0.37, "clamp": [0, 1000]},
    "cut": {**SHAPE, "seed": 33, "scale": 1e-4, "clamp": [-3.1, 4.3]},
    "outliers": {**SHAPE, "seed": 34, "scale": 2e-5, "clamp": [-9, 11], "ends": True},
    "below zero": {**SHAPE, "seed": 35, "scale": 3.7e-6, "offset": -0.7, "drift": 0.05},
}
# No whole number of elements is cut: where it is, a rounding of their cumulative sum decides.
PERCENTILE = 99.9013
# Bins of both signs together: 2048 of each, as ours. 255 levels: 128 of |x|, as ours.
METHODS = {
    "minmax": (CalibrationMethod.MinMax, {}),
    "percentile": (CalibrationMethod.Percentile,
                   {"num_bins": 4096, "percentile": PERCENTILE, "symmetric": False}),
    "percentile symmetric": (CalibrationMethod.Percentile,
                             {"num_bins": 2048, "percentile": PERCENTILE, "symmetric": True}),
    "entropy": (CalibrationMethod.Entropy, {"num_bins": 4096, "num_quantized_bins": 255}),
}


class Reader(CalibrationDataReader):
    def __init__(self, images):
        self.images = iter(images)

    def get_next(self):
        image = next(self.images, None)
        return None if image is None else {"x": image}


def model(path, shape):
    graph = helper.make_graph([helper.make_node("Neg", ["x"], ["y"])], "golden",
                              [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)


def found(images, method, options, folder):
    path = pathlib.Path(folder) / "model.onnx"
    model(path, list(images[0].shape))
    with contextlib.redirect_stdout(io.StringIO()):
        calibrator = create_calibrator(path, None, str(pathlib.Path(folder) / "augmented.onnx"), method,
                                       extra_options=options)
        for image in images:  # one by one, so that ranges grow
            calibrator.collect_data(Reader([image]))
        low, high = calibrator.compute_data()["x"].range_value
    return [float(np.float32(np.ravel(end)[0])) for end in (low, high)]


def main():
    golden = {"onnxruntime": onnxruntime.__version__, "onnx": onnx.__version__, "numpy": np.__version__,
              "percentile": PERCENTILE, "data": []}
    with tempfile.TemporaryDirectory() as folder:
        for name, recipe in DATA.items():
            images = recipes.images(recipe)
            golden["data"].append({"name": name, "recipe": recipe, "ranges": {
                method: found(images, kind, options, folder) for method, (kind, options) in METHODS.items()}})
    path = pathlib.Path(__file__).with_name("calibrators.json")
    path.write_text(json.dumps(golden, separators=(",", ":")).replace('{"name"', '\n{"name"') + "\n")


if __name__ == "__main__":
    main()

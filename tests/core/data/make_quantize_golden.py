#!/usr/bin/env python3
"""Writes quantize_golden.json: what ONNX Runtime's QuantizeLinear -> DequantizeLinear makes of chosen floats.

    python3 make_quantize_golden.py    (needs numpy, onnx, onnxruntime)

Floats are stored as their bits, eight hexadecimal digits each.
"""
import json
import pathlib
import platform

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

TYPES = {"int8": TensorProto.INT8, "uint8": TensorProto.UINT8, "int16": TensorProto.INT16,
         "uint16": TensorProto.UINT16, "int4": TensorProto.INT4, "uint4": TensorProto.UINT4}


def bits(values):
    return "".join(f"{b:08x}" for b in np.asarray(values, np.float32).ravel().view(np.uint32).tolist())


def run(x, scales, zero_points, fmt, axis=None):
    per_axis = {} if axis is None else {"axis": axis}
    shape = [] if axis is None else [len(scales)]
    nodes = [helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"], **per_axis),
             helper.make_node("DequantizeLinear", ["q", "s", "z"], ["y"], **per_axis)]
    constants = [helper.make_tensor("s", TensorProto.FLOAT, shape, np.asarray(scales, np.float32).tolist()),
                 helper.make_tensor("z", TYPES[fmt], shape, list(zero_points))]
    graph = helper.make_graph(nodes, "golden", [helper.make_tensor_value_info("x", TensorProto.FLOAT, list(x.shape))],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]


def inputs():
    rng = np.random.default_rng(20)
    tiny = np.finfo(np.float32).tiny
    special = [np.nan, -np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-45, -1e-45, tiny, -tiny, tiny / 3, 3e38, -3e38,
               2147483520.0, 2147483648.0, -2147483648.0, 4e9, -4e9, 8388607.5, -8388607.5]
    halves = np.arange(-24, 25) / 2
    tenths = np.arange(-24, 25) * np.float32(0.05)
    edges = [127.4, 127.5, 127.6, 128.5, -127.5, -128.5, 254.5, 255.5, 32766.5, 32767.5, -32768.5, 65534.5, 65535.5]
    normal = rng.normal(0, 40, 80)
    wide = rng.choice([-1, 1], 60) * np.exp2(rng.uniform(-140, 120, 60))
    return np.concatenate([special, halves, tenths, edges, normal, wide]).astype(np.float32)


def main():
    x = inputs()
    cases = []
    for fmt in TYPES:
        unsigned = fmt.startswith("u")
        for scale, zero_point in [(1.0, 0), (0.5, 8 if unsigned else -3), (0.1, 3), (0.0235294122248888, 7),
                                  (2.0 ** -23, 5), (float(np.finfo(np.float32).tiny), 0), (1e30, 1)]:
            cases.append({"format": fmt, "axis": -1, "shape": [len(x)], "scale": bits([scale]),
                          "zero_point": [zero_point], "out": bits(run(x, [scale], [zero_point], fmt))})
    shape = [3, 4, 5]
    part = x[20:80].reshape(shape)
    for fmt in ("int8", "uint8", "int16"):
        for axis in range(3):
            scales = np.array([0.1, 0.5, 0.037, 1.5, 0.0625][:shape[axis]], np.float32)
            zero_points = [3, 0, 11, 100, 5][:shape[axis]]
            cases.append({"format": fmt, "axis": axis, "shape": shape, "first": 20, "scale": bits(scales),
                          "zero_point": zero_points, "out": bits(run(part, scales, zero_points, fmt, axis))})
    document = {"made_with": {"onnxruntime": onnxruntime.__version__, "onnx": onnx.__version__,
                              "numpy": np.__version__, "machine": platform.machine()},
                "in": bits(x), "cases": cases}
    path = pathlib.Path(__file__).with_name("quantize_golden.json")
    path.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()

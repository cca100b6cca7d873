#!/usr/bin/env python3
"""Writes golden_onnx.json: QuantizeLinear and DequantizeLinear of onnx's reference evaluator, opset 21.

    python3 onnx_numbers.py    (needs onnx and numpy)

tests/core/test_golden_number.cpp reads it. The evaluator converts quotients to int32 before it clips, so inputs stay
below 2^31 steps; ONNX Runtime's own operators on infinities and NaN are in quantize_golden.json.
"""
import numpy as np
import onnx
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

import number_data

TYPES = {"int8": TensorProto.INT8, "uint8": TensorProto.UINT8, "int16": TensorProto.INT16,
         "uint16": TensorProto.UINT16, "int4": TensorProto.INT4, "uint4": TensorProto.UINT4}
LIMITS = {"int8": (-128, 127), "uint8": (0, 255), "int16": (-32768, 32767), "uint16": (0, 65535), "int4": (-8, 7),
          "uint4": (0, 15)}
SIZES = [0.125, 0.1, 0.37, 0.0235294122, 1.5, 0.0625, 3.3, 0.7, 0.011, 0.5]


def parameters(fmt, shape, first):
    """Scales that suit 4 bits better are 16 times as large; zero points anywhere among the codes."""
    low, high = LIMITS[fmt]
    count = int(np.prod(shape))
    order = np.arange(first, first + count)
    scale = np.array(SIZES, np.float32)[order % len(SIZES)] * np.float32({"4": 4, "8": 0.5}.get(fmt[-1], 2.0**-6))
    zero_point = low + (order * 7 + (high - low) // 2) % (high - low + 1)
    return scale.reshape(shape), zero_point.reshape(shape)


def run(x, fmt, scale, zero_point, **attributes):
    constants = [onnx.numpy_helper.from_array(scale, "s"),
                 helper.make_tensor("z", TYPES[fmt], zero_point.shape, zero_point.ravel().tolist())]
    nodes = [helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"], **attributes),
             helper.make_node("DequantizeLinear", ["q", "s", "z"], ["y"], **attributes)]
    graph = helper.make_graph(nodes, "golden", [helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)],
                              [helper.make_tensor_value_info("q", TYPES[fmt], x.shape),
                               helper.make_tensor_value_info("y", TensorProto.FLOAT, x.shape)], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.checker.check_model(model)
    q, y = ReferenceEvaluator(model).run(None, {"x": x})
    assert y.dtype == np.float32
    return [int(code) for code in q.ravel()], number_data.bits(y)


def case(name, x, fmt, axis, block_size, first):
    shape, attributes = [], {}
    if axis >= 0:
        shape, attributes = [x.shape[axis]], {"axis": axis}
    if block_size:
        shape = list(x.shape)
        shape[axis] = -(-shape[axis] // block_size)
        attributes["block_size"] = block_size
    scale, zero_point = parameters(fmt, shape, first)
    codes, values = run(x, fmt, scale, zero_point, **attributes)
    result = {"kind": "quantize", "input": name, "format": fmt, "axis": axis, "block_size": block_size,
              "scale": number_data.bits(scale), "zero_point": number_data.codes(zero_point), "codes": codes}
    return {**result, "values": values} if name == "spread" and axis <= 0 else result


def main():
    inputs = number_data.inputs()
    inputs["edges"] = np.clip(inputs["edges"], np.float32(-1e5), np.float32(1e5))
    cases = []
    for i, fmt in enumerate(TYPES):
        for name in ("spread", "ties", "edges"):
            cases.append(case(name, inputs[name], fmt, -1, 0, i))
        for axis in range(3):
            cases.append(case("spread", inputs["spread"], fmt, axis, 0, i))
        for axis, block_size in ((0, 2), (1, 4), (2, 4), (2, 5)):  # 4 of 6 and of 10: a shorter last block
            cases.append(case("other", inputs["other"], fmt, axis, block_size, i))
    number_data.write("onnx", {"onnx": onnx.__version__, "numpy": np.__version__}, inputs, cases)


if __name__ == "__main__":
    main()

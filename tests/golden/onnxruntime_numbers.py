#!/usr/bin/env python3
"""Writes golden_onnxruntime.json: what ONNX Runtime's Python quantizer and its blocked CPU operators make of tensors.

    python3 onnxruntime_numbers.py    (needs onnx, onnxruntime and numpy)

tests/core/test_golden_number.cpp reads it and says where the two differ on purpose.
"""
import itertools
import platform
import warnings

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper
from onnxruntime.quantization import quant_utils

import number_data
from onnx_numbers import TYPES, parameters

RANGES = {"relu": (0, 6), "both": (-1.37, 2.9), "above": (0.3, 7.7), "below": (-7.7, -0.3), "wide": (-3e30, 1e30),
          "narrow": (-1e-30, 3e-30), "zero": (0, 0), "subnormal": (-1e-42, 1e-41), "even": (-1, 1)}
PACKED = {"int4", "uint4"}


def scale_of(data, fmt, symmetric, reduced):
    zero_point, scale = quant_utils.compute_data_quant_params(data, TYPES[fmt], symmetric, reduced)
    return int(zero_point), float(scale)


def ranges():
    for fmt, symmetric, reduced, (name, ends) in itertools.product(TYPES, (False, True), (False, True), RANGES.items()):
        ends = np.array(ends, np.float32)
        limits = quant_utils.get_qmin_qmax_for_qType(TYPES[fmt], reduced, symmetric=symmetric)
        zero_point, scale = quant_utils.compute_scale_zp(ends[0], ends[1], *limits, symmetric)
        yield {"kind": "range", "name": name, "format": fmt, "symmetric": symmetric, "reduced": reduced,
               "range": number_data.bits(ends), "qmin": int(limits[0]), "qmax": int(limits[1]),
               "scale": number_data.bits([float(scale)]), "zero_point": [int(zero_point)]}


def slices(x, axis, block_size):
    """Index and data of each channel or block, in the order of the scales."""
    if axis < 0:
        return [], [x]
    if not block_size:
        return [x.shape[axis]], [x.take(i, axis) for i in range(x.shape[axis])]
    shape = list(x.shape)
    shape[axis] = -(-shape[axis] // block_size)
    parts = []
    for at in np.ndindex(*shape):
        index = [slice(i, i + 1) for i in at]
        index[axis] = slice(at[axis] * block_size, (at[axis] + 1) * block_size)
        parts.append(x[tuple(index)])
    return shape, parts


def tensor(name, x, fmt, axis, block_size, symmetric, reduced):
    shape, parts = slices(x, axis, block_size)
    found = [scale_of(part, fmt, symmetric, reduced) for part in parts]
    scale = np.array([s for _, s in found], np.float32).reshape(shape)
    zero_point = np.array([z for z, _ in found], np.int32).reshape(shape)
    kind = helper.tensor_dtype_to_np_dtype(TYPES[fmt])
    weight = quant_utils.quantize_onnx_initializer(onnx.numpy_helper.from_array(x, "w"), TYPES[fmt],
                                                   zero_point.astype(kind), scale,
                                                   None if axis < 0 else axis, block_size=block_size)
    if axis < 0:  # the quantizer's all in one gives the same
        whole = quant_utils.quantize_data(x, TYPES[fmt], symmetric, reduced)
        assert int(whole[0]) == int(zero_point) and float(whole[1]) == float(scale)
    case = {"kind": "tensor", "input": name, "shape": list(x.shape), "format": fmt, "axis": axis,
            "block_size": block_size, "symmetric": symmetric, "reduced": reduced,
            "scale": number_data.bits(scale), "zero_point": number_data.codes(zero_point)}
    if fmt in PACKED:
        return {**case, "packed": weight.raw_data.hex()}
    return {**case, "codes": number_data.codes(onnx.numpy_helper.to_array(weight).astype(np.int32))}


def operators(name, x, fmt, axis, block_size):
    """The CPU kernels themselves, in blocks."""
    shape = list(x.shape)
    shape[axis] = -(-shape[axis] // block_size)
    scale, zero_point = parameters(fmt, shape, 3)
    attributes = {"axis": axis, "block_size": block_size}
    nodes = [helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"], **attributes),
             helper.make_node("DequantizeLinear", ["q", "s", "z"], ["y"], **attributes)]
    constants = [onnx.numpy_helper.from_array(scale, "s"),
                 helper.make_tensor("z", TYPES[fmt], shape, zero_point.ravel().tolist())]
    graph = helper.make_graph(nodes, "golden", [helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, x.shape)], constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return {"kind": "operators", "input": name, "format": fmt, "axis": axis, "block_size": block_size,
            "scale": number_data.bits(scale), "zero_point": number_data.codes(zero_point),
            "values": number_data.bits(session.run(None, {"x": x})[0])}


def main():
    warnings.simplefilter("ignore")
    inputs = number_data.inputs()
    cases = list(ranges())
    for fmt, symmetric, reduced in itertools.product(TYPES, (False, True), (False, True)):
        cases.append(tensor("spread", inputs["spread"], fmt, -1, 0, symmetric, reduced))
    for fmt in ("int8", "uint8", "int4", "uint4", "int16"):
        symmetric = fmt in ("int8", "int4", "int16")
        for axis in range(3):
            cases.append(tensor("other", inputs["other"], fmt, axis, 0, symmetric, False))
    for fmt, symmetric in (("int8", True), ("int4", True), ("uint4", False)):
        matrix = inputs["spread"].reshape(24, 10)  # the quantizer's blocks are of matrices only
        for axis, block_size in ((0, 7), (1, 4), (1, 5)):  # the last blocks of 7 and of 4 are shorter
            cases.append(tensor("spread", matrix, fmt, axis, block_size, symmetric, False))
    for fmt in TYPES:
        for axis, block_size in ((1, 4), (2, 4)):
            cases.append(operators("other", inputs["other"], fmt, axis, block_size))
    made_with = {"onnxruntime": onnxruntime.__version__, "onnx": onnx.__version__, "numpy": np.__version__,
                 "machine": platform.machine()}
    number_data.write("onnxruntime", made_with, inputs, cases)


if __name__ == "__main__":
    main()

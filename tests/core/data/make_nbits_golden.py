#!/usr/bin/env python3
"""How ONNX Runtime packs 4-bit weights for com.microsoft.MatMulNBits.

Writes nbits_golden.json beside this file. The weights are multiples of a power of two and every block holds
both extreme codes, so the codes that the runtime's own quantizer (onnxruntime.quantization uses the same
function) finds are known beforehand and the packing alone is recorded. Made with onnxruntime 1.31.1.
"""
import json
import pathlib

import numpy as np
import onnxruntime
from onnxruntime.capi._pybind_state import quantize_matmul_4bits

SCALE = np.float32(0.125)


def case(rng, depth, columns, block):
    blocks = -(-depth // block)
    codes = rng.integers(0, 16, (columns, depth))
    zero_points = rng.integers(0, 16, (columns, blocks))
    for first in range(0, depth, block):
        size = min(block, depth - first)
        places = rng.permuted(np.tile(np.arange(size), (columns, 1)), axis=1) + first
        codes[np.arange(columns), places[:, 0]] = 0
        codes[np.arange(columns), places[:, 1]] = 15
    weight = np.zeros((blocks * block, columns), np.float32)
    weight[:depth] = ((codes - np.repeat(zero_points, block, 1)[:, :depth]) * SCALE).T
    packed = np.zeros((columns, blocks, block // 2), np.uint8)
    packed_zero_points = np.zeros((columns, (blocks + 1) // 2), np.uint8)
    scales = np.zeros((columns, blocks), np.float32)
    quantize_matmul_4bits(packed, weight, scales, packed_zero_points, block, columns, depth, False)
    assert (scales == SCALE).all()
    return {
        "depth": depth, "columns": columns, "block": block,
        "codes": codes.ravel().tolist(), "zero_points": zero_points.ravel().tolist(),
        "packed": packed.ravel().tolist(), "packed_zero_points": packed_zero_points.ravel().tolist(),
    }


def main():
    rng = np.random.default_rng(20)
    shapes = [(32, 3, 16), (40, 2, 16), (20, 3, 16), (96, 2, 32), (70, 2, 64), (16, 1, 16)]
    golden = {"onnxruntime": onnxruntime.__version__, "cases": [case(rng, *shape) for shape in shapes]}
    path = pathlib.Path(__file__).with_name("nbits_golden.json")
    path.write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

#!/usr/bin/env python3
"""Writes golden_torch.json: PyTorch's quantize_per_tensor, quantize_per_channel and fake quantization.

    python3 torch_numbers.py    (needs torch 1.13 and numpy)

tests/core/test_golden_number.cpp reads it.
"""
import platform

import numpy as np
import torch

import number_data

TYPES = {"uint8": torch.quint8, "int8": torch.qint8, "int32": torch.qint32}
# 0.1 and 0.0235 are no powers of two: PyTorch multiplies by the reciprocal, and that may round otherwise.
SCALES = [0.0625, 0.1, 0.023529412]
CHANNEL_SCALES = np.array([0.5, 0.125, 0.1, 0.023529412, 2.0**-9, 0.3, 1.7, 0.04, 0.011, 0.0625], np.float32)
RANGES = {"full": {"uint8": (0, 255), "int8": (-128, 127), "int4": (-8, 7), "uint4": (0, 15), "int16": (-32768, 32767),
                   "uint16": (0, 65535)},
          "restricted": {"int8": (-127, 127), "int4": (-7, 7), "int16": (-32767, 32767)},
          "reduced": {"uint8": (0, 127), "int8": (-64, 63), "int4": (-4, 3), "uint4": (0, 7)}}


def case(kind, name, fmt, axis, scales, zero_points, **more):
    return {"kind": kind, "input": name, "format": fmt, "axis": axis, "scale": number_data.bits(scales),
            "zero_point": [int(z) for z in zero_points], **more}


def per_tensor(name, x):
    for fmt, dtype in TYPES.items():
        for scale in SCALES:
            for zero_point in {"uint8": (0, 128), "int8": (-3,), "int32": (0,)}[fmt]:
                q = torch.quantize_per_tensor(torch.from_numpy(x), float(np.float32(scale)), zero_point, dtype)
                values = {"values": number_data.bits(q.dequantize().numpy())} if name == "spread" else {}
                yield case("quantize", name, fmt, -1, [scale], [zero_point], codes=number_data.codes(q.int_repr()),
                           **values)


def per_channel(name, x):
    for fmt in ("uint8", "int8"):
        for axis, count in enumerate(x.shape):
            scales = CHANNEL_SCALES[:count]
            zero_points = (np.arange(count) * 11) % 100
            q = torch.quantize_per_channel(torch.from_numpy(x), torch.from_numpy(scales).double(),
                                           torch.from_numpy(zero_points), axis, TYPES[fmt])
            yield case("quantize", name, fmt, axis, scales, zero_points, codes=number_data.codes(q.int_repr()))


def fake(name, x):
    for codes, formats in RANGES.items():
        for fmt, (qmin, qmax) in formats.items():
            scale, zero_point = np.float32(0.0625), max(qmin, 0) + (5 if qmin == 0 else 0)
            y = torch.fake_quantize_per_tensor_affine(torch.from_numpy(x), float(scale), zero_point, qmin, qmax)
            values = number_data.bits(y.numpy())
            yield case("fake", name, fmt, -1, [scale], [zero_point], range=codes, values=values)
            if codes != "full":
                continue
            scales = np.array([0.0625, 0.25, 0.5, 1.0, 2.0, 0.03125], np.float32)
            zero_points = np.full(6, zero_point, np.int32)
            y = torch.fake_quantize_per_channel_affine(torch.from_numpy(x), torch.from_numpy(scales),
                                                       torch.from_numpy(zero_points), 1, qmin, qmax)
            yield case("fake", name, fmt, 1, scales, zero_points, range=codes, values=number_data.bits(y.numpy()))


def main():
    inputs = number_data.inputs()
    cases = [*per_tensor("spread", inputs["spread"]), *per_tensor("edges", inputs["edges"]),
             *per_tensor("ties", inputs["ties"]), *per_channel("spread", inputs["spread"]),
             *per_channel("ties", inputs["ties"]), *fake("other", inputs["other"])]
    made_with = {"torch": torch.__version__, "engine": torch.backends.quantized.engine, "numpy": np.__version__,
                 "machine": platform.machine()}
    number_data.write("torch", made_with, inputs, cases)


if __name__ == "__main__":
    main()

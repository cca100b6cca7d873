#!/usr/bin/env python3
"""Writes resample_golden.bin and .json: what Pillow's Image.resize makes of three small images.

    python3 make_resample_golden.py    (needs numpy, pillow)

The test makes the same images; the .bin holds the results one after the other, interleaved, rows without gaps.
"""
import json
import pathlib

import numpy as np
import PIL
from PIL import Image

HEIGHT, WIDTH = 37, 53
FILTERS = {"pillow-bilinear": Image.Resampling.BILINEAR, "pillow-bicubic": Image.Resampling.BICUBIC}
SIZES = [(24, 24), (16, WIDTH), (HEIGHT, 20), (90, 61), (7, 5), (1, 1), (WIDTH, HEIGHT)]


def noise(channels):
    """The high bytes of the linear congruential generator of Numerical Recipes."""
    values = np.empty(HEIGHT * WIDTH * channels, np.uint8)
    state = 1
    for i in range(values.size):
        state = (state * 1664525 + 1013904223) % 2 ** 32
        values[i] = state >> 24
    return values.reshape(HEIGHT, WIDTH, channels)


def gradient(channels):
    y, x, c = np.mgrid[0:HEIGHT, 0:WIDTH, 0:channels]
    return ((5 * x + 3 * y + 70 * c) % 256).astype(np.uint8)


def checkers(channels):
    y, x, _ = np.mgrid[0:HEIGHT, 0:WIDTH, 0:channels]
    return (((x // 3 + y // 2) % 2) * 255).astype(np.uint8)


def main():
    here = pathlib.Path(__file__)
    cases, data = [], b""
    for name, make, channels in (("noise", noise, 3), ("gradient", gradient, 3), ("checkers", checkers, 1)):
        pixels = make(channels)
        image = Image.fromarray(pixels if channels == 3 else pixels[:, :, 0])
        for filter_name, resampling in FILTERS.items():
            for height, width in SIZES:
                result = np.asarray(image.resize((width, height), resampling))
                cases.append({"image": name, "channels": channels, "filter": filter_name, "size": [height, width],
                              "offset": len(data)})
                data += result.tobytes()
    here.with_name("resample_golden.bin").write_bytes(data)
    document = {"made_with": {"pillow": PIL.__version__, "numpy": np.__version__}, "cases": cases}
    here.with_name("resample_golden.json").write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main()

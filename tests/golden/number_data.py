"""What the golden_*.json of core/number have in common: inputs, and numbers as text. Floats are stored as their bits,
eight hexadecimal digits each."""
import json
import pathlib

import numpy as np

SHAPE = [4, 6, 10]
DATA = pathlib.Path(__file__).resolve().parent.parent / "core" / "data"


def bits(values):
    return "".join(f"{b:08x}" for b in np.asarray(values, np.float32).ravel().view(np.uint32).tolist())


def spread(seed):
    """Normal numbers; every index of every axis has its own size, and one block of the last axis is zero."""
    rng = np.random.default_rng(seed)
    size = np.exp2(rng.integers(-6, 5, (SHAPE[0], 1, 1)) + rng.integers(-3, 4, (1, SHAPE[1], 1)))
    x = rng.normal(0.1, 1, SHAPE) * size
    x[1, 2, :4] = 0
    return x.astype(np.float32)


def ties():
    """Multiples of 1/16 from -15 to 15 (halves of a step of 1/8, 1/4 …), some with their neighbours."""
    x = (np.arange(240, dtype=np.float32).reshape(SHAPE) - 120) / np.float32(8)
    x[1] += np.float32(1 / 16)
    x[2] = np.nextafter(x[2], np.float32(np.inf))
    x[3, :3] = np.nextafter(x[3, :3], np.float32(-np.inf))
    return x


def edges():
    """Zeros, subnormals, numbers around the ends of every format, and far beyond them."""
    tiny = float(np.finfo(np.float32).tiny)
    special = [0.0, -0.0, 1e-45, -1e-45, tiny, -tiny, tiny / 3, 1e-20, -1e-20, 1e5, -1e5, 1e7, -1e7, 2e8, -2e8]
    ends = [s * (2.0**b + d) for b in (2, 3, 4, 6, 7, 8, 15, 16) for s in (-1, 1)
            for d in (-1.5, -1, -0.75, -0.5, -0.25, 0, 0.25, 0.5, 1, 1.5, 2)]
    values = np.array(special + ends, np.float32)
    return np.resize(values, int(np.prod(SHAPE))).reshape(SHAPE)


def inputs():
    return {"spread": spread(1), "other": spread(2), "ties": ties(), "edges": edges()}


def codes(values):
    return [int(code) for code in np.asarray(values).ravel()]


def write(name, made_with, data, cases):
    document = {"made_with": made_with, "shape": SHAPE, "inputs": {key: bits(x) for key, x in data.items()},
                "cases": cases}
    text = json.dumps(document, separators=(",", ":")).replace('{"kind"', '\n{"kind"')
    (DATA / f"golden_{name}.json").write_text(text + "\n")

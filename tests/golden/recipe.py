"""Test data that C++ makes too, to the last bit: integers from a linear congruential generator, and float32
products and sums of them. tests/support/recipe.h is the same in C++."""
import numpy as np


def integers(seed, count):
    """About normally distributed around 0, |x| <= 131070, standard deviation 37837."""
    state = seed
    result = np.empty(count, np.int64)
    for i in range(count):
        total = 0
        for _ in range(4):
            state = (1664525 * state + 1013904223) % 2**32
            total += state >> 16
        result[i] = total - 131070
    return result


def images(recipe):
    """A list of float32 arrays of recipe["shape"]: integers * scale * (1 + image % 5 * drift) + offset, clamped
    to recipe["clamp"]. With "ends", the first two elements of the first image are the clamp's ends. With "dead",
    that channel (axis 1) is zero."""
    shape, count = recipe["shape"], recipe["images"]
    size = int(np.prod(shape))
    raw = integers(recipe["seed"], size * count).astype(np.float32)
    result = []
    for i in range(count):
        x = raw[i * size:(i + 1) * size] * np.float32(recipe["scale"])
        x = x * np.float32(1 + i % 5 * recipe.get("drift", 0.0)) + np.float32(recipe.get("offset", 0.0))
        if "clamp" in recipe:
            low, high = np.float32(recipe["clamp"])
            x = np.minimum(np.maximum(x, low), high)
            if recipe.get("ends") and i == 0:
                x[0], x[1] = low, high
        x = x.reshape(shape)
        if "dead" in recipe:
            x[:, recipe["dead"]] = 0
        result.append(x)
    return result

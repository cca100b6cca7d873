#!/usr/bin/env python3
"""Writes verification.json: the area under the curve that scikit-learn gives for pairs with equal similarities
among them.

    python3 verification.py    (needs scikit-learn and numpy)

tests/core/test_task_measures.cpp makes the same pairs from the same generator.
"""
import json
import pathlib

import numpy as np
from sklearn.metrics import roc_auc_score, roc_curve

import recipe


def main():
    cases = []
    for seed, count, steps, shift in [(5, 1000, 16384, 20000), (6, 3000, 1024, 8000), (7, 200, 65536, -9000)]:
        values = recipe.integers(seed, count)
        same = (np.arange(count) * 7 % 3 == 0).astype(int)
        similarity = (values + shift * same) // steps  # so coarse that many are equal
        fpr, tpr, _ = roc_curve(same, similarity, drop_intermediate=False)
        right = tpr * same.sum() + (1 - fpr) * (count - same.sum())
        cases.append({"seed": seed, "count": count, "steps": steps, "shift": shift,
                      "auc": float(roc_auc_score(same, similarity)), "accuracy": float(right.max() / count)})
    path = pathlib.Path(__file__).with_name("verification.json")
    path.write_text(json.dumps({"cases": cases}, indent=1) + "\n")


main()

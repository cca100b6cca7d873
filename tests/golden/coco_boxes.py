#!/usr/bin/env python3
"""Writes coco_boxes.json: the twelve figures that pycocotools gives for generated boxes.

    python3 coco_boxes.py    (needs pycocotools and numpy)

The boxes come from a recipe that C++ makes too, to the last bit: integers from a linear congruential generator.
tests/core/test_coco_map.cpp makes them again and compares. There are crowds, images without objects, images
without detections, equal scores, boxes of every size, categories without objects, more than 100 detections.
"""
import contextlib
import io
import json
import pathlib

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

NAMES = ["map", "map50", "map75", "map_small", "map_medium", "map_large", "recall_1", "recall_10", "recall_100",
         "recall_small", "recall_medium", "recall_large"]


class Random:
    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return (self.state >> 16) % n


def scene(seed, images, categories, crowded):
    """Truth and detections, image by image. Coordinates are multiples of 1/4, scores of 1/64: all exact."""
    random = Random(seed)
    truth, found = [], []
    for image in range(1, images + 1):
        count = random.below(8) if random.below(6) else 0
        own = []
        for _ in range(count):
            size = [24, 80, 400][random.below(3)]
            box = [random.below(2400) / 4, random.below(2400) / 4, (8 + random.below(4 * size)) / 4,
                   (8 + random.below(4 * size)) / 4]
            category = random.below(categories - 1)  # the last has no objects
            crowd = random.below(12) == 0
            # The object's area is up to the box's.
            area = box[2] * box[3] * (16 - random.below(8)) / 16
            own.append((box, category, crowd))
            truth.append({"image_id": image, "bbox": box, "category_id": category, "iscrowd": int(crowd), "area": area})
        if random.below(9) == 0:
            continue  # finds nothing
        for box, category, crowd in own:
            for _ in range(random.below(3) + (6 if crowd else 0)):
                moved = [side + (random.below(2 * (1 + int(box[2 + i % 2] / 4)) + 1) - (1 + int(box[2 + i % 2] / 4))) / 4
                         for i, side in enumerate(box)]
                moved[2], moved[3] = max(moved[2], 0.25), max(moved[3], 0.25)
                found.append({"image_id": image, "bbox": moved, "score": random.below(65) / 64,
                              "category_id": random.below(categories) if random.below(8) == 0 else category})
        for _ in range(random.below(4) if not crowded or image % 50 else 130):
            found.append({"image_id": image,
                          "bbox": [random.below(2400) / 4, random.below(2400) / 4, (1 + random.below(1600)) / 4,
                                   (1 + random.below(1600)) / 4],
                          "score": random.below(65) / 64, "category_id": random.below(categories) if not crowded else 0})
    return truth, found


def figures(images, categories, truth, found):
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = {"images": [{"id": i} for i in range(1, images + 1)],
                        "categories": [{"id": i} for i in range(categories)],
                        "annotations": [{**one, "id": i + 1} for i, one in enumerate(truth)]}
        coco.createIndex()
        results = coco.loadRes([dict(one) for one in found])
        judge = COCOeval(coco, results, "bbox")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    precision = judge.eval["precision"]  # thresholds, recalls, categories, areas, limits
    by_category = [float(np.mean(p[p > -1])) if (p := precision[:, :, k, 0, 2]).max() > -1 else None
                   for k in range(categories)]
    return {"figures": {name: float(value) for name, value in zip(NAMES, judge.stats) if value > -1},
            "by_category": by_category}


def main():
    cases = []
    for seed, images, categories, crowded in [(1, 600, 7, False), (2, 500, 3, True), (3, 40, 30, False)]:
        truth, found = scene(seed, images, categories, crowded)
        cases.append({"seed": seed, "images": images, "categories": categories, "crowded": crowded,
                      "truth": len(truth), "found": len(found), **figures(images, categories, truth, found)})
    path = pathlib.Path(__file__).with_name("coco_boxes.json")
    path.write_text(json.dumps({"cases": cases}, indent=1) + "\n")


main()

#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Train the embedded sample network and write everything in this folder.

    OMP_NUM_THREADS=2 /usr/bin/python3 train.py --out .

Needs Debian's python3-torch, python3-numpy, python3-pil and
dataset-fashion-mnist. The result is fashion-dscnn.onnx, calibration/ (256
training images), evaluation/ (1,000 test images) and preprocess.json.
"""

import argparse
import gzip
import json
import math
import shutil
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

CLASSES = ["tshirt_top", "trouser", "pullover", "dress", "coat",
           "sandal", "shirt", "sneaker", "bag", "ankle_boot"]
MEAN, STD = 0.2860, 0.3530
SEED = 20240607
EPOCHS = 20
BATCH = 256
PEAK_RATE = 0.2
WEIGHT_DECAY = 5e-4
WIDEN_BLOCK, WIDEN_SEED, WIDEN_BITS = 0, 2, 4


class Stem(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv = nn.Conv2d(1, channels, 3, padding=1, bias=False)
        self.bn = nn.BatchNorm2d(channels)
        self.act = nn.ReLU()

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class Block(nn.Module):
    """Depthwise 3x3 and pointwise 1x1, with a shortcut where shapes allow."""

    def __init__(self, cin, cout, stride):
        super().__init__()
        self.depthwise = nn.Conv2d(cin, cin, 3, stride, 1, groups=cin, bias=False)
        self.depthwise_bn = nn.BatchNorm2d(cin)
        self.depthwise_act = nn.ReLU()
        self.project = nn.Conv2d(cin, cout, 1, bias=False)
        self.project_bn = nn.BatchNorm2d(cout)
        self.residual = stride == 1 and cin == cout
        self.act = nn.ReLU() if self.residual else nn.ReLU6()

    def forward(self, x):
        y = self.depthwise_act(self.depthwise_bn(self.depthwise(x)))
        y = self.project_bn(self.project(y))
        return self.act(x + y if self.residual else y)


class Head(nn.Module):
    def __init__(self, channels, classes):
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(channels, classes)

    def forward(self, x):
        return self.fc(self.flatten(self.pool(x)))


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = Stem(24)
        self.blocks = nn.ModuleList([
            Block(24, 64, 2), Block(64, 64, 1),
            Block(64, 128, 2), Block(128, 128, 1), Block(128, 128, 1),
            Block(128, 256, 2), Block(256, 256, 1)])
        self.head = Head(256, len(CLASSES))

    def forward(self, x):
        x = self.stem(x)
        for block in self.blocks:
            x = block(x)
        return self.head(x)


def load(folder, prefix):
    with gzip.open(folder / f"{prefix}-images-idx3-ubyte.gz") as f:
        images = np.frombuffer(f.read(), np.uint8, offset=16).reshape(-1, 28, 28)
    with gzip.open(folder / f"{prefix}-labels-idx1-ubyte.gz") as f:
        labels = np.frombuffer(f.read(), np.uint8, offset=8)
    return images, labels


def to_input(images):
    x = (torch.from_numpy(images.astype(np.float32)) / 255 - MEAN) / STD
    return x.unsqueeze(1)


def augment(padded):
    """Cut a random 28x28 window out of each 32x32 image, mirror half of them."""
    n = padded.shape[0]
    rows = torch.arange(28) + torch.randint(0, 5, (n, 1))
    cols = torch.arange(28) + torch.randint(0, 5, (n, 1))
    cols = torch.where(torch.rand(n, 1) < 0.5, cols.flip(1), cols)
    index = torch.arange(n)[:, None, None]
    return padded[index, 0, rows[:, :, None], cols[:, None, :]].unsqueeze(1)


def predict(net, x):
    net.eval()
    with torch.no_grad():
        return torch.cat([net(part) for part in x.split(500)])


def accuracy(net, x, y):
    return (predict(net, x).argmax(1) == y).float().mean().item() * 100


def train(net, x, y, x_test, y_test, epochs):
    padded = F.pad(x, (2, 2, 2, 2), value=-MEAN / STD)
    decay = [p for p in net.parameters() if p.ndim > 1]
    plain = [p for p in net.parameters() if p.ndim == 1]
    optimizer = torch.optim.SGD([{"params": decay, "weight_decay": WEIGHT_DECAY},
                                 {"params": plain}],
                                lr=PEAK_RATE, momentum=0.9, nesterov=True)
    per_epoch = len(x) // BATCH
    total, warm = epochs * per_epoch, 2 * per_epoch
    step = 0
    for epoch in range(epochs):
        net.train()
        start, seen_loss = time.time(), 0.0
        order = torch.randperm(len(x))
        for i in range(per_epoch):
            if step < warm:
                rate = PEAK_RATE * (step + 1) / warm
            else:
                rate = PEAK_RATE * 0.5 * (1 + math.cos(math.pi * (step - warm) / (total - warm)))
            for group in optimizer.param_groups:
                group["lr"] = rate
            pick = order[i * BATCH:(i + 1) * BATCH]
            inputs = augment(padded[pick]).contiguous(memory_format=torch.channels_last)
            loss = F.cross_entropy(net(inputs), y[pick], label_smoothing=0.05)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            seen_loss += loss.item()
            step += 1
        print(f"epoch {epoch + 1:2d}/{epochs}  loss {seen_loss / per_epoch:.4f}  "
              f"test {accuracy(net, x_test, y_test):.2f} %  {time.time() - start:.0f} s",
              flush=True)


def widen(block):
    """Spread the depthwise channel ranges without changing the function.

    Channel c leaves the depthwise BatchNormalization times 2^k_c and enters the
    pointwise convolution times 2^-k_c. ReLU lets the positive factor through and
    powers of two are exact, so the network computes the same logits. Only the
    quantizer notices: this is what makes this block the sensitive one.
    """
    channels = block.depthwise_bn.num_features
    exponents = np.random.default_rng(WIDEN_SEED).integers(0, WIDEN_BITS + 1, channels)
    factor = torch.from_numpy(2.0 ** exponents).float()
    with torch.no_grad():
        block.depthwise_bn.weight *= factor
        block.depthwise_bn.bias *= factor
        block.project.weight /= factor[None, :, None, None]


def export_onnx(net, path):
    """Write the ONNX file as an exporter does: BatchNormalization stays unfused."""
    net.eval()
    torch.onnx.export(net.to(memory_format=torch.contiguous_format),
                      torch.zeros(1, 1, 28, 28), str(path), opset_version=17,
                      training=torch.onnx.TrainingMode.PRESERVE,
                      do_constant_folding=False,
                      input_names=["input"], output_names=["logits"])


def write_images(out, train_set, test_set):
    rng = np.random.default_rng(SEED)
    for name in ("calibration", "evaluation"):
        shutil.rmtree(out / name, ignore_errors=True)
    images, _ = train_set
    (out / "calibration").mkdir(parents=True)
    for i in sorted(rng.choice(len(images), 256, replace=False)):
        Image.fromarray(images[i]).save(out / f"calibration/{i:05d}.png", optimize=True)
    images, labels = test_set
    for c, name in enumerate(CLASSES):
        folder = out / f"evaluation/{c}_{name}"
        folder.mkdir(parents=True)
        for i in sorted(rng.choice(np.flatnonzero(labels == c), 100, replace=False)):
            Image.fromarray(images[i]).save(folder / f"{i:05d}.png", optimize=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("/usr/share/datasets/fashion-mnist"))
    parser.add_argument("--out", type=Path, default=Path("."))
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--state", type=Path,
                        help="state file: read instead of training if it exists, else written")
    args = parser.parse_args()

    torch.set_num_threads(2)
    torch.manual_seed(SEED)
    train_set, test_set = load(args.data, "train"), load(args.data, "t10k")
    x_test, y_test = to_input(test_set[0]), torch.from_numpy(test_set[1].astype(np.int64))

    net = Net().to(memory_format=torch.channels_last)
    print(f"{sum(p.numel() for p in net.parameters())} parameters")
    if args.state and args.state.exists():
        net.load_state_dict(torch.load(args.state))
    else:
        x, y = to_input(train_set[0]), torch.from_numpy(train_set[1].astype(np.int64))
        train(net, x, y, x_test, y_test, args.epochs)
        if args.state:
            torch.save(net.state_dict(), args.state)

    print(f"test accuracy {accuracy(net, x_test, y_test):.2f} % of {len(y_test)}")

    before = predict(net, x_test)
    widen(net.blocks[WIDEN_BLOCK])
    print(f"largest logit change by widening {(predict(net, x_test) - before).abs().max():.1e}")

    args.out.mkdir(parents=True, exist_ok=True)
    export_onnx(net, args.out / "fashion-dscnn.onnx")
    write_images(args.out, train_set, test_set)
    (args.out / "preprocess.json").write_text(json.dumps(
        {"resize": {"mode": "none"}, "color": "gray", "scale": 1 / 255,
         "mean": [MEAN], "std": [STD], "layout": "nchw"}, indent=2) + "\n")


if __name__ == "__main__":
    main()

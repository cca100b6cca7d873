#!/usr/bin/env python3
"""Writes small networks as training and other tools export them, into tests/core/data.

    python3 exported_models.py torch          (PyTorch 1.13)
    python3 exported_models.py onnxruntime    (onnx 1.23, onnxruntime 1.31.1, numpy)

qat_torch.onnx           fake quantization in eager mode with BatchNormalization folded in training, 8 bits
qat_torch_reduced.onnx   the same with a 7-bit range of the activations
blocks_torch.onnx        LayerNorm, both forms of GELU, Hardswish and a Linear of three dimensions, opset 13
qdq_onnxruntime.onnx     what quantize_static makes of a small network, Q/DQ per channel with int32 biases
tests/core/test_given.cpp and test_composites.cpp read them.
"""
import pathlib
import sys
import tempfile

DATA = pathlib.Path(__file__).parent.parent / "core" / "data"


def write_torch():
    import torch
    import torch.ao.quantization as quantization
    from torch import nn

    class Trained(nn.Module):
        def __init__(self):
            super().__init__()
            self.quant = quantization.QuantStub()
            self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU())
            self.depthwise = nn.Sequential(nn.Conv2d(8, 8, 3, padding=1, groups=8, bias=False),
                                           nn.BatchNorm2d(8), nn.ReLU6())
            self.pointwise = nn.Sequential(nn.Conv2d(8, 8, 1), nn.BatchNorm2d(8))
            self.add = nn.quantized.FloatFunctional()
            self.pool = nn.AdaptiveAvgPool2d(1)
            self.tokens = nn.Linear(8, 6)
            self.classes = nn.Linear(8, 5)
            self.dequant = quantization.DeQuantStub()

        def forward(self, image):
            x = self.stem(self.quant(image))
            x = self.add.add(x, self.pointwise(self.depthwise(x)))
            tokens = self.tokens(torch.flatten(x, 2).transpose(1, 2))  # three dimensions: MatMul
            scores = self.classes(torch.flatten(self.pool(x), 1))
            return self.dequant(scores), self.dequant(tokens)

    def trained(reduced):
        torch.manual_seed(1)
        net = Trained().train()
        quantization.fuse_modules_qat(net.stem, ["0", "1", "2"], inplace=True)
        quantization.fuse_modules_qat(net.depthwise, ["0", "1"], inplace=True)
        quantization.fuse_modules_qat(net.pointwise, ["0", "1"], inplace=True)
        net.qconfig = quantization.QConfig(
            activation=quantization.FakeQuantize.with_args(
                observer=quantization.MovingAverageMinMaxObserver, quant_min=0, quant_max=255,
                dtype=torch.quint8, reduce_range=reduced),
            weight=quantization.FakeQuantize.with_args(
                observer=quantization.MovingAveragePerChannelMinMaxObserver, quant_min=-128, quant_max=127,
                dtype=torch.qint8, qscheme=torch.per_channel_symmetric, ch_axis=0))
        quantization.prepare_qat(net, inplace=True)
        steps = torch.optim.SGD(net.parameters(), lr=0.02)
        for _ in range(8):
            scores, tokens = net(torch.randn(4, 3, 6, 6))
            loss = (scores - torch.randn(4, 5)).pow(2).mean() + tokens.pow(2).mean()
            steps.zero_grad()
            loss.backward()
            steps.step()
        net.apply(quantization.disable_observer)
        return net.eval()

    for name, reduced in (("qat_torch.onnx", False), ("qat_torch_reduced.onnx", True)):
        torch.onnx.export(trained(reduced), torch.randn(1, 3, 6, 6), str(DATA / name), opset_version=13,
                          input_names=["image"], output_names=["scores", "tokens"])

    class Blocks(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = nn.LayerNorm(8)
            self.up = nn.Linear(8, 12)
            self.down = nn.Linear(12, 8)
            self.gelu = nn.GELU()
            self.gelu_tanh = nn.GELU(approximate="tanh")
            self.hard = nn.Hardswish()

        def forward(self, x):
            x = x + self.down(self.gelu(self.up(self.norm(x))))
            return self.hard(self.gelu_tanh(x))

    torch.manual_seed(2)
    torch.onnx.export(Blocks().eval(), torch.randn(1, 5, 8), str(DATA / "blocks_torch.onnx"), opset_version=13,
                      input_names=["x"], output_names=["y"])


def write_onnxruntime():
    import numpy as np
    import onnx
    from onnx import TensorProto, helper, numpy_helper
    from onnxruntime import quantization

    random = np.random.default_rng(3)

    def weight(name, *shape):
        return numpy_helper.from_array(random.normal(0, 0.4, shape).astype(np.float32), name)

    nodes = [
        helper.make_node("Conv", ["image", "stem.weight", "stem.bias"], ["stem"], name="stem", pads=[1] * 4),
        helper.make_node("Relu", ["stem"], ["stem_relu"], name="relu"),
        helper.make_node("Conv", ["stem_relu", "next.weight", "next.bias"], ["next"], name="next", pads=[1] * 4),
        helper.make_node("Add", ["stem_relu", "next"], ["sum"], name="add"),
        helper.make_node("MaxPool", ["sum"], ["pooled"], name="pool", kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("GlobalAveragePool", ["pooled"], ["mean"], name="mean"),
        helper.make_node("Flatten", ["mean"], ["flat"], name="flatten"),
        helper.make_node("Gemm", ["flat", "classes.weight", "classes.bias"], ["scores"], name="classes", transB=1),
    ]
    graph = helper.make_graph(
        nodes, "small", [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, 8, 8])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, [1, 5])],
        [weight("stem.weight", 8, 3, 3, 3), weight("stem.bias", 8), weight("next.weight", 8, 8, 3, 3),
         weight("next.bias", 8), weight("classes.weight", 5, 8), weight("classes.bias", 5)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)

    class Images(quantization.CalibrationDataReader):
        def __init__(self):
            self.left = [random.normal(0, 1, (1, 3, 8, 8)).astype(np.float32) for _ in range(6)]

        def get_next(self):
            return {"image": self.left.pop()} if self.left else None

    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "float.onnx"
        onnx.save(model, path)
        quantization.quantize_static(path, DATA / "qdq_onnxruntime.onnx", Images(),
                                     quant_format=quantization.QuantFormat.QDQ, per_channel=True)


if __name__ == "__main__":
    {"torch": write_torch, "onnxruntime": write_onnxruntime}[sys.argv[1]]()

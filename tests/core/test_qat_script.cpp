// The PyTorch script of a plan: names of modules, valid Python, and the qconfigs that PyTorch makes of it.
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include "core/export/qat_script.h"
#include "core/plan/target.h"
#include "tests/core/files.h"
#include "tests/support/prepared_models.h"

using namespace quantwright;
using namespace quantwright::testing;

class TestQatScript : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    struct Ran {
        int code = -1;
        QString out, err;
    };

    static Ran python(const QStringList& arguments, const QString& folder = {}) {
        QProcess process;
        process.setWorkingDirectory(folder);
        process.start("python3", arguments);
        Ran ran;
        if (process.waitForFinished(120000))
            ran.code = process.exitCode();
        ran.out = QString::fromUtf8(process.readAllStandardOutput());
        ran.err = QString::fromUtf8(process.readAllStandardError());
        return ran;
    }

    static bool has_torch() { return python({"-c", "import torch.ao.quantization"}).code == 0; }

    /// stem (Conv + Relu), blocks.0.depthwise, then a head that stays float.
    static Prepare net() {
        ModelBuilder b;
        b.input("x", {1, 3, 8, 8}).output("y");
        b.conv("/stem/conv/Conv", "x", "/stem/conv/Conv_output_0", 3, 4);
        b.node("Relu", "/stem/act/Relu", {"/stem/conv/Conv_output_0"}, {"/stem/act/Relu_output_0"});
        b.conv("/blocks/blocks.0/depthwise/Conv", "/stem/act/Relu_output_0", "/d", 4, 4, 3, 4);
        b.node("GlobalAveragePool", "/pool/GlobalAveragePool", {"/d"}, {"/p"});
        b.node("Flatten", "/Flatten", {"/p"}, {"/f"});
        b.weight("head.weight", {5, 4}).weight("head.bias", {5});
        set_attribute(b.node("Gemm", "/some/Gemm_1", {"/f", "head.weight", "head.bias"}, {"y"}), "transB",
                      std::int64_t{1});
        return prepared(b.build());
    }

    static Plan plan() {
        Plan plan;
        plan.target = "onnxruntime-x86";
        plan.defaults.set(Field::threshold_method, "moving-average");
        plan.layers["/some/Gemm_1"].set(Field::mode, "float");
        plan.layers["/blocks/blocks.0/depthwise/Conv"].set(Field::weight_granularity, "tensor");
        plan.layers["/blocks/blocks.0/depthwise/Conv"].set(Field::activation_format, "int16");
        plan.tensors["/d"].set(Field::clip, "-1,3");
        return plan;
    }

    QString save(const std::string& script) {
        const QString path = m_folder.filePath("script.py");
        write(path.toStdString(), script);
        return path;
    }

private slots:
    void modules_of_nodes() {
        const std::pair<const char*, const char*> names[] = {
            {"/blocks.0/depthwise/Conv", "blocks.0.depthwise"},
            {"/blocks/blocks.0/attn/qkv/MatMul_1", "blocks.0.attn.qkv"},
            {"/features/features.1/block/block.0/block.0.0/Conv", "features.1.block.0.0"},
            {"/fc/Gemm", "fc"},
            {"/Conv", ""},
            {"Conv_3", ""},
            {"", ""}};
        for (const auto& [node, module] : names)
            QCOMPARE(module_of_node(node), std::string(module));
        const auto model = net();
        QCOMPARE(module_of(model->layers.front()), std::string("stem.conv"));
        QCOMPARE(module_of(model->layers.back()), std::string("head"));  // by its weight
    }

    void python_compiles_it() {
        if (python({"--version"}).code != 0)
            QSKIP("there is no python3");
        std::vector<Problem> problems;
        const auto resolved = resolve(net(), nullptr, plan());
        QVERIFY(resolved);
        const QString script = save(qat_script(**resolved, problems));
        const Ran compiled = python({"-m", "py_compile", script});
        QVERIFY2(compiled.code == 0, qPrintable(compiled.err));
        QVERIFY(problems.empty());
        Plan bare = plan();
        bare.tensors.clear();
        const QString without = save(qat_script(bare, **find_target("onnxruntime-x86"), {}, problems));
        QCOMPARE(python({"-m", "py_compile", without}).code, 0);
        QVERIFY(problems.empty());
    }

    void what_pytorch_lacks_is_named() {
        Plan plan;
        plan.target = "onnxruntime-x86";
        plan.defaults.set(Field::threshold_method, "kl");
        plan.defaults.set(Field::weight_scale, "power-of-two");
        plan.defaults.set(Field::weight_divisor, "half-levels");
        std::vector<Problem> problems;
        const auto resolved = resolve(net(), nullptr, plan);
        QVERIFY(resolved);
        const std::string script = qat_script(**resolved, problems);
        QVERIFY(script.find("\"observer\": \"histogram\"") != std::string::npos);
        Strings told;
        for (const Problem& problem : problems)
            if (problem.code == "qat.nearest")
                told.push_back(problem.arguments[0] + "=" + problem.arguments[1]);
        std::sort(told.begin(), told.end());
        QCOMPARE(told, (Strings{"activation.threshold.method=kl", "weight.divisor=half-levels",
                                "weight.scale=power-of-two"}));
        ModelBuilder b;
        b.input("x", {1, 3, 8, 8}).output("y");
        b.weight("onnx::Conv_1", {4, 3, 1, 1});
        b.node("Conv", "Conv_0", {"x", "onnx::Conv_1"}, {"y"});
        const auto old = resolve(prepared(b.build()), nullptr, Plan{});
        problems.clear();
        QVERIFY(!qat_script(**old, problems).empty());
        QVERIFY(problems.size() == 1 && problems[0].code == "qat.no_module" && problems[0].layer == "Conv_0");
    }

    void pytorch_gets_the_qconfigs() {
        if (!has_torch())
            QSKIP("PyTorch is not installed");
        std::vector<Problem> problems;
        const auto resolved = resolve(net(), nullptr, plan());
        QVERIFY(resolved);
        save(qat_script(**resolved, problems));
        // Scale and zero point of [-1, 3] in int16: 4 / 65535, round(-32768 + 65535 / 4).
        const QString check = R"(
import torch
from torch import nn
from torch.ao import quantization as tq
import script
class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.depthwise = nn.Conv2d(4, 4, 3, padding=1, groups=4)
    def forward(self, x):
        return self.depthwise(x)
class Stem(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.act = nn.ReLU()
    def forward(self, x):
        return self.act(self.conv(x))
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.quant = tq.QuantStub()
        self.stem = Stem()
        self.blocks = nn.Sequential(Block())
        self.head = nn.Linear(4, 5)
    def forward(self, x):
        return self.head(self.blocks(self.stem(self.quant(x))).mean((2, 3)))
net = Net()
assert script.apply(net) == [], script.apply(net)
stem, depthwise = net.stem.conv.qconfig, net.blocks[0].depthwise.qconfig
w, a = stem.weight(), stem.activation()
assert (w.dtype, w.qscheme, w.quant_min, w.quant_max, w.ch_axis) == (
    torch.qint8, torch.per_channel_symmetric, -127, 127, 0), w
assert isinstance(w.activation_post_process, tq.PerChannelMinMaxObserver)
assert (a.dtype, a.qscheme, a.quant_min, a.quant_max) == (torch.quint8, torch.per_tensor_affine, 0, 255), a
assert type(a.activation_post_process) is tq.MovingAverageMinMaxObserver
w, a = depthwise.weight(), depthwise.activation()
assert w.qscheme == torch.per_tensor_symmetric and isinstance(a, tq.FixedQParamsFakeQuantize)
assert abs(a.scale.item() / (4 / 65535) - 1) < 1e-6 and a.zero_point.item() == -16384, (a.scale, a.zero_point)
assert (a.activation_post_process.quant_min, a.activation_post_process.quant_max) == (-32768, 32767)
assert net.head.qconfig is None
assert net.quant.qconfig.activation().dtype == torch.quint8
ready = script.prepare(net)
out = ready(torch.randn(2, 3, 8, 8))
out.sum().backward()
assert type(ready.stem.conv).__name__ == "Conv2d" and hasattr(ready.stem.conv, "weight_fake_quant")
assert type(ready.head) is nn.Linear
del net.head
assert script.apply(net) == ["head"]
print("good")
)";
        write(m_folder.filePath("check.py").toStdString(), check.toStdString());
        const Ran ran = python({"check.py"}, m_folder.path());
        QVERIFY2(ran.code == 0 && ran.out.contains("good"), qPrintable(ran.err));
        // Without the model: by kind of module and by the names in the plan.
        Plan bare = plan();
        bare.tensors.clear();
        save(qat_script(bare, **find_target("onnxruntime-x86"), {}, problems));
        const QString kinds = R"(
import torch, script
from torch import nn
net = nn.ModuleDict({"some": nn.Linear(2, 2), "other": nn.Linear(2, 2), "up": nn.ConvTranspose2d(2, 3, 2)})
assert script.apply(net) == ["blocks.0.depthwise"]
assert net["some"].qconfig is None
assert net["other"].qconfig.weight().ch_axis == 0 and net["up"].qconfig.weight().ch_axis == 1
print("good")
)";
        write(m_folder.filePath("kinds.py").toStdString(), kinds.toStdString());
        const Ran second = python({"kinds.py"}, m_folder.path());
        QVERIFY2(second.code == 0 && second.out.contains("good"), qPrintable(second.err));
    }

    void the_divisor_is_said_in_codes() {
        // PyTorch divides by half the span of the codes: 127 without the lowest one, 127.5 with it.
        for (const auto& [divisor, lowest] : {std::pair{"qmax", "-127"}, {"half-span", "-128"}}) {
            Plan plan;
            plan.target = "spacemit-k1";
            plan.defaults.set(Field::weight_divisor, divisor);
            std::vector<Problem> problems;
            const auto resolved = resolve(net(), nullptr, plan);
            QVERIFY(resolved);
            const std::string wanted =
                std::string("\"ch_axis\": 0, \"dtype\": \"qint8\", \"quant_min\": ") + lowest;
            QVERIFY(qat_script(**resolved, problems).find(wanted) != std::string::npos);
            QVERIFY(problems.empty());
        }
    }

    void modes() {
        Plan plan;
        plan.target = "onnxruntime-x86";
        plan.defaults.set(Field::mode, "weight-only");
        plan.layers["/some/Gemm_1"].set(Field::mode, "dynamic");
        plan.layers["/stem/conv/Conv"].set(Field::mode, "fp16");
        std::vector<Problem> problems;
        const auto resolved = resolve(net(), nullptr, plan);
        QVERIFY(resolved);
        const QString path = save(qat_script(**resolved, problems));
        if (!has_torch())
            QSKIP("PyTorch is not installed");
        const Ran ran = python({"-c",
                                "import torch, script\n"
                                "q = {n: script.qconfig_of(i) for n, i in script.MODULES.items()}\n"
                                "assert q['stem.conv'] is None\n"
                                "assert isinstance(q['blocks.0.depthwise'].activation(), torch.nn.Identity)\n"
                                "a = q['head'].activation()\n"
                                "assert a.activation_post_process.averaging_constant == 1\n"
                                "assert a.dtype == torch.quint8 and a.quant_max == 255\n"},
                               m_folder.path());
        QVERIFY2(ran.code == 0, qPrintable(ran.err));
    }
};

QTEST_GUILESS_MAIN(TestQatScript)
#include "test_qat_script.moc"

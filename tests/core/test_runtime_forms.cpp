// Files of the kinds that ONNX Runtime's optimizers are known to break: they load and run with default
// optimizations, and give what they give without any.
#include <onnx/onnx_pb.h>

#include <QtTest>

#include "core/export/export_qdq.h"
#include "core/export/export_qoperator.h"
#include "core/model/proto_helpers.h"
#include "core/number/metrics.h"
#include "core/simulate/simulation.h"
#include "tests/support/prepared_models.h"
#include "tests/support/reference_statistics.h"

using namespace quantwright;
using testing::ModelBuilder;

namespace {

using Chosen = std::vector<std::pair<Field, std::string>>;

std::shared_ptr<const Resolved> resolved_with(const std::shared_ptr<const Model>& model, const char* target,
                                              const Chosen& chosen,
                                              const std::vector<std::string>& floats = {}) {
    Plan plan;
    plan.target = target;
    for (const auto& [field, value] : chosen)
        plan.defaults.set(field, value);
    for (const std::string& layer : floats)
        plan.layers[layer].set(Field::mode, "float");
    const auto prepared = testing::prepared(model);
    const auto statistics =
        testing::reference_statistics(*prepared, testing::random_inputs(*prepared->model, 4));
    return *resolve(prepared, statistics, plan);
}

/// Empty, or what is wrong with the file.
QString run(const onnx::ModelProto& file, const Resolved& resolved, double least_snr = 20) {
    const auto inputs = testing::random_inputs(*resolved.prepared->model, 1, 9).front();
    std::vector<std::vector<Tensor>> results;
    for (const auto optimizations : {Optimizations::off, Optimizations::standard}) {
        const auto session = Session::create(file, resolved.prepared->model.get(), {1, optimizations, {}});
        if (!session)
            return QString::fromStdString(session.error().detail);
        auto outputs = (*session)->run(inputs);
        if (!outputs)
            return QString::fromStdString(outputs.error().detail);
        results.push_back(std::move(*outputs));
    }
    for (std::size_t i = 0; i < results[0].size(); ++i) {
        ErrorSums sums;
        sums.add(results[0][i].floats(), results[1][i].floats());
        if (sums.snr_db().value_or(999) < least_snr)
            return QString("%1 dB between off and default").arg(*sums.snr_db());
    }
    return {};
}

/// As pairs and with integer operators.
QString run(const Resolved& resolved) {
    const QString wrong = run(build_qdq(resolved), resolved);
    return wrong.isEmpty() ? run(build_qoperator(resolved), resolved) : wrong;
}

/// One of the operators that move codes, on 1x4x8x8.
void add_mover(ModelBuilder& b, const std::string& op, const std::string& in, const std::string& out) {
    if (op == "Reshape") {
        b.weight("shape", {3}, std::vector<std::int64_t>{1, 4, 64});
        b.node("Reshape", "mover", {in, "shape"}, {out});
    } else if (op == "Transpose") {
        const std::vector<std::int64_t> perm = {0, 2, 3, 1};
        set_attribute(b.node("Transpose", "mover", {in}, {out}), "perm", perm);
    } else if (op == "Slice") {
        b.weight("from", {1}, std::vector<std::int64_t>{1}).weight("to", {1}, std::vector<std::int64_t>{3});
        b.weight("axis", {1}, std::vector<std::int64_t>{1});
        b.node("Slice", "mover", {in, "from", "to", "axis"}, {out});
    } else if (op == "MaxPool") {
        const std::vector<std::int64_t> size = {2, 2};
        set_attribute(b.node("MaxPool", "mover", {in}, {out}), "kernel_shape", size);
    } else {
        b.weight("axes", {1}, std::vector<std::int64_t>{0});
        b.node(op, "mover", {in, "axes"}, {out});
    }
}

}  // namespace

class TestRuntimeForms : public QObject {
    Q_OBJECT

    struct Int8 {
        const char* target;
        Chosen chosen;
    };
    static std::vector<Int8> int8() {
        return {{"spacemit-k1", {}},
                {"onnxruntime-arm", {}},
                {"onnxruntime-x86", {{Field::activation_format, "int8"}}},
                {"onnxruntime-x86", {}}};
    }

private slots:
    void product_and_row_data() {
        QTest::addColumn<int>("opset");
        QTest::addColumn<int>("axes");
        for (const int opset : {13, 17, 21, 22})
            for (const int axes : {2, 3, 4})
                QTest::addRow("opset %d, %d axes", opset, axes) << opset << axes;
    }
    void product_and_row() {
        QFETCH(int, opset);
        QFETCH(int, axes);
        ModelBuilder b(opset);
        Shape shape = {6, 16};
        shape.insert(shape.begin(), static_cast<std::size_t>(axes - 2), 2);
        b.input("x", shape).output("y");
        b.weight("w", {16, 24}).weight("b", {24}).weight("v", {24, 8});
        b.node("MatMul", "product", {"x", "w"}, {"m"});
        b.node("Add", "row", {"b", "m"}, {"a"});
        b.node("Relu", "relu", {"a"}, {"r"});
        b.node("MatMul", "second", {"r", "v"}, {"y"});
        for (const auto& [target, chosen] : int8()) {
            const auto resolved = resolved_with(b.build(), target, chosen);
            QVERIFY(resolved->layers.front().integers());
            const QString wrong = run(*resolved);
            QVERIFY2(wrong.isEmpty(), qPrintable(QString(target) + ": " + wrong));
        }
    }

    void moved_codes_data() {
        QTest::addColumn<QString>("op");
        QTest::addColumn<int>("opset");
        for (const int opset : {13, 21, 22})
            for (const char* op : {"MaxPool", "Reshape", "Slice", "Squeeze", "Transpose", "Unsqueeze"})
                QTest::addRow("%s, opset %d", op, opset) << op << opset;
    }
    /// Float behind them, by the plan or because Softmax reads them.
    void moved_codes() {
        QFETCH(QString, op);
        QFETCH(int, opset);
        for (const char* reader : {"Softmax", "Sigmoid"}) {
            ModelBuilder b(opset);
            b.input("x", {1, 3, 8, 8}).conv("conv", "x", "c", 3, 4).output("y");
            add_mover(b, op.toStdString(), "c", "t");
            b.node(reader, "reader", {"t"}, {"y"});
            for (const auto& [target, chosen] : int8())
                for (const std::vector<std::string>& floats :
                     {std::vector<std::string>{}, {"mover", "reader"}}) {
                    const auto resolved = resolved_with(b.build(), target, chosen, floats);
                    QVERIFY(resolved->layers.front().integers());
                    const QString wrong = run(*resolved);
                    QVERIFY2(wrong.isEmpty(), qPrintable(QString("%1, %2: %3").arg(target, reader, wrong)));
                }
        }
    }

    void resize_data() {
        QTest::addColumn<QString>("mode");
        QTest::addColumn<bool>("axes");
        QTest::addColumn<float>("scale");
        QTest::addColumn<int>("rank");
        for (const char* mode : {"nearest", "linear", "cubic"})
            for (const bool axes : {false, true})
                for (const float scale : {2.0f, 0.5f, 1.3f})
                    for (const int rank : {3, 4, 5})
                        if (rank == 4 || std::string(mode) != "cubic")
                            QTest::addRow("%s%s %g, %d axes", mode, axes ? " with axes" : "", double(scale),
                                          rank)
                                << mode << axes << scale << rank;
    }
    void resize() {
        QFETCH(QString, mode);
        QFETCH(bool, axes);
        QFETCH(float, scale);
        QFETCH(int, rank);
        for (const int opset : {18, 21}) {
            const std::size_t spatial = static_cast<std::size_t>(rank) - 2;
            ModelBuilder b(opset);
            Shape in = {1, 3}, first = {8, 3}, second = {4, 8};
            in.insert(in.end(), spatial, 8);
            first.insert(first.end(), spatial, 1);
            second.insert(second.end(), spatial, 1);
            std::vector<float> scales(axes ? 0 : 2, 1.0f);
            scales.insert(scales.end(), spatial, scale);
            const auto count = static_cast<std::int64_t>(scales.size());
            b.input("x", in).output("y").weight("w", first).weight("v", second);
            b.weight("s", {count}, scales);
            b.node("Conv", "one", {"x", "w"}, {"c"});
            auto& node = b.node("Resize", "resize", {"c", "", "s"}, {"r"});
            testing::set_string(node, "mode", mode.toStdString());
            std::vector<std::int64_t> which;
            for (std::size_t i = 0; i < spatial; ++i)
                which.push_back(static_cast<std::int64_t>(i) + 2);
            if (axes)
                set_attribute(node, "axes", which);
            b.node("Conv", "two", {"r", "v"}, {"y"});
            for (const auto& [target, chosen] : int8()) {
                const QString wrong = run(*resolved_with(b.build(), target, chosen));
                QVERIFY2(wrong.isEmpty(), qPrintable(QString(target) + ": " + wrong));
            }
        }
    }

    void dilated_pool() {
        for (const int opset : {19, 21, 22}) {
            ModelBuilder b(opset);
            b.input("x", {1, 3, 8, 8}).conv("one", "x", "c", 3, 4).conv("two", "p", "y", 4, 4).output("y");
            auto& nodes = *b.proto().mutable_graph()->mutable_node();
            const std::vector<std::int64_t> two = {2, 2};
            auto& pool = b.node("AveragePool", "pool", {"c"}, {"p"});
            set_attribute(pool, "kernel_shape", two);
            set_attribute(pool, "dilations", two);
            nodes.SwapElements(nodes.size() - 1, nodes.size() - 2);
            for (const auto& [target, chosen] : int8()) {
                const QString wrong = run(*resolved_with(b.build(), target, chosen));
                QVERIFY2(wrong.isEmpty(), qPrintable(QString(target) + ": " + wrong));
            }
        }
    }

    void half_transpose_data() {
        QTest::addColumn<QList<int>>("perm");
        QTest::newRow("1 0 2") << QList<int>{1, 0, 2};
        QTest::newRow("1 2 0") << QList<int>{1, 2, 0};
        QTest::newRow("0 2 1") << QList<int>{0, 2, 1};
        QTest::newRow("2 0 1") << QList<int>{2, 0, 1};
        QTest::newRow("1 2 0 3") << QList<int>{1, 2, 0, 3};
        QTest::newRow("1 2 3 0") << QList<int>{1, 2, 3, 0};
        QTest::newRow("0 2 1 3") << QList<int>{0, 2, 1, 3};
    }
    /// Before either side of a product, behind the input or another half layer, in half or with a product
    /// that stays float.
    void half_transpose() {
        QFETCH(QList<int>, perm);
        Shape moved = {3, 4, 5, 8};
        moved.erase(moved.begin(), moved.end() - perm.size());
        Shape in(moved.size());
        for (qsizetype i = 0; i < perm.size(); ++i)
            in[static_cast<std::size_t>(perm[i])] = moved[static_cast<std::size_t>(i)];
        for (const bool left : {true, false})
            for (const bool behind_half : {false, true})
                for (const bool float_product : {false, true}) {
                    ModelBuilder b(17);
                    b.input("x", in).output("y").output("s");
                    b.weight("w", left ? Shape{moved.back(), 7} : Shape{7, moved[moved.size() - 2]});
                    b.node("Sigmoid", "sigmoid", {"x"}, {"s"});
                    const std::vector<std::int64_t> axes(perm.begin(), perm.end());
                    set_attribute(b.node("Transpose", "transpose", {behind_half ? "s" : "x"}, {"t"}), "perm",
                                  axes);
                    b.node("MatMul", "product",
                           left ? std::vector<std::string>{"t", "w"} : std::vector<std::string>{"w", "t"},
                           {"y"});
                    const auto resolved = resolved_with(
                        b.build(), "onnxruntime-x86", {{Field::mode, "fp16"}},
                        float_product ? std::vector<std::string>{"product"} : std::vector<std::string>{});
                    const QString wrong = run(build_qdq(*resolved), *resolved, 50);
                    QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
                    QVERIFY(Simulation::create(resolved, {}));
                }
    }
};

QTEST_GUILESS_MAIN(TestRuntimeForms)
#include "test_runtime_forms.moc"

// Every form a layer can be written in runs, and computes what the simulation computes.
#include <onnx/onnx_pb.h>

#include <QtTest>

#include "core/export/export_qdq.h"
#include "core/model/proto_helpers.h"
#include "core/number/metrics.h"
#include "core/rewrite/rewrite.h"
#include "core/simulate/simulation.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using testing::ModelBuilder;

namespace {

using Chosen = std::vector<std::pair<Field, std::string>>;

/// One layer by its kind. Depths of 40 and 20 are no multiples of the blocks.
std::shared_ptr<const Model> one_layer(const std::string& kind) {
    ModelBuilder b(17, 5);
    b.output("y");
    const auto product = [&](const char* op, const Shape& x, const Shape& w, bool bias, bool transposed) {
        b.input("x", x).weight("w", w);
        std::vector<std::string> inputs{"x", "w"};
        if (bias) {
            b.weight("b", {w[transposed ? 0 : 1]});
            inputs.emplace_back("b");
        }
        auto& node = b.node(op, "layer", inputs, {"y"});
        if (transposed)
            set_attribute(node, "transB", std::int64_t{1});
    };
    if (kind == "conv")
        b.input("x", {1, 4, 9, 9}).conv("layer", "x", "y", 4, 6);
    else if (kind == "conv groups")
        b.input("x", {2, 4, 9, 9}).conv("layer", "x", "y", 4, 6, 3, 2, 2);
    else if (kind == "depthwise")
        b.input("x", {1, 8, 7, 7}).conv("layer", "x", "y", 8, 8, 3, 8);
    else if (kind == "conv 1-D") {
        b.input("x", {1, 4, 20}).weight("w", {5, 4, 3});
        b.node("Conv", "layer", {"x", "w"}, {"y"});
    } else if (kind == "ConvTranspose") {
        b.input("x", {1, 4, 5, 5}).weight("w", {4, 6, 3, 3}).weight("b", {6});
        b.node("ConvTranspose", "layer", {"x", "w", "b"}, {"y"});
    } else if (kind == "Gemm")
        product("Gemm", {3, 40}, {40, 7}, true, false);
    else if (kind == "Gemm transB")
        product("Gemm", {3, 40}, {7, 40}, true, true);
    else if (kind == "Gemm without bias")
        product("Gemm", {3, 20}, {9, 20}, false, true);
    else if (kind == "Gemm bias per row") {
        b.input("x", {3, 20}).weight("w", {20, 4}).weight("b", {3, 1});
        b.node("Gemm", "layer", {"x", "w", "b"}, {"y"});
    } else
        product("MatMul", {2, 5, 40}, {40, 7}, false, false);
    return b.build();
}

const std::vector<std::string>& kinds() {
    static const std::vector<std::string> names = {
        "conv", "conv groups", "depthwise",         "conv 1-D",          "ConvTranspose",
        "Gemm", "Gemm transB", "Gemm without bias", "Gemm bias per row", "MatMul"};
    return names;
}

struct Form {
    const char* name;
    Chosen chosen;
    const char* target = "onnxruntime-x86";
};

const std::vector<Form>& forms() {
    const auto mode = [](const char* value) { return std::pair{Field::mode, std::string(value)}; };
    const auto blocks = [&](const char* format, const char* symmetric, const char* size) {
        return Chosen{mode("weight-only"),
                      {Field::weight_format, format},
                      {Field::weight_symmetric, symmetric},
                      {Field::weight_granularity, "group"},
                      {Field::weight_block_size, size}};
    };
    static const std::vector<Form> table = {
        {"dynamic", {mode("dynamic")}},
        {"dynamic int8", {mode("dynamic"), {Field::weight_storage, "int8"}}},
        {"dynamic per tensor", {mode("dynamic"), {Field::weight_granularity, "tensor"}}},
        {"dynamic asymmetric",
         {mode("dynamic"), {Field::weight_granularity, "tensor"}, {Field::weight_symmetric, "false"}}},
        {"dynamic int4", {mode("dynamic"), {Field::weight_format, "int4"}}},
        {"dynamic on K1", {mode("dynamic")}, "spacemit-k1"},
        {"weight-only", {mode("weight-only")}},
        {"weight-only per tensor", {mode("weight-only"), {Field::weight_granularity, "tensor"}}},
        {"weight-only asymmetric", {mode("weight-only"), {Field::weight_symmetric, "false"}}},
        {"weight-only int4", {mode("weight-only"), {Field::weight_format, "int4"}}},
        {"weight-only on K1", {mode("weight-only")}, "spacemit-k1"},
        {"int4 in 16", blocks("int4", "true", "16")},
        {"uint4 in 16", blocks("uint4", "false", "16")},
        {"int4 in 64", blocks("int4", "true", "64")},
        {"int4 in 10", blocks("int4", "false", "10")},
        {"int8 in 16", blocks("int8", "true", "16")},
        {"fp16", {mode("fp16")}},
        {"uint16", {{Field::activation_format, "uint16"}}},
        {"int16", {{Field::activation_format, "int16"}, {Field::weight_format, "uint8"}}},
        {"static int4", {{Field::weight_format, "int4"}}},
        {"static on ncnn", {}, "ncnn"},
    };
    return table;
}

std::shared_ptr<const Resolved> resolved_with(const std::shared_ptr<const Model>& model, const Chosen& chosen,
                                              const std::string& target = "onnxruntime-x86") {
    Plan plan;
    plan.target = target;
    for (const auto& [field, value] : chosen)
        plan.defaults.set(field, value);
    const auto prepared = *prepare(model);
    // Only static layers may look at images.
    const bool is_static = !plan.defaults[Field::mode];
    return *resolve(
        prepared,
        is_static ? testing::reference_statistics(*prepared, testing::random_inputs(*prepared->model, 4))
                  : nullptr,
        plan);
}

/// Largest difference relative to the largest value.
double relative_difference(const Tensor& a, const Tensor& b) {
    double largest = 0, value = 0;
    for (std::size_t i = 0; i < a.floats().size(); ++i) {
        largest = std::max(largest, std::abs(double(a.floats()[i]) - b.floats()[i]));
        value = std::max(value, std::abs(double(a.floats()[i])));
    }
    return a.floats().size() == b.floats().size() && value > 0 ? largest / value : 1e30;
}

int count(const onnx::ModelProto& model, const std::string& op, const std::string& domain = {}) {
    return static_cast<int>(
        std::count_if(model.graph().node().begin(), model.graph().node().end(),
                      [&](const auto& node) { return node.op_type() == op && node.domain() == domain; }));
}

/// Of the outputs, simulated and from the file, relative to their largest value.
double largest_difference(const std::shared_ptr<const Resolved>& resolved, const onnx::ModelProto& file,
                          Optimizations optimizations, int inputs = 3) {
    SimulationOptions options;
    options.threads = 1;
    options.optimizations = Optimizations::off;
    const auto simulation = Simulation::create(resolved, options);
    const auto session = Session::create(file, resolved->prepared->model.get(), {1, optimizations, {}});
    if (!simulation || !session) {
        qWarning("%s", (simulation ? session.error() : simulation.error()).detail.c_str());
        return 1e30;
    }
    double largest = 0;
    for (const auto& one : testing::random_inputs(*resolved->prepared->model, inputs, 99)) {
        const auto simulated = (*simulation)->run(one), run = (*session)->run(one);
        if (!simulated || !run || run->empty())
            return 1e30;
        for (std::size_t i = 0; i < run->size(); ++i)
            largest = std::max(largest, relative_difference((*simulated)[i], (*run)[i]));
    }
    return largest;
}

}  // namespace

class TestExportModes : public QObject {
    Q_OBJECT

    static std::vector<ExportOptions> dialects() {
        ExportOptions capped;
        capped.opset_max = 17;
        ExportOptions nbits;
        nbits.matmul_nbits = true;
        return {{}, capped, nbits};
    }

private slots:
    void layers_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("form");
        for (const auto& kind : kinds())
            for (std::size_t form = 0; form < forms().size(); ++form)
                QTest::newRow((kind + ", " + forms()[form].name).c_str())
                    << QString::fromStdString(kind) << static_cast<int>(form);
    }
    void layers() {
        QFETCH(QString, kind);
        QFETCH(int, form);
        const Form& chosen = forms()[static_cast<std::size_t>(form)];
        const auto resolved = resolved_with(one_layer(kind.toStdString()), chosen.chosen, chosen.target);
        const ResolvedLayer& layer = resolved->layers.front();
        if (!layer.quantized())
            QSKIP("the target has no such layer");
        // Bytes of both signs saturate on processors without VNNI, in the kernel itself.
        if (layer.mode == LayerMode::dynamic && layer.weight->storage == ElementType::int8 && !cpu_has_vnni())
            QSKIP("this processor saturates");
        for (const ExportOptions& options : dialects()) {
            const auto file = build_qdq(*resolved, options);
            QVERIFY2(file, file ? "" : file.error().detail.c_str());
            QVERIFY2(Model::from_proto(*file), "not a model");
            for (const auto optimizations : {Optimizations::off, Optimizations::standard}) {
                double allowed = layer.mode == LayerMode::fp16 ? 1.0 / 1024 : 1e-5;
                // By default ONNX Runtime turns DequantizeLinear and MatMul into a kernel that rounds the
                // activation to 8 bits (session.qdq_matmulnbits_accuracy_level 4); what the file says as
                // MatMulNBits itself stays exact.
                if (layer.mode == LayerMode::weight_only && optimizations == Optimizations::standard &&
                    count(*file, "MatMulNBits", "com.microsoft") == 0)
                    allowed = 0.02;
                const double difference = largest_difference(resolved, *file, optimizations);
                QVERIFY2(difference <= allowed, std::to_string(difference).c_str());
            }
        }
    }

    void operators_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("form");
        QTest::addColumn<QString>("domain");
        QTest::addColumn<QString>("op");
        QTest::newRow("Conv") << "conv groups"
                              << "dynamic"
                              << ""
                              << "ConvInteger";
        QTest::newRow("MatMul") << "MatMul"
                                << "dynamic"
                                << ""
                                << "MatMulInteger";
        QTest::newRow("Gemm") << "Gemm transB"
                              << "dynamic"
                              << ""
                              << "MatMulInteger";
        QTest::newRow("K1") << "Gemm transB"
                            << "dynamic on K1"
                            << "com.microsoft"
                            << "DynamicQuantizeMatMul";
        QTest::newRow("without a kernel") << "ConvTranspose"
                                          << "weight-only"
                                          << ""
                                          << "DequantizeLinear";
        QTest::newRow("blocks") << "MatMul"
                                << "int4 in 16"
                                << ""
                                << "DequantizeLinear";
    }
    void operators() {
        QFETCH(QString, kind);
        QFETCH(QString, form);
        QFETCH(QString, domain);
        QFETCH(QString, op);
        const auto& chosen =
            *std::find_if(forms().begin(), forms().end(), [&](const Form& one) { return form == one.name; });
        const auto resolved = resolved_with(one_layer(kind.toStdString()), chosen.chosen, chosen.target);
        const auto file = build_qdq(*resolved);
        QCOMPARE(count(file, op.toStdString(), domain.toStdString()), 1);
        QCOMPARE(count(file, resolved->prepared->layers.front().op), op == "DequantizeLinear" ? 1 : 0);
        for (const auto& initializer : file.graph().initializer())
            QVERIFY2(initializer.name() != resolved->prepared->layers.front().weight,
                     "the float weight is still there");
    }

    /// Two readers of one tensor, one of them a layer with a tied weight.
    void one_quantization_per_tensor() {
        ModelBuilder b(17, 8);
        b.input("x", {2, 3, 40}).output("y").weight("w", {40, 8}).weight("v", {40, 8});
        b.node("MatMul", "first", {"x", "w"}, {"a"});
        b.node("MatMul", "second", {"x", "v"}, {"c"});
        b.node("MatMul", "tied", {"x", "w"}, {"d"});
        b.node("Sum", "sum", {"a", "c", "d"}, {"y"});
        const auto resolved = resolved_with(b.build(), {{Field::mode, "dynamic"}});
        const auto file = build_qdq(*resolved);
        QCOMPARE(count(file, "DynamicQuantizeLinear"), 1);
        QCOMPARE(count(file, "MatMulInteger"), 3);
        const auto codes =
            std::count_if(file.graph().initializer().begin(), file.graph().initializer().end(),
                          [](const auto& initializer) { return initializer.dims_size() == 2; });
        QCOMPARE(codes, 2);
        QVERIFY(largest_difference(resolved, file, Optimizations::off) < 1e-5);
        QVERIFY(largest_difference(resolved, file, Optimizations::standard) < 1e-5);
    }

    void half_precision_has_one_cast_per_border() {
        // Two layers read the input, the region has two outputs, one of which a layer inside reads too.
        ModelBuilder b(17, 9);
        b.input("x", {1, 4, 8, 8}).output("y").output("z");
        b.conv("a", "x", "a0", 4, 4).conv("b", "x", "b0", 4, 4);
        b.node("Add", "sum", {"a0", "b0"}, {"y"});
        b.node("Sigmoid", "s", {"y"}, {"z"});
        const auto resolved = resolved_with(b.build(), {{Field::mode, "fp16"}});
        const auto file = build_qdq(*resolved);
        QCOMPARE(count(file, "Cast"), 3);
        for (const auto& input : file.graph().input())
            QCOMPARE(input.type().tensor_type().elem_type(), int(onnx::TensorProto::FLOAT));
        for (const auto& initializer : file.graph().initializer())
            QCOMPARE(initializer.data_type(), int(onnx::TensorProto::FLOAT16));
        // Types said for tensors are those that are there.
        std::set<std::string> made;
        for (const auto& node : file.graph().node())
            made.insert(node.output().begin(), node.output().end());
        for (const auto& value : file.graph().value_info())
            QVERIFY2(made.contains(value.name()), value.name().c_str());
        QVERIFY(largest_difference(resolved, file, Optimizations::off) < 1.0 / 1024);
        QVERIFY(largest_difference(resolved, file, Optimizations::standard) < 1.0 / 512);
    }

    void many_modes_in_one_model() {
        const auto prepared = *prepare(testing::small_cnn());
        const auto statistics =
            testing::reference_statistics(*prepared, testing::random_inputs(*prepared->model, 4));
        Plan plan;
        const std::vector<std::string> modes = {"static", "dynamic", "fp16", "float", "weight-only"};
        int next = 0;
        for (const Layer& layer : prepared->layers)
            plan.layers[layer.name].set(Field::mode, modes[static_cast<std::size_t>(next++) % modes.size()]);
        for (int turn = 0; turn < 5; ++turn) {
            for (auto& [name, settings] : plan.layers) {
                const auto place = std::find(modes.begin(), modes.end(), *settings[Field::mode]);
                settings.set(Field::mode, place + 1 == modes.end() ? modes.front() : *(place + 1));
            }
            const auto resolved = *resolve(prepared, statistics, plan);
            const auto file = build_qdq(*resolved);
            QVERIFY(Model::from_proto(file));
            // A flip of one code in a dynamic layer may follow from another order of sums.
            QVERIFY(largest_difference(resolved, file, Optimizations::off) < 0.02);
            QVERIFY(largest_difference(resolved, file, Optimizations::standard) < 0.05);
        }
    }

    /// A float reader beside an integer one sees what the Relu gives, although the codes imply it.
    void an_activation_stays_for_float_readers() {
        ModelBuilder b(17, 10);
        b.input("x", {1, 4, 8, 8}).output("y").output("z");
        b.conv("a", "x", "a0", 4, 4);
        b.node("Relu", "relu", {"a0"}, {"a1"});
        b.conv("b", "a1", "y", 4, 4);
        b.node("Exp", "exp", {"a1"}, {"z"});
        const auto prepared = *prepare(b.build());
        Plan plan;
        plan.layers["a"].set(Field::mode, "dynamic");
        const auto resolved = *resolve(
            prepared, testing::reference_statistics(*prepared, testing::random_inputs(*prepared->model, 4)),
            plan);
        QVERIFY(resolved->layers[0].mode == LayerMode::dynamic);
        const auto file = build_qdq(*resolved);
        QCOMPARE(count(file, "Relu"), 1);
        QVERIFY(largest_difference(resolved, file, Optimizations::off) < 1e-3);
    }

    /// QuantizeLinear saturates at the ends of its type: a narrower range of codes shapes the scale alone,
    /// except where the device keeps to it.
    void narrow_ranges_of_codes() {
        const auto reduced = resolved_with(one_layer("conv"), {{Field::activation_range, "reduced"}});
        const auto file = build_qdq(*reduced);
        QCOMPARE(count(file, "Clip"), 0);
        QCOMPARE(largest_difference(reduced, file, Optimizations::off, 20), 0.0);
        const auto restricted = resolved_with(one_layer("conv"), {}, "ncnn");
        const auto kept = build_qdq(*restricted);
        QVERIFY(count(kept, "Clip") >= 1);
        QVERIFY(largest_difference(restricted, kept, Optimizations::off, 20) < 1e-5);
    }
};

QTEST_GUILESS_MAIN(TestExportModes)
#include "test_export_modes.moc"

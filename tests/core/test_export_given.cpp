// A model that arrives with Q/DQ nodes leaves with the same ones.
#include <onnx/onnx_pb.h>

#include <QtTest>

#include "core/export/export_qdq.h"
#include "core/model/proto_helpers.h"
#include "core/runtime/session.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using testing::ModelBuilder;

namespace {

/// conv, depthwise, Gemm with its weight either way, MatMul with three dimensions, a residual Add.
std::shared_ptr<const Model> network() {
    ModelBuilder b(17, 12);
    b.input("x", {1, 4, 8, 8}).output("y");
    b.conv("a", "x", "a0", 4, 8);
    b.node("Relu", "relu", {"a0"}, {"a1"});
    b.conv("d", "a1", "d0", 8, 8, 3, 8);
    b.node("Add", "sum", {"a1", "d0"}, {"s"});
    b.weight("flat", {3}, std::vector<std::int64_t>{1, 16, 32});
    b.node("Reshape", "reshape", {"s", "flat"}, {"r"});
    b.weight("w", {32, 12}).weight("wb", {12});
    b.node("MatMul", "project", {"r", "w"}, {"m"});
    b.node("Add", "project.bias", {"m", "wb"}, {"n"});
    b.weight("flat2", {2}, std::vector<std::int64_t>{16, 12});
    b.node("Reshape", "reshape2", {"n", "flat2"}, {"q"});
    b.weight("v", {10, 12}).weight("vb", {10});
    set_attribute(b.node("Gemm", "gemm", {"q", "v", "vb"}, {"g"}), "transB", std::int64_t{1});
    b.weight("u", {10, 6});
    b.node("Gemm", "last", {"g", "u"}, {"y"});
    return b.build();
}

/// Per tensor with a pair: the exact bytes of scale and zero point. Per constant behind a DequantizeLinear:
/// those and the codes, by the node that reads it.
std::map<std::string, std::string> parameters(const onnx::ModelProto& model) {
    std::map<std::string, std::string> bytes;
    for (const auto& initializer : model.graph().initializer()) {
        std::string& text = bytes[initializer.name()];
        text = std::to_string(initializer.data_type());
        for (const std::int64_t size : initializer.dims())
            text += " " + std::to_string(size);
        text += ":" + initializer.raw_data();
    }
    std::map<std::string, const onnx::NodeProto*> producers;
    for (const auto& node : model.graph().node())
        for (const auto& output : node.output())
            producers[output] = &node;
    std::map<std::string, std::string> result;
    for (const auto& node : model.graph().node())
        for (int i = 0; i < node.input_size(); ++i) {
            const auto producer = producers.find(node.input(i));
            if (producer == producers.end() || producer->second->op_type() != "DequantizeLinear")
                continue;
            const auto& dequantize = *producer->second;
            std::string& text = result[node.name() + " input " + std::to_string(i)];
            for (const auto& input : dequantize.input())
                if (const auto found = bytes.find(input); found != bytes.end())
                    text += found->second + ";";
            text += " axis " + std::to_string(int_attribute(dequantize, "axis", -1)) + dequantize.domain();
        }
    for (const auto& output : model.graph().output())
        if (const auto producer = producers.find(output.name()); producer != producers.end())
            result[output.name()] = producer->second->op_type();
    return result;
}

/// Every node with its names and attributes, and every initializer with its bytes.
std::set<std::string> everything(const onnx::ModelProto& model) {
    std::set<std::string> result;
    for (const auto& node : model.graph().node())
        result.insert(node.SerializeAsString());
    for (const auto& initializer : model.graph().initializer())
        result.insert(initializer.SerializeAsString());
    return result;
}

/// Pairs on what layers in float give, before a product of two activations; a Conv with a single channel; a
/// Relu after an operator that targets don't have.
std::shared_ptr<const Model> mixed_network() {
    ModelBuilder b(17, 5);
    b.input("x", {1, 3, 8, 8}).output("y");
    b.conv("other", "x", "o", 3, 3);
    b.node("Sum", "sum", {"x", "o"}, {"s"});
    b.node("Relu", "relu", {"s"}, {"t"});
    b.conv("one", "t", "c", 3, 1);
    b.node("Tanh", "left", {"c"}, {"l"});
    set_attribute(b.node("Softmax", "right", {"c"}, {"r"}), "axis", std::int64_t{-1});
    b.node("MatMul", "product", {"l", "r"}, {"y"});
    return b.build();
}

struct Form {
    const char* name;
    std::string target;
    std::vector<std::pair<Field, std::string>> chosen;
};

const std::vector<Form>& forms() {
    static const std::vector<Form> table = {
        {"x86", "onnxruntime-x86", {}},
        {"x86 per tensor", "onnxruntime-x86", {{Field::weight_granularity, "tensor"}}},
        {"x86 int8", "onnxruntime-x86", {{Field::activation_format, "int8"}}},
        {"x86 reduced weights", "onnxruntime-x86", {{Field::weight_range, "reduced"}}},
        {"arm", "onnxruntime-arm", {}},
        {"K1", "spacemit-k1", {}},
        {"int16", "onnxruntime-x86", {{Field::activation_format, "int16"}}},
        {"weight-only", "onnxruntime-x86", {{Field::mode, "weight-only"}}},
        {"weight-only int4",
         "onnxruntime-x86",
         {{Field::mode, "weight-only"}, {Field::weight_format, "int4"}}},
        {"weight-only blocks",
         "onnxruntime-x86",
         {{Field::mode, "weight-only"},
          {Field::weight_format, "uint4"},
          {Field::weight_symmetric, "false"},
          {Field::weight_granularity, "group"},
          {Field::weight_block_size, "16"}}},
    };
    return table;
}

}  // namespace

class TestExportGiven : public QObject {
    Q_OBJECT

private slots:
    void names_stay_data() {
        QTest::addColumn<QString>("target");
        for (const char* target : {"onnxruntime-x86", "spacemit-k1", "tensorrt"})
            QTest::newRow(target) << QString(target);
    }
    void names_stay() {
        QFETCH(QString, target);
        const auto prepared = *prepare(mixed_network());
        Plan plan;
        plan.target = target.toStdString();
        const auto resolved = *resolve(
            prepared, testing::reference_statistics(*prepared, testing::random_inputs(*prepared->model, 4)),
            plan);
        QCOMPARE(resolved->quantized_layers(), 3);
        const onnx::ModelProto first = build_qdq(*resolved);
        const auto arrived = Model::from_proto(first);
        QVERIFY(arrived);
        const auto again = resolve(*prepare(*arrived), nullptr, plan);
        QVERIFY2(again, again ? "" : again.error().detail.c_str());
        const auto before = everything(first), after = everything(build_qdq(**again));
        QCOMPARE(after.size(), before.size());
        QVERIFY(after == before);
    }
    /// Near-dead channels have biases of many steps.
    void large_bias_codes_stay() {
        ModelBuilder b;
        b.input("x", {1, 3, 6, 6}).output("y").conv("conv", "x", "h", 3, 8).conv("last", "h", "y", 8, 4);
        b.proto().mutable_graph()->mutable_initializer()->DeleteSubrange(0, 1);
        b.weight("conv.weight", {8, 3, 3, 3}, 1e-7f);
        const auto prepared = *prepare(b.build());
        const auto resolved = *resolve(
            prepared, testing::reference_statistics(*prepared, testing::random_inputs(*prepared->model, 4)),
            Plan());
        const auto codes = bias_codes(*resolved, 0);
        QVERIFY(std::ranges::any_of(codes, [](std::int32_t code) {
            return static_cast<std::int32_t>(static_cast<float>(code)) != code;
        }));
        const onnx::ModelProto first = build_qdq(*resolved);
        const auto arrived = *prepare(*Model::from_proto(first));
        const auto again = *resolve(arrived, nullptr, Plan());
        QVERIFY(bias_codes(*again, 0) == codes);
        QVERIFY(everything(build_qdq(*again)) == everything(first));
    }
    void nothing_changes_data() {
        QTest::addColumn<int>("form");
        for (std::size_t i = 0; i < forms().size(); ++i)
            QTest::newRow(forms()[i].name) << static_cast<int>(i);
    }
    void nothing_changes() {
        QFETCH(int, form);
        const Form& one = forms()[static_cast<std::size_t>(form)];
        const auto prepared = *prepare(network());
        Plan plan;
        plan.target = one.target;
        for (const auto& [field, value] : one.chosen)
            plan.defaults.set(field, value);
        const auto resolved = *resolve(
            prepared, testing::reference_statistics(*prepared, testing::random_inputs(*prepared->model, 4)),
            plan);
        const onnx::ModelProto first = build_qdq(*resolved);

        // No statistics and no choices: everything comes from the file.
        const auto arrived = Model::from_proto(first);
        QVERIFY(arrived);
        const auto again = prepare(*arrived);
        QVERIFY2(again, again ? "" : again.error().detail.c_str());
        QVERIFY(!(*again)->given.empty());
        Plan untouched;
        untouched.target = one.target;
        const auto given = resolve(*again, nullptr, untouched);
        QVERIFY2(given, given ? "" : given.error().detail.c_str());
        QCOMPARE((*given)->quantized_layers(), resolved->quantized_layers());
        const onnx::ModelProto second = build_qdq(**given);

        const auto before = parameters(first), after = parameters(second);
        QVERIFY(before.size() >= 5);
        for (const auto& [place, bytes] : before) {
            QVERIFY2(after.contains(place), place.c_str());
            QVERIFY2(after.at(place) == bytes, place.c_str());
        }
        QCOMPARE(after.size(), before.size());

        const auto one_session = Session::create(first, nullptr, {1, Optimizations::off, {}});
        const auto other = Session::create(second, nullptr, {1, Optimizations::off, {}});
        QVERIFY(one_session && other);
        for (const auto& inputs : testing::random_inputs(*prepared->model, 3, 17)) {
            const auto x = (*one_session)->run(inputs), y = (*other)->run(inputs);
            QVERIFY(x && y);
            QVERIFY(std::ranges::equal((*x)[0].floats(), (*y)[0].floats()));
        }
    }
};

QTEST_GUILESS_MAIN(TestExportGiven)
#include "test_export_given.moc"

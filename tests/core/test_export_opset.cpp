// Which opset a file has, and what is said otherwise where that opset has no words.
#include <onnx/onnx_pb.h>

#include <QtTest>
#include <fstream>

#include "core/base/json.h"
#include "core/export/block_forms.h"
#include "core/export/export_qdq.h"
#include "core/export/raise_operators.h"
#include "core/model/proto_helpers.h"
#include "core/simulate/simulation.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using testing::ModelBuilder;

namespace {

void set_string(onnx::NodeProto& node, const std::string& name, const std::string& value) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::STRING);
    attribute.set_s(value);
}

/// Every operator that is said in another form in opset 21, once plainly and once with its attributes.
std::shared_ptr<const Model> changing_operators() {
    ModelBuilder b(17, 4);
    b.input("x", {1, 4, 6, 6}).output("y").output("rois").output("grid").output("wave");
    b.conv("conv", "x", "c", 4, 4);
    set_attribute(b.node("Split", "split", {"c"}, {"s0", "s1"}), "axis", std::int64_t{1});
    int i = 0;
    std::string sum = "s1";
    for (const char* op : {"ReduceMean", "ReduceMax", "ReduceMin", "ReduceL1", "ReduceL2", "ReduceSumSquare",
                           "ReduceLogSumExp", "ReduceProd"}) {
        const std::string reduced = "r" + std::to_string(i), next = "t" + std::to_string(i);
        set_attribute(b.node(op, reduced, {"s0"}, {reduced}), "axes", std::vector<std::int64_t>{2, 3});
        b.node("Add", next, {sum, reduced}, {next});
        sum = next;
        ++i;
    }
    b.node("ReduceMax", "all", {"s0"}, {"m"});
    b.node("Add", "last", {sum, "m"}, {"y"});
    b.weight("boxes", {2, 4}, std::vector<float>{0, 0, 3, 3, 1, 1, 5, 4})
        .weight("batch", {2}, std::vector<std::int64_t>{0, 0});
    auto& align = b.node("RoiAlign", "align", {"c", "boxes", "batch"}, {"rois"});
    set_attribute(align, "output_height", std::int64_t{2});
    set_attribute(align, "output_width", std::int64_t{2});
    b.weight("places", {1, 3, 3, 2});
    set_string(b.node("GridSample", "sample", {"c", "places"}, {"grid"}), "mode", "bicubic");
    b.weight("signal_shape", {4}, std::vector<std::int64_t>{1, 4, 36, 1});
    b.node("Reshape", "signal", {"c", "signal_shape"}, {"signal_in"});
    set_attribute(b.node("DFT", "dft", {"signal_in"}, {"wave"}), "axis", std::int64_t{2});
    return b.build();
}

std::shared_ptr<const Resolved> resolved_with(const std::shared_ptr<const Model>& model, const Plan& plan) {
    const auto prepared = *prepare(model);
    return *resolve(prepared,
                    testing::reference_statistics(*prepared, testing::random_inputs(*prepared->model, 3)),
                    plan);
}

Plan with(Field field, const char* value) {
    Plan plan;
    plan.defaults.set(field, value);
    return plan;
}

/// True if both models give the same numbers, with this relative tolerance.
bool same_outputs(const onnx::ModelProto& a, const onnx::ModelProto& b, const Model& inputs,
                  float tolerance = 0) {
    const auto one = Session::create(a, nullptr, {1, Optimizations::off, {}});
    const auto other = Session::create(b, nullptr, {1, Optimizations::off, {}});
    if (!one || !other) {
        qWarning("%s", (one ? other.error() : one.error()).detail.c_str());
        return false;
    }
    for (const auto& values : testing::random_inputs(inputs, 3, 31)) {
        const auto x = (*one)->run(values), y = (*other)->run(values);
        if (!x || !y || x->size() != y->size())
            return false;
        for (std::size_t i = 0; i < x->size(); ++i)
            if (!std::ranges::equal((*x)[i].floats(), (*y)[i].floats(), [&](float p, float q) {
                    return std::abs(p - q) <= tolerance * std::abs(p);
                }))
                return false;
    }
    return true;
}

int in_domain(const onnx::ModelProto& model, const std::string& domain) {
    return static_cast<int>(std::count_if(model.graph().node().begin(), model.graph().node().end(),
                                          [&](const auto& node) { return node.domain() == domain; }));
}

}  // namespace

class TestExportOpset : public QObject {
    Q_OBJECT

private slots:
    void raised_operators_compute_the_same() {
        const auto model = changing_operators();
        for (const std::int64_t to : {18, 19, 20, 21}) {
            onnx::ModelProto raised = model->proto();
            QVERIFY(!cannot_raise(raised, to));
            raise_operators(raised, to);
            QCOMPARE(default_opset(raised), to);
            QVERIFY(raised.ir_version() >= ir_of_opset(to));
            QVERIFY(Model::from_proto(raised));
            QVERIFY2(same_outputs(model->proto(), raised, *model), std::to_string(to).c_str());
        }
    }

    void a_changed_default_is_said() {
        // Before opset 16 RoiAlign knew "output_half_pixel" alone; since then "half_pixel" is the default.
        ModelBuilder b(13, 4);
        b.input("x", {1, 2, 6, 6}).output("y");
        b.weight("boxes", {2, 4}, std::vector<float>{0, 0, 3, 3, 1, 1, 5, 4});
        b.weight("batch", {2}, std::vector<std::int64_t>{0, 0});
        auto& align = b.node("RoiAlign", "align", {"x", "boxes", "batch"}, {"y"});
        set_attribute(align, "output_height", std::int64_t{2});
        set_attribute(align, "output_width", std::int64_t{2});
        const auto model = b.build();
        onnx::ModelProto raised = model->proto();
        raise_operators(raised, 21);
        QVERIFY(same_outputs(model->proto(), raised, *model));
    }

    void subgraphs_are_raised_too() {
        ModelBuilder b(13, 4);
        b.input("x", {2, 3}).output("y").weight("yes", {1}, std::vector<std::int64_t>{1});
        set_attribute(b.node("Cast", "cast", {"yes"}, {"condition"}), "to",
                      static_cast<std::int64_t>(onnx::TensorProto::BOOL));
        auto& branch = b.node("If", "if", {"condition"}, {"y"});
        for (const char* name : {"then_branch", "else_branch"}) {
            auto& attribute = *branch.add_attribute();
            attribute.set_name(name);
            attribute.set_type(onnx::AttributeProto::GRAPH);
            auto& graph = *attribute.mutable_g();
            graph.set_name(name);
            auto& node = *graph.add_node();
            node = make_node("ReduceMean", name, {"x"}, {std::string(name) + "_out"});
            set_attribute(node, "axes", std::vector<std::int64_t>{1});
            graph.add_output()->set_name(std::string(name) + "_out");
            auto& type = *graph.mutable_output(0)->mutable_type()->mutable_tensor_type();
            type.set_elem_type(onnx::TensorProto::FLOAT);
        }
        const auto model = b.build();
        onnx::ModelProto raised = model->proto();
        raise_operators(raised, 21);
        QCOMPARE(raised.graph().initializer_size(), model->proto().graph().initializer_size());
        QVERIFY(same_outputs(model->proto(), raised, *model));
    }

    void what_cannot_be_raised_is_named() {
        ModelBuilder b(18, 4);
        b.input("x", {1, 4, 6, 6}).output("y").conv("conv", "x", "c", 4, 4).weight("s", {2}).weight("t", {2});
        set_attribute(b.node("GroupNormalization", "norm", {"c", "s", "t"}, {"y"}), "num_groups",
                      std::int64_t{2});
        const auto model = b.build();
        QVERIFY(!cannot_raise(model->proto(), 20));
        QCOMPARE(cannot_raise(model->proto(), 21), std::optional<std::string>("GroupNormalization norm"));
        QVERIFY(cannot_raise(model->proto(), 22));

        // 16 bits are said in com.microsoft then.
        const auto resolved = resolved_with(model, with(Field::activation_format, "int16"));
        const auto file = build_qdq(*resolved);
        QCOMPARE(default_opset(file), std::int64_t{18});
        QVERIFY(in_domain(file, "com.microsoft") >= 2);
        QVERIFY(Session::create(file, nullptr));
        ExportOptions options;
        options.opset_min = 21;
        QCOMPARE(build_qdq(*resolved, options).error().code, ErrorCode::output_opset);
    }

    void only_as_far_as_a_choice_needs_data() {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("value");
        QTest::addColumn<int>("opset");
        QTest::newRow("8 bits") << "activation.format"
                                << "uint8" << 17;
        QTest::newRow("16 bits") << "activation.format"
                                 << "int16" << 21;
        QTest::newRow("4 bits") << "weight.format"
                                << "int4" << 21;
        QTest::newRow("dynamic") << "mode"
                                 << "dynamic" << 17;
        QTest::newRow("fp16") << "mode"
                              << "fp16" << 17;
        QTest::newRow("float") << "mode"
                               << "float" << 17;
    }
    void only_as_far_as_a_choice_needs() {
        QFETCH(QString, path);
        QFETCH(QString, value);
        QFETCH(int, opset);
        const auto model = changing_operators();
        const auto resolved =
            resolved_with(model, with(*find_field(path.toStdString()), value.toStdString().c_str()));
        const auto file = build_qdq(*resolved);
        QCOMPARE(default_opset(file), std::int64_t{opset});
        QVERIFY(file.ir_version() >= ir_of_opset(opset));
        QCOMPARE(in_domain(file, "com.microsoft"), 0);

        ExportOptions options;
        options.opset_max = 20;
        const auto capped = build_qdq(*resolved, options);
        QVERIFY(capped);
        QCOMPARE(default_opset(*capped), std::int64_t{17});
        QCOMPARE(in_domain(*capped, "com.microsoft") > 0, opset == 21);
        // Both say the same.
        QVERIFY(same_outputs(file, *capped, *model));
        options.opset_max = 16;
        const auto refused = build_qdq(*resolved, options);
        QCOMPARE(refused.error().code, ErrorCode::output_opset);
        QCOMPARE(refused.error().detail, std::string("opset 17 is above the cap 16"));
        options = {};
        options.opset_min = 19;
        const auto raised = build_qdq(*resolved, options);
        QVERIFY(raised);
        QCOMPARE(default_opset(*raised), std::int64_t{std::max(opset, 19)});
        // Which kernels ONNX Runtime computes in float instead of half depends on the opset.
        QVERIFY(same_outputs(file, *raised, *model, value == "fp16" ? 1e-5f : 0));
        options.opset_min = 22;
        QCOMPARE(build_qdq(*resolved, options).error().code, ErrorCode::output_opset);
    }

    void four_bits_packed_as_the_runtime_packs_them() {
        std::ifstream file(QUANTWRIGHT_TEST_DATA_DIR "/nbits_golden.json");
        const Json golden = Json::parse(file);
        QVERIFY(golden["cases"].size() >= 6);
        const auto bytes = [](const Json& json) {
            std::vector<std::byte> result;
            for (const auto& value : json)
                result.push_back(static_cast<std::byte>(value.get<int>()));
            return result;
        };
        for (const Json& one : golden["cases"]) {
            const auto depth = one["depth"].get<std::int64_t>(), block = one["block"].get<std::int64_t>();
            QCOMPARE(pack_nbits(one["codes"].get<std::vector<std::int32_t>>(), depth, block),
                     bytes(one["packed"]));
            QCOMPARE(pack_nbits_zero_points(one["zero_points"].get<std::vector<std::int32_t>>(),
                                            (depth + block - 1) / block),
                     bytes(one["packed_zero_points"]));
        }
    }
};

QTEST_GUILESS_MAIN(TestExportOpset)
#include "test_export_opset.moc"

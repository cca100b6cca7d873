// Preparing: what is folded, what must stay, and that the outputs stay the same.
#include <QtTest>
#include <cmath>
#include <filesystem>
#include <random>

#include "core/prepare/prepare.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

using Prepare = std::shared_ptr<const Prepared>;
using Strings = std::vector<std::string>;
using Sizes = std::vector<std::int64_t>;

QString code_of(const Result<Prepare>& result) {
    if (result)
        return "prepared";
    const auto name = name_of(result.error().code);
    return QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
}

Prepare prepared(const std::shared_ptr<const Model>& model, const PrepareOptions& options = {}) {
    auto result = prepare(model, options);
    if (!result) {
        qWarning("%s %s: %s", qPrintable(code_of(result)), result.error().subject.c_str(),
                 result.error().detail.c_str());
        return nullptr;
    }
    return *result;
}

Strings ops(const Prepare& prepared) {
    Strings result;
    for (const auto& node : prepared->model->graph().nodes())
        result.push_back(node.proto->op_type());
    return result;
}

/// Largest difference over a few random inputs.
double difference(const Prepare& prepared) {
    double largest = 0;
    for (const auto& inputs : random_inputs(*prepared->model, 3)) {
        const auto one = max_difference(*prepared, inputs);
        if (!one)
            return std::nan("");
        largest = std::max(largest, *one);
    }
    return largest;
}

void set_string(onnx::NodeProto& node, const std::string& name, const std::string& value) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::STRING);
    attribute.set_s(value);
}

onnx::NodeProto& constant(ModelBuilder& b, const std::string& name, const Tensor& value) {
    auto& node = b.node("Constant", name + "_node", {}, {name});
    auto& attribute = *node.add_attribute();
    attribute.set_name("value");
    attribute.set_type(onnx::AttributeProto::TENSOR);
    *attribute.mutable_t() = proto_from("", value);
    return node;
}

void constant(ModelBuilder& b, const std::string& name, Sizes values) {
    const auto count = static_cast<std::int64_t>(values.size());
    constant(b, name, make_tensor({count}, std::move(values)));
}

const TensorType& type_of(const Prepare& prepared, const std::string& tensor) {
    return prepared->tensor_types[static_cast<std::size_t>(*prepared->model->graph().find_tensor(tensor))];
}

/// BatchNormalization from "h" to `out` whose parameters are far from trivial.
onnx::NodeProto& batch_norm(ModelBuilder& b, const std::string& out, int channels,
                            const std::string& in = "h") {
    const std::int64_t c = channels;
    std::vector<float> var;
    for (int i = 0; i < channels; ++i)
        var.push_back(0.3f + 0.4f * static_cast<float>(i));
    b.weight("scale", {c}, 2.0f).weight("shift", {c}).weight("mean", {c}).weight("var", {c}, var);
    return b.node("BatchNormalization", "norm", {in, "scale", "shift", "mean", "var"}, {out});
}

}  // namespace

class TestPrepare : public QObject {
    Q_OBJECT

private slots:
    void batch_norm_into_conv();
    void batch_norm_into_conv_without_bias();
    void batch_norm_into_grouped_transposed_conv();
    void batch_norm_into_gemm_data();
    void batch_norm_into_gemm();
    void batch_norm_of_a_shared_weight();
    void batch_norm_that_must_stay();
    void pad_into_conv();
    void pad_computed_like_tensorflow();
    void pad_before_valid_and_second_conv();
    void pad_with_axes();
    void pad_that_must_stay_data();
    void pad_that_must_stay();
    void constants_are_computed();
    void shapes_of_static_tensors();
    void shapes_that_depend_on_data_stay();
    void random_and_quantized_constants_stay();
    void a_constant_output_stays();
    void huge_constants_do_not_grow_the_model();
    void identities_go();
    void identities_at_the_ends();
    void dropout_of_inference_goes();
    void unused_nodes_go();
    void subgraphs_are_left_alone();
    void old_style_inputs();
    void types_are_measured();
    void half_precision();
    void external_weights();
    void quantized_models_stay();
    void open_batch_becomes_one();
    void open_dimension_without_a_shape();
    void given_shapes();
    void unknown_operator();
    void cancelled();
    void small_cnn_is_unchanged_in_value();
};

void TestPrepare::batch_norm_into_conv() {
    ModelBuilder b;
    b.input("x", {1, 3, 9, 9}).output("y").conv("conv", "x", "h", 3, 6);
    batch_norm(b, "y", 6);
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), Strings{"Conv"});
    QVERIFY(difference(p) < 1e-5);
    // The folded tensors keep their names and hold other values.
    QCOMPARE(p->layers[0].weight, std::string("conv.weight"));
    QCOMPARE(p->layers[0].bias, std::string("conv.bias"));
    QCOMPARE(p->layers[0].original_nodes, (Strings{"conv", "norm"}));
    const float before = p->original->weight("conv.weight").floats()[0];
    const float factor =
        p->original->weight("scale").floats()[0] / std::sqrt(p->original->weight("var").floats()[0] + 1e-5f);
    QVERIFY(std::abs(p->model->weight("conv.weight").floats()[0] - before * factor) < 1e-6);
}

void TestPrepare::batch_norm_into_conv_without_bias() {
    ModelBuilder b;
    b.input("x", {1, 3, 9, 9}).output("y").weight("first.weight", {6, 3, 3, 3});
    b.node("Conv", "conv", {"x", "first.weight"}, {"h"});
    batch_norm(b, "y", 6).mutable_attribute();
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), Strings{"Conv"});
    QCOMPARE(p->layers[0].bias, std::string("first.bias"));
    QVERIFY(difference(p) < 1e-5);
}

void TestPrepare::batch_norm_into_grouped_transposed_conv() {
    ModelBuilder b;
    b.input("x", {1, 4, 5, 5}).output("y").weight("w", {4, 3, 2, 2});  // 2 groups of 2 in, 3 out
    set_attribute(b.node("ConvTranspose", "up", {"x", "w"}, {"h"}), "group", std::int64_t{2});
    batch_norm(b, "y", 6);
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), Strings{"ConvTranspose"});
    QVERIFY(difference(p) < 1e-5);
}

void TestPrepare::batch_norm_into_gemm_data() {
    QTest::addColumn<bool>("transposed");
    QTest::addColumn<QList<int>>("bias");
    QTest::newRow("plain") << false << QList<int>{6};
    QTest::newRow("transposed weight") << true << QList<int>{1, 6};
    QTest::newRow("scalar bias") << false << QList<int>{1};
    QTest::newRow("no bias") << true << QList<int>{};
}

void TestPrepare::batch_norm_into_gemm() {
    QFETCH(bool, transposed);
    QFETCH(QList<int>, bias);
    ModelBuilder b;
    b.input("x", {2, 5}).output("y").weight("w", transposed ? Shape{6, 5} : Shape{5, 6});
    Strings inputs = {"x", "w"};
    if (!bias.empty()) {
        b.weight("b", Shape(bias.begin(), bias.end()));
        inputs.push_back("b");
    }
    auto& gemm = b.node("Gemm", "fc", inputs, {"h"});
    set_attribute(gemm, "transB", std::int64_t{transposed});
    set_attribute(gemm, "alpha", 0.5f);
    set_attribute(gemm, "beta", 3.0f);
    batch_norm(b, "y", 6);
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), Strings{"Gemm"});
    QVERIFY(difference(p) < 1e-5);
}

void TestPrepare::batch_norm_of_a_shared_weight() {
    ModelBuilder b;
    b.input("x", {1, 6, 9, 9}).output("y").output("z").conv("conv", "x", "h", 6, 6);
    batch_norm(b, "y", 6);
    b.node("Conv", "other", {"x", "conv.weight", "conv.bias"}, {"z"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Conv", "Conv"}));
    QVERIFY(difference(p) < 1e-5);
    QCOMPARE(p->find_layer("other")->weight, std::string("conv.weight"));
    QVERIFY(p->find_layer("conv")->weight != p->find_layer("other")->weight);
}

void TestPrepare::batch_norm_that_must_stay() {
    ModelBuilder read_twice;
    read_twice.input("x", {1, 3, 9, 9}).output("y").output("z").conv("conv", "x", "h", 3, 6);
    batch_norm(read_twice, "y", 6);
    read_twice.node("Sigmoid", "second", {"h"}, {"z"});
    QCOMPARE(ops(prepared(read_twice.build())), (Strings{"Conv", "BatchNormalization", "Sigmoid"}));

    ModelBuilder output;
    output.input("x", {1, 3, 9, 9}).output("y").output("h").conv("conv", "x", "h", 3, 6);
    batch_norm(output, "y", 6);
    QCOMPARE(ops(prepared(output.build())), (Strings{"Conv", "BatchNormalization"}));

    ModelBuilder no_conv;
    no_conv.input("x", {1, 6, 9, 9}).output("y").node("Sigmoid", "first", {"x"}, {"h"});
    batch_norm(no_conv, "y", 6);
    QCOMPARE(ops(prepared(no_conv.build())), (Strings{"Sigmoid", "BatchNormalization"}));

    // One number per row of the result is no bias of a channel.
    ModelBuilder column;
    column.input("x", {6, 5}).output("y").weight("w", {5, 6}).weight("b", {6, 1});
    column.node("Gemm", "fc", {"x", "w", "b"}, {"h"});
    batch_norm(column, "y", 6);
    QCOMPARE(ops(prepared(column.build())), (Strings{"Gemm", "BatchNormalization"}));
}

void TestPrepare::pad_into_conv() {
    ModelBuilder b;
    b.input("x", {1, 3, 9, 9}).output("y");
    constant(b, "pads", Sizes{0, 0, 1, 2, 0, 0, 3, 4});
    b.node("Pad", "pad", {"x", "pads"}, {"padded"});
    b.conv("conv", "padded", "y", 3, 4);
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), Strings{"Conv"});
    QCOMPARE(ints_attribute(p->model->proto().graph().node(0), "pads"), (Sizes{2, 3, 4, 5}));
    QVERIFY(difference(p) < 1e-6);
    QCOMPARE(p->layers[0].original_nodes, (Strings{"pads_node", "pad", "conv"}));
    QCOMPARE(type_of(p, "y").shape, (Shape{1, 4, 13, 15}));
}

void TestPrepare::pad_computed_like_tensorflow() {
    // The chain exporters leave behind for F.pad(x, [0, 1, 2, 1]).
    ModelBuilder b;
    b.input("x", {1, 3, 9, 9}).output("y");
    constant(b, "given", Sizes{0, 1, 2, 1});
    constant(b, "count", Sizes{4});
    auto& zeros = b.node("ConstantOfShape", "zeros", {"count"}, {"rest"});
    auto& value = *zeros.add_attribute();
    value.set_name("value");
    value.set_type(onnx::AttributeProto::TENSOR);
    *value.mutable_t() = proto_from("", make_tensor({1}, std::vector<std::int64_t>{0}));
    set_attribute(b.node("Concat", "concat", {"given", "rest"}, {"all"}), "axis", std::int64_t{0});
    constant(b, "pairs", Sizes{-1, 2});
    b.node("Reshape", "reshape", {"all", "pairs"}, {"in_pairs"});
    constant(b, "from", Sizes{-1});
    constant(b, "to", Sizes{-1000});
    constant(b, "axis", Sizes{0});
    constant(b, "step", Sizes{-1});
    b.node("Slice", "slice", {"in_pairs", "from", "to", "axis", "step"}, {"reversed"});
    set_attribute(b.node("Transpose", "transpose", {"reversed"}, {"turned"}), "perm", Sizes{1, 0});
    constant(b, "flat", Sizes{-1});
    b.node("Reshape", "flatten", {"turned", "flat"}, {"pads"});
    constant(b, "zero", make_tensor({}, std::vector<float>{0}));
    b.node("Pad", "pad", {"x", "pads", "zero"}, {"padded"});
    b.weight("w", {4, 3, 3, 3}).node("Conv", "conv", {"padded", "w"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), Strings{"Conv"});
    QCOMPARE(ints_attribute(p->model->proto().graph().node(0), "pads"), (Sizes{2, 0, 1, 1}));
    QCOMPARE(p->layers[0].original_nodes.size(), p->original->graph().nodes().size());
    QVERIFY(difference(p) < 1e-6);
}

void TestPrepare::pad_before_valid_and_second_conv() {
    ModelBuilder b;
    b.input("x", {1, 3, 9, 9}).output("y").output("z").weight("w", {4, 3, 3, 3}).weight("v", {2, 3, 5, 5});
    b.weight("pads", {8}, Sizes{0, 0, 1, 1, 0, 0, 1, 1});
    b.node("Pad", "pad", {"x", "pads"}, {"padded"});
    set_string(b.node("Conv", "one", {"padded", "w"}, {"y"}), "auto_pad", "VALID");
    b.node("Conv", "two", {"padded", "v"}, {"z"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Conv", "Conv"}));
    QVERIFY(difference(p) < 1e-6);
}

void TestPrepare::pad_with_axes() {
    ModelBuilder b(18);
    b.input("x", {1, 3, 9, 9}).output("y").weight("w", {4, 3, 3, 3});
    b.weight("pads", {4}, Sizes{1, 2, 3, 4}).weight("axes", {2}, Sizes{-1, 2});
    b.node("Pad", "pad", {"x", "pads", "", "axes"}, {"padded"});
    b.node("Conv", "conv", {"padded", "w"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), Strings{"Conv"});
    QCOMPARE(ints_attribute(p->model->proto().graph().node(0), "pads"), (Sizes{2, 1, 4, 3}));
    QVERIFY(difference(p) < 1e-6);
}

void TestPrepare::pad_that_must_stay_data() {
    QTest::addColumn<QString>("mode");
    QTest::addColumn<float>("value");
    QTest::addColumn<QList<int>>("pads");
    QTest::addColumn<QString>("reader");
    const QList<int> plain{0, 0, 1, 1, 0, 0, 1, 1};
    QTest::newRow("reflect") << "reflect" << 0.0f << plain << "Conv";
    QTest::newRow("not zero") << "constant" << 1.0f << plain << "Conv";
    QTest::newRow("crops") << "constant" << 0.0f << QList<int>{0, 0, 1, 1, 0, 0, -1, 1} << "Conv";
    QTest::newRow("channels") << "constant" << 0.0f << QList<int>{0, 1, 1, 1, 0, 0, 1, 1} << "Conv4";
    QTest::newRow("average pool") << "constant" << 0.0f << plain << "AveragePool";
    QTest::newRow("same padding") << "constant" << 0.0f << plain << "SAME_UPPER";
    QTest::newRow("transposed") << "constant" << 0.0f << plain << "ConvTranspose";
    QTest::newRow("also an output") << "constant" << 0.0f << plain << "output";
}

void TestPrepare::pad_that_must_stay() {
    QFETCH(QString, mode);
    QFETCH(float, value);
    QFETCH(QList<int>, pads);
    QFETCH(QString, reader);
    ModelBuilder b;
    b.input("x", {1, 3, 9, 9}).output("y");
    b.weight("pads", {8}, Sizes(pads.begin(), pads.end())).weight("value", {}, std::vector<float>{value});
    set_string(b.node("Pad", "pad", {"x", "pads", "value"}, {"padded"}), "mode", mode.toStdString());
    if (reader == "AveragePool") {
        set_attribute(b.node("AveragePool", "pool", {"padded"}, {"y"}), "kernel_shape", Sizes{3, 3});
    } else if (reader == "ConvTranspose") {
        b.weight("w", {3, 2, 3, 3}).node("ConvTranspose", "up", {"padded", "w"}, {"y"});
    } else {
        b.weight("w", {4, reader == "Conv4" ? 4 : 3, 3, 3});
        auto& conv = b.node("Conv", "conv", {"padded", "w"}, {"y"});
        if (reader == "SAME_UPPER")
            set_string(conv, "auto_pad", "SAME_UPPER");
        if (reader == "output")
            b.output("padded");
    }
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p).front(), std::string("Pad"));
    QVERIFY(difference(p) < 1e-6);
}

void TestPrepare::constants_are_computed() {
    ModelBuilder b;
    b.input("x", {1, 4}).output("y");
    constant(b, "c", make_tensor({4}, std::vector<float>{1, 2, 3, 4}));
    b.weight("w", {4}, std::vector<float>{10, 20, 30, 40});
    b.node("Mul", "product", {"c", "w"}, {"cw"});
    b.node("Add", "sum", {"cw", "c"}, {"cwc"});
    b.node("Add", "add", {"x", "cwc"}, {"h"});
    b.node("Mul", "scale", {"h", "cw"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Add", "Mul"}));
    const auto folded = p->model->weight("cwc");
    QCOMPARE(std::vector<float>(folded.floats().begin(), folded.floats().end()),
             (std::vector<float>{11, 42, 93, 164}));
    QCOMPARE(p->model->weight("w").type, ElementType::undefined);  // nobody reads it any more
    // A chain two layers use belongs to the first.
    QCOMPARE(p->find_layer("add")->original_nodes, (Strings{"c_node", "product", "sum", "add"}));
    QCOMPARE(p->find_layer("scale")->original_nodes, Strings{"scale"});
    QCOMPARE(difference(p), 0.0);
}

void TestPrepare::shapes_of_static_tensors() {
    // y = reshape(conv, [shape(conv)[0], -1]), as exporters write x.view(x.size(0), -1).
    ModelBuilder b;
    b.input("x", {1, 3, 6, 6}).output("y").output("count", ElementType::int64).conv("conv", "x", "h", 3, 4);
    b.node("Shape", "shape", {"h"}, {"h_shape"});
    b.weight("zero", {}, Sizes{0}).weight("first", {1}, Sizes{0}).weight("rest", {1}, Sizes{-1});
    b.node("Gather", "gather", {"h_shape", "zero"}, {"batch"});
    b.node("Unsqueeze", "unsqueeze", {"batch", "first"}, {"batch1"});
    set_attribute(b.node("Concat", "concat", {"batch1", "rest"}, {"target"}), "axis", std::int64_t{0});
    b.node("Reshape", "view", {"h", "target"}, {"flat"});
    b.node("Size", "size", {"flat"}, {"elements"});
    b.node("Add", "more", {"elements", "zero"}, {"count"});
    b.node("Relu", "relu", {"flat"}, {"y"});
    b.proto()
        .mutable_graph()
        ->mutable_input(0)
        ->mutable_type()
        ->mutable_tensor_type()
        ->mutable_shape()
        ->mutable_dim(0)
        ->set_dim_param("N");
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Conv", "Reshape", "Add", "Relu"}));
    const auto target = p->model->weight("target");
    QCOMPARE(Sizes(target.as<std::int64_t>().begin(), target.as<std::int64_t>().end()), (Sizes{1, -1}));
    QCOMPARE(p->model->weight("elements").as<std::int64_t>()[0], std::int64_t(4 * 6 * 6));
    QCOMPARE(difference(p), 0.0);
}

void TestPrepare::shapes_that_depend_on_data_stay() {
    ModelBuilder b;
    b.input("x", {1, 8}).output("y", ElementType::int64).output("z", ElementType::int64);
    b.node("NonZero", "find", {"x"}, {"places"});
    b.node("Transpose", "turn", {"places"}, {"turned"});
    b.node("Shape", "shape", {"turned"}, {"found"});
    b.node("Abs", "abs", {"found"}, {"y"});
    // Static: the number of rows of NonZero's result is, but the tensor as a whole is not.
    b.node("Shape", "fixed", {"x"}, {"x_shape"});
    b.node("Mul", "mul", {"x_shape", "found"}, {"z"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"NonZero", "Transpose", "Shape", "Abs", "Mul"}));
    const Tensor sparse = make_tensor({1, 8}, std::vector<float>{0, 1, 0, 0, 2, 0, 0, 0});
    QCOMPARE(max_difference(*p, {sparse}).value_or(-1), 0.0);
    // Nor does the file claim a size the next input will not have.
    for (const auto& value : p->model->proto().graph().value_info())
        if (value.name() == "turned") {
            QCOMPARE(value.type().tensor_type().shape().dim_size(), 2);
            QVERIFY(!value.type().tensor_type().shape().dim(0).has_dim_value());
        }
}

void TestPrepare::random_and_quantized_constants_stay() {
    ModelBuilder b;
    b.input("x", {2, 3}).output("y").weight("w", {2, 3});
    b.weight("scale", {}, std::vector<float>{0.1f});
    b.node("QuantizeLinear", "q", {"w", "scale"}, {"wq"});
    b.node("DequantizeLinear", "dq", {"wq", "scale"}, {"wd"});
    set_attribute(b.node("RandomNormal", "noise", {}, {"n"}), "shape", Sizes{2, 3});
    b.node("Add", "add", {"x", "wd"}, {"h"});
    b.node("Add", "add2", {"h", "n"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p).size(), std::size_t(5));
    QCOMPARE(p->problems.size(), std::size_t(1));
    QCOMPARE(p->problems[0].code, std::string("model.already_quantized"));
    QCOMPARE(p->problems[0].severity, Severity::info);
}

void TestPrepare::a_constant_output_stays() {
    ModelBuilder b;
    b.input("x", {2}).output("y").output("c").output("d").weight("w", {2});
    constant(b, "c", make_tensor({2}, std::vector<float>{1, 2}));
    b.node("Mul", "mul", {"c", "w"}, {"d"});
    b.node("Add", "add", {"x", "d"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Constant", "Mul", "Add"}));
    QCOMPARE(difference(p), 0.0);
}

void TestPrepare::huge_constants_do_not_grow_the_model() {
    ModelBuilder b;
    b.input("x", {1}).output("y").weight("shape", {1}, Sizes{(std::int64_t{64} << 20) / 4 + 1});
    b.node("ConstantOfShape", "huge", {"shape"}, {"zeros"});
    b.node("Add", "add", {"x", "zeros"}, {"sum"});
    set_attribute(b.node("ReduceMax", "max", {"sum"}, {"y"}), "keepdims", std::int64_t{0});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"ConstantOfShape", "Add", "ReduceMax"}));
    QVERIFY(p->model->file_bytes() < 10000);
}

void TestPrepare::identities_go() {
    ModelBuilder b;
    b.input("x", {2}).output("y").weight("w", {2});
    b.node("Identity", "alias", {"w"}, {"w2"});
    b.node("Identity", "i1", {"x"}, {"x1"});
    b.node("Identity", "i2", {"x1"}, {"x2"});
    b.node("Add", "one", {"x2", "w2"}, {"h"});
    b.node("Identity", "i3", {"h"}, {"h1"});
    b.node("Mul", "two", {"h1", "h"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Add", "Mul"}));
    QCOMPARE(p->find_layer("one")->original_nodes, (Strings{"alias", "i1", "i2", "one"}));
    QCOMPARE(p->find_layer("two")->original_nodes, (Strings{"i3", "two"}));
    QCOMPARE(difference(p), 0.0);
}

void TestPrepare::identities_at_the_ends() {
    ModelBuilder b;
    b.input("x", {2}).output("y").output("same").output("h").output("h1").weight("w", {2}).output("weight");
    b.node("Identity", "echo", {"x"}, {"same"});     // input to output: nothing else could make it
    b.node("Identity", "echo2", {"w"}, {"weight"});  // constant to output
    b.node("Add", "add", {"x", "w"}, {"h"});
    b.node("Identity", "echo3", {"h"}, {"h1"});  // both are outputs
    b.node("Mul", "mul", {"h", "w"}, {"m"});
    b.node("Identity", "last", {"m"}, {"y"});  // the one that can go
    b.node("Sigmoid", "other", {"m"}, {"s"});
    b.node("Sub", "sub", {"s", "m"}, {"t"});
    b.output("t");
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Identity", "Identity", "Add", "Identity", "Mul", "Sigmoid", "Sub"}));
    Strings outputs;
    for (const auto& output : p->model->outputs())
        outputs.push_back(output.name);
    QCOMPARE(outputs, (Strings{"y", "same", "h", "h1", "weight", "t"}));
    QCOMPARE(p->find_layer("mul")->original_nodes, (Strings{"mul", "last"}));
    QCOMPARE(difference(p), 0.0);
}

void TestPrepare::dropout_of_inference_goes() {
    ModelBuilder b;
    b.input("x", {2}).output("y").weight("ratio", {}, std::vector<float>{0.5f});
    b.node("Dropout", "drop", {"x", "ratio"}, {"d"});
    b.node("Sigmoid", "s", {"d"}, {"h"});
    b.node("Dropout", "masked", {"h"}, {"e", "mask"});
    b.node("Cast", "cast", {"mask"}, {"m"});
    set_attribute(*b.proto().mutable_graph()->mutable_node(3), "to", std::int64_t{1});
    b.node("Mul", "mul", {"e", "m"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Sigmoid", "Dropout", "Cast", "Mul"}));
}

void TestPrepare::unused_nodes_go() {
    ModelBuilder b;
    b.input("x", {2}).output("y").weight("w", {2});
    b.node("Mul", "dead", {"x", "w"}, {"a"});
    b.node("Relu", "dead too", {"a"}, {"b"});
    b.node("Sigmoid", "alive", {"x"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), Strings{"Sigmoid"});
    QCOMPARE(p->model->proto().graph().initializer_size(), 0);
}

void TestPrepare::subgraphs_are_left_alone() {
    ModelBuilder branch;
    branch.output("inner").weight("own", {2}, std::vector<float>{1, 2});
    branch.node("Identity", "inside", {"seen"}, {"same"});
    branch.node("Add", "a", {"same", "made"}, {"sum"});
    branch.node("Mul", "b", {"sum", "own"}, {"inner"});
    ModelBuilder b;
    b.input("x", {2}).output("y").weight("w", {2});
    b.node("Identity", "kept", {"x"}, {"seen"});  // read by name inside
    b.node("Add", "constant", {"w", "w"}, {"made"});
    b.node("ReduceSum", "sum", {"x"}, {"total"});
    b.weight("zero", {}, std::vector<float>{0});
    b.node("Greater", "greater", {"total", "zero"}, {"yes"});
    auto& node = b.node("If", "if", {"yes"}, {"h"});
    for (const char* name : {"then_branch", "else_branch"}) {
        auto& attribute = *node.add_attribute();
        attribute.set_name(name);
        attribute.set_type(onnx::AttributeProto::GRAPH);
        *attribute.mutable_g() = branch.proto().graph();
    }
    b.node("Relu", "relu", {"h"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Identity", "ReduceSum", "Greater", "If", "Relu"}));
    QVERIFY(p->model->weight("made").type == ElementType::float32);  // computed, under its name
    QCOMPARE(p->find_layer("if")->nodes.size(), std::size_t(1));
    QCOMPARE(p->find_layer("if")->inputs.size(), std::size_t(2));
    QCOMPARE(p->find_layer("if")->original_nodes, (Strings{"constant", "if"}));
    QCOMPARE(difference(p), 0.0);
}

void TestPrepare::old_style_inputs() {
    onnx::ModelProto proto = small_cnn()->proto();
    proto.set_ir_version(3);
    for (const auto& tensor : proto.graph().initializer()) {
        auto& input = *proto.mutable_graph()->add_input();
        input.set_name(tensor.name());
        auto& type = *input.mutable_type()->mutable_tensor_type();
        type.set_elem_type(tensor.data_type());
        type.mutable_shape();
        for (const auto size : tensor.dims())
            type.mutable_shape()->add_dim()->set_dim_value(size);
    }
    // The checker of the time lists weights first.
    proto.mutable_graph()->mutable_input()->SwapElements(0, proto.graph().input_size() - 1);
    const auto p = prepared(*Model::from_proto(proto));
    QVERIFY(p);
    QCOMPARE(p->model->proto().graph().input_size(), 1);
    QCOMPARE(p->layers.size(), std::size_t(7));
    QVERIFY(difference(p) < 1e-5);
}

void TestPrepare::types_are_measured() {
    const auto p = prepared(small_cnn());
    QVERIFY(p);
    QCOMPARE(p->tensor_types.size(), p->model->graph().tensors().size());
    QCOMPARE(type_of(p, "input").shape, (Shape{1, 3, 16, 16}));
    QCOMPARE(type_of(p, "/block/Add_output_0").shape, (Shape{1, 8, 16, 16}));
    QCOMPARE(type_of(p, "logits").shape, (Shape{1, 10}));
    QCOMPARE(type_of(p, "fc.weight").shape, (Shape{10, 8}));
    for (const auto& type : p->tensor_types)
        QCOMPARE(type.type, ElementType::float32);
    int described = 0;
    for (const auto& value : p->model->proto().graph().value_info()) {
        const Shape& shape = type_of(p, value.name()).shape;
        QCOMPARE(value.type().tensor_type().shape().dim_size(), static_cast<int>(shape.size()));
        for (int i = 0; i < static_cast<int>(shape.size()); ++i)
            QCOMPARE(value.type().tensor_type().shape().dim(i).dim_value(),
                     shape[static_cast<std::size_t>(i)]);
        ++described;
    }
    QCOMPARE(described, static_cast<int>(p->model->graph().nodes().size()) - 1);
    QCOMPARE(p->model->outputs()[0].shape.size(), std::size_t(2));
}

void TestPrepare::half_precision() {
    ModelBuilder b;
    b.input("x", {1, 3, 8, 8}, ElementType::float16).output("y", ElementType::float16);
    const auto half = [&b](const std::string& name, const Shape& shape, std::uint16_t bits) {
        std::vector<std::byte> bytes(static_cast<std::size_t>(element_count(shape)) * 2);
        for (std::size_t i = 0; i < bytes.size(); i += 2)
            std::memcpy(&bytes[i], &bits, 2);
        *b.proto().mutable_graph()->add_initializer() =
            proto_from(name, make_tensor(ElementType::float16, shape, std::move(bytes)));
    };
    half("w", {4, 3, 1, 1}, 0x3400);                        // 0.25
    half("scale", {4}, 0x4000), half("var", {4}, 0x3c00);   // 2, 1
    half("shift", {4}, 0x3800), half("mean", {4}, 0x3c00);  // 0.5, 1
    b.node("Conv", "conv", {"x", "w"}, {"h"});
    b.node("BatchNormalization", "norm", {"h", "scale", "shift", "mean", "var"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), Strings{"Conv"});
    QCOMPARE(type_of(p, "y").type, ElementType::float16);
    const Tensor weight = p->model->weight("w"), bias = p->model->weight("w_bias");
    QCOMPARE(weight.type, ElementType::float16);
    QCOMPARE(weight.as<std::uint16_t>()[0], std::uint16_t(0x3800));  // 0.25 * 2
    QCOMPARE(bias.as<std::uint16_t>()[0], std::uint16_t(0xbe00));    // 0.5 - 1 * 2
}

void TestPrepare::external_weights() {
    QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("model.onnx").toStdString();
    ModelBuilder b;
    b.input("x", {1, 60}).output("y").weight("w", {60, 50}).weight("b", {50});
    b.node("MatMul", "fc", {"x", "w"}, {"h"});
    b.node("Add", "bias", {"h", "b"}, {"y"});
    QVERIFY(save_model(b.build()->proto(), path, 100));
    const auto model = Model::load(path);
    QVERIFY(model);
    QCOMPARE((*model)->external_weights(), Strings{"w"});
    const auto p = prepared(*model);
    QVERIFY(p);
    QCOMPARE(p->layers.size(), std::size_t(1));
    QCOMPARE(p->layers[0].parameters, std::int64_t(60 * 50 + 50));
    QCOMPARE(p->model->external_weights(), Strings{"w"});
    QCOMPARE(p->model->weight("w").bytes.data(), (*model)->weight("w").bytes.data());
    QCOMPARE(type_of(p, "w").shape, (Shape{60, 50}));
    QCOMPARE(difference(p), 0.0);
}

void TestPrepare::quantized_models_stay() {
    ModelBuilder b;
    b.input("x", {1, 3, 8, 8}).output("y").weight("w", {4, 3, 3, 3});
    b.weight("s", {}, std::vector<float>{0.05f});
    b.node("QuantizeLinear", "qx", {"x", "s"}, {"xq"}), b.node("DequantizeLinear", "dx", {"xq", "s"}, {"xd"});
    b.node("QuantizeLinear", "qw", {"w", "s"}, {"wq"}), b.node("DequantizeLinear", "dw", {"wq", "s"}, {"wd"});
    b.node("Conv", "conv", {"xd", "wd"}, {"h"});
    batch_norm(b, "y", 4);
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"QuantizeLinear", "DequantizeLinear", "QuantizeLinear", "DequantizeLinear",
                              "Conv", "BatchNormalization"}));
    QVERIFY(p->find_layer("conv")->weight.empty());
    QCOMPARE(difference(p), 0.0);
}

void TestPrepare::open_batch_becomes_one() {
    ModelBuilder b;
    b.input("x", {-1, 3}).output("y").node("Relu", "relu", {"x"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(type_of(p, "x").shape, (Shape{1, 3}));
    QCOMPARE(p->model->inputs()[0].shape[0].value, std::int64_t(1));
    QCOMPARE(p->original->inputs()[0].shape[0].value, std::int64_t(-1));
}

void TestPrepare::open_dimension_without_a_shape() {
    ModelBuilder b;
    b.input("x", {-1, 3, -1, 8}).output("y").node("Relu", "relu", {"x"}, {"y"});
    b.proto()
        .mutable_graph()
        ->mutable_input(0)
        ->mutable_type()
        ->mutable_tensor_type()
        ->mutable_shape()
        ->mutable_dim(2)
        ->set_dim_param("height");
    const auto result = prepare(b.build());
    QCOMPARE(code_of(result), "model.shape_unknown");
    QCOMPARE(result.error().subject, std::string("x"));
    QVERIFY(result.error().detail.find("height") != std::string::npos);
    b.proto().mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->clear_shape();
    QCOMPARE(code_of(prepare(b.build())), "model.shape_unknown");
    const auto p = prepared(b.build(), {{{"x", {2, 5}}}, 0});
    QVERIFY(p);
    QCOMPARE(type_of(p, "y").shape, (Shape{2, 5}));
}

void TestPrepare::given_shapes() {
    ModelBuilder b;
    b.input("x", {-1, 3, -1, 8}).output("y").node("Relu", "relu", {"x"}, {"y"});
    const auto with = [&b](const Shape& shape, const std::string& name = "x") {
        return prepare(b.build(), {{{name, shape}}, 0});
    };
    QCOMPARE(type_of(with({2, 3, 6, 8}).value(), "y").shape, (Shape{2, 3, 6, 8}));
    QCOMPARE(code_of(with({2, 3, 6, 9})), "model.shape_unknown");  // contradicts the model
    QCOMPARE(code_of(with({2, 3, 6})), "model.shape_unknown");
    QCOMPARE(code_of(with({1, 3, 0, 8})), "model.shape_unknown");
    QCOMPARE(code_of(with({2, 3, 6, 8}, "z")), "usage");
}

void TestPrepare::unknown_operator() {
    ModelBuilder b;
    b.input("x", {1, 3}).output("y").node("Mystery", "what", {"x"}, {"y"});
    const auto result = prepare(b.build());
    QCOMPARE(code_of(result), "runtime.failed");
    QVERIFY(result.error().detail.find("Mystery") != std::string::npos);
}

void TestPrepare::cancelled() {
    CancelToken token;
    token.cancel();
    QCOMPARE(code_of(prepare(small_cnn(), {}, JobContext(token))), "cancelled");
}

void TestPrepare::small_cnn_is_unchanged_in_value() {
    for (unsigned seed = 1; seed < 5; ++seed) {
        const auto p = prepared(small_cnn(seed));
        QVERIFY(p);
        QCOMPARE(ops(p), (Strings{"Conv", "Relu", "Conv", "Clip", "Conv", "Add", "GlobalAveragePool",
                                  "Flatten", "Gemm"}));
        QVERIFY(difference(p) < 1e-5);
    }
}

QTEST_GUILESS_MAIN(TestPrepare)
#include "test_prepare.moc"

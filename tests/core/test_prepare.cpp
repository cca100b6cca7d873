// Preparing as a whole: inputs, types, unusual models, errors.
#include <QtTest>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>

#include "tests/support/prepared_models.h"

using namespace quantwright;
using namespace quantwright::testing;

class TestPrepare : public QObject {
    Q_OBJECT

private slots:
    void subgraphs_are_left_alone();
    void old_style_inputs();
    void types_are_measured();
    void half_precision();
    void external_weights();
    void quantized_models_keep_their_parameters();
    void open_batch_becomes_one();
    void open_dimension_without_a_shape();
    void given_shapes();
    void given_samples();
    void malformed_nodes_data();
    void malformed_nodes();
    void damaged_models();
    void cancelled();
    void difference_is_seen();
    void operators_older_than_the_runtime();
    void raising_finds_the_shapes_it_needs();
    void small_cnn_is_unchanged_in_value();
};

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
    QCOMPARE(ops(p), (Strings{"Cast", "Conv", "Cast"}));
    QCOMPARE(type_of(p, "y").type, ElementType::float16);
    const Tensor weight = p->model->weight("w"), bias = p->model->weight("w_bias");
    QCOMPARE(weight.type, ElementType::float32);
    QCOMPARE(weight.floats()[0], 0.25f * 2);
    QCOMPARE(bias.floats()[0], 0.5f - 1 * 2);
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

void TestPrepare::quantized_models_keep_their_parameters() {
    ModelBuilder b;
    b.input("x", {1, 3, 8, 8}).output("y").weight("w", {4, 3, 3, 3});
    b.weight("s", {}, std::vector<float>{0.05f});
    b.node("QuantizeLinear", "qx", {"x", "s"}, {"xq"}), b.node("DequantizeLinear", "dx", {"xq", "s"}, {"xd"});
    b.node("QuantizeLinear", "qw", {"w", "s"}, {"wq"}), b.node("DequantizeLinear", "dw", {"wq", "s"}, {"wd"});
    b.node("Conv", "conv", {"xd", "wd"}, {"h"});
    batch_norm(b, "y", 4);
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Conv", "BatchNormalization"}));  // folded, the weight would have other codes
    QCOMPARE(p->find_layer("conv")->weight, std::string("w"));
    QCOMPARE(p->given.weights.at("w").scale, std::vector<float>{0.05f});
    QCOMPARE(p->given.activations.at("x").format, &format_uint8());
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

/// What an input says may decide what comes out: measured with what the user has, not with zeros.
void TestPrepare::given_samples() {
    ModelBuilder b;
    b.input("x", {1, 4}).input("s", {2}, ElementType::int64).output("y");
    b.node("Reshape", "reshape", {"x", "s"}, {"y"});
    PrepareOptions options;
    options.samples["s"] = make_tensor({2}, std::vector<std::int64_t>{4, 1});
    QCOMPARE(type_of(prepared(b.build(), options), "y").shape, (Shape{4, 1}));
    options.samples["s"] = make_tensor({3}, std::vector<std::int64_t>{4, 1, 1});  // of another size: not used
    QCOMPARE(type_of(prepared(b.build(), options), "y").shape, (Shape{1, 4}));
}

void TestPrepare::given_shapes() {
    ModelBuilder b;
    b.input("x", {-1, 3, -1, 8}).output("y").node("Relu", "relu", {"x"}, {"y"});
    const auto with = [&b](const Shape& shape, const std::string& name = "x") {
        return prepare(b.build(), {{{name, shape}}, 0});
    };
    QCOMPARE(type_of(with({2, 3, 6, 8}).value(), "y").shape, (Shape{2, 3, 6, 8}));
    QCOMPARE(type_of(with({2, 3, 6, 9}).value(), "y").shape, (Shape{2, 3, 6, 9}));  // instead of the model's
    QCOMPARE(code_of(with({2, 3, 6})), "model.shape_unknown");
    QCOMPARE(code_of(with({1, 3, 0, 8})), "model.shape_unknown");
    QCOMPARE(code_of(with({2, 3, 6, 8}, "z")), "usage");

    // A batch of 0 is a tensor without elements, not an open size.
    ModelBuilder empty;
    empty.input("x", {0, 3, 4, 4}).output("y").conv("c", "x", "y", 3, 2);
    const auto refused = prepare(empty.build());
    QCOMPARE(code_of(refused), "model.shape_unknown");
    QVERIFY(refused.error().detail.find("declared as 0") != std::string::npos);
    const auto given = prepared(empty.build(), {{{"x", {2, 3, 4, 4}}}, 0});
    QCOMPARE(type_of(given, "y").shape, (Shape{2, 2, 4, 4}));
    const auto difference = max_difference(*given, testing::random_inputs(*given->model, 1).front());
    QVERIFY2(difference, difference ? "" : difference.error().detail.c_str());
}

void TestPrepare::malformed_nodes_data() {
    QTest::addColumn<QString>("op");
    QTest::addColumn<int>("inputs");
    for (const char* op :
         {"Identity", "Dropout", "Pad", "BatchNormalization", "Constant", "Shape", "Size", "Conv",
          "ConvTranspose", "Gemm", "MatMul", "Relu", "Clip", "Add", "Reshape", "Slice"})
        for (const int inputs : {0, 1, 9})
            QTest::newRow(qPrintable(QString("%1 of %2").arg(op).arg(inputs))) << QString(op) << inputs;
}

void TestPrepare::malformed_nodes() {
    // Whatever the runtime says of it, nothing may be read that is not there.
    QFETCH(QString, op);
    QFETCH(int, inputs);
    ModelBuilder b;
    b.input("x", {1, 3, 8, 8}).output("y").weight("w", {3, 3, 1, 1});
    b.node("Conv", "first", {"x", "w"}, {"h"});
    b.node(op.toStdString(), "odd", Strings(static_cast<std::size_t>(inputs), "h"), {"t"});
    b.node("Conv", "conv", {"t", "w"}, {"u"});
    b.node("Relu", "relu", {"u"}, {"y"});
    const auto result = prepare(b.build());
    if (!result)
        QVERIFY2(code_of(result) == "runtime.failed" || code_of(result) == "model.unsupported_opset",
                 qPrintable(code_of(result)));
}

void TestPrepare::damaged_models() {
    // One byte changed anywhere in the file: an error or a model, never a crash.
    const std::string whole = small_cnn()->proto().SerializeAsString();
    QTemporaryDir folder;
    const std::filesystem::path path = folder.filePath("model.onnx").toStdString();
    std::mt19937 random(11);
    int loaded = 0;
    for (int i = 0; i < 400; ++i) {
        std::string damaged = whole;
        damaged[random() % damaged.size()] = static_cast<char>(random() % 256);
        std::ofstream(path, std::ios::binary) << damaged;
        const auto model = Model::load(path);
        if (!model)
            continue;
        ++loaded;
        const auto result = prepare(*model);
        if (!result)
            QVERIFY2(code_of(result).contains('.') || code_of(result) == "usage",
                     qPrintable(code_of(result)));
    }
    QVERIFY(loaded > 100);
}

void TestPrepare::cancelled() {
    CancelToken token;
    token.cancel();
    QCOMPARE(code_of(prepare(small_cnn(), {}, JobContext(token))), "cancelled");
}

void TestPrepare::difference_is_seen() {
    const auto with = [](float value) {
        ModelBuilder b;
        b.input("x", {2}).output("y").weight("w", {2}, std::vector<float>{1, value});
        b.node("Add", "add", {"x", "w"}, {"y"});
        return b.build();
    };
    const std::vector<Tensor> inputs = {make_tensor({2}, std::vector<float>{0, 0})};
    Prepared p;
    p.original = with(2);
    p.model = with(2.5f);
    QCOMPARE(max_difference(p, inputs).value_or(-1), 0.5);
    p.model = with(std::nanf(""));
    QVERIFY(std::isinf(max_difference(p, inputs).value_or(-1)));
    p.original = with(std::nanf(""));
    QCOMPARE(max_difference(p, inputs).value_or(-1), 0.0);
    QVERIFY(!max_difference(p, {}));
}

/// ONNX Runtime has no AveragePool of opset 6: what is compared with is the raised model.
void TestPrepare::operators_older_than_the_runtime() {
    ModelBuilder b(6);
    b.input("x", {1, 2, 6, 6}).output("y");
    b.conv("conv", "x", "h", 2, 4);
    set_attribute(b.node("AveragePool", "pool", {"h"}, {"y"}), "kernel_shape",
                  std::vector<std::int64_t>{2, 2});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(p->original->opset(), std::int64_t(6));
    QCOMPARE(max_difference(*p, random_inputs(*p->model, 1).front()).value_or(-1), 0.0);
}

/// The converter's step for Softmax wants its input's shape, which this file does not give.
void TestPrepare::raising_finds_the_shapes_it_needs() {
    ModelBuilder b(9);
    b.input("x", {1, 2, 6, 6}).output("y");
    b.conv("conv", "x", "h", 2, 4);
    b.node("Softmax", "softmax", {"h"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(p->model->opset(), std::int64_t(13));
    QVERIFY(difference(p) < 1e-6);
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

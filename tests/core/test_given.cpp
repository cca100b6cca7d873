// Models that arrive with Q/DQ nodes: the pairs go, their parameters stay, and with pairs of those parameters
// the arithmetic is the original's.
#include <QtTest>
#include <set>

#include "core/number/kernels.h"
#include "tests/support/prepared_models.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

std::shared_ptr<const Model> load(const char* name) {
    const auto model = Model::load(std::string(QUANTWRIGHT_TEST_DATA_DIR "/") + name);
    return model ? *model : nullptr;
}

template <class Map>
std::set<std::string> keys(const Map& map) {
    std::set<std::string> result;
    for (const auto& entry : map)
        result.insert(entry.first);
    return result;
}

std::vector<std::int32_t> bytes_as_codes(const Tensor& tensor) {
    const auto values = tensor.as<std::int8_t>();
    return {values.begin(), values.end()};
}

Parameters given_codes(float scale, std::int32_t zero_point, const char* format = "uint8") {
    Parameters p;
    p.format = find_format(format);
    p.qmin = p.format->qmin;
    p.qmax = p.format->qmax;
    p.scale = {scale};
    p.zero_point = {zero_point};
    return p;
}

}  // namespace

class TestGiven : public QObject {
    Q_OBJECT

private slots:
    void as_onnxruntime_quantizes();
    void as_pytorch_trains_data();
    void as_pytorch_trains();
    void weights_of_tensorflow();
    void a_pair_that_some_readers_do_not_see();
    void a_tensor_with_two_pairs();
    void pairs_in_a_row();
    void outputs_keep_their_names();
    void names_of_own_exports();
    void sixteen_and_four_bits();
    void no_layer_reaches_across_a_pair();
    void what_is_built_otherwise_stays_data();
    void what_is_built_otherwise_stays();
    void pads_hand_their_pair_on();
    void a_scaled_weight_is_not_folded();
};

void TestGiven::as_onnxruntime_quantizes() {
    const auto model = load("qdq_onnxruntime.onnx");
    QVERIFY(model);
    const auto p = prepared(model);
    QVERIFY(p);
    // The quantizer left the first Relu out.
    QCOMPARE(ops(p),
             (Strings{"Conv", "Relu", "Conv", "Add", "MaxPool", "GlobalAveragePool", "Flatten", "Gemm"}));
    QCOMPARE(p->layers.size(), std::size_t(7));
    QCOMPARE(p->layers[0].activation, std::string("Relu"));
    QCOMPARE(keys(p->given.activations), (std::set<std::string>{"image", "stem_relu", "next", "sum", "pooled",
                                                                "mean", "flat", "scores"}));
    QCOMPARE(keys(p->given.weights), (std::set<std::string>{"stem.weight", "next.weight", "classes.weight"}));
    QCOMPARE(keys(p->given.biases), (std::set<std::string>{"stem.bias", "next.bias", "classes.bias"}));
    QVERIFY(p->given.float_readers.empty());
    for (const Layer& layer : p->layers)
        QCOMPARE(!layer.weight.empty(), p->given.weights.contains(layer.weight));
    for (const auto& [name, parameters] : p->given.weights) {
        QCOMPARE(parameters.axis, 0);
        const Tensor values = p->model->weight(name);
        QCOMPARE(parameters.scale.size(), static_cast<std::size_t>(values.shape[0]));
        QVERIFY(quantize(values.floats(), values.shape, parameters) ==
                bytes_as_codes(model->weight(name + "_quantized")));
        const Tensor scales = model->weight(name + "_scale");
        QVERIFY(std::equal(scales.floats().begin(), scales.floats().end(), parameters.scale.begin()));
    }
    for (const auto& [name, parameters] : p->given.biases) {
        const auto codes = model->weight(name + "_quantized").as<std::int32_t>();
        const auto values = p->model->weight(name).floats();
        QCOMPARE(parameters.format, &format_int32());
        for (std::size_t c = 0; c < codes.size(); ++c)
            QCOMPARE(static_cast<std::int32_t>(std::nearbyint(double(values[c]) / parameters.scale[c])),
                     codes[c]);
    }
    QCOMPARE(p->given.activations.at("image"),
             given_codes(model->weight("image_scale").floats()[0], -17, "int8"));
    QCOMPARE(p->problems.size(), std::size_t(1));
    QCOMPARE(p->problems[0].code, std::string("model.already_quantized"));
    QCOMPARE(difference(p), 0.0);
}

void TestGiven::as_pytorch_trains_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("qmax");
    QTest::newRow("8 bits") << "qat_torch.onnx" << 255;
    QTest::newRow("7 bits") << "qat_torch_reduced.onnx" << 127;
}

void TestGiven::as_pytorch_trains() {
    QFETCH(QString, file);
    QFETCH(int, qmax);
    const auto model = load(qPrintable(file));
    QVERIFY(model);
    const auto p = prepared(model);
    QVERIFY(p);
    for (const std::string& op : ops(p))
        QVERIFY2(op != "BatchNormalization" && op != "Div" && !op.ends_with("Linear"), op.c_str());
    QCOMPARE(p->problems.size(), std::size_t(1));
    int weights = 0;
    for (const Layer& layer : p->layers) {
        if (layer.weight.empty())
            continue;
        ++weights;
        QVERIFY2(p->given.weights.contains(layer.weight), layer.name.c_str());
        const Parameters& parameters = p->given.weights.at(layer.weight);
        QCOMPARE(parameters.axis, layer.weight_channel_axis);  // also behind the Transpose of the MatMul
        const Tensor values = p->model->weight(layer.weight);
        const auto codes = quantize(values.floats(), values.shape, parameters);
        QVERIFY(dequantize(codes, values.shape, parameters) ==
                std::vector<float>(values.floats().begin(), values.floats().end()));
        QVERIFY(*std::max_element(codes.begin(), codes.end()) > 100);
        QVERIFY(!layer.bias.empty());  // what BatchNormalization left
    }
    QCOMPARE(weights, 5);
    const Layer& stem = *p->find_layer("/stem/stem.0/Conv");
    QCOMPARE(stem.activation, std::string("Relu"));
    QVERIFY(p->given.activations.contains(p->model->graph()[stem.outputs[0]].name));
    for (const auto& [name, parameters] : p->given.activations) {
        QCOMPARE(parameters.qmax, qmax);
        QCOMPARE(parameters.scale.size(), std::size_t(1));
    }
    QVERIFY(p->given.activations.contains("image") && p->given.activations.contains("scores"));
    QVERIFY(p->given.biases.empty());
    // Rounding of the folded normalization may turn a code or two.
    const float step =
        std::max(p->given.activations.at("scores").scale[0], p->given.activations.at("tokens").scale[0]);
    QVERIFY2(difference(p) <= step, qPrintable(QString::number(difference(p))));
}

/// Kernels come height, width, in, out and are transposed behind the pair.
void TestGiven::weights_of_tensorflow() {
    ModelBuilder b;
    b.input("x", {1, 4, 6, 6}).output("y").weight("kernel", {3, 3, 4, 5});
    b.weight("s", {5}, std::vector<float>{0.003f, 0.002f, 0.004f, 0.001f, 0.005f});
    *b.proto().mutable_graph()->add_initializer() =
        proto_from("z", make_tensor(ElementType::int8, {5}, std::vector<std::byte>(5)));
    set_attribute(b.node("QuantizeLinear", "Q", {"kernel", "s", "z"}, {"codes"}), "axis", std::int64_t{3});
    set_attribute(b.node("DequantizeLinear", "DQ", {"codes", "s", "z"}, {"values"}), "axis",
                  std::int64_t{-1});
    set_attribute(b.node("Transpose", "turn", {"values"}, {"turned"}), "perm", Sizes{3, 2, 0, 1});
    b.node("Conv", "conv", {"x", "turned"}, {"h"});
    // Depthwise: one more dimension that a Reshape moves.
    b.weight("depthwise", {3, 3, 5, 1});
    b.node("QuantizeLinear", "Q2", {"depthwise", "s", "z"}, {"codes2"});
    b.node("DequantizeLinear", "DQ2", {"codes2", "s", "z"}, {"values2"});
    for (int i = 0; i < 2; ++i)
        set_attribute(*b.proto().mutable_graph()->mutable_node(4 + i), "axis", std::int64_t{2});
    b.weight("shape", {4}, Sizes{3, 3, 1, -1});
    b.node("Reshape", "shaped", {"values2", "shape"}, {"shaped2"});
    set_attribute(b.node("Transpose", "turn2", {"shaped2"}, {"turned2"}), "perm", Sizes{3, 2, 0, 1});
    set_attribute(b.node("Conv", "conv2", {"h", "turned2"}, {"y"}), "group", std::int64_t{5});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Conv", "Conv"}));
    QCOMPARE(keys(p->given.weights), (std::set<std::string>{"kernel", "depthwise"}));
    QCOMPARE(p->given.weights.at("kernel").axis, 0);
    QCOMPARE(p->given.weights.at("depthwise").axis, 0);
    QCOMPARE(p->model->weight("kernel").shape, (Shape{5, 4, 3, 3}));
    QCOMPARE(p->layers[0].original_nodes, (Strings{"Q", "DQ", "turn", "conv"}));
    QCOMPARE(difference(p), 0.0);
}

void TestGiven::a_pair_that_some_readers_do_not_see() {
    ModelBuilder b;
    b.input("x", {1, 3, 6, 6}).output("y").output("z").output("h").conv("conv", "x", "h", 3, 4);
    add_pair(b, "h", "h/after", 0.02f, 100);
    b.node("Sigmoid", "raw", {"h"}, {"y"});
    b.node("Sigmoid", "rounded", {"h/after"}, {"z"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Conv", "Sigmoid", "Sigmoid"}));
    QCOMPARE(p->given.activations.at("h"), given_codes(0.02f, 100));
    QCOMPARE(p->given.float_readers.at("h"), (std::set<std::string>{"", "raw"}));
    QCOMPARE(difference(p), 0.0);
}

void TestGiven::a_tensor_with_two_pairs() {
    ModelBuilder b;
    b.input("x", {1, 3, 6, 6}).output("u").output("v").output("w").conv("conv", "x", "h", 3, 4);
    add_pair(b, "h", "first", 0.02f, 100);
    add_pair(b, "h", "second", 0.05f, 90);
    add_pair(b, "h", "third", 0.02f, 100);  // the first once more
    b.node("Sigmoid", "a", {"first"}, {"u"});
    b.node("Sigmoid", "b", {"second"}, {"v"});
    b.node("Sigmoid", "c", {"third"}, {"w"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Conv", "Identity", "Sigmoid", "Sigmoid", "Sigmoid"}));
    QCOMPARE(p->given.activations.size(), std::size_t(2));
    QCOMPARE(p->given.activations.at("h"), given_codes(0.02f, 100));
    QCOMPARE(p->given.activations.at("h_requantized"), given_codes(0.05f, 90));
    QCOMPARE(p->given.float_readers.size(), std::size_t(1));
    QCOMPARE(difference(p), 0.0);
}

void TestGiven::pairs_in_a_row() {
    ModelBuilder b;
    b.input("x", {2, 5}).output("y");
    add_pair(b, "x", "once", 0.1f, 128);
    add_pair(b, "once", "same", 0.1f, 128);
    add_pair(b, "same", "coarse", 0.3f, 120);
    b.node("Sigmoid", "s", {"coarse"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Identity", "Sigmoid"}));
    QCOMPARE(keys(p->given.activations), (std::set<std::string>{"x", "x_requantized"}));
    QVERIFY(p->given.float_readers.empty());
    QCOMPARE(difference(p), 0.0);
}

void TestGiven::outputs_keep_their_names() {
    ModelBuilder b;
    b.input("x", {2, 5}).output("y").output("same").output("whole");
    b.node("Sigmoid", "s", {"x"}, {"h"});
    add_pair(b, "h", "y", 0.01f, 0);
    b.node("Relu", "r", {"y"}, {"same"});
    add_pair(b, "x", "whole", 0.1f, 128);  // an input has its name already
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Sigmoid", "Relu", "QuantizeLinear", "DequantizeLinear"}));
    QCOMPARE(keys(p->given.activations), std::set<std::string>{"y"});
    QCOMPARE(p->problems.back().code, std::string("prepare.pairs_kept"));
    QCOMPARE(difference(p), 0.0);
}

void TestGiven::names_of_own_exports() {
    ModelBuilder b;
    b.input("x", {2, 5}).output("y").weight("w", {5, 3});
    add_pair(b, "x", "x_dequantized", 0.1f, 128);
    *b.proto().mutable_graph()->add_initializer() = proto_from(
        "w_quantized", make_tensor(ElementType::int8, {5, 3}, std::vector<std::byte>(15, std::byte{7})));
    b.weight("w_scale", {}, std::vector<float>{0.25f});
    b.node("DequantizeLinear", "w_DequantizeLinear", {"w_quantized", "w_scale"}, {"w"});
    b.proto().mutable_graph()->mutable_initializer()->DeleteSubrange(0, 1);
    b.node("MatMul", "fc", {"x_dequantized", "w"}, {"h_unquantized"});
    add_pair(b, "h_unquantized", "h", 0.1f, 128);
    b.node("Sigmoid", "s", {"h"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"MatMul", "Sigmoid"}));
    QCOMPARE(keys(p->given.activations), (std::set<std::string>{"x", "h"}));
    QCOMPARE(keys(p->given.weights), std::set<std::string>{"w"});
    QCOMPARE(p->model->weight("w").floats()[0], 1.75f);
    QCOMPARE(difference(p), 0.0);
}

void TestGiven::sixteen_and_four_bits() {
    ModelBuilder b(21);
    b.input("x", {2, 4}).output("y");
    add_pair(b, "x", "x16", 0.0001f, -200, "int16");
    const std::vector<std::int32_t> codes = {-8, 7, 0, 3, -1, 5, 2, -6};
    *b.proto().mutable_graph()->add_initializer() =
        proto_from("w4", make_tensor(ElementType::int4, {4, 2}, pack(codes, ElementType::int4)));
    b.weight("s4", {2, 2}, std::vector<float>{0.5f, 0.25f, 0.125f, 1.0f});
    auto& node = b.node("DequantizeLinear", "DQ", {"w4", "s4"}, {"w"});
    set_attribute(node, "axis", std::int64_t{0});
    set_attribute(node, "block_size", std::int64_t{2});
    b.node("MatMul", "fc", {"x16", "w"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), Strings{"MatMul"});
    QCOMPARE(p->given.activations.at("x"), given_codes(0.0001f, -200, "int16"));
    const Parameters& weight = p->given.weights.at(p->layers[0].weight);
    QCOMPARE(weight.block_size, 2);
    QCOMPARE(weight.axis, 0);
    const Tensor values = p->model->weight(p->layers[0].weight);
    QVERIFY(quantize(values.floats(), values.shape, weight) == codes);
    QCOMPARE(values.floats()[4], -0.125f);
    QCOMPARE(difference(p), 0.0);
}

void TestGiven::no_layer_reaches_across_a_pair() {
    ModelBuilder b;
    b.input("x", {1, 3, 6, 6}).output("y").conv("conv", "x", "h", 3, 4);
    add_pair(b, "h", "h/after", 0.02f, 100);
    b.node("Relu", "relu", {"h/after"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(p->layers.size(), std::size_t(2));
    QCOMPARE(difference(p), 0.0);

    ModelBuilder matrix;
    matrix.input("x", {2, 3}).output("y").weight("w", {3, 4}).weight("b", {4});
    matrix.node("MatMul", "fc", {"x", "w"}, {"h"});
    add_pair(matrix, "h", "h/after", 0.02f, 100);
    matrix.node("Add", "add", {"h/after", "b"}, {"y"});
    const auto q = prepared(matrix.build());
    QVERIFY(q);
    QCOMPARE(ops(q), (Strings{"MatMul", "Add"}));
    QCOMPARE(q->layers.size(), std::size_t(2));

    ModelBuilder swish(17);
    swish.input("x", {2, 3}).output("y");
    set_attribute(swish.node("HardSigmoid", "gate", {"x"}, {"g"}), "alpha", 1 / 6.0f);
    add_pair(swish, "g", "g/after", 0.004f, 0);
    swish.node("Mul", "mul", {"x", "g/after"}, {"y"});
    QCOMPARE(ops(prepared(swish.build())), (Strings{"HardSigmoid", "Mul"}));

    // The gate reads the rounded value, the product the other one.
    ModelBuilder sides(17);
    sides.input("x", {2, 3}).output("y");
    add_pair(sides, "x", "x/after", 0.02f, 100);
    set_attribute(sides.node("HardSigmoid", "gate", {"x/after"}, {"g"}), "alpha", 1 / 6.0f);
    sides.node("Mul", "mul", {"x", "g"}, {"y"});
    const auto r = prepared(sides.build());
    QCOMPARE(ops(r), (Strings{"HardSigmoid", "Mul"}));
    QCOMPARE(difference(r), 0.0);
}

void TestGiven::what_is_built_otherwise_stays_data() {
    QTest::addColumn<QString>("what");
    for (const char* what : {"other scale", "computed scale", "codes are an output", "codes read by another",
                             "one per channel", "constant of an addition"})
        QTest::newRow(what) << what;
}

void TestGiven::what_is_built_otherwise_stays() {
    QFETCH(QString, what);
    ModelBuilder b;
    b.input("x", {2, 5}).output("y");
    add_pair(b, "x", "h", 0.1f, 128);
    auto& graph = *b.proto().mutable_graph();
    if (what == "other scale") {
        b.weight("other", {}, std::vector<float>{0.2f});
        graph.mutable_node(1)->set_input(1, "other");
    } else if (what == "computed scale") {
        set_attribute(b.node("ReduceMax", "max", {"x"}, {"largest"}), "keepdims", std::int64_t{0});
        graph.mutable_node(0)->set_input(1, "largest");
        graph.mutable_node(1)->set_input(1, "largest");
        graph.mutable_node()->SwapElements(0, 2);
        graph.mutable_node()->SwapElements(1, 2);
    } else if (what == "codes are an output") {
        b.output("h/c", ElementType::uint8);
    } else if (what == "codes read by another") {
        b.output("i", ElementType::int32);
        set_attribute(b.node("Cast", "cast", {"h/c"}, {"i"}), "to", std::int64_t{6});
    } else if (what == "one per channel") {
        b.weight("many", {5}, std::vector<float>{0.1f, 0.2f, 0.3f, 0.4f, 0.5f});
        for (int i = 0; i < 2; ++i) {
            graph.mutable_node(i)->set_input(1, "many");
            graph.mutable_node(i)->mutable_input()->DeleteSubrange(2, 1);
        }
    } else {
        graph.mutable_node()->DeleteSubrange(0, 1);
        *graph.add_initializer() =
            proto_from("h/c", make_tensor(ElementType::uint8, {5}, std::vector<std::byte>(5, std::byte{9})));
    }
    const bool addition = what == "constant of an addition";
    b.node("Add", "add", {"x", "h"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QVERIFY(p->given.empty());
    const auto all = ops(p);
    QCOMPARE(std::count(all.begin(), all.end(), "DequantizeLinear"), 1);
    QCOMPARE(p->problems.back().code, std::string("prepare.pairs_kept"));
    QCOMPARE(p->problems.back().arguments[0], std::string(addition ? "1" : "2"));
    QCOMPARE(p->problems.back().severity, Severity::warning);
    if (what != "codes are an output" && what != "codes read by another")
        QCOMPARE(difference(p), 0.0);
}

void TestGiven::pads_hand_their_pair_on() {
    ModelBuilder b;
    b.input("x", {1, 3, 6, 6}).output("y").weight("pads", {8}, Sizes{0, 0, 1, 1, 0, 0, 1, 1});
    b.node("Relu", "relu", {"x"}, {"r"});
    b.node("Pad", "pad", {"r", "pads"}, {"padded"});
    add_pair(b, "padded", "padded/after", 0.02f, 3);
    b.weight("w", {4, 3, 3, 3}).node("Conv", "conv", {"padded/after", "w"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Relu", "Conv"}));
    QCOMPARE(keys(p->given.activations), std::set<std::string>{"r"});
    QVERIFY(difference(p) < 1e-6);

    // The padded value is read elsewhere without its pair: it must stay a tensor.
    ModelBuilder twice;
    twice.input("x", {1, 3, 6, 6}).output("y").output("z").weight("pads", {8}, Sizes{0, 0, 1, 1, 0, 0, 1, 1});
    twice.node("Relu", "relu", {"x"}, {"r"});
    twice.node("Sigmoid", "other", {"r"}, {"z"});
    twice.node("Pad", "pad", {"r", "pads"}, {"padded"});
    add_pair(twice, "padded", "padded/after", 0.02f, 3);
    twice.weight("w", {4, 3, 3, 3}).node("Conv", "conv", {"padded/after", "w"}, {"y"});
    const auto q = prepared(twice.build());
    QCOMPARE(ops(q), (Strings{"Relu", "Sigmoid", "Pad", "Conv"}));
    QCOMPARE(difference(q), 0.0);
}

/// A normalization that really scales would change the trained codes.
void TestGiven::a_scaled_weight_is_not_folded() {
    ModelBuilder b;
    b.input("x", {1, 3, 6, 6}).output("y").weight("w", {6, 3, 3, 3});
    add_pair(b, "w", "w/after", 0.01f, 0, "int8");
    b.node("Conv", "conv", {"x", "w/after"}, {"h"});
    batch_norm(b, "y", 6);
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Conv", "BatchNormalization"}));
    QCOMPARE(keys(p->given.weights), std::set<std::string>{"w"});
    QCOMPARE(difference(p), 0.0);
}

QTEST_GUILESS_MAIN(TestGiven)
#include "test_given.moc"

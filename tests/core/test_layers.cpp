// Layers of the prepared graph: what is one group, what it is called, what it weighs and costs.
#include <QtTest>
#include <set>

#include "core/prepare/prepare.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

using Strings = std::vector<std::string>;
using Prepare = std::shared_ptr<const Prepared>;

Prepare prepared(ModelBuilder& b) {
    auto result = prepare(b.build());
    if (!result)
        qWarning("%s: %s", result.error().subject.c_str(), result.error().detail.c_str());
    return result ? *result : nullptr;
}

/// "name: op op | inputs > outputs" of each layer.
Strings described(const Prepare& prepared) {
    const Graph& graph = prepared->model->graph();
    Strings result;
    for (const Layer& layer : prepared->layers) {
        std::string text = layer.name + ":";
        for (const NodeId node : layer.nodes)
            text += " " + graph[node].proto->op_type();
        text += " |";
        for (const TensorId input : layer.inputs)
            text += " " + graph[input].name;
        text += " >";
        for (const TensorId output : layer.outputs)
            text += " " + graph[output].name;
        result.push_back(text);
    }
    return result;
}

}  // namespace

class TestLayers : public QObject {
    Q_OBJECT

private slots:
    void layers_of_the_small_cnn();
    void every_node_is_in_one_layer();
    void activations_that_fuse_data();
    void activations_that_fuse();
    void linear_layers();
    void linear_layers_of_matrices();
    void matmul_of_two_activations();
    void bias_that_is_no_bias();
    void weight_axes_and_costs();
    void unnamed_and_equal_names();
    void multiple_outputs();
};

void TestLayers::layers_of_the_small_cnn() {
    const auto p = *prepare(small_cnn());
    QCOMPARE(
        described(p),
        (Strings{"/stem/Conv: Conv Relu | input > /stem/Relu_output_0",
                 "/block/depthwise/Conv: Conv Clip | /stem/Relu_output_0 > /block/Clip_output_0",
                 "/block/project/Conv: Conv | /block/Clip_output_0 > /block/project/Conv_output_0",
                 "/block/Add: Add | /block/project/Conv_output_0 /stem/Relu_output_0 > /block/Add_output_0",
                 "/pool/GlobalAveragePool: GlobalAveragePool | /block/Add_output_0 > "
                 "/pool/GlobalAveragePool_output_0",
                 "/Flatten: Flatten | /pool/GlobalAveragePool_output_0 > /Flatten_output_0",
                 "/fc/Gemm: Gemm | /Flatten_output_0 > logits"}));
    const Layer& stem = p->layers[0];
    QCOMPARE(stem.op, std::string("Conv"));
    QCOMPARE(stem.activation, std::string("Relu"));
    QCOMPARE(stem.original_nodes, (Strings{"/stem/Conv", "/stem/BatchNormalization", "/stem/Relu"}));
    QCOMPARE(stem.weight, std::string("/stem/Conv.weight"));
    QCOMPARE(p->layers[2].activation, std::string());
    QCOMPARE(p->find_layer("/fc/Gemm"), &p->layers[6]);
    QCOMPARE(p->find_layer("/stem/Relu"), nullptr);
    const Graph& graph = p->model->graph();
    QCOMPARE(p->producing_layer(*graph.find_tensor("/stem/Relu_output_0")), 0);
    QCOMPARE(p->producing_layer(*graph.find_tensor("input")), -1);
}

void TestLayers::every_node_is_in_one_layer() {
    const auto p = *prepare(small_cnn());
    std::set<NodeId> seen;
    for (std::size_t i = 0; i < p->layers.size(); ++i)
        for (const NodeId node : p->layers[i].nodes) {
            QVERIFY(seen.insert(node).second);
            QCOMPARE(p->layer_of_node[static_cast<std::size_t>(node)], static_cast<int>(i));
        }
    QCOMPARE(seen.size(), p->model->graph().nodes().size());
    // Each original node stands in one layer.
    std::multiset<std::string> originals;
    for (const Layer& layer : p->layers)
        originals.insert(layer.original_nodes.begin(), layer.original_nodes.end());
    QCOMPARE(originals.size(), p->original->graph().nodes().size());
    for (const auto& node : p->original->graph().nodes())
        QCOMPARE(originals.count(node.name), std::size_t(1));
}

void TestLayers::activations_that_fuse_data() {
    QTest::addColumn<QString>("what");
    QTest::addColumn<bool>("fused");
    QTest::newRow("relu") << "Relu" << true;
    QTest::newRow("clip") << "Clip" << true;
    QTest::newRow("clip with a computed bound") << "Clip computed" << false;
    QTest::newRow("read twice") << "Relu twice" << false;
    QTest::newRow("conv output is a model output") << "Relu output" << false;
    QTest::newRow("sigmoid") << "Sigmoid" << false;
    QTest::newRow("after add") << "Relu add" << true;
    QTest::newRow("after mul") << "Clip mul" << true;
    QTest::newRow("after pooling") << "Relu pool" << false;
}

void TestLayers::activations_that_fuse() {
    QFETCH(QString, what);
    QFETCH(bool, fused);
    ModelBuilder b;
    b.input("x", {1, 3, 8, 8}).output("y").weight("six", {}, std::vector<float>{6});
    if (what.contains("add"))
        b.node("Add", "compute", {"x", "x"}, {"h"});
    else if (what.contains("mul"))
        b.node("Mul", "compute", {"x", "x"}, {"h"});
    else if (what.contains("pool"))
        b.node("GlobalAveragePool", "compute", {"x"}, {"h"});
    else
        b.conv("compute", "x", "h", 3, 4);
    if (what.startsWith("Relu"))
        b.node("Relu", "activation", {"h"}, {"y"});
    else if (what == "Clip computed") {
        set_attribute(b.node("ReduceMax", "bound", {"x"}, {"max"}), "keepdims", std::int64_t{0});
        b.node("Clip", "activation", {"h", "", "max"}, {"y"});
    } else if (what.startsWith("Clip"))
        b.node("Clip", "activation", {"h", "", "six"}, {"y"});
    else
        b.node("Sigmoid", "activation", {"h"}, {"y"});
    if (what.contains("twice"))
        b.output("z").node("Sigmoid", "second", {"h"}, {"z"});
    if (what.contains("output"))
        b.output("h");
    const auto p = prepared(b);
    QVERIFY(p);
    const Layer* layer = p->find_layer("compute");
    QVERIFY(layer);
    QCOMPARE(layer->nodes.size(), fused ? std::size_t(2) : std::size_t(1));
    QCOMPARE(QString::fromStdString(layer->activation), fused ? what.section(' ', 0, 0) : QString());
    QCOMPARE(p->find_layer("activation") == nullptr, fused);
}

void TestLayers::linear_layers() {
    ModelBuilder b;
    b.input("x", {1, 5, 8})
        .output("y")
        .output("z")
        .weight("w", {8, 12})
        .weight("b", {12})
        .weight("v", {12, 4});
    b.node("MatMul", "fc1", {"x", "w"}, {"p"});
    b.node("Add", "bias1", {"b", "p"}, {"h"});  // PyTorch writes the bias first
    b.node("Relu", "relu1", {"h"}, {"r"});
    b.node("MatMul", "fc2", {"r", "v"}, {"y"});
    b.node("MatMul", "fc3", {"r", "v"}, {"q"});
    b.node("Relu", "relu3", {"q"}, {"z"});
    const auto p = prepared(b);
    QVERIFY(p);
    QCOMPARE(described(p),
             (Strings{"fc1: MatMul Add Relu | x > r", "fc2: MatMul | r > y", "fc3: MatMul Relu | r > z"}));
    QCOMPARE(p->layers[0].op, std::string("MatMul"));
    QCOMPARE(p->layers[0].bias, std::string("b"));
    QCOMPARE(p->layers[0].activation, std::string("Relu"));
    QCOMPARE(p->layers[0].weight_channel_axis, 1);
    QCOMPARE(p->layers[0].parameters, std::int64_t(8 * 12 + 12));
    QCOMPARE(p->layers[0].macs, std::int64_t(5 * 8 * 12));
    QCOMPARE(p->layers[1].bias, std::string());
}

void TestLayers::linear_layers_of_matrices() {
    ModelBuilder b;
    b.input("x", {5, 8}).output("y").output("z").weight("w", {8, 12}).weight("b", {12}).weight("v", {8, 4});
    b.weight("wide", {5, 4});
    b.node("MatMul", "fc1", {"x", "w"}, {"p"});
    b.node("Add", "bias1", {"b", "p"}, {"h"});
    b.node("Relu", "relu1", {"h"}, {"y"});
    b.node("MatMul", "fc2", {"x", "v"}, {"q"});
    b.node("Add", "bias2", {"q", "wide"}, {"z"});  // not the same for every row
    const auto p = prepared(b);
    QVERIFY(p);
    QCOMPARE(described(p), (Strings{"fc1: Gemm Relu | x > y", "fc2: MatMul | x > q", "bias2: Add | q > z"}));
    QCOMPARE(p->layers[0].op, std::string("Gemm"));
    QCOMPARE(p->layers[0].weight, std::string("w"));
    QCOMPARE(p->layers[0].bias, std::string("b"));
    QCOMPARE(p->layers[0].weight_channel_axis, 1);
    QCOMPARE(p->layers[0].original_nodes, (Strings{"fc1", "bias1", "relu1"}));
    QCOMPARE(p->layers[0].macs, std::int64_t(5 * 8 * 12));
    const auto inputs = random_inputs(*p->model, 1).front();
    QVERIFY(max_difference(*p, inputs).value_or(1) < 1e-5);
}

void TestLayers::matmul_of_two_activations() {
    ModelBuilder b;
    b.input("x", {2, 5, 8}).input("k", {2, 8, 5}).output("y").weight("b", {5}).weight("batched", {2, 5, 3});
    b.node("MatMul", "scores", {"x", "k"}, {"s"});
    b.node("Add", "mask", {"s", "b"}, {"m"});
    b.node("MatMul", "values", {"m", "batched"}, {"y"});
    const auto p = prepared(b);
    QVERIFY(p);
    QCOMPARE(described(p),
             (Strings{"scores: MatMul | x k > s", "mask: Add | s > m", "values: MatMul | m > y"}));
    QCOMPARE(p->layers[0].weight, std::string());
    QCOMPARE(p->layers[0].weight_channel_axis, -1);
    QCOMPARE(p->layers[0].macs, std::int64_t(2 * 5 * 5 * 8));
    QCOMPARE(p->layers[2].weight, std::string());  // constant, but not two-dimensional
}

void TestLayers::bias_that_is_no_bias() {
    ModelBuilder b;
    b.input("x", {3, 8})
        .output("y")
        .output("z")
        .weight("w", {8, 3})
        .weight("column", {3, 1})
        .weight("one", {1});
    b.node("MatMul", "fc1", {"x", "w"}, {"p"});
    b.node("Add", "add1", {"p", "column"}, {"y"});
    b.node("MatMul", "fc2", {"x", "w"}, {"q"});
    b.node("Add", "add2", {"q", "one"}, {"z"});
    const auto p = prepared(b);
    QVERIFY(p);
    QCOMPARE(p->layers.size(), std::size_t(4));
    QCOMPARE(p->find_layer("fc1")->bias, std::string());
    QCOMPARE(p->find_layer("fc2")->bias, std::string());
}

void TestLayers::weight_axes_and_costs() {
    ModelBuilder b;
    b.input("x", {2, 4, 8, 8}).output("y").output("g").conv("conv", "x", "c", 4, 6, 3, 2, 2);
    b.weight("up", {6, 5, 2, 2}).node("ConvTranspose", "up_conv", {"c", "up"}, {"u"});
    b.node("GlobalAveragePool", "pool", {"u"}, {"pooled"});
    b.node("Flatten", "flatten", {"pooled"}, {"f"});
    b.weight("w1", {5, 7}).weight("b1", {7}).node("Gemm", "gemm", {"f", "w1", "b1"}, {"g"});
    b.weight("w2", {9, 7});
    set_attribute(b.node("Gemm", "gemm_t", {"g", "w2"}, {"y"}), "transB", std::int64_t{1});
    const auto p = prepared(b);
    QVERIFY(p);
    const Layer& conv = *p->find_layer("conv");  // 2x6x4x4 outputs of 2 channels x 9
    QCOMPARE(conv.weight_channel_axis, 0);
    QCOMPARE(conv.parameters, std::int64_t(6 * 2 * 9 + 6));
    QCOMPARE(conv.macs, std::int64_t(2 * 6 * 4 * 4 * 2 * 9));
    const Layer& up = *p->find_layer("up_conv");  // 2x6x4x4 inputs, each to 5 channels x 4
    QCOMPARE(up.weight_channel_axis, 1);
    QCOMPARE(up.macs, std::int64_t(2 * 6 * 4 * 4 * 5 * 4));
    QCOMPARE(p->find_layer("gemm")->weight_channel_axis, 1);
    QCOMPARE(p->find_layer("gemm")->bias, std::string("b1"));
    QCOMPARE(p->find_layer("gemm")->macs, std::int64_t(2 * 5 * 7));
    QCOMPARE(p->find_layer("gemm_t")->weight_channel_axis, 0);
    QCOMPARE(p->find_layer("gemm_t")->macs, std::int64_t(2 * 7 * 9));
    QCOMPARE(p->find_layer("pool")->weight_channel_axis, -1);
    QCOMPARE(p->find_layer("pool")->parameters, std::int64_t(0));
}

void TestLayers::unnamed_and_equal_names() {
    ModelBuilder b;
    b.input("x", {1, 3, 8, 8}).output("y").weight("w", {3, 3, 1, 1});
    b.weight("scale", {3})
        .weight("shift", {3})
        .weight("mean", {3})
        .weight("var", {3}, std::vector<float>{1, 2, 3});
    b.node("Conv", "", {"x", "w"}, {"first_output"});
    b.node("BatchNormalization", "", {"first_output", "scale", "shift", "mean", "var"}, {"normed"});
    b.node("Relu", "same", {"normed"}, {"r"});
    b.node("Sigmoid", "same", {"r"}, {"s"});
    b.node("Sigmoid", "same", {"s"}, {"t"});
    b.node("Sigmoid", "same_2", {"t"}, {"y"});
    const auto p = prepared(b);
    QVERIFY(p);
    Strings names;
    for (const Layer& layer : p->layers)
        names.push_back(layer.name);
    // The compute node's own first output, though folding gave it another.
    QCOMPARE(names, (Strings{"first_output", "same_3", "same_4", "same_2"}));
    QCOMPARE(p->layers[0].original_nodes, (Strings{"first_output", "normed", "same"}));
    QCOMPARE(p->layers[1].original_nodes, Strings{"same"});
    for (const Layer& layer : p->layers)
        QCOMPARE(p->find_layer(layer.name), &layer);
}

void TestLayers::multiple_outputs() {
    ModelBuilder b;
    b.input("x", {1, 6}).output("p").output("q");
    set_attribute(b.node("Split", "split", {"x"}, {"a", "b"}), "axis", std::int64_t{1});
    b.node("Add", "add", {"a", "b"}, {"p"});
    b.node("Sub", "sub", {"a", "a"}, {"q"});
    const auto p = prepared(b);
    QVERIFY(p);
    QCOMPARE(described(p), (Strings{"split: Split | x > a b", "add: Add | a b > p", "sub: Sub | a > q"}));
}

QTEST_GUILESS_MAIN(TestLayers)
#include "test_layers.moc"

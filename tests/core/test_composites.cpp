// Operators that exporters write as many nodes are one layer, and one node where the opset has it.
#include <QtTest>
#include <numbers>

#include "tests/support/prepared_models.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

/// x -> what is built in between -> y.
struct Chain {
    ModelBuilder builder;
    int count = 0;

    explicit Chain(std::int64_t opset) : builder(opset) { builder.input("x", {2, 5, 8}).output("y"); }

    std::string number(float value) {
        std::string name = "c" + std::to_string(++count);
        builder.weight(name, {}, std::vector<float>{value});
        return name;
    }
    std::string add(const std::string& op, Strings inputs) {
        std::string name = "n" + std::to_string(++count);
        builder.node(op, name + "_node", std::move(inputs), {name});
        return name;
    }
    void end(const std::string& op, Strings inputs) { builder.node(op, "last", std::move(inputs), {"y"}); }
};

const std::map<std::string, void (*)(Chain&)> g_chains = {
    {"gelu, divided, halved last",  // PyTorch
     [](Chain& c) {
         const auto erf = c.add("Erf", {c.add("Div", {"x", c.number(std::numbers::sqrt2_v<float>)})});
         c.end("Mul", {c.add("Mul", {"x", c.add("Add", {erf, c.number(1)})}), c.number(0.5f)});
     }},
    {"gelu, halved first",
     [](Chain& c) {
         const auto half = c.add("Mul", {c.number(0.5f), "x"});
         const auto erf = c.add("Erf", {c.add("Mul", {"x", c.number(0.70710678f)})});
         c.end("Mul", {c.add("Add", {c.number(1), erf}), half});
     }},
    {"gelu with tanh and power",
     [](Chain& c) {
         const auto cube = c.add("Mul", {c.add("Pow", {"x", c.number(3)}), c.number(0.044715f)});
         const auto inner = c.add("Mul", {c.add("Add", {"x", cube}), c.number(0.7978846f)});
         const auto one = c.add("Add", {c.add("Tanh", {inner}), c.number(1)});
         c.end("Mul", {c.add("Mul", {c.number(0.5f), "x"}), one});
     }},
    {"gelu with tanh, factored",
     [](Chain& c) {
         const auto square = c.add("Mul", {c.add("Mul", {"x", c.number(0.044715f)}), "x"});
         const auto scaled = c.add("Mul", {"x", c.number(0.7978845608f)});
         const auto inner = c.add("Mul", {scaled, c.add("Add", {square, c.number(1)})});
         const auto one = c.add("Add", {c.number(1), c.add("Tanh", {inner})});
         c.end("Mul", {c.number(0.5f), c.add("Mul", {"x", one})});
     }},
    {"hard swish, clipped",
     [](Chain& c) {
         const auto clip = c.add("Clip", {c.add("Add", {"x", c.number(3)}), c.number(0), c.number(6)});
         c.end("Div", {c.add("Mul", {"x", clip}), c.number(6)});
     }},
    {"hard swish, clipped and scaled first",
     [](Chain& c) {
         const auto clip = c.add("Clip", {c.add("Add", {c.number(3), "x"}), c.number(0), c.number(6)});
         c.end("Mul", {c.add("Mul", {clip, c.number(1 / 6.0f)}), "x"});
     }},
    {"hard swish with hard sigmoid",
     [](Chain& c) {
         const auto gate = c.add("HardSigmoid", {"x"});
         auto& node = *c.builder.proto().mutable_graph()->mutable_node(0);
         set_attribute(node, "alpha", 1 / 6.0f);
         c.end("Mul", {"x", gate});
     }},
};

struct Normalization {
    bool twice = false;       ///< x - mean is written once for the squares and once more
    bool reciprocal = false;  ///< 1 / root, then a product
    bool squared = false;     ///< d * d, no Pow
    bool scale = true, shift = true;
    int axes = 1;
    std::int64_t opset = 13;
};

void build_layer_norm(Chain& c, const Normalization& how) {
    const Shape shape = how.axes == 1 ? Shape{8} : Shape{5, 8};
    const Sizes axes = how.axes == 1 ? Sizes{-1} : Sizes{1, 2};
    const auto mean = [&](const std::string& of) {
        std::string name = "n" + std::to_string(++c.count);
        Strings inputs = {of};
        if (how.opset >= 18) {
            c.builder.weight(name + "_axes", {static_cast<std::int64_t>(axes.size())}, axes);
            inputs.push_back(name + "_axes");
        }
        auto& node = c.builder.node("ReduceMean", name + "_node", inputs, {name});
        if (how.opset < 18)
            set_attribute(node, "axes", axes);
        return name;
    };
    const auto m = mean("x");
    const auto d = c.add("Sub", {"x", m});
    const auto square = how.squared ? c.add("Mul", {d, d}) : c.add("Pow", {d, c.number(2)});
    const auto variance = c.add("Add", {mean(square), c.number(1e-5f)});
    const auto root = c.add("Sqrt", {variance});
    const auto again = how.twice ? c.add("Sub", {"x", m}) : d;
    auto value =
        how.reciprocal ? c.add("Mul", {again, c.add("Reciprocal", {root})}) : c.add("Div", {again, root});
    c.builder.weight("gamma", shape).weight("beta", shape);
    if (how.scale)
        value = c.add("Mul", {value, "gamma"});
    if (how.shift)
        value = c.add("Add", {"beta", value});
    c.end("Identity", {value});
}

}  // namespace

Q_DECLARE_METATYPE(Normalization)

class TestComposites : public QObject {
    Q_OBJECT

private slots:
    void chains_data();
    void chains();
    void chains_that_are_not_quite();
    void layer_norms_data();
    void layer_norms();
    void layer_norms_that_are_not_quite();
    void as_exported_by_pytorch();
};

void TestComposites::chains_data() {
    QTest::addColumn<QString>("which");
    QTest::addColumn<int>("opset");
    QTest::addColumn<QString>("op");
    QTest::addColumn<bool>("one_node");
    for (const auto& [name, build] : g_chains)
        for (const int opset : {13, 17, 20}) {
            const QString which = QString::fromStdString(name);
            const bool gelu = which.startsWith("gelu");
            QTest::addRow("%s, opset %d", name.c_str(), opset)
                << which << opset << (gelu ? "Gelu" : "HardSwish") << (opset >= (gelu ? 20 : 14));
        }
}

void TestComposites::chains() {
    QFETCH(QString, which);
    QFETCH(int, opset);
    QFETCH(QString, op);
    QFETCH(bool, one_node);
    Chain chain(opset);
    g_chains.at(which.toStdString())(chain);
    const auto p = prepared(chain.builder.build());
    QVERIFY(p);
    QCOMPARE(p->layers.size(), std::size_t(1));
    const Layer& layer = p->layers[0];
    QCOMPARE(QString::fromStdString(layer.op), op);
    QCOMPARE(layer.composite, !one_node);
    QCOMPARE(p->model->graph().nodes().size(), layer.nodes.size());
    QCOMPARE(layer.nodes.size() == 1, one_node);
    QCOMPARE(layer.original_nodes.size(), p->original->graph().nodes().size());
    QCOMPARE(layer.name, p->original->graph().nodes().front().name);
    QCOMPARE(layer.inputs.size(), std::size_t(1));
    QCOMPARE(p->model->graph()[layer.inputs.front()].name, std::string("x"));
    QCOMPARE(p->model->graph()[layer.outputs.front()].name, std::string("y"));
    if (one_node && which.contains("tanh"))
        QCOMPARE(string_attribute(p->model->proto().graph().node(0), "approximate", ""), std::string("tanh"));
    QVERIFY2(difference(p) <= (one_node ? 2e-6 : 0), qPrintable(QString::number(difference(p))));
}

void TestComposites::chains_that_are_not_quite() {
    const auto layers_of = [](auto build, std::int64_t opset = 20) {
        Chain chain(opset);
        build(chain);
        const auto p = prepared(chain.builder.build());
        return p ? p->layers.size() : 0;
    };
    // Another constant: a function of its own.
    QCOMPARE(layers_of([](Chain& c) {
                 const auto erf = c.add("Erf", {c.add("Div", {"x", c.number(1.5f)})});
                 c.end("Mul", {c.add("Mul", {"x", c.add("Add", {erf, c.number(1)})}), c.number(0.5f)});
             }),
             std::size_t(5));
    QCOMPARE(
        layers_of([](Chain& c) {
            const auto clip = c.add("Clip", {c.add("Add", {"x", c.number(3)}), c.number(0), c.number(5)});
            c.end("Div", {c.add("Mul", {"x", clip}), c.number(6)});
        }),
        std::size_t(3));  // Add with its Clip
    // Somebody else reads a part of it.
    QCOMPARE(layers_of([](Chain& c) {
                 const auto erf = c.add("Erf", {c.add("Div", {"x", c.number(std::numbers::sqrt2_v<float>)})});
                 c.builder.output(erf);
                 c.end("Mul", {c.add("Mul", {"x", c.add("Add", {erf, c.number(1)})}), c.number(0.5f)});
             }),
             std::size_t(5));
    for (const bool by_node : {true, false})  // or it is a side way in that somebody reads
        QCOMPARE(layers_of([&](Chain& c) {
                     const auto in = c.add("Div", {"x", c.number(std::numbers::sqrt2_v<float>)});
                     if (by_node)
                         c.builder.output("seen").node("Sigmoid", "reader", {in}, {"seen"});
                     else
                         c.builder.output(in);
                     const auto one = c.add("Add", {c.add("Erf", {in}), c.number(1)});
                     c.end("Mul", {c.add("Mul", {"x", one}), c.number(0.5f)});
                 }),
                 std::size_t(by_node ? 6 : 5));
    // Two values, not one.
    QCOMPARE(layers_of([](Chain& c) {
                 c.builder.input("other", {2, 5, 8});
                 const auto erf = c.add("Erf", {c.add("Div", {"x", c.number(std::numbers::sqrt2_v<float>)})});
                 c.end("Mul", {c.add("Mul", {"other", c.add("Add", {erf, c.number(1)})}), c.number(0.5f)});
             }),
             std::size_t(5));
    // SiLU stays two layers: targets quantize Sigmoid and Mul.
    QCOMPARE(layers_of([](Chain& c) { c.end("Mul", {"x", c.add("Sigmoid", {"x"})}); }), std::size_t(2));
}

void TestComposites::layer_norms_data() {
    QTest::addColumn<Normalization>("how");
    QTest::newRow("plain") << Normalization{};
    QTest::newRow("centred twice") << Normalization{.twice = true};
    QTest::newRow("squares as products") << Normalization{.squared = true};
    QTest::newRow("reciprocal") << Normalization{.reciprocal = true};
    QTest::newRow("no shift") << Normalization{.shift = false};
    QTest::newRow("no scale") << Normalization{.scale = false, .opset = 17};
    QTest::newRow("neither") << Normalization{.scale = false, .shift = false, .opset = 17};
    QTest::newRow("two axes") << Normalization{.axes = 2};
    QTest::newRow("opset 17") << Normalization{.opset = 17};
    QTest::newRow("opset 17, centred twice") << Normalization{.twice = true, .opset = 17};
    QTest::newRow("opset 18, two axes") << Normalization{.axes = 2, .opset = 18};
}

void TestComposites::layer_norms() {
    QFETCH(Normalization, how);
    Chain chain(how.opset);
    build_layer_norm(chain, how);
    const auto p = prepared(chain.builder.build());
    QVERIFY(p);
    QCOMPARE(p->layers.size(), std::size_t(1));
    const Layer& layer = p->layers[0];
    QCOMPARE(layer.op, std::string("LayerNormalization"));
    QCOMPARE(layer.composite, how.opset < 17);
    QCOMPARE(layer.nodes.size() == 1, how.opset >= 17);
    QCOMPARE(layer.original_nodes.size(), p->original->graph().nodes().size());
    QCOMPARE(layer.inputs.size(), std::size_t(1));
    QVERIFY2(difference(p) <= (layer.composite ? 0 : 1e-5), qPrintable(QString::number(difference(p))));
    for (const auto& tensor : p->tensor_types)
        QVERIFY(tensor.type != ElementType::undefined);
}

void TestComposites::layer_norms_that_are_not_quite() {
    const auto is_one = [](auto change) {
        Chain chain(13);
        build_layer_norm(chain, {});
        change(*chain.builder.proto().mutable_graph());
        const auto p = prepared(chain.builder.build());
        return p && p->layers.size() == 1;
    };
    const auto node_of = [](onnx::GraphProto& graph, const char* op) -> onnx::NodeProto& {
        return *std::find_if(graph.mutable_node()->begin(), graph.mutable_node()->end(),
                             [&](const auto& node) { return node.op_type() == op; });
    };
    QVERIFY(is_one([](auto&) {}));
    QVERIFY(!is_one([&](auto& graph) { set_attribute(node_of(graph, "ReduceMean"), "axes", Sizes{1}); }));
    QVERIFY(!is_one([&](auto& graph) { node_of(graph, "Sqrt").set_op_type("Exp"); }));
    QVERIFY(!is_one([&](auto& graph) {  // mean - x, and cubes
        node_of(graph, "Sub").mutable_input()->SwapElements(0, 1);
    }));
    QVERIFY(!is_one([&](auto& graph) { node_of(graph, "Div").mutable_input()->SwapElements(0, 1); }));
    QVERIFY(!is_one([&](auto& graph) { graph.add_output()->set_name(node_of(graph, "Sqrt").output(0)); }));
}

void TestComposites::as_exported_by_pytorch() {
    const auto model = Model::load(QUANTWRIGHT_TEST_DATA_DIR "/blocks_torch.onnx");
    QVERIFY(model);
    const auto p = prepared(*model);
    QVERIFY(p);
    Strings found;
    for (const Layer& layer : p->layers)
        found.push_back(layer.name + " " + layer.op);
    QCOMPARE(found, (Strings{"/norm/ReduceMean LayerNormalization", "/up/MatMul MatMul", "/gelu/Div Gelu",
                             "/down/MatMul MatMul", "/Add Add", "/gelu_tanh/Mul Gelu",
                             "/hard/HardSigmoid HardSwish"}));
    QCOMPARE(p->layers[1].bias, std::string("up.bias"));
    QCOMPARE(difference(p), 0.0);
}

QTEST_GUILESS_MAIN(TestComposites)
#include "test_composites.moc"

// Layers that people think of as one: which are. What a choice for them means is in test_group_choices.
#include <QtTest>
#include <numbers>
#include <numeric>
#include <set>

#include "tests/support/prepared_models.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

/// x (1×4×8×8) → what is built → y.
struct Net {
    ModelBuilder builder;
    std::int64_t opset;
    int count = 0;

    explicit Net(std::int64_t opset_version) : builder(opset_version), opset(opset_version) {
        builder.input("x", {1, 4, 8, 8}).output("y");
    }

    std::string number(float value) {
        std::string name = "c" + std::to_string(++count);
        builder.weight(name, {}, std::vector<float>{value});
        return name;
    }
    std::string add(const std::string& op, Strings inputs, const std::string& to = {}) {
        std::string name = to.empty() ? "n" + std::to_string(++count) : to;
        builder.node(op, "/" + name + "/" + op, std::move(inputs), {name});
        return name;
    }
    std::string conv(const std::string& in, int in_channels, int out_channels, int k = 3) {
        std::string name = "n" + std::to_string(++count);
        builder.conv("/" + name + "/Conv", in, name, in_channels, out_channels, k);
        return name;
    }
    /// Clip as the opset writes it.
    std::string clip(const std::string& in, float low, float high) {
        if (opset >= 11)
            return add("Clip", {in, number(low), number(high)});
        const auto name = add("Clip", {in});
        set("min", low);
        set("max", high);
        return name;
    }
    std::string slices(const std::string& in, std::int64_t from, std::int64_t to, std::int64_t axis) {
        if (opset >= 10)
            return add("Slice", {in, sizes({from}), sizes({to}), sizes({axis})});
        const auto name = add("Slice", {in});
        set_attribute(last(), "starts", Sizes{from});
        set_attribute(last(), "ends", Sizes{to});
        set_attribute(last(), "axes", Sizes{axis});
        return name;
    }
    std::string sizes(Sizes values) {
        std::string name = "s" + std::to_string(++count);
        const auto many = static_cast<std::int64_t>(values.size());
        builder.weight(name, {many}, std::move(values));
        return name;
    }
    onnx::NodeProto& last() {
        auto& graph = *builder.proto().mutable_graph();
        return *graph.mutable_node(graph.node_size() - 1);
    }
    void set(const char* attribute, float value) { set_attribute(last(), attribute, value); }
    void end(const std::string& in) { builder.node("Identity", "/end/Identity", {in}, {"y"}); }
};

using Build = std::string (*)(Net&, const std::string&);

struct Activation {
    Build build;
    const char* op;
    int from = 7;  ///< the first opset that can say it
};

const std::map<std::string, Activation> g_activations = {
    {"silu",
     {[](Net& n, const std::string& x) {
          return n.add("Mul", {x, n.add("Sigmoid", {x})});
      },
      "SiLU"}},
    {"silu, the other way round",
     {[](Net& n, const std::string& x) {
          return n.add("Mul", {n.add("Sigmoid", {x}), x});
      },
      "SiLU"}},
    {"swish with a factor",
     {[](Net& n, const std::string& x) {
          return n.add("Mul", {x, n.add("Sigmoid", {n.add("Mul", {x, n.number(1.702f)})})});
      },
      "Swish"}},
    {"mish",
     {[](Net& n, const std::string& x) {
          return n.add("Mul", {x, n.add("Tanh", {n.add("Softplus", {x})})});
      },
      "Mish"}},
    {"hard swish, clipped",
     {[](Net& n, const std::string& x) {
          const auto gate = n.clip(n.add("Add", {x, n.number(3)}), 0, 6);
          return n.add("Div", {n.add("Mul", {x, gate}), n.number(6)});
      },
      "HardSwish"}},
    {"hard swish, relu6 divided first",
     {[](Net& n, const std::string& x) {
          const auto gate = n.clip(n.add("Add", {n.number(3), x}), 0, 6);
          return n.add("Mul", {n.add("Div", {gate, n.number(6)}), x});
      },
      "HardSwish"}},
    {"hard swish, relu and min",
     {[](Net& n, const std::string& x) {
          const auto gate = n.add("Min", {n.add("Relu", {n.add("Add", {x, n.number(3)})}), n.number(6)});
          return n.add("Mul", {x, n.add("Mul", {gate, n.number(1 / 6.0f)})});
      },
      "HardSwish", 8}},
    {"hard swish with hard sigmoid",
     {[](Net& n, const std::string& x) {
          const auto gate = n.add("HardSigmoid", {x});
          n.set("alpha", 1 / 6.0f);
          return n.add("Mul", {x, gate});
      },
      "HardSwish"}},
    {"another hard sigmoid times x",
     {[](Net& n, const std::string& x) {
          return n.add("Mul", {x, n.add("HardSigmoid", {x})});
      },
      "HardSigmoid+Mul"}},
    {"gelu",
     {[](Net& n, const std::string& x) {
          const auto erf = n.add("Erf", {n.add("Div", {x, n.number(std::numbers::sqrt2_v<float>)})});
          return n.add("Mul", {n.add("Mul", {x, n.add("Add", {erf, n.number(1)})}), n.number(0.5f)});
      },
      "Gelu", 9}},
    {"sigmoid", {[](Net& n, const std::string& x) { return n.add("Sigmoid", {x}); }, "Sigmoid"}},
    {"leaky relu", {[](Net& n, const std::string& x) { return n.add("LeakyRelu", {x}); }, "LeakyRelu"}},
    {"prelu",
     {[](Net& n, const std::string& x) {
          n.builder.weight("slope", {6, 1, 1});
          return n.add("PRelu", {x, "slope"});
      },
      "PRelu", 9}},
};

struct Gate {
    Build build;
    int from = 7;
};

std::string pooled_gate(Net& n, const std::string& x, const char* pool, Build squeeze, Build open) {
    auto g = n.add(pool, {x});
    if (std::string(pool) == "ReduceMean") {
        if (n.opset >= 18)
            *n.last().add_input() = n.sizes({2, 3});
        else
            set_attribute(n.last(), "axes", Sizes{2, 3});
    }
    g = squeeze(n, n.conv(g, 6, 2, 1));
    return n.add("Mul", {x, open(n, n.conv(g, 2, 6, 1))});
}

const std::map<std::string, Gate> g_gates = {
    {"relu, sigmoid", {[](Net& n, const std::string& x) {
         return pooled_gate(
             n, x, "GlobalAveragePool", [](Net& m, const std::string& t) { return m.add("Relu", {t}); },
             [](Net& m, const std::string& t) { return m.add("Sigmoid", {t}); });
     }}},
    {"mean, silu, sigmoid", {[](Net& n, const std::string& x) {
         return pooled_gate(
             n, x, "ReduceMean",
             [](Net& m, const std::string& t) {
                 return m.add("Mul", {t, m.add("Sigmoid", {t})});
             },
             [](Net& m, const std::string& t) { return m.add("Sigmoid", {t}); });
     }}},
    {"relu, hard sigmoid", {[](Net& n, const std::string& x) {
         return pooled_gate(
             n, x, "GlobalAveragePool", [](Net& m, const std::string& t) { return m.add("Relu", {t}); },
             [](Net& m, const std::string& t) { return m.add("HardSigmoid", {t}); });
     }}},
    {"relu, hard sigmoid in parts", {[](Net& n, const std::string& x) {
         return pooled_gate(
             n, x, "GlobalAveragePool", [](Net& m, const std::string& t) { return m.add("Relu", {t}); },
             [](Net& m, const std::string& t) {
                 return m.add("Div", {m.clip(m.add("Add", {t, m.number(3)}), 0, 6), m.number(6)});
             });
     }}},
    {"one convolution", {[](Net& n, const std::string& x) {
         const auto gate = n.add("Sigmoid", {n.conv(n.add("GlobalAveragePool", {x}), 6, 6, 1)});
         return n.add("Mul", {gate, x});
     }}},
};

Strings group_ops_of(const Prepare& p) {
    Strings ops;
    for (const LayerGroup& group : p->groups)
        ops.push_back(group.op);
    return ops;
}

/// Every layer in exactly one group, the lead among its parts, names those of layers, no group both before
/// and behind another layer.
QString invariants(const Prepare& p) {
    std::vector<int> seen(p->layers.size());
    const Graph& graph = p->model->graph();
    for (std::size_t g = 0; g < p->groups.size(); ++g) {
        const LayerGroup& group = p->groups[g];
        if (!std::is_sorted(group.layers.begin(), group.layers.end()) ||
            !std::binary_search(group.layers.begin(), group.layers.end(), group.lead) ||
            group.name != p->layers[static_cast<std::size_t>(group.lead)].name)
            return "the group " + QString::fromStdString(group.name) + " is wrong";
        for (const int layer : group.layers) {
            ++seen[static_cast<std::size_t>(layer)];
            if (p->group_of_layer[static_cast<std::size_t>(layer)] != static_cast<int>(g))
                return "the layer's group is another";
        }
        // Nothing that is made of it outside comes back into it.
        std::set<NodeId> outside;
        for (std::size_t i = 0; i < graph.nodes().size(); ++i) {
            const auto inside = [&](NodeId node) {
                return p->group_of_layer[static_cast<std::size_t>(
                           p->layer_of_node[static_cast<std::size_t>(node)])] == static_cast<int>(g);
            };
            const NodeId node{static_cast<std::uint32_t>(i)};
            for (const auto& input : graph[node].inputs)
                if (const auto producer = input ? graph[*input].producer : std::nullopt) {
                    if (inside(node) && outside.contains(*producer))
                        return "a way leads out of " + QString::fromStdString(group.name) + " and back";
                    if (!inside(node) && (inside(*producer) || outside.contains(*producer)))
                        outside.insert(node);
                }
        }
    }
    return std::all_of(seen.begin(), seen.end(), [](int times) { return times == 1; })
               ? QString()
               : QStringLiteral("a layer is in none or two");
}

}  // namespace

class TestGroups : public QObject {
    Q_OBJECT

private slots:
    void activations_data();
    void activations();
    void activations_that_are_read_elsewhere();
    void gates_data();
    void gates();
    void gates_that_are_not_quite();
    void scaled_softmax_data();
    void scaled_softmax();
    void data_movers();
    void detection_head();
};

void TestGroups::activations_data() {
    QTest::addColumn<QString>("which");
    QTest::addColumn<int>("opset");
    for (const auto& [name, activation] : g_activations)
        for (const int opset : {7, 9, 11, 13, 14, 17, 20, 21})
            if (opset >= activation.from)
                QTest::addRow("%s, opset %d", name.c_str(), opset) << QString::fromStdString(name) << opset;
}

void TestGroups::activations() {
    QFETCH(QString, which);
    QFETCH(int, opset);
    const Activation& activation = g_activations.at(which.toStdString());
    Net n(opset);
    n.end(n.conv(activation.build(n, n.conv("x", 4, 6)), 6, 4));
    const auto p = prepared(n.builder.build());
    QVERIFY(p);
    QVERIFY2(invariants(p).isEmpty(), qPrintable(invariants(p)));
    QCOMPARE(group_ops_of(p), (Strings{std::string("Conv+") + activation.op, "Conv"}));
    QCOMPARE(p->groups[0].name, p->original->graph().nodes().front().name);
    QCOMPARE(p->groups[0].macs, p->layers[0].macs);
    QVERIFY(difference(p) <= 1e-5);
}

void TestGroups::activations_that_are_read_elsewhere() {
    // The product itself is needed: SiLU is a layer of its own.
    Net n(17);
    const auto conv = n.conv("x", 4, 6);
    const auto silu = n.add("Mul", {conv, n.add("Sigmoid", {conv})});
    n.end(n.add("Add", {silu, n.conv(conv, 6, 6)}));
    auto p = prepared(n.builder.build());
    QVERIFY2(invariants(p).isEmpty(), qPrintable(invariants(p)));
    QCOMPARE(group_ops_of(p), (Strings{"Conv", "SiLU", "Conv", "Add"}));
    // What is inside is needed: nothing is one.
    Net inside(17);
    const auto again = inside.conv("x", 4, 6);
    const auto gate = inside.add("Sigmoid", {again});
    inside.builder.output(gate);
    inside.end(inside.add("Mul", {again, gate}));
    p = prepared(inside.builder.build());
    QVERIFY2(invariants(p).isEmpty(), qPrintable(invariants(p)));
    QCOMPARE(group_ops_of(p), (Strings{"Conv", "Sigmoid", "Mul"}));
}

void TestGroups::gates_data() {
    QTest::addColumn<QString>("which");
    QTest::addColumn<int>("opset");
    for (const auto& [name, gate] : g_gates)
        for (const int opset : {7, 11, 13, 17, 18, 21})
            QTest::addRow("%s, opset %d", name.c_str(), opset) << QString::fromStdString(name) << opset;
}

void TestGroups::gates() {
    QFETCH(QString, which);
    QFETCH(int, opset);
    Net n(opset);
    const auto before = n.add("Relu", {n.conv("x", 4, 6)});
    n.end(n.conv(g_gates.at(which.toStdString()).build(n, before), 6, 4));
    const auto p = prepared(n.builder.build());
    QVERIFY(p);
    QVERIFY2(invariants(p).isEmpty(), qPrintable(invariants(p)));
    QCOMPARE(group_ops_of(p), (Strings{"Conv", "SqueezeExcite", "Conv"}));
    QCOMPARE(p->groups[1].lead, *std::find_if(p->groups[1].layers.begin(), p->groups[1].layers.end(),
                                              [&](int i) { return p->layers[std::size_t(i)].op == "Conv"; }));
}

void TestGroups::gates_that_are_not_quite() {
    // A gate made of something else than what it opens.
    Net other(17);
    const auto a = other.conv("x", 4, 6), b = other.conv("x", 4, 6);
    const auto gate = other.add("Sigmoid", {other.conv(other.add("GlobalAveragePool", {b}), 6, 6, 1)});
    other.end(other.add("Mul", {a, gate}));
    auto p = prepared(other.builder.build());
    QVERIFY2(invariants(p).isEmpty(), qPrintable(invariants(p)));
    for (const LayerGroup& group : p->groups)
        QVERIFY(group.op != "SqueezeExcite");
    // Somebody else reads the gate.
    Net read(17);
    const auto x = read.add("Relu", {read.conv("x", 4, 6)});
    const auto seen = read.add("Sigmoid", {read.conv(read.add("GlobalAveragePool", {x}), 6, 6, 1)});
    read.builder.output(seen);
    read.end(read.add("Mul", {x, seen}));
    p = prepared(read.builder.build());
    QVERIFY2(invariants(p).isEmpty(), qPrintable(invariants(p)));
    for (const LayerGroup& group : p->groups)
        QVERIFY(group.op != "SqueezeExcite");
}

void TestGroups::scaled_softmax_data() {
    QTest::addColumn<QString>("scale");
    QTest::addColumn<QString>("mask");
    QTest::addColumn<QString>("op");
    QTest::newRow("product") << "Mul"
                             << ""
                             << "Mul+Softmax";
    QTest::newRow("quotient") << "Div"
                              << ""
                              << "Div+Softmax";
    QTest::newRow("quotient and constant mask") << "Div"
                                                << "constant"
                                                << "Div+Add+Softmax";
    QTest::newRow("product and mask") << "Mul"
                                      << "input"
                                      << "Mul+Add+Softmax";
    QTest::newRow("mask alone") << ""
                                << "input"
                                << "Add+Softmax";
}

void TestGroups::scaled_softmax() {
    QFETCH(QString, scale);
    QFETCH(QString, mask);
    QFETCH(QString, op);
    for (const int opset : {9, 13, 17, 21}) {
        Net n(opset);
        auto scores = n.add("MatMul", {"x", "x"});
        if (!scale.isEmpty())
            scores = n.add(scale.toStdString(), {scores, n.number(0.35f)});
        if (mask == "constant")
            n.builder.weight("mask", {8, 8});
        if (mask == "input")
            n.builder.input("mask", {1, 1, 8, 8});
        if (!mask.isEmpty())
            scores = n.add("Add", {"mask", scores});
        const auto weights = n.add("Softmax", {scores});
        set_attribute(n.last(), "axis", std::int64_t{3});
        n.end(n.add("MatMul", {weights, "x"}));
        const auto p = prepared(n.builder.build());
        QVERIFY2(invariants(p).isEmpty(), qPrintable(invariants(p)));
        QCOMPARE(group_ops_of(p), (Strings{"MatMul", op.toStdString(), "MatMul"}));
        QVERIFY(p->groups[1].name.ends_with("Softmax"));
    }
}

void TestGroups::data_movers() {
    Net n(17);
    const auto conv = n.add("Relu", {n.conv("x", 4, 6)});
    n.builder.node("Split", "/split/Split", {conv, n.sizes({2, 4})}, {"a", "b"});
    set_attribute(n.last(), "axis", std::int64_t{1});
    const auto inner = n.conv("b", 4, 2);
    const auto joined = n.add("Concat", {"a", "b", inner});
    set_attribute(n.last(), "axis", std::int64_t{1});
    n.end(n.conv(joined, 8, 4));
    const auto p = prepared(n.builder.build());
    QVERIFY2(invariants(p).isEmpty(), qPrintable(invariants(p)));
    QCOMPARE(group_ops_of(p), (Strings{"Conv+Relu+Split", "Conv", "Concat+Conv"}));
    QVERIFY(p->groups[2].name.ends_with("Conv"));
    // A Concat that somebody else reads is a layer of its own; so is one that nobody's product reads.
    Net shared(17);
    const auto both = shared.add("Concat", {"x", "x"});
    set_attribute(shared.last(), "axis", std::int64_t{1});
    shared.end(shared.add("Add", {shared.conv(both, 8, 8), both}));
    QCOMPARE(group_ops_of(prepared(shared.builder.build())), (Strings{"Concat", "Conv", "Add"}));
}

void TestGroups::detection_head() {
    // As YOLOv8 ends: boxes as means of distributions, corners from them, scores beside them.
    for (const int opset : {12, 17}) {
        Net n(opset);
        const auto axis = [&](std::int64_t value) { set_attribute(n.last(), "axis", value); };
        const auto features = n.conv("x", 4, 66);
        const auto flat = n.add("Reshape", {features, n.sizes({1, 66, 64})});
        if (opset >= 13)
            n.builder.node("Split", "/split/Split", {flat, n.sizes({64, 2})}, {"boxes", "scores"});
        else {
            n.builder.node("Split", "/split/Split", {flat}, {"boxes", "scores"});
            set_attribute(n.last(), "split", Sizes{64, 2});
        }
        axis(1);
        const auto apart = n.add("Reshape", {"boxes", n.sizes({1, 4, 16, 64})});
        const auto turned = n.add("Transpose", {apart});
        set_attribute(n.last(), "perm", Sizes{0, 2, 1, 3});
        const auto shares = n.add("Softmax", {turned});
        axis(1);
        std::vector<float> numbers(16);
        std::iota(numbers.begin(), numbers.end(), 0.0f);
        n.builder.weight("numbers", {1, 16, 1, 1}, numbers);
        const auto means = n.add("Conv", {shares, "numbers"});
        const auto sides = n.add("Reshape", {means, n.sizes({1, 4, 64})});
        n.builder.weight("anchors", {1, 2, 64}).weight("strides", {1, 64});
        const auto low = n.add("Sub", {"anchors", n.slices(sides, 0, 2, 1)});
        const auto high = n.add("Add", {"anchors", n.slices(sides, 2, 4, 1)});
        const auto centre = n.add("Div", {n.add("Add", {low, high}), n.number(2)});
        const auto corners = n.add("Concat", {centre, n.add("Sub", {high, low})});
        axis(1);
        const auto scaled = n.add("Mul", {corners, "strides"});
        const auto out = n.add("Concat", {scaled, n.add("Sigmoid", {"scores"})});
        axis(1);
        n.end(out);
        const auto p = prepared(n.builder.build());
        QVERIFY2(invariants(p).isEmpty(), qPrintable(invariants(p)));
        QCOMPARE(group_ops_of(p), (Strings{"Conv+Reshape+Split", "DFL", "Decode"}));
        QVERIFY(p->groups[1].name.ends_with("Conv"));
        QVERIFY(p->groups[2].name.ends_with("Concat"));
        QCOMPARE(p->groups[2].layers.size(), std::size_t(9));
    }
}

QTEST_GUILESS_MAIN(TestGroups)
#include "test_groups.moc"

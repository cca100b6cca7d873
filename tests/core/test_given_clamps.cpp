// Activations that an exporter left to the Q/DQ pair behind them are there again in the float network.
#include <QTemporaryDir>
#include <QtTest>
#include <set>

#include "core/analyze/sensitivity.h"
#include "core/export/export_qdq.h"
#include "core/runtime/session.h"
#include "tests/support/prepared_models.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/sample_files.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

/// A convolution of 3x3 whose weights are multiples of 127ths of their largest: int8 codes hold them exactly.
void exact_conv(ModelBuilder& b, const std::string& name, const std::string& in, const std::string& out,
                int in_channels, int out_channels, float step) {
    std::mt19937 random(static_cast<unsigned>(name.front()));
    std::uniform_int_distribution<int> codes(-127, 127);
    std::vector<float> values;
    for (int i = 0; i < out_channels * in_channels * 9; ++i)
        values.push_back(step * static_cast<float>(i % (in_channels * 9) == 4 ? 127 : codes(random)));
    b.weight(name + ".weight", {out_channels, in_channels, 3, 3}, values);
    set_attribute(b.node("Conv", name, {in, name + ".weight"}, {out}), "pads",
                  std::vector<std::int64_t>{1, 1, 1, 1});
}

/// Convolutions a and d with an activation, p without one, a residual sum with one again. What a gives goes
/// far beyond 6, what d gives stays below.
std::shared_ptr<const Model> network(const std::string& activation) {
    ModelBuilder b;
    b.input("x", {1, 4, 8, 8}).output("y");
    b.weight("low", {}, std::vector<float>{0}).weight("high", {}, std::vector<float>{6});
    const auto activate = [&](const std::string& from, const std::string& to) {
        if (activation == "Clip")
            b.node("Clip", to + "/Clip", {from, "low", "high"}, {to});
        else if (activation == "Relu")
            b.node("Relu", to + "/Relu", {from}, {to});
        return activation == "none" ? from : to;
    };
    exact_conv(b, "a", "x", "a0", 4, 8, 1 / 128.0f);
    const std::string a = activate("a0", "a1");
    exact_conv(b, "d", a, "d0", 8, 8, 1 / 4096.0f);
    const std::string d = activate("d0", "d1");
    exact_conv(b, "p", d, "p0", 8, 8, 1 / 256.0f);
    b.node("Add", "sum", {a, "p0"}, {"s0"});
    const std::string s = activate("s0", "s1");
    b.node("MaxPool", "pool", {s}, {"m"});
    set_attribute(b.proto().mutable_graph()->mutable_node()->at(b.proto().graph().node_size() - 1),
                  "kernel_shape", std::vector<std::int64_t>{2, 2});
    exact_conv(b, "last", "m", "y", 8, 4, 1 / 256.0f);
    return b.build();
}

struct Opened {
    Prepare original, again;
    onnx::ModelProto file;
    std::shared_ptr<const Resolved> resolved;
};

/// The float network, its export, and that file opened.
Opened open_exported(const std::string& activation, const std::string& target) {
    Opened opened;
    opened.original = prepared(network(activation));
    Plan plan;
    plan.target = target;
    opened.resolved =
        *resolve(opened.original,
                 reference_statistics(*opened.original, random_inputs(*opened.original->model, 6)), plan);
    opened.file = build_qdq(*opened.resolved);
    opened.again = prepared(*Model::from_proto(opened.file));
    return opened;
}

std::shared_ptr<const Resolved> resolved_as_given(const Prepare& prepared, const std::string& target) {
    Plan plan;
    plan.target = target;
    return *resolve(prepared, nullptr, plan);
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

int count_of(const onnx::ModelProto& model, const std::string& op) {
    int count = 0;
    for (const auto& node : model.graph().node())
        count += node.op_type() == op ? 1 : 0;
    return count;
}

Strings activations(const Prepare& prepared) {
    Strings result;
    for (const Layer& layer : prepared->layers)
        result.push_back(layer.name + " " + layer.activation);
    return result;
}

double largest_difference(const Tensor& a, const Tensor& b) {
    double largest = a.floats().size() == b.floats().size() ? 0 : 1e30;
    for (std::size_t i = 0; largest < 1e30 && i < a.floats().size(); ++i)
        largest = std::max(largest, std::abs(double(a.floats()[i]) - double(b.floats()[i])));
    return largest;
}

/// x → conv → pair with this scale and zero point 0 → conv → y
ModelBuilder two_convs(float scale) {
    ModelBuilder b;
    b.input("x", {1, 3, 6, 6}).output("y").conv("first", "x", "h", 3, 4);
    add_pair(b, "h", "h/after", scale, 0);
    b.conv("second", "h/after", "y", 4, 4);
    return b;
}

}  // namespace

class TestGivenClamps : public QObject {
    Q_OBJECT

private slots:
    void the_float_network_comes_back_data();
    void the_float_network_comes_back();
    void sensitivity_is_the_same();
    void freed_parameters_leave_the_activation();
    void relu_or_relu6();
    void layers_stay_whole();
    void files_without_the_activation_stay_so();
    void nothing_was_left_out_data();
    void nothing_was_left_out();
    void products_that_end_an_operator();
};

void TestGivenClamps::the_float_network_comes_back_data() {
    QTest::addColumn<QString>("activation");
    QTest::addColumn<QString>("target");
    for (const char* target : {"onnxruntime-x86", "onnxruntime-arm", "spacemit-k1"})
        for (const char* activation : {"Relu", "Clip", "none"})
            QTest::addRow("%s %s", activation, target) << QString(activation) << QString(target);
}

void TestGivenClamps::the_float_network_comes_back() {
    QFETCH(QString, activation);
    QFETCH(QString, target);
    const Opened o = open_exported(activation.toStdString(), target.toStdString());
    QVERIFY(o.original && o.again);
    QCOMPARE(count_of(o.file, "Relu") + count_of(o.file, "Clip"), 0);
    QCOMPARE(activations(o.again), activations(o.original));
    QCOMPARE(o.again->given.implied_activations.size(), std::size_t(activation == "none" ? 0 : 3));
    for (const Layer& layer : o.again->layers)
        for (const std::string& name : layer.original_nodes)
            QVERIFY2(o.again->original->graph().find_node(name), name.c_str());

    for (const auto& inputs : random_inputs(*o.original->model, 4, 99)) {
        const auto before = all_activations(*o.original, inputs), after = all_activations(*o.again, inputs);
        int compared = 0;
        for (const auto& [name, value] : before)
            if (const auto found = after.find(name); found != after.end()) {
                ++compared;
                QVERIFY2(largest_difference(value, found->second) < 1e-4, name.c_str());
            }
        QVERIFY(compared >= 7);
    }
    const auto statistics = reference_statistics(*o.again, random_inputs(*o.again->model, 6));
    const auto known = reference_statistics(*o.original, random_inputs(*o.original->model, 6));
    for (const Layer& layer : o.again->layers) {
        const std::string& output = o.again->model->graph()[layer.outputs[0]].name;
        const Range range = statistics->find(output)->range, wanted = known->find(output)->range;
        QCOMPARE(range.min == 0, !layer.activation.empty() || (activation != "none" && output == "m"));
        QVERIFY(std::abs(range.min - wanted.min) < 1e-4f && std::abs(range.max - wanted.max) < 1e-4f);
    }
    if (activation == "Clip") {
        QCOMPARE(statistics->find("a1")->range.max, 6.0f);
        QVERIFY(statistics->find("d1")->range.max < 5.9f);
    }

    QCOMPARE(difference(o.again), 0.0);
    const auto given = resolved_as_given(o.again, target.toStdString());
    QCOMPARE(given->quantized_layers(), o.resolved->quantized_layers());
    QVERIFY(everything(build_qdq(*given)) == everything(o.file));
}

void TestGivenClamps::sensitivity_is_the_same() {
    const Opened o = open_exported("Clip", "onnxruntime-x86");
    QTemporaryDir folder;
    const std::filesystem::path path = folder.path().toStdString();
    write_samples(path, random_inputs(*o.original->model, 6));
    const auto reader = reader_of(path, *o.original->original);
    const auto one = analyze_sensitivity(o.resolved, *reader);
    const auto other = analyze_sensitivity(resolved_as_given(o.again, "onnxruntime-x86"), *reader);
    QVERIFY(one && other);
    QCOMPARE((*other)->layers.size(), (*one)->layers.size());
    QVERIFY(std::abs(*(*one)->snr_db_all - *(*other)->snr_db_all) < 0.01);
    for (std::size_t i = 0; i < (*one)->layers.size(); ++i) {
        const LayerSensitivity& layer = (*one)->layers[i];
        QCOMPARE((*other)->layers[i].layer, layer.layer);
        QVERIFY(std::abs(*layer.snr_db_alone - *(*other)->layers[i].snr_db_alone) < 0.01);
    }
}

void TestGivenClamps::freed_parameters_leave_the_activation() {
    const Opened o = open_exported("Relu", "onnxruntime-x86");
    Plan plan;
    plan.tensors["a1"].set(Field::clip, "-2,9");
    const auto freed =
        resolve(o.again, reference_statistics(*o.again, random_inputs(*o.again->model, 4)), plan);
    QVERIFY(freed);
    const onnx::ModelProto file = build_qdq(**freed);
    QCOMPARE(count_of(file, "Relu"), 1);
    // The other network's pair would let negative numbers through.
    const auto session = Session::create(file, nullptr, {1, Optimizations::off, {}});
    const auto known = Session::create(o.original->model->proto(), nullptr, {1, Optimizations::off, {}});
    QVERIFY(session && known);
    for (const auto& inputs : random_inputs(*o.original->model, 3, 5)) {
        const auto x = (*session)->run(inputs), y = (*known)->run(inputs);
        QVERIFY(x && y);
        double noise = 0, signal = 0;
        for (std::size_t i = 0; i < (*y)[0].floats().size(); ++i) {
            signal += std::pow((*y)[0].floats()[i], 2);
            noise += std::pow((*y)[0].floats()[i] - (*x)[0].floats()[i], 2);
        }
        QVERIFY(10 * std::log10(signal / noise) > 15);
    }
}

void TestGivenClamps::relu_or_relu6() {
    for (const float top : {6.0f, 5.99f, 6.01f}) {
        const auto p = prepared(two_convs(top / 255).build());
        QCOMPARE(ops(p), (Strings{"Conv", "Clip", "Conv"}));
        QCOMPARE(p->layers[0].activation, std::string("Clip"));
        QCOMPARE(difference(p), 0.0);
    }
    for (const float top : {5.0f, 5.97f, 6.03f, 0.4f}) {
        const auto p = prepared(two_convs(top / 255).build());
        QCOMPARE(ops(p), (Strings{"Conv", "Relu", "Conv"}));
        QCOMPARE(difference(p), 0.0);
    }
    // Another convolution shows what this network uses.
    for (const float top : {5.0f, 7.0f}) {
        ModelBuilder b = two_convs(top / 255);
        b.weight("low", {}, std::vector<float>{0}).weight("high", {}, std::vector<float>{6});
        b.conv("third", "y", "z0", 4, 4).output("z");
        b.node("Clip", "clip", {"z0", "low", "high"}, {"z"});
        const auto p = prepared(b.build());
        QCOMPARE(ops(p), (Strings{"Conv", top < 6 ? "Clip" : "Relu", "Conv", "Conv", "Clip"}));
        QCOMPARE(difference(p), 0.0);
    }
}

/// What preparing joins to one layer still is one, with the activation behind all of it.
void TestGivenClamps::layers_stay_whole() {
    ModelBuilder flat;
    flat.input("x", {4, 6}).output("y").weight("w", {6, 5}).weight("b", {5}).weight("v", {5, 3});
    flat.node("MatMul", "fc", {"x", "w"}, {"m"});
    flat.node("Add", "fc.bias", {"m", "b"}, {"h"});
    add_pair(flat, "h", "h/after", 0.01f, 0);
    flat.node("MatMul", "last", {"h/after", "v"}, {"y"});
    const auto p = prepared(flat.build());
    QCOMPARE(ops(p), (Strings{"Gemm", "Relu", "MatMul"}));
    QCOMPARE(activations(p), (Strings{"fc Relu", "last "}));

    ModelBuilder tokens;
    tokens.input("x", {1, 4, 6}).output("y").weight("w", {6, 5}).weight("b", {5}).weight("v", {5, 3});
    tokens.node("MatMul", "fc", {"x", "w"}, {"m"});
    tokens.node("Add", "fc.bias", {"b", "m"}, {"h"});
    add_pair(tokens, "h", "h/after", 0.01f, 0);
    tokens.node("MatMul", "last", {"h/after", "v"}, {"y"});
    const auto q = prepared(tokens.build());
    QCOMPARE(ops(q), (Strings{"MatMul", "Add", "Relu", "MatMul"}));
    QCOMPARE(activations(q), (Strings{"fc Relu", "last "}));

    ModelBuilder normed;
    normed.input("x", {1, 3, 6, 6}).output("y").conv("conv", "x", "h", 3, 4);
    batch_norm(normed, "n", 4);
    add_pair(normed, "n", "y", 0.02f, 0);
    const auto r = prepared(normed.build());
    QCOMPARE(ops(r), (Strings{"Conv", "Relu"}));
    QCOMPARE(activations(r), Strings{"conv Relu"});
    for (const auto& one : {p, q, r}) {
        // Rounding of what was folded may turn a code.
        QVERIFY(difference(one) <= 0.02f);
        QCOMPARE(one->given.activations.size(), std::size_t(1));
    }
}

/// The runtime's own Sum has no integer form: the layer stays float, and its pair still is all the activation
/// there is.
void TestGivenClamps::files_without_the_activation_stay_so() {
    ModelBuilder b;
    b.input("x", {1, 3, 6, 6}).output("y").conv("first", "x", "f", 3, 3);
    b.node("Sum", "sum", {"x", "f"}, {"h"});
    add_pair(b, "h", "h/after", 0.02f, 0);
    b.conv("second", "h/after", "z", 3, 4);
    add_pair(b, "z", "y", 0.05f, 100);
    const auto model = b.build();
    const auto p = prepared(model);
    QCOMPARE(ops(p), (Strings{"Conv", "Sum", "Relu", "Conv"}));
    QCOMPARE(p->layers[1].activation, std::string("Relu"));
    const auto given = resolved_as_given(p, "onnxruntime-x86");
    QVERIFY(!given->layers[1].quantized());
    const onnx::ModelProto file = build_qdq(*given);
    QCOMPARE(count_of(file, "Relu"), 0);
    const auto again = prepared(*Model::from_proto(file));
    QVERIFY(everything(build_qdq(*resolved_as_given(again, "onnxruntime-x86"))) == everything(file));
    const auto one = Session::create(*model, {1, Optimizations::off, {}});
    const auto other = Session::create(file, nullptr, {1, Optimizations::off, {}});
    for (const auto& inputs : random_inputs(*model, 3))
        QCOMPARE(largest_difference((*(*one)->run(inputs))[0], (*(*other)->run(inputs))[0]), 0.0);
}

void TestGivenClamps::nothing_was_left_out_data() {
    QTest::addColumn<QString>("what");
    for (const char* what :
         {"range below zero", "range above zero", "one op without activation", "moved values",
          "sum of two that are not negative", "swish", "some read the value before it",
          "the output is the value before it", "own export of a float layer", "activation in the file"})
        QTest::newRow(what) << what;
}

void TestGivenClamps::nothing_was_left_out() {
    QFETCH(QString, what);
    ModelBuilder b;
    b.input("x", {1, 3, 6, 6}).output("y").conv("conv", "x", "h", 3, 3);
    std::string from = "h", read = "h/after";
    const auto pair_from_zero = [&] { add_pair(b, from, read, 0.02f, 0); };
    if (what == "range below zero") {
        add_pair(b, from, read, 0.02f, 1);
    } else if (what == "range above zero") {
        // Signed codes: the zero point is in their middle.
        add_pair(b, from, read, 0.02f, 0, "int8");
    } else if (what == "one op without activation") {
        b.node("Tanh", "tanh", {"h"}, {"t"});
        from = "t";
        pair_from_zero();
    } else if (what == "moved values") {
        b.node("Flatten", "flat", {"h"}, {"t"});
        b.weight("shape", {4}, Sizes{1, 3, 6, 6}).node("Reshape", "back", {"t", "shape"}, {"r"});
        from = "r";
        pair_from_zero();
    } else if (what == "sum of two that are not negative") {
        b.node("Relu", "relu", {"h"}, {"r"});
        b.node("Sigmoid", "sigmoid", {"x"}, {"s"});
        b.node("Add", "add", {"r", "s"}, {"t"});
        from = "t";
        pair_from_zero();
    } else if (what == "swish") {
        b.node("Sigmoid", "sigmoid", {"h"}, {"s"});
        b.node("Mul", "mul", {"h", "s"}, {"t"});
        from = "t";
        pair_from_zero();
    } else if (what == "own export of a float layer") {
        read = "h_dequantized";
        pair_from_zero();
    } else if (what == "some read the value before it") {
        pair_from_zero();
        b.output("z").node("Tanh", "other", {"h"}, {"z"});
    } else if (what == "the output is the value before it") {
        pair_from_zero();
        b.output("h");
    } else {
        b.node("Relu", "relu", {"h"}, {"r"});
        from = "r";
        pair_from_zero();
    }
    const int relus = what.startsWith("sum") || what.startsWith("activation") ? 1 : 0;
    b.conv("last", read, "y", 3, 4);
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(p->given.activations.size(), std::size_t(1));
    QVERIFY(p->given.implied_activations.empty());
    const auto all = ops(p);
    QCOMPARE(std::count(all.begin(), all.end(), "Relu") + std::count(all.begin(), all.end(), "Clip"),
             std::ptrdiff_t(relus));
    QCOMPARE(difference(p), 0.0);
}

/// The constant factor that ends a Gelu stands before a grid so coarse that its smallest value rounds to 0.
void TestGivenClamps::products_that_end_an_operator() {
    for (const std::int64_t opset : {17, 20}) {
        ModelBuilder b(opset);
        b.input("x", {2, 8}).output("y");
        b.weight("root", {}, std::vector<float>{1.41421356f}).weight("one", {}, std::vector<float>{1});
        b.weight("half", {}, std::vector<float>{0.5f}).weight("w", {8, 4});
        b.node("Div", "div", {"x", "root"}, {"d"});
        b.node("Erf", "erf", {"d"}, {"e"});
        b.node("Add", "add", {"e", "one"}, {"f"});
        b.node("Mul", "mul", {"x", "f"}, {"g"});
        b.node("Mul", "scale", {"g", "half"}, {"h"});
        add_pair(b, "h", "h/after", 0.5f, 0);
        b.node("MatMul", "product", {"h/after", "w"}, {"y"});
        const auto p = prepared(b.build());
        QVERIFY(p);
        QCOMPARE(p->layers.size(), std::size_t(2));
        QCOMPARE(p->layers[0].op, std::string("Gelu"));
        QVERIFY(p->given.implied_activations.empty());
        const auto all = ops(p);
        QCOMPARE(std::count(all.begin(), all.end(), "Relu"), std::ptrdiff_t(0));
        QVERIFY(p->given.activations.contains("h"));
        QVERIFY(difference(p) < 1e-5);
    }
}

QTEST_GUILESS_MAIN(TestGivenClamps)
#include "test_given_clamps.moc"

// Models of opset 7 to 12 said in opset 13: the same numbers in the same runtime, the same names.
#include <QDirIterator>
#include <QFile>
#include <QtTest>
#include <cmath>
#include <functional>

#include "core/export/export_qdq.h"
#include "core/prepare/raise_opset.h"
#include "core/runtime/session.h"
#include "tests/support/prepared_models.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/sample_files.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

using Build = std::function<void(ModelBuilder&)>;

struct OldForm {
    const char* name;
    int first, last;  ///< opsets that have it
    Build build;
    float tolerance = 2e-6f;  ///< relative above 1
};

onnx::NodeProto& with(onnx::NodeProto& node, const char* name, float value) {
    set_attribute(node, name, value);
    return node;
}
onnx::NodeProto& with(onnx::NodeProto& node, const char* name, const std::string& value) {
    set_attribute(node, name, value);
    return node;
}
onnx::NodeProto& with(onnx::NodeProto& node, const char* name, std::int64_t value) {
    set_attribute(node, name, value);
    return node;
}
onnx::NodeProto& with(onnx::NodeProto& node, const char* name, const Sizes& values) {
    set_attribute(node, name, values);
    return node;
}

void set_floats(onnx::NodeProto& node, const char* name, const std::vector<float>& values) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::FLOATS);
    attribute.mutable_floats()->Add(values.begin(), values.end());
}

void set_graph(onnx::NodeProto& node, const char* name, const onnx::GraphProto& graph) {
    auto& attribute = *node.add_attribute();
    attribute.set_name(name);
    attribute.set_type(onnx::AttributeProto::GRAPH);
    *attribute.mutable_g() = graph;
}

Build softmax(const char* op, std::int64_t axis, const Shape& shape, bool open = false) {
    return [=](ModelBuilder& b) {
        b.input("x", shape).output("y");
        with(b.node(op, "softmax", {"x"}, {"y"}), "axis", axis);
        if (open)
            for (auto& dimension : *b.proto()
                                        .mutable_graph()
                                        ->mutable_input(0)
                                        ->mutable_type()
                                        ->mutable_tensor_type()
                                        ->mutable_shape()
                                        ->mutable_dim())
                dimension.clear_dim_value();
    };
}

Build upsample(const char* mode, const std::vector<float>& scales, const Shape& shape, bool attribute) {
    return [=](ModelBuilder& b) {
        b.input("x", shape).output("y");
        auto& node = with(b.node("Upsample", "up", {"x"}, {"y"}), "mode", std::string(mode));
        if (attribute)
            return set_floats(node, "scales", scales);
        b.weight("scales", {static_cast<std::int64_t>(scales.size())}, scales);
        node.add_input("scales");
    };
}

Build resize(const char* mode, const std::vector<float>& scales, const Shape& shape, bool computed = false) {
    return [=](ModelBuilder& b) {
        b.input("x", shape).output("y");
        const auto count = static_cast<std::int64_t>(scales.size());
        b.weight("scales", {count}, scales);
        if (computed) {
            b.weight("none", {count}, std::vector<float>(scales.size(), 0.0f));
            b.node("Add", "scales_computed", {"scales", "none"}, {"sum"});
        }
        with(b.node("Resize", "resize", {"x", computed ? "sum" : "scales"}, {"y"}), "mode",
             std::string(mode));
    };
}

std::vector<OldForm> old_forms() {
    std::vector<OldForm> forms;
    for (const char* op : {"Softmax", "LogSoftmax", "Hardmax"})
        for (const std::int64_t axis : {0, 1, 2, 3})
            forms.push_back({op, 7, 12, softmax(op, axis, {2, 3, 4, 5})});
    forms.push_back({"Softmax of one vector", 7, 12, softmax("Softmax", 0, {7})});
    forms.push_back({"Softmax of open size", 7, 12, softmax("Softmax", 1, {2, 3, 4}, true)});
    forms.push_back({"Softmax before size 1", 7, 12, softmax("Softmax", 1, {2, 5, 1, 1})});
    forms.push_back({"Softmax, negative axis", 11, 12, softmax("Softmax", -2, {2, 3, 4})});
    forms.push_back({"Softmax by default", 7, 12, [](ModelBuilder& b) {
                         b.input("x", {2, 3, 4}).output("y");
                         b.node("Softmax", "softmax", {"x"}, {"y"});
                     }});
    for (const char* mode : {"nearest", "linear"})
        for (const float scale : {2.0f, 3.0f, 1.5f, 2.6f}) {
            forms.push_back({"Upsample", 7, 8, upsample(mode, {1, 1, scale, 2}, {1, 2, 5, 4}, true)});
            forms.push_back({"Upsample", 9, 9, upsample(mode, {1, 1, scale, 2}, {1, 2, 5, 4}, false)});
            forms.push_back({"Resize", 10, 10, resize(mode, {1, 1, scale, 2}, {1, 2, 5, 4})});
            forms.push_back({"Resize down", 10, 10, resize(mode, {1, 1, 1 / scale, 0.4f}, {1, 2, 7, 9})});
            forms.push_back({"Resize both ways", 10, 10, resize(mode, {1, 1, scale, 0.6f}, {1, 2, 5, 9})});
            forms.push_back({"Resize by what is computed", 10, 10,
                             resize(mode, {1, 1, scale, 0.6f}, {1, 2, 5, 9}, true)});
        }
    forms.push_back({"Upsample of two dimensions", 7, 8, upsample("linear", {2, 3}, {3, 4}, true)});
    forms.push_back({"Slice", 7, 9, [](ModelBuilder& b) {
                         b.input("x", {4, 5, 6}).output("y");
                         auto& node = b.node("Slice", "slice", {"x"}, {"y"});
                         with(with(node, "starts", Sizes{1, -3}), "ends", Sizes{1000, -1});
                         with(node, "axes", Sizes{0, 2});
                     }});
    forms.push_back(
        {"Slice of the first axes", 7, 9, [](ModelBuilder& b) {
             b.input("x", {4, 5, 6}).output("y");
             with(with(b.node("Slice", "slice", {"x"}, {"y"}), "starts", Sizes{1, 2}), "ends", Sizes{3, 4});
         }});
    forms.push_back({"TopK", 7, 9, [](ModelBuilder& b) {
                         b.input("x", {3, 8}).output("y").output("i", ElementType::int64);
                         with(with(b.node("TopK", "top", {"x"}, {"y", "i"}), "k", std::int64_t{3}), "axis",
                              std::int64_t{1});
                     }});
    for (const int which : {0, 1, 2, 3})
        forms.push_back({"Clip", 7, 10, [which](ModelBuilder& b) {
                             b.input("x", {3, 8}).output("y");
                             auto& node = b.node("Clip", "clip", {"x"}, {"y"});
                             if (which & 1)
                                 with(node, "min", -0.3f);
                             if (which & 2)
                                 with(node, "max", 0.4f);
                         }});
    // The runtime computes it in float and rounds in one place or another.
    forms.push_back({"Clip in half", 7, 10,
                     [](ModelBuilder& b) {
                         b.input("x", {3, 8}).output("y");
                         with(b.node("Cast", "cast", {"x"}, {"h"}), "to", std::int64_t{10});
                         with(with(b.node("Clip", "clip", {"h"}, {"c"}), "max", 0.5f), "min", 0.25f);
                         with(b.node("Cast", "back", {"c"}, {"y"}), "to", std::int64_t{1});
                     },
                     1e-3f});
    for (const char* mode : {"constant", "reflect", "edge"})
        for (const float value : {0.0f, -1.5f})
            forms.push_back({"Pad", 7, 10, [mode, value](ModelBuilder& b) {
                                 b.input("x", {1, 2, 4, 5}).output("y");
                                 auto& node = b.node("Pad", "pad", {"x"}, {"y"});
                                 with(node, "pads", Sizes{0, 0, 1, 2, 0, 0, 2, 1});
                                 with(with(node, "mode", std::string(mode)), "value", value);
                             }});
    forms.push_back(
        {"Pad in double", 7, 10, [](ModelBuilder& b) {
             b.input("x", {2, 4}).output("y");
             with(b.node("Cast", "cast", {"x"}, {"h"}), "to", std::int64_t{11});
             with(with(b.node("Pad", "pad", {"h"}, {"p"}), "pads", Sizes{0, 1, 1, 0}), "value", 0.25f);
             with(b.node("Cast", "back", {"p"}, {"y"}), "to", std::int64_t{1});
         }});
    forms.push_back({"Scatter", 9, 10, [](ModelBuilder& b) {
                         b.input("x", {3, 3}).output("y").weight("u", {2, 3});
                         b.weight("i", {2, 3}, Sizes{1, 0, 2, 0, 2, 1});
                         b.node("Scatter", "scatter", {"x", "i", "u"}, {"y"});
                     }});
    forms.push_back({"Dropout", 7, 11, [](ModelBuilder& b) {
                         b.input("x", {3, 3}).output("y");
                         with(b.node("Dropout", "drop", {"x"}, {"y", "mask"}), "ratio", 0.3f);
                     }});
    forms.push_back({"Dropout's mask", 10, 11, [](ModelBuilder& b) {
                         b.input("x", {3, 3}).output("y").output("mask", ElementType::boolean);
                         b.node("Dropout", "drop", {"x"}, {"y", "mask"});
                     }});
    for (const char* op : {"ReduceSum", "ReduceMean", "ReduceMax", "ReduceL2"})
        forms.push_back({op, 7, 12, [op](ModelBuilder& b) {
                             b.input("x", {2, 3, 4}).output("y").output("all");
                             with(with(b.node(op, "reduce", {"x"}, {"y"}), "axes", Sizes{0, 2}), "keepdims",
                                  std::int64_t{0});
                             b.node(op, "reduce_all", {"x"}, {"all"});
                         }});
    forms.push_back({"Squeeze and Unsqueeze", 7, 12, [](ModelBuilder& b) {
                         b.input("x", {2, 1, 4, 1}).output("y").output("z");
                         with(b.node("Squeeze", "squeeze", {"x"}, {"s"}), "axes", Sizes{1});
                         with(b.node("Unsqueeze", "unsqueeze", {"s"}, {"y"}), "axes", Sizes{0, 2});
                         b.node("Squeeze", "squeeze_all", {"x"}, {"z"});
                     }});
    forms.push_back({"Split", 7, 12, [](ModelBuilder& b) {
                         b.input("x", {2, 6}).output("a").output("b").output("c").output("d");
                         with(with(b.node("Split", "split", {"x"}, {"a", "b"}), "split", Sizes{2, 4}), "axis",
                              std::int64_t{1});
                         b.node("Split", "halves", {"x"}, {"c", "d"});
                     }});
    forms.push_back({"BatchNormalization", 7, 12, [](ModelBuilder& b) {
                         b.input("h", {2, 3, 4, 4}).output("y");
                         batch_norm(b, "y", 3);
                     }});
    forms.push_back({"BatchNormalization of each channel", 7, 8, [](ModelBuilder& b) {
                         b.input("h", {2, 3, 4, 4}).output("y");
                         with(batch_norm(b, "y", 3), "spatial", std::int64_t{1});
                     }});
    forms.push_back(
        {"BatchNormalization of each element", 7, 8, [](ModelBuilder& b) {
             b.input("x", {2, 3, 2}).output("y");
             for (const char* name : {"scale", "shift", "mean"})
                 b.weight(name, {3, 2});
             b.weight("var", {3, 2}, std::vector<float>{.5f, 1, 2, .1f, .2f, 3});
             auto& node = b.node("BatchNormalization", "norm", {"x", "scale", "shift", "mean", "var"}, {"y"});
             with(with(node, "spatial", std::int64_t{0}), "epsilon", 0.01f);
         }});
    for (const bool backwards : {false, true})
        forms.push_back({"Scan", 8, 8, [backwards](ModelBuilder& b) {
                             ModelBuilder body(8);
                             body.input("state", {2}).input("step", {2}).output("next").output("seen");
                             body.node("Add", "add", {"state", "step"}, {"next"});
                             with(body.node("Softmax", "soft", {"next"}, {"seen"}), "axis", std::int64_t{0});
                             b.input("first", {3, 2}).input("x", {3, 4, 2}).output("last").output("y");
                             auto& scan = b.node("Scan", "scan", {"", "first", "x"}, {"last", "y"});
                             set_graph(scan, "body", body.proto().graph());
                             with(scan, "num_scan_inputs", std::int64_t{1});
                             if (backwards)
                                 with(scan, "directions", Sizes{1});
                         }});
    forms.push_back({"If", 7, 12, [](ModelBuilder& b) {
                         ModelBuilder one, other;
                         one.output("r");
                         with(one.node("Softmax", "soft", {"x"}, {"r"}), "axis", std::int64_t{1});
                         other.output("r");
                         with(other.node("Unsqueeze", "un", {"x"}, {"u"}), "axes", Sizes{0});
                         with(other.node("Squeeze", "sq", {"u"}, {"r"}), "axes", Sizes{0});
                         b.input("x", {2, 3, 4}).output("y");
                         constant(b, "yes", make_tensor(ElementType::boolean, {}, {std::byte{1}}));
                         auto& node = b.node("If", "if", {"yes"}, {"y"});
                         set_graph(node, "then_branch", one.proto().graph());
                         set_graph(node, "else_branch", other.proto().graph());
                     }});
    return forms;
}

/// Nearly all of 32-bit precision; where both are infinite or both no number they agree.
bool alike(const Tensor& a, const Tensor& b, float tolerance) {
    if (a.type != b.type || a.shape != b.shape)
        return false;
    if (a.type != ElementType::float32)
        return std::equal(a.bytes.begin(), a.bytes.end(), b.bytes.begin(), b.bytes.end());
    for (std::size_t i = 0; i < a.floats().size(); ++i) {
        const float x = a.floats()[i], y = b.floats()[i];
        if (!(x == y || std::abs(x - y) <= tolerance * std::max(1.0f, std::abs(x)) ||
              (std::isnan(x) && std::isnan(y))))
            return false;
    }
    return true;
}

QString compare(const Model& one, const Model& other, const std::vector<Tensor>& inputs,
                float tolerance = 2e-6f) {
    const SessionOptions plain{1, Optimizations::off, {}};
    const auto a = Session::create(one, plain), b = Session::create(other, plain);
    if (!a || !b)
        return QString(a ? "raised: " : "original: ") + (a ? b : a).error().detail.c_str();
    const auto x = (*a)->run(inputs), y = (*b)->run(inputs);
    if (!x || !y)
        return QString(x ? "raised: " : "original: ") + (x ? y : x).error().detail.c_str();
    if ((*a)->output_names() != (*b)->output_names())
        return "other outputs";
    for (std::size_t i = 0; i < x->size(); ++i)
        if (!alike((*x)[i], (*y)[i], tolerance))
            return QString("%1 is something else").arg((*a)->output_names()[i].c_str());
    return {};
}

std::shared_ptr<const Model> raised(const std::shared_ptr<const Model>& model, std::vector<Problem>& problems,
                                    const PrepareOptions& options = {}) {
    return raise_opset(model, options, {}, problems);
}

bool has(const std::vector<Problem>& problems, const std::string& code) {
    return std::any_of(problems.begin(), problems.end(),
                       [&](const Problem& one) { return one.code == code; });
}

std::optional<Tensor> read_tensor(const QString& path) {
    QFile file(path);
    onnx::TensorProto proto;
    if (!file.open(QIODevice::ReadOnly) || !proto.ParseFromString(file.readAll().toStdString()))
        return {};
    const Tensor tensor = tensor_from(proto);
    if (tensor.type == ElementType::undefined)
        return {};
    return make_tensor(tensor.type, tensor.shape,
                       std::vector<std::byte>(tensor.bytes.begin(), tensor.bytes.end()));
}

QString said(const std::vector<Problem>& problems) {
    QString text;
    for (const Problem& problem : problems)
        for (const std::string& argument : problem.arguments)
            text += QString::fromStdString(argument) + " ";
    return text;
}

int count_of(const Model& model, const std::string& op) {
    int count = 0;
    for (const auto& node : model.proto().graph().node())
        count += node.op_type() == op ? 1 : 0;
    return count;
}

}  // namespace

class TestRaiseOpset : public QObject {
    Q_OBJECT

private slots:
    void same_numbers_data() {
        QTest::addColumn<int>("form");
        QTest::addColumn<int>("opset");
        const auto forms = old_forms();
        for (std::size_t i = 0; i < forms.size(); ++i)
            for (int opset = forms[i].first; opset <= forms[i].last; ++opset)
                QTest::addRow("%d: %s, opset %d", int(i), forms[i].name, opset) << int(i) << opset;
    }

    void same_numbers() {
        QFETCH(const int, form);
        QFETCH(const int, opset);
        ModelBuilder b(opset);
        const OldForm old = old_forms()[static_cast<std::size_t>(form)];
        old.build(b);
        auto proto = b.proto();
        // The numbers themselves are compared: the file may leave the shapes of outputs to the runtime.
        for (auto& output : *proto.mutable_graph()->mutable_output())
            output.mutable_type()->mutable_tensor_type()->clear_shape();
        proto.set_doc_string("about it");
        const auto model = Model::from_proto(proto);
        QVERIFY2(model, model ? "" : model.error().detail.c_str());
        std::vector<Problem> problems;
        const auto newer = raised(*model, problems);
        QVERIFY(has(problems, "prepare.opset_raised"));
        QCOMPARE(newer->opset(), std::int64_t(13));
        QVERIFY(newer->ir_version() >= 7);
        QCOMPARE(newer->proto().doc_string(), std::string("about it"));
        for (const auto& node : (*model)->graph().nodes())
            QVERIFY2(newer->graph().find_node(node.name), node.name.c_str());
        for (const auto& inputs : random_inputs(**model, 3, static_cast<unsigned>(form))) {
            const QString wrong = compare(**model, *newer, inputs, old.tolerance);
            QVERIFY2(wrong.isEmpty(), qPrintable(wrong));
        }
    }

    /// A rank that only a run tells, as in what Paddle exports.
    void rank_is_measured() {
        ModelBuilder b(11);
        b.input("x", {1, 3, 8, 8}).output("y");
        b.conv("conv", "x", "c", 3, 4);
        b.node("Shape", "shape", {"c"}, {"s"});
        b.node("Identity", "same", {"s"}, {"t"});
        b.weight("wanted", {3}, Sizes{1, 8, 32});
        with(b.node("Cast", "cast", {"wanted"}, {"w"}), "to", std::int64_t{7});
        b.node("Expand", "expand", {"c", "t"}, {"e"});
        b.node("Reshape", "reshape", {"e", "w"}, {"r"});
        with(b.node("Softmax", "softmax", {"r"}, {"y"}), "axis", std::int64_t{2});
        const auto model = b.build();
        std::vector<Problem> problems;
        const auto newer = raised(model, problems);
        QCOMPARE(newer->opset(), std::int64_t(13));
        QCOMPARE(count_of(*newer, "Flatten"), 0);
        QCOMPARE(compare(*model, *newer, random_inputs(*model, 1).front()), QString());
    }

    /// A Squeeze that drops whatever is 1 leaves another rank at another size: there the form must hold for
    /// both.
    void rank_that_depends_on_the_size() {
        ModelBuilder b(11);
        b.input("x", {1, 3, 8, 8}).output("y").weight("w", {6, 3, 8, 8});
        b.node("Conv", "conv", {"x", "w"}, {"c"});
        b.node("Squeeze", "squeeze", {"c"}, {"r"});
        with(b.node("Softmax", "softmax", {"r"}, {"y"}), "axis", std::int64_t{0});
        for (const int open : {0, 2, 3})
            b.proto()
                .mutable_graph()
                ->mutable_input(0)
                ->mutable_type()
                ->mutable_tensor_type()
                ->mutable_shape()
                ->mutable_dim(open)
                ->clear_dim_value();
        const auto model = b.build();
        std::vector<Problem> problems;
        const auto newer = raised(model, problems, {{{"x", {1, 3, 8, 8}}}, 1});
        QCOMPARE(newer->opset(), std::int64_t(13));
        for (const Shape& shape : {Shape{1, 3, 8, 8}, Shape{2, 3, 8, 8}, Shape{2, 3, 9, 10}}) {
            ModelBuilder any;
            any.input("x", shape).output("y").node("Relu", "relu", {"x"}, {"y"});
            const auto inputs = random_inputs(*any.build(), 1).front();
            QCOMPARE(compare(*model, *newer, inputs), QString());
        }
    }

    void foreign_nodes_are_left() {
        ModelBuilder b(11);
        b.input("x", {1, 3, 8, 8}).output("y");
        b.conv("conv", "x", "c", 3, 4);
        b.node("Gelu", "gelu", {"c"}, {"g"}).set_domain("com.microsoft");
        b.node("Softmax", "softmax", {"g"}, {"y"});
        set_opset(b.proto(), "com.microsoft", 1);
        const auto model = b.build();
        std::vector<Problem> problems;
        const auto newer = raised(model, problems);
        QCOMPARE(newer->opset(), std::int64_t(13));
        QCOMPARE(compare(*model, *newer, random_inputs(*model, 1).front()), QString());
    }

    void weights_outside_the_file() {
        const QTemporaryDir folder;
        ModelBuilder b(11);
        b.input("x", {1, 32, 8, 8}).output("y");
        b.conv("conv", "x", "c", 32, 32);
        with(b.node("Unsqueeze", "un", {"c"}, {"y"}), "axes", Sizes{0});
        const auto path = std::filesystem::path(folder.filePath("m.onnx").toStdString());
        QVERIFY(save_model(b.build()->proto(), path, 0));
        const auto model = Model::load(path);
        QVERIFY(model);
        QVERIFY(!(*model)->external_weights().empty());
        std::vector<Problem> problems;
        const auto newer = raised(*model, problems);
        QCOMPARE(newer->opset(), std::int64_t(13));
        QCOMPARE(newer->external_weights(), (*model)->external_weights());
        QCOMPARE(compare(**model, *newer, random_inputs(**model, 1).front()), QString());
    }

    /// Up to IR version 3 weights are inputs too.
    void weights_among_the_inputs() {
        ModelBuilder b(9);
        b.input("x", {1, 3, 8, 8}).output("y");
        b.conv("conv", "x", "y", 3, 4);
        b.proto().set_ir_version(3);
        for (const auto& weight : b.proto().graph().initializer()) {
            auto& input = *b.proto().mutable_graph()->add_input();
            input.set_name(weight.name());
            auto& type = *input.mutable_type()->mutable_tensor_type();
            type.set_elem_type(weight.data_type());
            for (const auto size : weight.dims())
                type.mutable_shape()->add_dim()->set_dim_value(size);
        }
        const auto model = b.build();
        std::vector<Problem> problems;
        const auto newer = raised(model, problems);
        QCOMPARE(newer->proto().graph().input_size(), 1);
        QCOMPARE(compare(*model, *newer, random_inputs(*model, 1).front()), QString());
    }

    /// Read as the newest that the runtime knows; a written file says the oldest that has its content.
    void newer_ir_version() {
        ModelBuilder b(17);
        b.input("x", {1, 3, 8, 8}).output("y");
        b.conv("conv", "x", "y", 3, 4);
        b.proto().set_ir_version(99);
        QVERIFY(newest_ir_version() >= 10 && newest_ir_version() < 99);
        const auto p = prepared(b.build());
        QVERIFY(p);
        QVERIFY(has(p->problems, "prepare.ir_version"));
        QVERIFY(difference(p) < 1e-6);
        const auto resolved = resolve(p, reference_statistics(*p, random_inputs(*p->model, 2)), Plan());
        QVERIFY(resolved);
        QCOMPARE(build_qdq(**resolved).ir_version(), std::int64_t(8));
    }

    /// That no file can be written is known before anything is measured.
    void refused_at_once() {
        ModelBuilder body(8);
        body.input("step", {2}).output("seen");
        body.node("Neg", "neg", {"step"}, {"seen"});
        ModelBuilder b(8);
        b.input("x", {3, 4, 2}).output("y").weight("lengths", {3}, Sizes{4, 2, 3}).weight("w", {2, 2});
        b.node("MatMul", "product", {"x", "w"}, {"p"});
        auto& scan = b.node("Scan", "scan", {"lengths", "p"}, {"y"});
        set_graph(scan, "body", body.proto().graph());
        with(scan, "num_scan_inputs", std::int64_t{1});
        const auto p = prepared(b.build());
        QVERIFY(p);
        const auto possible = resolve(p, nullptr, Plan());
        QVERIFY(possible);
        const auto refused = check_opset(**possible);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, ErrorCode::output_opset_too_old);
        QVERIFY(refused.error().detail.find("Scan scan") != std::string::npos);
        ModelBuilder newer(17);
        newer.input("x", {1, 3, 8, 8}).output("y");
        newer.conv("conv", "x", "y", 3, 4);
        const auto other = resolve(prepared(newer.build()), nullptr, Plan());
        QVERIFY(other && check_opset(**other));
        ExportOptions capped;
        capped.opset_max = 13;
        QVERIFY(!check_opset(**other, capped));
    }

    /// ONNX's own test set (Debian's libonnx-testdata): what the runtime computes of an old model it computes
    /// of the raised one.
    void every_backend_model() {
        const QString root = "/usr/lib/python3/dist-packages/onnx/backend/test/data";
        int same = 0;
        QStringList wrong;
        for (QDirIterator files(root, {"model.onnx"}, QDir::Files, QDirIterator::Subdirectories);
             files.hasNext();) {
            const QString path = files.next();
            const auto model = Model::load(path.toStdString());
            if (!model || (*model)->opset() >= 13)
                continue;
            std::vector<Tensor> inputs;
            for (std::size_t i = 0; i < (*model)->inputs().size(); ++i)
                if (auto value = read_tensor(
                        QString("%1/test_data_set_0/input_%2.pb").arg(QFileInfo(path).path()).arg(i)))
                    inputs.push_back(std::move(*value));
            const auto before = runnable(*model);
            const auto session = Session::create(*before, {1, Optimizations::off, {}});
            if (inputs.size() != (*model)->inputs().size() || !session || !(*session)->run(inputs))
                continue;
            std::vector<Problem> problems;
            const auto newer = raised(*model, problems);
            const QString difference =
                newer->opset() == 13 ? compare(*before, *newer, inputs) : "not raised: " + said(problems);
            if (difference.isEmpty())
                ++same;
            else
                wrong << QFileInfo(path).path().section('/', -1) + ": " + difference;
        }
        if (same + wrong.size() == 0)
            QSKIP("ONNX's backend test set is not installed (libonnx-testdata)");
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join('\n')));
        QVERIFY(same > 250);
    }

    /// What can't be said names its operator; the model stays what it was.
    void what_cannot_be_said() {
        ModelBuilder body(8);
        body.input("step", {2}).output("seen");
        body.node("Neg", "neg", {"step"}, {"seen"});
        ModelBuilder b(8);
        b.input("x", {3, 4, 2}).output("y").weight("lengths", {3}, Sizes{4, 2, 3});
        auto& scan = b.node("Scan", "scan", {"lengths", "x"}, {"y"});
        set_graph(scan, "body", body.proto().graph());
        with(scan, "num_scan_inputs", std::int64_t{1});
        const auto model = b.build();
        std::vector<Problem> problems;
        QCOMPARE(raised(model, problems), model);
        QCOMPARE(problems.size(), std::size_t(1));
        QCOMPARE(problems[0].code, std::string("prepare.opset_too_old"));
        QCOMPARE(problems[0].arguments, (std::vector<std::string>{"8", "Scan scan"}));
    }
};

QTEST_GUILESS_MAIN(TestRaiseOpset)
#include "test_raise_opset.moc"

// Files keep the dimensions that a model leaves open: at a size that was never measured they compute what a
// file made for that size computes.
#include <onnx/onnx_pb.h>

#include <QTemporaryDir>
#include <QtTest>
#include <random>

#include "core/export/export_qdq.h"
#include "core/export/export_qoperator.h"
#include "core/model/proto_helpers.h"
#include "core/prepare/reference.h"
#include "core/runtime/session.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using testing::ModelBuilder;

namespace {

/// Dimensions by name where the shape has -1, -2 …
void open(ModelBuilder& b, const std::vector<std::string>& names) {
    auto& graph = *b.proto().mutable_graph();
    int i = 0;
    for (auto& size :
         *graph.mutable_input(0)->mutable_type()->mutable_tensor_type()->mutable_shape()->mutable_dim()) {
        if (!names[static_cast<std::size_t>(i)].empty())
            size.set_dim_param(names[static_cast<std::size_t>(i)]);
        ++i;
    }
}

void describe(onnx::ValueInfoProto& value, const std::vector<std::string>& sizes) {
    auto& shape = *value.mutable_type()->mutable_tensor_type()->mutable_shape();
    for (const std::string& size : sizes)
        if (std::isdigit(size.front()))
            shape.add_dim()->set_dim_value(std::stoi(size));
        else
            shape.add_dim()->set_dim_param(size);
}

/// Conv, Relu, pooled, fully connected; the batch is open.
std::shared_ptr<const Model> open_batch() {
    ModelBuilder b(17, 5);
    b.input("x", {1, 3, 12, 12}).output("y");
    open(b, {"N", "", "", ""});
    b.conv("conv", "x", "c", 3, 8);
    b.node("Relu", "relu", {"c"}, {"r"});
    b.node("GlobalAveragePool", "pool", {"r"}, {"p"});
    b.node("Flatten", "flat", {"p"}, {"f"});
    b.weight("v", {8, 10}).weight("b", {10});
    b.node("Gemm", "fc", {"f", "v", "b"}, {"y"});
    auto& proto = b.proto();
    describe(*proto.mutable_graph()->mutable_output(0), {"N", "10"});
    proto.mutable_graph()->set_doc_string("about the graph");
    proto.set_doc_string("about the model");
    auto& prop = *proto.add_metadata_props();
    prop.set_key("task");
    prop.set_value("classify");
    return b.build();
}

/// What text recognizers do: a line of any width becomes a sequence, by arithmetic on the shape of a tensor
/// in the middle of a layer.
std::shared_ptr<const Model> open_width() {
    ModelBuilder b(17, 6);
    b.input("x", {1, 1, 8, 40}).output("y");
    open(b, {"N", "", "", "W"});
    b.conv("conv", "x", "c", 1, 4);
    b.node("Relu", "relu", {"c"}, {"r"});
    b.node("Shape", "shape", {"c"}, {"s"});
    b.weight("three", {}, std::vector<std::int64_t>{3}).weight("zero", {1}, std::vector<std::int64_t>{0});
    b.weight("head", {2}, std::vector<std::int64_t>{-1, 32});
    b.node("Gather", "width", {"s", "three"}, {"w"});
    b.node("Unsqueeze", "list", {"w", "zero"}, {"w1"});
    b.node("Concat", "sizes", {"head", "w1"}, {"target"}).add_attribute()->CopyFrom([] {
        onnx::AttributeProto axis;
        axis.set_name("axis");
        axis.set_type(onnx::AttributeProto::INT);
        axis.set_i(0);
        return axis;
    }());
    b.node("Reshape", "lines", {"r", "target"}, {"q"});
    set_attribute(b.node("Transpose", "turn", {"q"}, {"t"}), "perm", std::vector<std::int64_t>{0, 2, 1});
    b.weight("v", {32, 5}).weight("bias", {5});
    b.node("MatMul", "mm", {"t", "v"}, {"m"});
    b.node("Add", "mm.bias", {"m", "bias"}, {"n"});
    b.weight("u", {5, 7}).weight("last", {7});
    b.node("MatMul", "mm2", {"n", "u"}, {"o"});
    b.node("Add", "mm2.bias", {"o", "last"}, {"y"});
    return b.build();
}

/// What detectors do: a grid of positions made from the sizes of a feature map, added to what a Conv says,
/// and a position table cut to length.
std::shared_ptr<const Model> open_grid() {
    ModelBuilder b(17, 7);
    b.input("x", {1, 3, 16, 16}).output("y").output("z");
    open(b, {"N", "", "H", "W"});
    b.conv("conv", "x", "c", 3, 4, 3, 1, 2);
    b.node("Relu", "relu", {"c"}, {"r"});
    b.conv("head", "r", "h", 4, 2);
    b.node("Shape", "shape", {"h"}, {"s"});
    b.weight("two", {}, std::vector<std::int64_t>{2}).weight("three", {}, std::vector<std::int64_t>{3});
    b.weight("start", {}, std::vector<std::int64_t>{0}).weight("step", {}, std::vector<std::int64_t>{1});
    b.weight("axis2", {1}, std::vector<std::int64_t>{2}).weight("axis3", {1}, std::vector<std::int64_t>{3});
    b.weight("first", {1}, std::vector<std::int64_t>{0});
    b.node("Gather", "rows", {"s", "two"}, {"rows_n"});
    b.node("Gather", "columns", {"s", "three"}, {"columns_n"});
    b.node("Range", "row_range", {"start", "columns_n", "step"}, {"row"});
    set_attribute(b.node("Cast", "row_cast", {"row"}, {"row_f"}), "to", std::int64_t{1});
    // As exporters write a mesh: the row is spread to a size that is asked of the row itself.
    b.node("Shape", "row_shape", {"row_f"}, {"row_size"});
    b.node("Expand", "mesh", {"row_f", "row_size"}, {"row_mesh"});
    b.node("Add", "grid", {"h", "row_mesh"}, {"g"});
    b.weight("factor", {}, std::vector<float>{8.0f});
    b.node("Mul", "scale", {"g", "factor"}, {"y"});
    b.weight("table", {1, 2, 64, 1});
    b.node("Unsqueeze", "rows_list", {"rows_n", "first"}, {"rows_1"});
    b.node("Slice", "positions", {"table", "first", "rows_1", "axis2"}, {"rows_table"});
    b.node("Add", "placed", {"h", "rows_table"}, {"p"});
    b.conv("last", "p", "z", 2, 3);
    return b.build();
}

Tensor random_tensor(const Shape& shape, unsigned seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<float> values(static_cast<std::size_t>(element_count(shape)));
    for (float& value : values)
        value = normal(random);
    return make_tensor(shape, std::move(values));
}

std::shared_ptr<const Prepared> prepared_at(const std::shared_ptr<const Model>& model, const Shape& shape) {
    PrepareOptions options;
    options.input_shapes["x"] = shape;
    const auto prepared = prepare(model, options);
    if (!prepared)
        qFatal("%s: %s", prepared.error().subject.c_str(), prepared.error().detail.c_str());
    return *prepared;
}

std::shared_ptr<const Statistics> statistics_of(const std::shared_ptr<const Model>& model,
                                                const Shape& shape) {
    const auto prepared = prepared_at(model, shape);
    auto statistics = std::make_shared<Statistics>(
        *testing::reference_statistics(*prepared, {{random_tensor(shape, 1)}, {random_tensor(shape, 2)}}));
    statistics->model_sha256 = model->sha256();
    return statistics;
}

Plan plan_for(const std::string& target, const std::string& mode) {
    Plan plan;
    plan.target = target;
    plan.defaults.set(Field::mode, mode);
    return plan;
}

onnx::ModelProto file_of(const Resolved& resolved, bool qoperator, FileShapes shapes) {
    ExportOptions options;
    options.shapes = shapes;
    const auto made = qoperator ? build_qoperator(resolved, options) : build_qdq(resolved, options);
    if (!made)
        qFatal("%s", made.error().detail.c_str());
    return *made;
}

std::vector<Tensor> run(const onnx::ModelProto& file, const Tensor& input, Optimizations optimizations) {
    const auto session = Session::create(file, nullptr, {1, optimizations, {}});
    if (!session)
        qFatal("%s", session.error().detail.c_str());
    const auto outputs = (*session)->run({input});
    if (!outputs)
        qFatal("%s", outputs.error().detail.c_str());
    return *outputs;
}

std::string dimensions(const onnx::ValueInfoProto& value) {
    std::string text;
    for (const auto& size : value.type().tensor_type().shape().dim())
        text += (text.empty() ? "" : ",") +
                (size.has_dim_value() ? std::to_string(size.dim_value()) : size.dim_param());
    return text;
}

}  // namespace

class TestOpenShapes : public QObject {
    Q_OBJECT
private slots:
    void other_sizes_are_computed_alike_data() {
        QTest::addColumn<int>("model");
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("mode");
        QTest::addColumn<bool>("qoperator");
        const char* names[] = {"batch", "width", "grid"};
        for (int model = 0; model < 3; ++model)
            for (const char* target : {"onnxruntime-x86", "onnxruntime-arm", "spacemit-k1", "tensorrt"})
                for (const char* mode : {"static", "dynamic", "weight-only", "fp16"})
                    for (const bool qoperator : {false, true}) {
                        if (!(*find_target(target))->modes.contains(mode) ||
                            (qoperator && std::string(target) != "onnxruntime-x86"))
                            continue;
                        QTest::addRow("%s %s %s%s", names[model], target, mode, qoperator ? " qoperator" : "")
                            << model << QString(target) << QString(mode) << qoperator;
                    }
    }
    void other_sizes_are_computed_alike() {
        QFETCH(int, model);
        QFETCH(QString, target);
        QFETCH(QString, mode);
        QFETCH(bool, qoperator);
        const auto made = model == 0 ? open_batch() : model == 1 ? open_width() : open_grid();
        const Shape measured = model == 0   ? Shape{1, 3, 12, 12}
                               : model == 1 ? Shape{1, 1, 8, 40}
                                            : Shape{1, 3, 16, 16};
        const Shape other = model == 0   ? Shape{4, 3, 12, 12}
                            : model == 1 ? Shape{3, 1, 8, 64}
                                         : Shape{2, 3, 24, 20};
        const Plan plan = plan_for(target.toStdString(), mode.toStdString());
        const auto statistics = statistics_of(made, measured);
        const auto here = *resolve(prepared_at(made, measured), statistics, plan);
        const auto there = *resolve(prepared_at(made, other), statistics, plan);
        QVERIFY(here->quantized_layers() > 0);
        const auto file = file_of(*here, qoperator, FileShapes::open);
        const auto wanted = file_of(*there, qoperator, FileShapes::fixed);
        QCOMPARE(dimensions(file.graph().input(0)), dimensions(made->proto().graph().input(0)));
        const Tensor input = random_tensor(other, 3);
        const auto expected = run(wanted, input, Optimizations::off),
                   given = run(file, input, Optimizations::off);
        for (std::size_t i = 0; i < expected.size(); ++i) {
            QCOMPARE(given[i].shape, expected[i].shape);
            for (std::size_t k = 0; k < expected[i].floats().size(); ++k)
                QCOMPARE(given[i].floats()[k], expected[i].floats()[k]);
        }
        run(file, input, Optimizations::standard);  // loads and runs as its users run it
    }

    /// The layers are those of the fixed network: what computes sizes is not in the way of what it looks at.
    void layers_do_not_depend_on_shapes() {
        const auto prepared = prepared_at(open_width(), {1, 1, 8, 40});
        QCOMPARE(prepared->layers.size(), std::size_t(5));
        QCOMPARE(prepared->layers[0].activation, std::string("Relu"));
    }

    void shapes_are_fixed_where_a_provider_needs_it() {
        const auto made = open_width();
        const auto statistics = statistics_of(made, {1, 1, 8, 40});
        const auto resolved =
            *resolve(prepared_at(made, {1, 1, 8, 40}), statistics, plan_for("spacemit-k1", "static"));
        std::vector<Problem> problems;
        const auto fixed = build_qdq(*resolved, ExportOptions{}, &problems);
        QVERIFY(fixed);
        QCOMPARE(dimensions(fixed->graph().input(0)), std::string("1,1,8,40"));
        QCOMPARE(problems.size(), std::size_t(1));
        QCOMPARE(problems[0].code, std::string("shapes.fixed"));
        QCOMPARE(problems[0].layer, std::string("lines"));
        ExportOptions options;
        options.shapes = FileShapes::open;
        problems.clear();
        const auto open_file = build_qdq(*resolved, options, &problems);
        QVERIFY(open_file);
        QCOMPARE(dimensions(open_file->graph().input(0)), std::string("N,1,8,W"));
        QCOMPARE(problems.at(0).code, std::string("shapes.off_provider"));
        // Without such a node nothing has to be fixed.
        const auto batch = open_batch();
        const auto batch_statistics = statistics_of(batch, {1, 3, 12, 12});
        const auto plain = build_qdq(**resolve(prepared_at(batch, {1, 3, 12, 12}), batch_statistics,
                                               plan_for("spacemit-k1", "static")),
                                     ExportOptions{}, &problems);
        QCOMPARE(dimensions(plain->graph().input(0)), std::string("N,3,12,12"));
    }

    void what_the_model_says_of_itself_is_kept() {
        const auto made = open_batch();
        const auto statistics = statistics_of(made, {2, 3, 12, 12});
        const auto file = file_of(**resolve(prepared_at(made, {2, 3, 12, 12}), statistics, Plan{}), false,
                                  FileShapes::by_target);
        QCOMPARE(dimensions(file.graph().output(0)), std::string("N,10"));
        QCOMPARE(file.graph().doc_string(), std::string("about the graph"));
        QCOMPARE(file.doc_string(), std::string("about the model"));
        QCOMPARE(file.metadata_props(0).value(), std::string("classify"));
    }

    /// Users run such files at any size, whatever they declare.
    void a_declared_size_can_be_overridden() {
        ModelBuilder b(17, 8);
        b.input("x", {10, 3, 32, 32}).output("y");
        b.conv("conv", "x", "y", 3, 4);
        describe(*b.proto().mutable_graph()->mutable_output(0), {"10", "4", "32", "32"});
        const auto made = b.build();
        const auto prepared = prepared_at(made, {1, 3, 20, 24});
        const auto statistics = statistics_of(made, {1, 3, 20, 24});
        const auto file = file_of(**resolve(prepared, statistics, Plan{}), false, FileShapes::by_target);
        QCOMPARE(dimensions(file.graph().input(0)), std::string("1,3,20,24"));
        QCOMPARE(dimensions(file.graph().output(0)), std::string("1,4,20,24"));
        const Tensor input = random_tensor({1, 3, 20, 24}, 4);
        QCOMPARE(run(file, input, Optimizations::standard)[0].shape, (Shape{1, 4, 20, 24}));
        const auto reference = reference_model(*prepared);
        QCOMPARE(run(reference->proto(), input, Optimizations::off)[0].shape, (Shape{1, 4, 20, 24}));
        QVERIFY(max_difference(*prepared, {input}).value_or(1) < 1e-5);
    }

    /// What is cut to a size may be a weight outside of the file that nothing else needs.
    void a_table_outside_of_the_file() {
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath(QStringLiteral("m.onnx")).toStdString();
        ModelBuilder b(17, 10);
        b.input("x", {1, 4, 32}).output("y");
        open(b, {"N", "S", ""});
        b.weight("w", {32, 48}).weight("table", {1, 64, 48});
        b.weight("one", {}, std::vector<std::int64_t>{1}).weight("axis", {1}, std::vector<std::int64_t>{1});
        b.weight("first", {1}, std::vector<std::int64_t>{0});
        b.node("MatMul", "product", {"x", "w"}, {"p"});
        b.node("Shape", "shape", {"p"}, {"s"});
        b.node("Gather", "length", {"s", "one"}, {"l"});
        b.node("Unsqueeze", "list", {"l", "first"}, {"l1"});
        b.node("Slice", "positions", {"table", "first", "l1", "axis"}, {"t"});
        b.node("Add", "placed", {"p", "t"}, {"y"});
        QVERIFY(save_model(b.build()->proto(), path, 0));
        const auto made = *Model::load(path);
        QVERIFY(!made->external_weights().empty());
        const auto statistics = statistics_of(made, {1, 4, 32});
        const std::filesystem::path out = folder.filePath(QStringLiteral("q.onnx")).toStdString();
        const auto exported = export_qdq(**resolve(prepared_at(made, {1, 4, 32}), statistics, Plan{}), out);
        QVERIFY2(exported, exported ? "" : exported.error().detail.c_str());
        const auto file = *Model::load(out);
        const auto session = Session::create(*file);
        QVERIFY2(session, session ? "" : session.error().detail.c_str());
        const auto outputs = (*session)->run({random_tensor({2, 9, 32}, 6)});
        QVERIFY2(outputs, outputs ? "" : outputs.error().detail.c_str());
        QCOMPARE(outputs->front().shape, (Shape{2, 9, 48}));
        // The model says nothing of its output's shape, and of a cut table's no inference does.
        QVERIFY(!file->proto().graph().output(0).type().tensor_type().has_shape());
    }

    /// Padding that depends on the size of the image is no part of the convolution behind it.
    void padding_by_size_stays_in_the_file() {
        ModelBuilder b(17, 9);
        b.input("x", {1, 3, 16, 16}).output("y");
        open(b, {"", "", "H", "W"});
        b.node("Shape", "shape", {"x"}, {"s"});
        b.weight("from", {1}, std::vector<std::int64_t>{2}).weight("to", {1}, std::vector<std::int64_t>{4});
        b.weight("eight", {1}, std::vector<std::int64_t>{8})
            .weight("none", {6}, std::vector<std::int64_t>(6, 0));
        b.node("Slice", "sizes", {"s", "from", "to"}, {"hw"});
        b.node("Mod", "left", {"hw", "eight"}, {"over"});
        set_attribute(b.node("Concat", "pads", {"none", "over"}, {"amounts"}), "axis", std::int64_t{0});
        b.node("Pad", "pad", {"x", "amounts"}, {"padded"});
        b.conv("conv", "padded", "y", 3, 4);
        const auto made = b.build();
        const auto statistics = statistics_of(made, {1, 3, 16, 16});
        const auto file = file_of(**resolve(prepared_at(made, {1, 3, 16, 16}), statistics, Plan{}), false,
                                  FileShapes::by_target);
        const auto outputs = run(file, random_tensor({1, 3, 19, 21}, 5), Optimizations::standard);
        QCOMPARE(outputs[0].shape, (Shape{1, 4, 22, 26}));
    }
};

QTEST_GUILESS_MAIN(TestOpenShapes)
#include "test_open_shapes.moc"

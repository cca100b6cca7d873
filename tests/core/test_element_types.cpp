// Numbers of every type through every kind of operator: what is no float32 is taken as it or left alone,
// never read as what it is not, and files give back the types that the model had.
#include <onnx/defs/schema.h>
#include <onnx/onnx_pb.h>

#include <QtTest>
#include <cmath>
#include <fstream>
#include <random>

#include "core/export/export_qdq.h"
#include "core/export/export_qoperator.h"
#include "core/model/proto_helpers.h"
#include "core/number/convert.h"
#include "core/prepare/reference.h"
#include "core/runtime/session.h"
#include "core/simulate/simulation.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using testing::ModelBuilder;

namespace {

constexpr ElementType k_types[] = {ElementType::float32, ElementType::float16, ElementType::bfloat16,
                                   ElementType::float64, ElementType::int32,   ElementType::int64,
                                   ElementType::uint8,   ElementType::int8,    ElementType::boolean};

/// One node whose data and weights have a type.
struct Case {
    const char* op;
    Shape input;
    std::vector<Shape> weights;
    std::function<void(onnx::NodeProto&)> attributes = [](onnx::NodeProto&) {};
};

const std::vector<Case>& cases() {
    static const auto permute = [](onnx::NodeProto& node) {
        set_attribute(node, "perm", std::vector<std::int64_t>{0, 2, 3, 1});
    };
    static const auto kernel = [](onnx::NodeProto& node) {
        set_attribute(node, "kernel_shape", std::vector<std::int64_t>{2, 2});
    };
    static const std::vector<Case> all = {
        {"MatMul", {2, 16}, {{16, 8}}},
        {"MatMul", {2, 3, 16}, {{16, 8}}},
        {"Gemm", {2, 16}, {{16, 8}, {8}}},
        {"Conv", {1, 3, 8, 8}, {{4, 3, 3, 3}, {4}}},
        {"Conv",
         {1, 4, 8},
         {{4, 1, 3}},
         [](onnx::NodeProto& n) { set_attribute(n, "group", std::int64_t{4}); }},
        {"ConvTranspose", {1, 3, 8, 8}, {{3, 4, 3, 3}}},
        {"Add", {1, 3, 8, 8}, {{3, 1, 1}}},
        {"Mul", {1, 3, 8, 8}, {{1, 3, 1, 1}}},
        {"Div", {1, 3, 8, 8}, {{1}}},
        {"Pow", {1, 3, 8, 8}, {{}}},
        {"Relu", {1, 3, 8, 8}, {}},
        {"Sigmoid", {1, 3, 8, 8}, {}},
        {"HardSwish", {1, 3, 8, 8}, {}},
        {"Clip", {1, 3, 8, 8}, {}},
        {"Softmax", {2, 16}, {}},
        {"PRelu", {1, 3, 8, 8}, {{3, 1, 1}}},
        {"Concat",
         {1, 3, 8, 8},
         {{1, 2, 8, 8}},
         [](onnx::NodeProto& n) { set_attribute(n, "axis", std::int64_t{1}); }},
        {"Transpose", {1, 3, 8, 8}, {}, permute},
        {"MaxPool", {1, 3, 8, 8}, {}, kernel},
        {"AveragePool", {1, 3, 8, 8}, {}, kernel},
        {"GlobalAveragePool", {1, 3, 8, 8}, {}},
        {"ReduceMean", {1, 3, 8, 8}, {}},
        {"BatchNormalization", {1, 3, 8, 8}, {{3}, {3}, {3}, {3}}},
        {"InstanceNormalization", {1, 3, 8, 8}, {{3}, {3}}},
        {"LayerNormalization", {2, 16}, {{16}, {16}}},
        {"Erf", {2, 16}, {}},
        {"Neg", {2, 16}, {}},
        {"Abs", {2, 16}, {}},
        {"Not", {2, 16}, {}},
        {"Flatten", {2, 4, 4}, {}},
    };
    return all;
}

Tensor values(ElementType type, const Shape& shape, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<float> even(0.2f, 1.6f);
    std::vector<float> floats(static_cast<std::size_t>(element_count(shape)));
    for (float& value : floats)
        value = even(random);
    return convert(make_tensor(shape, std::move(floats)), type);
}

/// Empty where the operator does not take the type.
std::shared_ptr<const Model> model_of(const Case& one, ElementType type) {
    constexpr int opset = 17;
    const auto* schema = onnx::OpSchemaRegistry::Schema(one.op, opset, "");
    const std::string name = "tensor(" +
                             std::string(type == ElementType::float32   ? "float"
                                         : type == ElementType::float64 ? "double"
                                         : type == ElementType::boolean ? "bool"
                                                                        : name_of(type)) +
                             ")";
    if (!schema || !schema->inputs()[0].GetTypes().contains(onnx::Utils::DataTypeUtils::ToType(name)))
        return nullptr;
    ModelBuilder b(opset, 3);
    b.input("x", one.input, type).output("y", type);
    std::vector<std::string> inputs = {"x"};
    for (std::size_t i = 0; i < one.weights.size(); ++i) {
        inputs.push_back("w" + std::to_string(i));
        *b.proto().mutable_graph()->add_initializer() =
            proto_from(inputs.back(), values(type, one.weights[i], static_cast<unsigned>(i) + 10));
    }
    one.attributes(b.node(one.op, "node", inputs, {"y"}));
    return b.build();
}

/// Root of the noise's share of the signal; 0 for what is equal.
double relative_error(const Tensor& expected, const Tensor& given) {
    const Tensor f = convert(expected, ElementType::float64), q = convert(given, ElementType::float64);
    double signal = 0, noise = 0;
    for (std::size_t i = 0; i < f.as<double>().size(); ++i) {
        const double a = f.as<double>()[i], b = q.as<double>()[i];
        signal += a * a;
        noise += (a - b) * (a - b);
    }
    return noise == 0 ? 0 : std::sqrt(noise / signal);
}

/// What is wrong with the file; empty: nothing.
std::string fault_of(const onnx::ModelProto& file, const Model& original, const Tensor& input,
                     const Tensor& expected) {
    const auto session = Session::create(file, nullptr, {1, Optimizations::standard, {}});
    if (!session)
        return "does not load: " + session.error().detail;
    const auto outputs = (*session)->run({input});
    if (!outputs)
        return "does not run: " + outputs.error().detail;
    if (outputs->front().type != original.outputs().front().type)
        return "gives " + std::string(name_of(outputs->front().type));
    const double error = relative_error(expected, outputs->front());
    return error < 0.05 ? std::string() : "is " + std::to_string(error) + " away";
}

}  // namespace

class TestElementTypes : public QObject {
    Q_OBJECT
private slots:
    void types_and_operators_data() {
        QTest::addColumn<int>("at");
        QTest::addColumn<int>("type");
        for (std::size_t i = 0; i < cases().size(); ++i)
            for (const ElementType type : k_types)
                QTest::addRow("%zu %s %s", i, cases()[i].op, std::string(name_of(type)).c_str())
                    << static_cast<int>(i) << static_cast<int>(type);
    }
    void types_and_operators() {
        QFETCH(int, at);
        QFETCH(int, type);
        const Case& one = cases()[static_cast<std::size_t>(at)];
        const auto element = static_cast<ElementType>(type);
        const auto model = model_of(one, element);
        if (!model)
            return;  // ONNX has no such operator
        const auto prepared = prepare(model);
        if (!prepared) {  // the runtime has no kernel for it
            QVERIFY2(prepared.error().code == ErrorCode::runtime_failed, prepared.error().detail.c_str());
            QVERIFY2(element != ElementType::float16 && element != ElementType::bfloat16 &&
                         element != ElementType::float64 && element != ElementType::float32,
                     prepared.error().detail.c_str());
            return;
        }
        const Tensor input = values(element, one.input, 5);
        const auto reference = Session::create(*reference_model(**prepared));
        QVERIFY2(reference, reference ? "" : reference.error().detail.c_str());
        const auto expected = (*reference)->run({input});
        QVERIFY(expected);
        const auto& types = (*prepared)->tensor_types;
        const bool has_floats = std::any_of(types.begin(), types.end(), [](const TensorType& one) {
            return one.type == ElementType::float32;
        });
        auto statistics =
            has_floats ? std::make_shared<Statistics>(*testing::reference_statistics(**prepared, {{input}}))
                       : std::make_shared<Statistics>();
        statistics->model_sha256 = model->sha256();
        for (const char* mode : {"static", "dynamic", "weight-only", "fp16"})
            for (const char* target : {"onnxruntime-x86", "spacemit-k1"}) {
                Plan plan;
                plan.target = target;
                plan.defaults.set(Field::mode, mode);
                const auto resolved = resolve(*prepared, statistics, plan);
                QVERIFY2(resolved, resolved ? "" : resolved.error().detail.c_str());
                const auto file = build_qdq(**resolved, ExportOptions{});
                QVERIFY2(file, file ? "" : file.error().detail.c_str());
                const std::string fault = fault_of(*file, *model, input, expected->front());
                QVERIFY2(fault.empty(), (std::string(mode) + " " + target + ": " + fault).c_str());
                const auto simulation = Simulation::create(*resolved);
                QVERIFY2(simulation, simulation ? "" : simulation.error().detail.c_str());
                const auto simulated = (*simulation)->run({input});
                QVERIFY2(simulated, simulated ? "" : simulated.error().detail.c_str());
                QCOMPARE(simulated->front().type, element);
            }
    }

    /// A float16 model has the layers and the weights of a float32 one.
    void half_weights_are_quantized() {
        for (const ElementType type : {ElementType::float16, ElementType::bfloat16, ElementType::float64}) {
            const auto prepared = prepare(model_of(cases()[0], type));
            QVERIFY(prepared);
            const Layer* layer = (*prepared)->find_layer("node");
            QVERIFY(layer);
            QCOMPARE((*prepared)->model->weight(layer->weight).type, ElementType::float32);
            QCOMPARE((*prepared)->problems.at(0).code, std::string("prepare.taken_as_float32"));
            QCOMPARE((*prepared)->problems.at(0).arguments.at(0), std::string(name_of(type)));
        }
    }

    void numbers_beyond_float32_are_counted() {
        ModelBuilder b(17, 3);
        b.input("x", {1, 20}, ElementType::float64).output("y", ElementType::float64);
        std::vector<double> large(20, 1.0);
        large[3] = 1e300;
        const auto bytes = std::as_bytes(std::span(large));
        *b.proto().mutable_graph()->add_initializer() =
            proto_from("w", make_tensor(ElementType::float64, {20}, {bytes.begin(), bytes.end()}));
        b.node("Mul", "scale", {"x", "w"}, {"y"});
        const auto prepared = prepare(b.build());
        QVERIFY(prepared);
        QCOMPARE((*prepared)->problems.at(0).severity, Severity::warning);
        QCOMPARE((*prepared)->problems.at(0).arguments.at(1), std::string("1"));
    }

    /// Sizes computed in float64 are none of the model's numbers.
    void sizes_in_float64_stay() {
        ModelBuilder b(17, 3);
        b.input("x", {1, 3, 8, 8}).output("y");
        b.conv("conv", "x", "y", 3, 4);
        b.output("rounded", ElementType::int64);
        b.weight("one", {1}, std::vector<std::int64_t>{3});
        set_attribute(b.node("Cast", "widen", {"one"}, {"wide"}), "to", std::int64_t{11});
        set_attribute(b.node("Cast", "back", {"wide"}, {"rounded"}), "to", std::int64_t{7});
        const auto prepared = prepare(b.build());
        QVERIFY(prepared);
        QVERIFY((*prepared)->problems.empty());
    }

    /// Subgraphs read the float32 form, too.
    void branches_are_converted() {
        ModelBuilder b(17, 3);
        b.input("x", {2, 4}, ElementType::float16).output("y", ElementType::float16);
        *b.proto().mutable_graph()->add_initializer() =
            proto_from("always", make_tensor(ElementType::boolean, {}, {std::byte{1}}));
        auto& choice = b.node("If", "choice", {"always"}, {"y"});
        for (const char* branch : {"then_branch", "else_branch"}) {
            auto& attribute = *choice.add_attribute();
            attribute.set_name(branch);
            attribute.set_type(onnx::AttributeProto::GRAPH);
            auto& graph = *attribute.mutable_g();
            graph.set_name(branch);
            *graph.add_node() = make_node("Neg", branch, {"x"}, {std::string(branch) + "_y"});
            auto& output = *graph.add_output();
            output.set_name(std::string(branch) + "_y");
            output.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT16);
        }
        const auto model = b.build();
        const auto prepared = prepare(model);
        QVERIFY2(prepared, prepared ? "" : prepared.error().detail.c_str());
        const auto session = Session::create(*(*prepared)->model);
        QVERIFY2(session, session ? "" : session.error().detail.c_str());
        const auto outputs = (*session)->run({values(ElementType::float16, {2, 4}, 1)});
        QVERIFY(outputs);
        QCOMPARE(outputs->front().type, ElementType::float16);
    }

    void a_tensor_is_not_read_as_what_it_is_not() {
        const Tensor half = values(ElementType::float16, {4}, 1);
        QVERIFY_THROWS_EXCEPTION(WrongElementType, (void)half.floats());
        QVERIFY_THROWS_EXCEPTION(WrongElementType, (void)half.as<std::int64_t>());
        QCOMPARE(half.as<std::uint16_t>().size(), std::size_t(4));
    }
};

QTEST_GUILESS_MAIN(TestElementTypes)
#include "test_element_types.moc"

// The exported file and the simulation are one arithmetic.
#include <onnx/onnx_pb.h>

#include <QTemporaryDir>
#include <QtTest>

#include "core/export/export_qdq.h"
#include "core/export/export_qoperator.h"
#include "core/model/proto_helpers.h"
#include "core/number/kernels.h"
#include "core/number/metrics.h"
#include "core/rewrite/rewrite.h"
#include "core/simulate/simulation.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using testing::ModelBuilder;

namespace {

std::shared_ptr<const Resolved> resolve_on_random(std::shared_ptr<const Model> model, const Plan& plan) {
    const auto prepared = *prepare(model);
    const auto statistics =
        testing::reference_statistics(*prepared, testing::random_inputs(*prepared->model, 4));
    return *resolve(prepared, statistics, plan);
}

/// conv → Relu → MaxPool, conv → Concat of both → ConvTranspose-free tail with Sigmoid·x, Transpose, MatMul
/// of two activations, MatMul + Add.
std::shared_ptr<const Model> many_operators() {
    ModelBuilder b(17, 3);
    b.input("x", {1, 4, 8, 8}).output("y").output("pooled");
    b.conv("a", "x", "a0", 4, 4);
    b.node("Relu", "a.relu", {"a0"}, {"a1"});
    auto& pool = b.node("MaxPool", "pool", {"a1"}, {"p"});
    set_attribute(pool, "kernel_shape", std::vector<std::int64_t>{2, 2});
    set_attribute(pool, "strides", std::vector<std::int64_t>{2, 2});
    b.conv("b", "x", "b0", 4, 4, 3, 4, 2);
    set_attribute(b.node("Concat", "cat", {"p", "b0"}, {"c"}), "axis", std::int64_t{1});
    b.node("Sigmoid", "sig", {"c"}, {"s"});
    b.node("Mul", "gate", {"c", "s"}, {"g"});
    b.weight("flat", {3}, std::vector<std::int64_t>{1, 8, 16});
    b.node("Reshape", "reshape", {"g", "flat"}, {"r"});
    set_attribute(b.node("Transpose", "turn", {"r"}, {"t"}), "perm", std::vector<std::int64_t>{0, 2, 1});
    b.node("MatMul", "attend", {"t", "r"}, {"q"});
    b.weight("w", {16, 5}).weight("wb", {5});
    b.node("MatMul", "project", {"q", "w"}, {"m"});
    b.node("Add", "project.bias", {"m", "wb"}, {"l"});
    b.node("Relu", "tail", {"l"}, {"y"});
    b.node("GlobalAveragePool", "gap", {"g"}, {"pooled"});
    return b.build();
}

}  // namespace

class TestExport : public QObject {
    Q_OBJECT

    static void cases() {
        QTest::addColumn<bool>("many");
        QTest::addColumn<QString>("target");
        for (const auto& target : target_names())
            for (const bool many : {false, true})
                QTest::newRow((target + (many ? " many operators" : " small cnn")).c_str())
                    << many << QString::fromStdString(target);
    }
    static std::shared_ptr<const Resolved> resolved_case() {
        QFETCH_GLOBAL(QString, target);
        QFETCH_GLOBAL(bool, many);
        Plan plan;
        plan.target = target.toStdString();
        return resolve_on_random(many ? many_operators() : testing::small_cnn(), plan);
    }

private slots:
    void initTestCase_data() { cases(); }

    void simulation_equals_the_file_bit_for_bit() {
        const auto resolved = resolved_case();
        // Every layer with a weight at least (ncnn has integer forms of no others).
        for (std::size_t i = 0; i < resolved->layers.size(); ++i)
            if (const std::string& op = resolved->prepared->layers[i].op; op == "Conv" || op == "Gemm")
                QVERIFY2(resolved->layers[i].integers(), resolved->prepared->layers[i].name.c_str());
        const Graph& graph = resolved->prepared->model->graph();
        // Every quantized tensor, as both sides see it.
        std::vector<std::string> names;
        for (const auto& tensor : resolved->tensors)
            if (tensor)
                names.push_back(graph[tensor->tensor].name);
        SimulationOptions options;
        options.threads = 1;
        options.optimizations = Optimizations::off;
        options.extra_outputs = names;
        const auto simulation = Simulation::create(resolved, options);
        QVERIFY2(simulation, simulation ? "" : simulation.error().detail.c_str());

        onnx::ModelProto file = build_qdq(*resolved);
        std::set<std::string> given;
        for (const auto& output : file.graph().output())
            given.insert(output.name());
        for (const auto& node : file.graph().node())
            for (const std::string& name : names)
                if (node.op_type() == "DequantizeLinear" && node.name() == name + "_DequantizeLinear" &&
                    !given.contains(node.output(0)))
                    file.mutable_graph()->add_output()->set_name(node.output(0));
        const auto session = Session::create(file, nullptr, {1, Optimizations::off, {}});
        QVERIFY2(session, session ? "" : session.error().detail.c_str());

        for (const auto& inputs : testing::random_inputs(*resolved->prepared->model, 5, 99)) {
            const auto simulated = (*simulation)->run(inputs);
            const auto run = (*session)->run(inputs);
            QVERIFY(simulated && run);
            std::map<std::string, Tensor> from_file;
            for (std::size_t i = 0; i < run->size(); ++i)
                from_file[(*session)->output_names()[i]] = (*run)[i];
            QCOMPARE(simulated->size(), (*simulation)->output_names().size());
            int compared = 0;
            for (std::size_t i = 0; i < simulated->size(); ++i) {
                const std::string& name = (*simulation)->output_names()[i];
                QVERIFY2(from_file.contains(name), name.c_str());
                const auto a = (*simulated)[i].floats(), b = from_file[name].floats();
                QCOMPARE(a.size(), b.size());
                for (std::size_t k = 0; k < a.size(); ++k)
                    QVERIFY2(a[k] == b[k], qPrintable(QString("%1[%2]: %3 simulated, %4 in the file")
                                                          .arg(QString::fromStdString(name))
                                                          .arg(k)
                                                          .arg(a[k])
                                                          .arg(b[k])));
                ++compared;
            }
            QVERIFY(compared >= static_cast<int>(names.size()));
        }
    }

    void the_file_runs_as_users_run_it() {
        const auto resolved = resolved_case();
        const auto plain = Session::create(*resolved->prepared->original, {1, Optimizations::off, {}});
        const auto file = Session::create(build_qdq(*resolved), nullptr, {1, Optimizations::standard, {}});
        QVERIFY2(file, file ? "" : file.error().detail.c_str());
        ErrorSums error;
        for (const auto& inputs : testing::random_inputs(*resolved->prepared->model, 8, 5)) {
            const auto reference = (*plain)->run(inputs), quantized = (*file)->run(inputs);
            QVERIFY(reference && quantized);
            for (std::size_t o = 0; o < reference->size(); ++o)
                error.add((*reference)[o].floats(), (*quantized)[o].floats());
        }
        QVERIFY(error.snr_db());
        QVERIFY2(*error.snr_db() > 15, std::to_string(*error.snr_db()).c_str());
    }

    void names_and_parameters() {
        const auto resolved = resolved_case();
        const onnx::ModelProto file = build_qdq(*resolved);
        const Graph& graph = resolved->prepared->model->graph();
        std::map<std::string, const onnx::TensorProto*> initializers;
        for (const auto& initializer : file.graph().initializer())
            QVERIFY(initializers.emplace(initializer.name(), &initializer).second);
        int pairs = 0;
        for (const auto& node : file.graph().node()) {
            if (node.op_type() != "QuantizeLinear")
                continue;
            ++pairs;
            QCOMPARE(node.input_size(), 3);
            const std::string tensor =
                node.name().substr(0, node.name().size() - std::string("_QuantizeLinear").size());
            const auto id = graph.find_tensor(tensor);
            QVERIFY2(id, tensor.c_str());
            const auto& expected = resolved->tensors[static_cast<std::size_t>(*id)];
            QCOMPARE(tensor_from(*initializers.at(node.input(1))).floats()[0], expected->parameters.scale[0]);
            const Tensor zero_point = tensor_from(*initializers.at(node.input(2)));
            const int code = zero_point.type == ElementType::uint8 ? int(zero_point.as<std::uint8_t>()[0])
                                                                   : int(zero_point.as<std::int8_t>()[0]);
            QCOMPARE(code, expected->parameters.zero_point[0]);
        }
        QCOMPARE(pairs, static_cast<int>(std::count_if(resolved->tensors.begin(), resolved->tensors.end(),
                                                       [](const auto& t) { return t.has_value(); })));
        for (int i = 0; i < file.graph().output_size(); ++i)
            QCOMPARE(file.graph().output(i).name(),
                     resolved->prepared->original->outputs()[static_cast<std::size_t>(i)].name);
        // K1's provider takes no unsigned tensors.
        QFETCH_GLOBAL(QString, target);
        if (target == "spacemit-k1")
            for (const auto& [name, initializer] : initializers)
                QVERIFY2(initializer->data_type() != onnx::TensorProto::UINT8, name.c_str());
    }

    void saved_and_loaded_it_is_a_model() {
        const auto resolved = resolved_case();
        QTemporaryDir folder;
        const auto path = std::filesystem::path(folder.path().toStdString()) / "out.onnx";
        const auto exported = export_qdq(*resolved, path);
        QVERIFY(exported);
        const auto model = Model::load(path);
        QVERIFY(model);
        QVERIFY((*model)->already_quantized());
        QCOMPARE(exported->bytes, (*model)->file_bytes());
        // What is quantized already keeps its parameters.
        const auto prepared = prepare(*model);
        QVERIFY2(prepared, prepared ? "" : prepared.error().detail.c_str());
        for (std::size_t i = 0; i < resolved->layers.size(); ++i)
            if (const auto& weight = resolved->layers[i].weight) {
                const auto& given = (*prepared)->given.weights;
                QVERIFY2(given.contains(weight->initializer), weight->initializer.c_str());
                QVERIFY(given.at(weight->initializer).scale == weight->parameters.scale);
            }
    }

    void fused_activations_vanish_where_the_codes_clip() {
        const auto resolved = resolved_case();
        const onnx::ModelProto file = build_qdq(*resolved);
        // K1's Concat shares one scale, so codes below zero exist after "a.relu"; "tail" writes float on ONNX
        // Runtime.
        QFETCH_GLOBAL(QString, target);
        if (*resolved->target->defaults[Field::activation_symmetric] == "true")
            QSKIP("symmetric activations have codes below zero: nothing is implied");
        const std::string stays = target == "spacemit-k1" ? "a.relu" : "tail";
        for (const auto& node : file.graph().node())
            QVERIFY2(node.op_type() != "Relu" || node.name() == stays, node.name().c_str());
        Plan clipped = resolved->plan;
        clipped.tensors["/stem/Relu_output_0"].set(Field::clip, "-1,1");
        const auto again = *resolve(resolved->prepared, resolved->statistics, clipped);
        const int layer =
            again->prepared->find_layer("/stem/Conv")
                ? static_cast<int>(again->prepared->find_layer("/stem/Conv") - again->prepared->layers.data())
                : -1;
        if (layer >= 0)
            QVERIFY(!activation_is_implied(*again, layer));  // codes below zero exist now: the Relu must stay
    }

    /// ONNX Runtime up to 1.31 joins DQ, Softmax and Q to a kernel that wraps where int8 should saturate.
    void attention_larger_than_calibrated_does_not_wrap() {
        QFETCH_GLOBAL(QString, target);
        QFETCH_GLOBAL(bool, many);
        if (many)
            return;
        ModelBuilder b(17, 11);
        b.input("x", {1, 8, 16}).output("y");
        b.weight("wq", {16, 16}, 0.4f).weight("wv", {16, 16}, 0.4f);
        b.node("MatMul", "query", {"x", "wq"}, {"q"});
        b.node("MatMul", "value", {"x", "wv"}, {"v"});
        set_attribute(b.node("Transpose", "turn", {"x"}, {"t"}), "perm", std::vector<std::int64_t>{0, 2, 1});
        b.node("MatMul", "scores", {"q", "t"}, {"s"});
        b.node("Softmax", "softmax", {"s"}, {"p"});
        b.node("MatMul", "attend", {"p", "v"}, {"y"});
        Plan plan;
        plan.target = target.toStdString();
        plan.defaults.set(Field::activation_format, "int8");
        const auto model = b.build();
        const auto prepared = *prepare(model);
        auto samples = testing::random_inputs(*model, 4);
        for (auto& sample : samples)  // small scores: attention is nearly even
            for (float& x :
                 std::span(const_cast<float*>(sample[0].floats().data()), sample[0].floats().size()))
                x *= 0.05f;
        const auto resolved = *resolve(prepared, testing::reference_statistics(*prepared, samples), plan);
        const onnx::ModelProto file = build_qdq(*resolved);
        const auto off = Session::create(file, nullptr, {1, Optimizations::off, {}});
        const auto standard = Session::create(file, nullptr, {1, Optimizations::standard, {}});
        QVERIFY(off && standard);
        for (const auto& inputs : testing::random_inputs(*model, 4, 3)) {
            const auto a = (*off)->run(inputs), c = (*standard)->run(inputs);
            QVERIFY(a && c);
            double largest = 0, difference = 0;
            for (std::size_t i = 0; i < (*a)[0].floats().size(); ++i) {
                largest = std::max(largest, std::abs(double((*a)[0].floats()[i])));
                difference =
                    std::max(difference, std::abs(double((*a)[0].floats()[i]) - (*c)[0].floats()[i]));
            }
            QVERIFY2(difference < 0.1 * largest, qPrintable(QString::number(difference / largest)));
        }
    }

    void only_some_layers() {
        const auto resolved = resolved_case();
        const auto inputs = testing::random_inputs(*resolved->prepared->model, 1, 5).front();
        SimulationOptions none;
        none.only_layers.emplace();
        const auto plain = Session::create(*resolved->prepared->model);
        const auto simulated = Simulation::create(resolved, none);
        QVERIFY(simulated);
        const auto a = (*plain)->run(inputs), b = (*simulated)->run(inputs);
        QVERIFY(std::ranges::equal((*a)[0].floats(), (*b)[0].floats()));
        SimulationOptions one;
        one.only_layers = {0};
        const auto c = (*Simulation::create(resolved, one))->run(inputs);
        QVERIFY(!std::ranges::equal((*a)[0].floats(), (*c)[0].floats()));
    }

    void an_old_opset_is_raised() {
        // Opset 11 still has Squeeze's axes as an attribute.
        ModelBuilder b(11);
        b.input("x", {1, 3, 8, 8}).output("y");
        b.conv("conv", "x", "a", 3, 4);
        b.node("GlobalAveragePool", "gap", {"a"}, {"g"});
        set_attribute(b.node("Squeeze", "squeeze", {"g"}, {"s"}), "axes", std::vector<std::int64_t>{2, 3});
        b.weight("w", {4, 5}).weight("wb", {5});
        b.node("Gemm", "fc", {"s", "w", "wb"}, {"y"});
        const auto model = b.build();
        const auto result = prepare(model);
        QVERIFY2(result, result ? "" : result.error().detail.c_str());
        const auto& prepared = *result;
        QVERIFY2(prepared->problems.size() == 1 && prepared->problems[0].code == "prepare.opset_raised",
                 prepared->problems.empty() ? "" : prepared->problems[0].code.c_str());
        QCOMPARE(prepared->model->opset(), std::int64_t(13));
        QVERIFY(prepared->find_layer("conv") && prepared->find_layer("squeeze"));
        const auto inputs = testing::random_inputs(*model, 3);
        QVERIFY(*max_difference(*prepared, inputs.front()) < 1e-6);
        const auto resolved = *resolve(prepared, testing::reference_statistics(*prepared, inputs), {});
        QCOMPARE(resolved->quantized_layers(), 4);
        QTemporaryDir folder;
        QVERIFY(export_qdq(*resolved, std::filesystem::path(folder.path().toStdString()) / "old.onnx"));
    }

    void an_opset_that_cannot_be_raised_is_named() {
        // Scan had lengths of sequences in opset 8 alone.
        ModelBuilder body(8);
        body.input("step", {64}).output("seen");
        body.node("Neg", "neg", {"step"}, {"seen"});
        ModelBuilder b(8);
        b.input("x", {1, 3, 8, 8}).output("y").conv("conv", "x", "a", 3, 4);
        b.weight("rows", {3}, std::vector<std::int64_t>{1, 4, 64});
        b.weight("planes", {4}, std::vector<std::int64_t>{1, 4, 8, 8});
        b.weight("lengths", {1}, std::vector<std::int64_t>{4});
        b.node("Reshape", "to_rows", {"a", "rows"}, {"r"});
        auto& scan = b.node("Scan", "scan", {"lengths", "r"}, {"s"});
        set_attribute(scan, "num_scan_inputs", std::int64_t{1});
        auto& attribute = *scan.add_attribute();
        attribute.set_name("body");
        attribute.set_type(onnx::AttributeProto::GRAPH);
        *attribute.mutable_g() = body.proto().graph();
        b.node("Reshape", "to_planes", {"s", "planes"}, {"b"});
        b.conv("last", "b", "y", 4, 4);
        const auto resolved = resolve_on_random(b.build(), {});
        QVERIFY(resolved->quantized_layers() > 0);
        const QTemporaryDir folder;
        const auto path = std::filesystem::path(folder.path().toStdString()) / "old.onnx";
        for (const auto& exported : {export_qdq(*resolved, path), export_qoperator(*resolved, path)}) {
            QVERIFY(!exported);
            QCOMPARE(exported.error().code, ErrorCode::output_opset_too_old);
            QCOMPARE(exported.error().detail,
                     std::string("opset 8, opset 13 is needed; no form there: Scan scan"));
        }
        QVERIFY(!std::filesystem::exists(path));
    }

    void never_over_the_model() {
        const auto prepared = *prepare(testing::small_cnn());
        QTemporaryDir folder;
        const auto path = std::filesystem::path(folder.path().toStdString()) / "m.onnx";
        QVERIFY(save_model(testing::small_cnn()->proto(), path));
        const auto model = *Model::load(path);
        const auto resolved = resolve_on_random(model, {});
        QCOMPARE(export_qdq(*resolved, path).error().code, ErrorCode::output_equals_input);
        std::filesystem::create_symlink(path, path.parent_path() / "link.onnx");
        QCOMPARE(export_qdq(*resolved, path.parent_path() / "link.onnx").error().code,
                 ErrorCode::output_equals_input);
        QCOMPARE(export_qdq(*resolved, path.parent_path() / "nowhere" / "x.onnx").error().code,
                 ErrorCode::output_unwritable);
        QCOMPARE((*Model::load(path))->sha256(), model->sha256());
    }
};

QTEST_GUILESS_MAIN(TestExport)
#include "test_export.moc"

// Layer by layer against a board: here the board is a session of the same file, so that a wrong one can be
// made. An error is shown at the layer that makes it, and nowhere behind it.
#include <onnx/onnx_pb.h>

#include <QTemporaryDir>
#include <QtTest>

#include "core/board/board_layers.h"
#include "core/board/profile_layers.h"
#include "core/export/export_qdq.h"
#include "core/export/export_qoperator.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

using namespace quantwright;
namespace qt = quantwright::testing;

class TestLayerProbe : public QObject {
    Q_OBJECT

    std::shared_ptr<const Model> m_float;
    std::shared_ptr<const Resolved> m_resolved;

    struct Compared {
        std::vector<ProbePoint> points;
        std::vector<BoardLayer> layers;
        std::optional<Problem> problem;
    };
    /// `board` is what runs in the board's place, of the probe's own model.
    static Compared compare(const std::shared_ptr<const Model>& file, const Model* reference,
                            const std::function<void(onnx::ModelProto&)>& board = {}) {
        const auto prepared = *prepare(file);
        auto probe = LayerProbe::create(*prepared, reference, 1);
        if (!probe)
            qFatal("%s: %s", probe.error().subject.c_str(), probe.error().detail.c_str());
        onnx::ModelProto proto = probe->opened();
        if (board)
            board(proto);
        const auto session = *Session::create(proto, nullptr, {1, Optimizations::off, {}});
        for (const auto& inputs : qt::random_inputs(*file, 3)) {
            const auto outputs = session->run(inputs);
            const auto compared = probe->compare(inputs, {file->inputs().front().name}, *outputs, {});
            if (!compared)
                qFatal("%s: %s", compared.error().subject.c_str(), compared.error().detail.c_str());
        }
        Compared result{probe->points(), list_layers(*prepared, {}), {}};
        result.problem = judge_layers(*probe, result.layers);
        return result;
    }

    [[nodiscard]] std::shared_ptr<const Model> qdq() const {
        return *Model::from_proto(build_qdq(*m_resolved));
    }

    /// Makes a convolution's quantized weights larger.
    static void spoil(onnx::ModelProto& proto, const std::string& conv) {
        std::string weight, scale;
        for (const auto& node : proto.graph().node())
            if (node.name() == conv)
                weight = node.input(1);
        for (const auto& node : proto.graph().node())
            if (node.output(0) == weight)
                scale = node.input(1);
        for (auto& initializer : *proto.mutable_graph()->mutable_initializer())
            if (initializer.name() == scale) {
                const Tensor before = tensor_from(initializer);
                std::vector<float> values(before.floats().begin(), before.floats().end());
                for (float& value : values)
                    value *= 2;
                initializer = proto_from(scale, make_tensor(before.shape, values));
                return;
            }
        qFatal("no scale of the weight of %s", conv.c_str());
    }

private slots:
    void initTestCase() {
        m_float = qt::small_cnn();
        const auto prepared = *prepare(m_float);
        Plan plan;
        plan.target = "spacemit-k1";
        m_resolved = *resolve(
            prepared, qt::reference_statistics(*prepared, qt::random_inputs(*prepared->model, 4)), plan);
    }

    void the_same_arithmetic_agrees_everywhere() {
        const auto result = compare(qdq(), m_float.get());
        QVERIFY(result.points.size() >= 5);
        QVERIFY(!result.problem);
        int stepped = 0;
        for (const BoardLayer& layer : result.layers) {
            QVERIFY2(layer.compared && layer.agrees && !layer.snr_db_simulation, layer.layer.c_str());
            stepped += layer.steps ? 1 : 0;
            if (layer.steps)
                QCOMPARE(*layer.steps, 0.0);
            QVERIFY2(layer.snr_db_float && *layer.snr_db_float > 15, layer.layer.c_str());
        }
        QVERIFY(stepped >= 4);
    }

    void a_wrong_layer_is_found_and_no_other() {
        std::vector<std::string> convolutions;
        for (const Layer& layer : m_resolved->prepared->layers)
            if (layer.op == "Conv")
                convolutions.push_back(layer.name);
        QCOMPARE(convolutions.size(), std::size_t(3));
        for (const std::string& wrong : convolutions) {
            const auto result =
                compare(qdq(), m_float.get(), [&](onnx::ModelProto& proto) { spoil(proto, wrong); });
            for (const BoardLayer& layer : result.layers)
                QVERIFY2(layer.agrees == (layer.layer != wrong), (wrong + ": " + layer.layer).c_str());
            QVERIFY(result.problem);
            QCOMPARE(result.problem->code, std::string("board.layers_differ"));
            QCOMPARE(result.problem->layer, wrong);
            QCOMPARE(result.problem->arguments, std::vector<std::string>{"1"});
            // What follows is further from float than it was, though its own arithmetic is right.
            const auto right = compare(qdq(), m_float.get());
            QVERIFY(*result.layers.back().snr_db_float < *right.layers.back().snr_db_float - 3);
        }
    }

    void integer_files_are_compared_in_codes() {
        QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath("q.onnx").toStdString();
        QVERIFY(export_qoperator(*m_resolved, path));
        const auto result = compare(*Model::load(path), m_float.get());
        QVERIFY(!result.problem);
        QVERIFY(std::count_if(result.points.begin(), result.points.end(), [](const ProbePoint& point) {
                    return point.step == 1 && point.type == ElementType::int8;
                }) >= 3);
    }

    void float_models_are_compared_in_decibels() {
        const auto same = compare(m_float, m_float.get());
        QVERIFY(!same.problem && !same.points.empty());
        const auto other = compare(m_float, m_float.get(), [](onnx::ModelProto& proto) {
            for (auto& initializer : *proto.mutable_graph()->mutable_initializer())
                if (initializer.name() == proto.graph().node(0).input(1)) {
                    const Tensor before = tensor_from(initializer);
                    std::vector<float> values(before.floats().begin(), before.floats().end());
                    for (float& value : values)
                        value *= 1.01F;
                    initializer = proto_from(initializer.name(), make_tensor(before.shape, values));
                }
        });
        QVERIFY(other.problem);
        QVERIFY(!other.layers.front().agrees && !other.layers.front().steps);
        QVERIFY(*other.layers.front().snr_db_simulation < 60);
    }

    /// Other tools keep the name for the value before the pair, and dequantize once for each reader.
    void one_tensor_dequantized_twice() {
        qt::ModelBuilder b(17, 5);
        b.input("x", {1, 4, 8, 8}).output("y");
        b.conv("a", "x", "a0", 4, 4);
        b.weight("s", {}, std::vector<float>{0.05F});
        b.node("QuantizeLinear", "a_q", {"a0", "s"}, {"a0_q"});
        b.node("DequantizeLinear", "a_d1", {"a0_q", "s"}, {"a0_d1"});
        b.node("DequantizeLinear", "a_d2", {"a0_q", "s"}, {"a0_d2"});
        b.conv("b", "a0_d1", "b0", 4, 4);
        b.conv("c", "a0_d2", "c0", 4, 4);
        b.node("Add", "sum", {"b0", "c0"}, {"y"});
        const auto model = b.build();
        const auto result = compare(model, nullptr);
        const auto found =
            std::find_if(result.points.begin(), result.points.end(),
                         [](const ProbePoint& point) { return point.probe.starts_with("a0_d"); });
        QVERIFY(found != result.points.end());
        QCOMPARE(static_cast<float>(found->step), 0.05F);
        QVERIFY(!result.problem);
        // Both readers see what the board had: a wrong first layer spoils neither.
        const auto wrong = compare(model, nullptr, [](onnx::ModelProto& proto) {
            for (auto& initializer : *proto.mutable_graph()->mutable_initializer())
                if (initializer.name() == "a.bias")
                    initializer = proto_from("a.bias", make_tensor({4}, std::vector<float>{2, 2, 2, 2}));
        });
        for (const BoardLayer& layer : wrong.layers)
            QVERIFY2(layer.agrees == (layer.layer != "a"), layer.layer.c_str());
    }

    void a_board_with_other_outputs_is_not_believed() {
        const auto prepared = *prepare(qdq());
        auto probe = *LayerProbe::create(*prepared, nullptr, 1);
        const auto inputs = qt::random_inputs(*prepared->model, 1).front();
        const std::vector<std::string> names = {prepared->model->inputs().front().name};
        QCOMPARE(probe.compare(inputs, names, {}, {}).error().code, ErrorCode::board_bad_answer);
        const std::vector<Tensor> scalars(static_cast<std::size_t>(probe.opened().graph().output_size()),
                                          make_tensor({}, std::vector<float>{1}));
        QCOMPARE(probe.compare(inputs, names, scalars, {}).error().code, ErrorCode::board_bad_answer);
    }

    void nodes_find_their_layers() {
        const auto prepared = *prepare(qdq());
        std::vector<NodeTime> nodes;
        for (const auto& node : prepared->original->graph().nodes())
            if (node.proto->op_type() != "Constant")
                nodes.push_back({node.name, node.proto->op_type(), "CPUExecutionProvider", 1, {}});
        nodes.push_back({"nobody", "Transpose", "", 1, {}});
        const std::string conv = prepared->layers.front().name;
        nodes.push_back({conv + "_nchwc", "Conv", "", 1, {}});
        assign_layers(nodes, *prepared);
        QCOMPARE(nodes.back().layer, conv);
        QCOMPARE(nodes[nodes.size() - 2].layer, std::string());
        int pairs = 0;
        for (const NodeTime& node : nodes) {
            pairs += node.op == "QuantizeLinear" && !node.layer.empty() ? 1 : 0;
            if (node.op == "Conv" && node.node != conv + "_nchwc")
                QCOMPARE(node.layer, node.node);
        }
        QVERIFY(pairs >= 4);
    }
};

QTEST_GUILESS_MAIN(TestLayerProbe)
#include "test_layer_probe.moc"

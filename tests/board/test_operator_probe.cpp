// What a board's runtime lacks is named before the weights are sent, and nothing it has is ever refused.
#include <onnx/onnx_pb.h>

#include <QtTest/QtTest>

#include <deque>

#include "core/board/deploy.h"
#include "core/board/operator_probe.h"
#include "core/export/export_qdq.h"
#include "core/export/export_qoperator.h"
#include "core/rewrite/rewrite.h"
#include "tests/board/board_connection.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

/// A board that gives these answers to probes, one after the other.
class Scripted : public Agent {
public:
    explicit Scripted(std::deque<Result<std::string>> answers, std::string provider = {})
        : m_answers(std::move(answers)) {
        static int boards = 0;
        m_facts.runtime = std::to_string(++boards);  // none was probed before
        m_facts.provider_path = std::move(provider);
    }
    [[nodiscard]] const quantwright::BoardFacts& facts() const override { return m_facts; }
    Status take_turn() override { return {}; }
    Result<AgentLoaded> load(const AgentSession&) override { return AgentLoaded(); }
    Status unload(const std::string&) override { return {}; }
    Result<AgentBenchmark> benchmark(const std::vector<std::string>&, const BenchmarkOptions&) override {
        return AgentBenchmark();
    }
    Status run(const std::string&, const std::string&, std::int64_t, std::int64_t,
               const std::function<Status(SampleOutputs)>&) override {
        return {};
    }
    Result<std::vector<NodeTime>> profile(const std::string&) override { return std::vector<NodeTime>(); }
    Result<std::string> probe(const std::string&, bool, bool provider) override {
        asked.push_back(provider);
        auto answer = m_answers.empty() ? Result<std::string>(std::string()) : std::move(m_answers.front());
        if (!m_answers.empty())
            m_answers.pop_front();
        return answer;
    }

    std::vector<bool> asked;  ///< with the provider or not

private:
    quantwright::BoardFacts m_facts;
    std::deque<Result<std::string>> m_answers;
};

const std::string k_unheard = "Fatal error: com.example:Unheard(-1) is not a registered function/op";
const std::string k_no_kernel = "Could not find an implementation for Conv(11) node with name 'conv'";

/// Weights of more than a KiB each.
std::shared_ptr<const Model> conv_model() {
    ModelBuilder builder;
    builder.input("x", {1, 16, 9, 9}).output("y").conv("conv", "x", "y", 16, 24);
    return builder.build();
}

std::shared_ptr<const Model> layers_model(const std::string& kind) {
    ModelBuilder builder;
    builder.output("y");
    if (kind == "convolutions") {
        builder.input("x", {1, 16, 9, 9}).conv("one", "x", "a", 16, 24);
        builder.node("Relu", "relu", {"a"}, {"b"});
        builder.conv("two", "b", "c", 24, 24, 3, 24).conv("three", "c", "d", 24, 24, 1);
        builder.node("Add", "add", {"d", "b"}, {"e"});
        builder.node("GlobalAveragePool", "pool", {"e"}, {"p"});
        builder.node("Flatten", "flat", {"p"}, {"f"});
        builder.weight("w", {24, 32}).weight("bias", {32});
        builder.node("Gemm", "gemm", {"f", "w", "bias"}, {"y"});
    } else {
        builder.input("x", {2, 5, 64}).weight("w1", {64, 96}).weight("b1", {96}).weight("w2", {96, 64});
        builder.weight("shape", {2}, std::vector<std::int64_t>{10, 64});
        builder.node("MatMul", "one", {"x", "w1"}, {"a"});
        builder.node("Add", "bias", {"a", "b1"}, {"b"});
        builder.node("Sigmoid", "gate", {"b"}, {"g"});
        builder.node("Mul", "silu", {"b", "g"}, {"s"});
        builder.node("MatMul", "two", {"s", "w2"}, {"t"});
        builder.node("Reshape", "reshape", {"t", "shape"}, {"y"});
    }
    return builder.build();
}

using Chosen = std::vector<std::pair<Field, std::string>>;
struct Form {
    const char* name;
    const char* target;
    Chosen chosen;
};
const std::vector<Form>& forms() {
    const auto mode = [](const char* value) { return std::pair{Field::mode, std::string(value)}; };
    static const std::vector<Form> table = {
        {"static K1", "spacemit-k1", {}},
        {"static x86", "onnxruntime-x86", {}},
        {"static ncnn", "ncnn", {}},
        {"static int4", "onnxruntime-x86", {{Field::weight_format, "int4"}}},
        {"int16", "onnxruntime-x86", {{Field::activation_format, "int16"}, {Field::weight_format, "uint8"}}},
        {"uint16", "onnxruntime-x86", {{Field::activation_format, "uint16"}}},
        {"dynamic", "onnxruntime-x86", {mode("dynamic")}},
        {"dynamic int4", "onnxruntime-x86", {mode("dynamic"), {Field::weight_format, "int4"}}},
        {"dynamic K1", "spacemit-k1", {mode("dynamic")}},
        {"weight-only", "onnxruntime-x86", {mode("weight-only")}},
        {"int4 in blocks",
         "onnxruntime-x86",
         {mode("weight-only"),
          {Field::weight_format, "int4"},
          {Field::weight_symmetric, "false"},
          {Field::weight_granularity, "group"},
          {Field::weight_block_size, "32"}}},
        {"fp16", "onnxruntime-x86", {mode("fp16")}},
        {"fp16 K1", "spacemit-k1", {mode("fp16")}},
    };
    return table;
}

}  // namespace

class TestOperatorProbe : public QObject {
    Q_OBJECT

    testing::BoardFacts m_facts;
    QTemporaryDir m_folder;
    std::unique_ptr<Connection> m_connection;
    std::unique_ptr<Agent> m_agent;

    [[nodiscard]] std::filesystem::path place(const QString& name) const {
        return m_folder.filePath(name).toStdString();
    }
    [[nodiscard]] QByteArray sent_models() const {
        return run_standin({"exec", "--dir", m_facts["dir"], "sh", "-c",
                            "find ~/.cache/quantwright/models -type f 2>/dev/null"})
            .output;
    }
    /// Deployed through a file, briefly.
    Result<BoardResult> deployed(onnx::ModelProto proto, bool optimizations = true) {
        DeployRequest request;
        request.model = *Model::from_proto(proto);
        request.file = place("model.onnx");
        if (const Status saved = save_model(proto, request.file); !saved)
            return fail(saved);
        DeployOptions options;
        options.benchmark.runs = 1;
        options.benchmark.warm_up = 0;
        options.optimizations = optimizations;
        const auto connection = Door(m_facts).open();
        if (!connection)
            return fail(connection);
        return deploy(**connection, request, options);
    }

private slots:
    void initTestCase() {
        m_facts = board_facts();
        if (m_facts.contains("reason"))
            QSKIP(qPrintable(m_facts["reason"]));
        auto connection = Door(m_facts).open();
        QVERIFY(connection);
        m_connection = std::move(*connection);
        const auto program = upload(*m_connection, *agent_program("riscv64"), BoardFolder::agents, "", true);
        QVERIFY(program);
        auto agent = Agent::start(*m_connection, program->path, {});
        QVERIFY2(agent, agent ? "" : code_of(agent.error()).c_str());
        m_agent = std::move(*agent);
    }
    void cleanupTestCase() {
        m_agent.reset();
        m_connection.reset();
    }
    void init() {
        run_standin({"exec", "--dir", m_facts["dir"], "sh", "-c", "rm -rf ~/.cache/quantwright/models"});
    }

    void a_skeleton_has_no_weights() {
        ModelBuilder builder;
        builder.input("x", {1, 64}).output("y").weight("large", {64, 64}).weight("small", {64});
        onnx::TensorProto table;
        table.set_data_type(onnx::TensorProto::FLOAT);
        table.add_dims(64);
        table.add_dims(64);
        table.set_raw_data(std::string(64 * 64 * sizeof(float), '\0'));
        auto& constant = builder.node("Constant", "constant", {}, {"table"});
        auto& value = *constant.add_attribute();
        value.set_name("value");
        value.set_type(onnx::AttributeProto::TENSOR);
        *value.mutable_t() = table;
        builder.node("MatMul", "one", {"x", "large"}, {"a"});
        builder.node("Add", "bias", {"a", "small"}, {"b"});
        builder.node("MatMul", "two", {"b", "table"}, {"y"});
        const auto model = builder.build();
        const onnx::ModelProto skeleton = skeleton_of(*model);
        QVERIFY(skeleton.ByteSizeLong() < 1500);
        QCOMPARE(skeleton.graph().initializer_size(), 1);
        QCOMPARE(skeleton.graph().initializer(0).name(), std::string("small"));
        QCOMPARE(skeleton.graph().node_size(), 3);
        QCOMPARE(skeleton.graph().input_size(), 3);
        for (const auto& input : skeleton.graph().input())
            if (input.name() != "x") {
                QCOMPARE(input.type().tensor_type().elem_type(), int(onnx::TensorProto::FLOAT));
                QCOMPARE(input.type().tensor_type().shape().dim_size(), 2);
                QCOMPARE(input.type().tensor_type().shape().dim(1).dim_value(), std::int64_t(64));
            }
        QCOMPARE(skeleton.opset_import(0).version(), model->proto().opset_import(0).version());
        // Kept beside the model, they are read where they lie.
        QVERIFY(save_model(model->proto(), place("external.onnx"), 0));
        const auto external = Model::load(place("external.onnx"));
        QVERIFY(external && (*external)->files().size() == 2);
        const onnx::ModelProto same = skeleton_of(**external);
        QCOMPARE(same.graph().input_size(), 3);
        QVERIFY(m_agent->probe(same.SerializeAsString(), true, false).value_or("?").empty());
    }

    /// What decides and what does not.
    void words_of_runtimes_data() {
        QTest::addColumn<QString>("words");
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("subject");
        QTest::newRow("unknown operator") << QString::fromStdString(k_unheard) << "board.operator"
                                          << "com.example.Unheard";
        QTest::newRow("unknown standard operator") << "Fatal error: Gelu(-1) is not a registered function/op"
                                                   << "board.operator"
                                                   << "ai.onnx.Gelu";
        QTest::newRow("older words") << "Error No Op registered for Conv with domain_version of 23"
                                     << "board.operator"
                                     << "ai.onnx.Conv";
        QTest::newRow("no kernel") << QString::fromStdString(k_no_kernel) << "board.operator"
                                   << "ai.onnx.Conv";
        QTest::newRow("type")
            << "Type Error: Type 'tensor(float8e4m3fn)' of input parameter (x) of operator (Conv) "
               "in node (c) is invalid."
            << "board.operator"
            << "ai.onnx.Conv";
        QTest::newRow("opset")
            << "ONNX Runtime only *guarantees* support for models stamped with official released "
               "onnx opset versions. Opset 23 is under development and support for this is limited."
            << "board.opset"
            << "file";
        QTest::newRow("file version") << "Unsupported model IR version: 12, max supported IR version: 10"
                                      << "board.model_refused"
                                      << "file";
        for (const char* words :
             {"", "[ONNXRuntimeError] : 1 : FAIL : Node (Reshape) needs a constant shape",
              "Type Error: Shape of output x is invalid", "W zero point must be constant", "bad allocation"})
            QTest::newRow(*words ? words : "none") << words << ""
                                                   << "";
    }
    void words_of_runtimes() {
        QFETCH(QString, words);
        QFETCH(QString, code);
        QFETCH(QString, subject);
        const auto error = missing_in_runtime(words.toStdString(), conv_model()->proto(), "file");
        QCOMPARE(error.has_value(), !code.isEmpty());
        if (!error)
            return;
        QCOMPARE(QString::fromStdString(std::string(name_of(error->code))), code);
        QCOMPARE(QString::fromStdString(error->subject), subject);
        QCOMPARE(QString::fromStdString(error->detail), words);
    }

    void who_is_asked() {
        const auto model = conv_model();
        const auto probe = [&](Agent& agent) { return probe_operators(agent, *model, "file", true, true); };
        Scripted takes({});
        QVERIFY(probe(takes));
        QVERIFY(probe(takes));
        QCOMPARE(takes.asked, std::vector<bool>{false});  // the second time it is known
        Scripted lacks({k_unheard});
        QCOMPARE(outcome(probe(lacks)), "board.operator");
        QCOMPARE(outcome(probe(lacks)), "ok");  // its answers are over
        Scripted something({std::string("needs a constant shape")});
        QVERIFY(probe(something));
        Scripted refuses({fail(ErrorCode::board_model_refused, "x")});
        QVERIFY(probe(refuses));
        Scripted gone({fail(ErrorCode::board_connection_lost, "x")});
        QCOMPARE(outcome(probe(gone)), "board.connection_lost");
    }

    /// What the processor's kernels lack the provider may have.
    void a_provider_may_know_more() {
        const auto model = conv_model();
        const auto probe = [&](Agent& agent) { return probe_operators(agent, *model, "file", true, true); };
        Scripted kernels({k_no_kernel}, "/lib/libspacemit_ep.so");
        QVERIFY(probe(kernels));
        QCOMPARE(kernels.asked, std::vector<bool>{false});
        Scripted knows({k_unheard, std::string()}, "/lib/libspacemit_ep.so");
        QVERIFY(probe(knows));
        QCOMPARE(knows.asked, (std::vector<bool>{false, true}));
        Scripted neither({k_unheard, k_unheard}, "/lib/libspacemit_ep.so");
        QCOMPARE(outcome(probe(neither)), "board.operator");
        // Measured without it, it is not asked.
        Scripted without({k_no_kernel}, "/lib/libspacemit_ep.so");
        QCOMPARE(outcome(probe_operators(without, *model, "file", true, false)), "board.operator");
    }

    void a_made_up_operator_is_named_before_upload() {
        onnx::ModelProto proto = conv_model()->proto();
        proto.mutable_graph()->mutable_node(0)->set_domain("com.example");
        proto.mutable_graph()->mutable_node(0)->set_op_type("Unheard");
        auto* import = proto.add_opset_import();
        import->set_domain("com.example");
        import->set_version(1);
        const auto result = deployed(proto);
        QCOMPARE(outcome(result), "board.operator");
        QCOMPARE(result.error().subject, std::string("com.example.Unheard"));
        QCOMPARE(sent_models(), QByteArray());
    }

    /// Both have a definition of the operator, not of these types, or no kernel.
    void a_type_without_a_kernel_is_named_before_upload() {
        ModelBuilder builder(19);
        builder.input("x", {1, 64}).output("y").weight("w", {64, 64});
        builder.node("MatMul", "product", {"x", "w"}, {"a"});
        constexpr std::int64_t float8e4m3fn = 17;
        set_attribute(builder.node("Cast", "narrow", {"a"}, {"b"}), "to", float8e4m3fn);
        builder.node("Relu", "relu", {"b"}, {"c"});
        set_attribute(builder.node("Cast", "wide", {"c"}, {"y"}), "to", std::int64_t{1});
        const auto result = deployed(builder.proto());
        QCOMPARE(outcome(result), "board.operator");
        QCOMPARE(result.error().subject, std::string("ai.onnx.Relu"));
        QVERIFY2(result.error().detail.find("float8e4m3fn") != std::string::npos,
                 result.error().detail.c_str());
        QCOMPARE(sent_models(), QByteArray());
    }

    void an_operator_without_a_kernel_is_named_before_upload() {
        ModelBuilder builder(19);
        builder.input("x", {1, 16, 8, 8}).input("offset", {1, 18, 6, 6}).output("y");
        builder.weight("w", {16, 16, 3, 3});
        builder.node("DeformConv", "deform", {"x", "w", "offset"}, {"y"});
        const auto result = deployed(builder.proto());
        QCOMPARE(outcome(result), "board.operator");
        QCOMPARE(result.error().subject, std::string("ai.onnx.DeformConv"));
        QCOMPARE(sent_models(), QByteArray());
    }

    void what_the_exporter_writes_is_never_refused_data() {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("form");
        for (const char* kind : {"convolutions", "products"})
            for (std::size_t form = 0; form < forms().size(); ++form)
                QTest::addRow("%s, %s", kind, forms()[form].name) << kind << static_cast<int>(form);
    }
    void what_the_exporter_writes_is_never_refused() {
        QFETCH(QString, kind);
        QFETCH(int, form);
        const Form& chosen = forms()[static_cast<std::size_t>(form)];
        const auto model = layers_model(kind.toStdString());
        const auto prepared = *prepare(model);
        Plan plan;
        plan.target = chosen.target;
        for (const auto& [field, value] : chosen.chosen)
            plan.defaults.set(field, value);
        const auto resolved =
            *resolve(prepared, reference_statistics(*prepared, random_inputs(*prepared->model, 4)), plan);
        std::vector<std::filesystem::path> files;
        ExportOptions nbits, capped;
        nbits.matmul_nbits = true;
        capped.opset_max = 17;
        for (const auto& options : {ExportOptions(), nbits, capped}) {
            files.push_back(place(QString("%1.onnx").arg(files.size())));
            QVERIFY(export_qdq(*resolved, files.back(), options));
        }
        files.push_back(place("qoperator.onnx"));
        if (!export_qoperator(*resolved, files.back()))
            files.pop_back();
        int silent = 0;
        for (const auto& file : files) {
            const auto written = Model::load(file);
            QVERIFY(written);
            for (const bool optimizations : {false, true}) {
                const Status taken = probe_operators(*m_agent, **written, file, optimizations, true);
                if (!taken) {
                    // Rightly: this runtime refuses the whole model with the same words.
                    std::string whole;
                    QVERIFY((*written)->proto().SerializeToString(&whole));
                    const auto refused = m_agent->probe(whole, optimizations, false);
                    QCOMPARE(refused.value_or("?"), taken.error().detail);
                    qInfo("%s: %s", file.filename().c_str(), code_of(taken.error()).c_str());
                    ++silent;
                    continue;
                }
                // The skeleton is worth something only where it loads as the model does.
                const auto words =
                    m_agent->probe(skeleton_of(**written).SerializeAsString(), optimizations, false);
                QVERIFY(words);
                if (words->empty())
                    ++silent;
                else
                    qInfo("%s: %s", file.filename().c_str(), words->c_str());
            }
        }
        QVERIFY(silent > 0);
    }

    void a_model_that_is_there_is_not_probed() {
        const onnx::ModelProto proto = conv_model()->proto();
        const auto first = deployed(proto, false);
        QVERIFY2(first, first ? "" : code_of(first.error()).c_str());
        const auto connection = Door(m_facts).open();
        QVERIFY(connection);
        int probes = 0;
        const auto sent = [&] {
            return upload(**connection, place("model.onnx"), BoardFolder::models, ".onnx", false, {}, [&] {
                ++probes;
                return Status();
            });
        };
        QVERIFY(sent());
        QCOMPARE(probes, 0);
        init();
        QVERIFY(sent());
        QCOMPARE(probes, 1);
    }
};

QTEST_GUILESS_MAIN(TestOperatorProbe)
#include "test_operator_probe.moc"

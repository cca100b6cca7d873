// From a model file to figures, against the real thing: sshd, the agent and ONNX Runtime of the stand-in.
#include <onnx/onnx_pb.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <future>
#include <set>

#include "core/board/check.h"
#include "core/board/deploy.h"
#include "core/board/sftp.h"
#include "core/calibrate/calibrate.h"
#include "core/export/export_qdq.h"
#include "tests/board/board.h"
#include "tests/board/left_behind.h"
#include "widgets/words/words.h"

using namespace quantwright;
namespace qt = quantwright::testing;

class TestDeploy : public QObject {
    Q_OBJECT

    static constexpr int k_images = 16;
    qt::BoardFacts m_board;
    QTemporaryDir m_folder;
    std::shared_ptr<const Model> m_float, m_int8;
    std::filesystem::path m_int8_file;
    std::shared_ptr<const InputReader> m_reader;

    [[nodiscard]] std::filesystem::path place(const QString& name) const {
        return m_folder.filePath(name).toStdString();
    }

    [[nodiscard]] std::unique_ptr<Connection> open(const JobContext& job = {}) const {
        ConnectOptions options;
        options.address.host = m_board["host"].toStdString();
        options.address.port = m_board["port"].toInt();
        options.address.user = m_board["user"].toStdString();
        options.identity = m_board["key"].toStdString();
        options.known_hosts = place("known_hosts");
        options.read_config = false;
        auto connection = quantwright::connect(options, {}, job);
        if (!connection)
            qFatal("no connection: %s %s", name_of(connection.error().code).data(),
                   connection.error().detail.c_str());
        return std::move(*connection);
    }

    QByteArray inside(const QStringList& command) const {
        return qt::run_standin(QStringList{"exec", "--dir", m_board["dir"]} + command).output;
    }
    void fault(const QString& name) const {
        QCOMPARE(qt::run_standin({"fault", "--dir", m_board["dir"], name}).status, 0);
    }
    [[nodiscard]] QString left_behind() const { return qt::left_behind(m_board); }
    /// Operators that the model does not have.
    [[nodiscard]] bool has_fused_nodes(const BoardResult& result) const {
        std::set<std::string> operators;
        for (const auto& node : m_int8->proto().graph().node())
            operators.insert(node.op_type());
        return std::any_of(result.profile.begin(), result.profile.end(),
                           [&](const NodeTime& node) { return !operators.contains(node.op); });
    }
    void forget() const { inside({"rm", "-rf", "/home/board/.cache/quantwright"}); }

    [[nodiscard]] DeployRequest request() const {
        DeployRequest request;
        request.model = m_int8;
        request.file = m_int8_file;
        request.reference = m_float;
        request.reader = m_reader;
        return request;
    }
    /// Short, and in the file's own arithmetic.
    [[nodiscard]] DeployOptions brief() const {
        DeployOptions options;
        options.benchmark.runs = 2;
        options.benchmark.warm_up = 0;
        options.optimizations = false;
        options.scratch = m_folder.path().toStdString();
        return options;
    }
    static QString told(const Error& error) {
        return QString::fromStdString(std::string(name_of(error.code)) + ": " + error.subject + " " +
                                      error.detail);
    }

    /// Cancels as soon as a stage begins, for the first time or a later one.
    static JobContext cancelling(Stage stage, CancelToken& token, int time = 1) {
        auto last = std::make_shared<Stage>(Stage::open);
        auto begun = std::make_shared<int>(0);
        return JobContext(token, [&token, stage, time, last, begun](const Progress& progress) {
            const Stage before = std::exchange(*last, progress.stage);
            if (progress.stage == stage && before != stage && ++*begun == time)
                token.cancel();
        });
    }

private slots:
    void initTestCase() {
        m_board = qt::board_facts();
        if (m_board.contains("reason"))
            QSKIP(qPrintable(m_board["reason"]));
        QFile known(m_folder.filePath("known_hosts"));
        QVERIFY(known.open(QIODevice::WriteOnly));
        known.write(m_board["known_hosts"].toUtf8() + '\n');
        known.close();

        const std::string sample = QUANTWRIGHT_SAMPLE_DIR;
        m_float = *Model::load(sample + "/fashion-dscnn.onnx");
        const auto prepared = *prepare(m_float);
        InputSource source;
        source.input = m_float->inputs().front().name;
        source.shape = {1, 1, 28, 28};
        source.preprocess = *resolve_preprocess(sample + "/preprocess.json", source.shape);
        const auto reader = [&](const std::string& folder, int count) {
            ImageListOptions options;
            options.count = count;
            InputSource from = source;
            from.list = *list_images(sample + folder, options);
            return *InputReader::create({from});
        };
        m_reader = reader("/evaluation", k_images);
        const auto calibration = calibrate(*prepared, *reader("/calibration", 32));
        QVERIFY(calibration);
        Plan plan;
        plan.target = "spacemit-k1";
        const auto resolved = resolve(prepared, calibration->statistics, plan);
        QVERIFY(resolved);
        // A name that no shell must ever see.
        m_int8_file = place(QString::fromUtf8("模型 a;touch pwned\n\"b' $(id).onnx"));
        QVERIFY(export_qdq(**resolved, m_int8_file));
        m_int8 = *Model::load(m_int8_file);
    }

    void init() {
        forget();
        QCOMPARE(left_behind(), QString());
    }

    void the_board_is_as_right_as_the_host() {
        DeployOptions options = brief();
        options.profile = true;
        options.layer_images = 2;
        std::set<Stage> stages;
        const JobContext job(CancelToken(), [&](const Progress& progress) { stages.insert(progress.stage); });
        const auto result = deploy(*open(), request(), options, job);
        QVERIFY2(result, result ? "" : qPrintable(told(result.error())));
        QCOMPARE(result->board.arch, std::string("riscv64"));
        QVERIFY(result->board.emulated && !result->trust.ok());
        QVERIFY(result->board.runtime.starts_with("1."));
        QCOMPARE(result->runs, std::int64_t(2));
        QVERIFY(result->latency.min_ms > 0 && result->latency.p50_ms >= result->latency.min_ms);
        QVERIFY(result->session_ms > 0 && result->first_ms > 0 && result->peak_memory_bytes > 1'000'000);
        QCOMPARE(result->accuracy->images, std::int64_t(k_images));
        QCOMPARE(result->accuracy->labelled, std::int64_t(k_images));
        QVERIFY(result->accuracy->snr_db && result->host->snr_db);
        QVERIFY2(std::abs(*result->accuracy->snr_db - *result->host->snr_db) < 0.3,
                 qPrintable(QString("%1 %2").arg(*result->accuracy->snr_db).arg(*result->host->snr_db)));
        QCOMPARE(result->accuracy->agreement, result->host->agreement);
        QCOMPARE(result->accuracy->top1, result->host->top1);
        QVERIFY(result->judgement && result->host_judgement);
        QVERIFY(result->judgement->task.kind == TaskKind::classification);
        QCOMPARE(result->judgement->figures.front().value, *result->accuracy->top1);
        QCOMPARE(result->judgement->agreement.front().value, *result->host->agreement);
        QCOMPARE(result->judgement->shown.size(), std::size_t(k_images));

        QVERIFY(!result->profile.empty());
        QVERIFY(!has_fused_nodes(*result));  // as was asked
        QVERIFY(std::any_of(result->profile.begin(), result->profile.end(), [](const NodeTime& node) {
            return node.op == "Conv" && !node.layer.empty() && node.us > 0;
        }));
        int compared = 0, quantized = 0;
        for (const BoardLayer& layer : result->layers) {
            compared += layer.compared ? 1 : 0;
            quantized += layer.steps ? 1 : 0;
            if (layer.compared)
                QVERIFY2(layer.agrees, layer.layer.c_str());
            if (layer.steps)
                QVERIFY(*layer.steps <= 1.01);
            if (layer.op == "Conv")
                QVERIFY(layer.us && layer.snr_db_float && *layer.snr_db_float > 5);
        }
        QVERIFY(compared > 10 && quantized > 8);
        QVERIFY(result->problems.empty());
        for (const Stage stage : {Stage::board_check, Stage::prepare, Stage::upload, Stage::benchmark,
                                  Stage::profile, Stage::board_run})
            QVERIFY2(stages.contains(stage), qPrintable(words::name(stage)));
        QCOMPARE(left_behind(), QString());
        QVERIFY(!QFile::exists(m_board["root"] + "/home/board/pwned"));
    }

    void the_second_time_nothing_is_sent() {
        const auto connection = open();
        const auto first = deploy(*connection, request(), brief());
        QVERIFY2(first, first ? "" : qPrintable(told(first.error())));
        QVERIFY(first->sent_bytes > static_cast<std::uint64_t>(m_int8->file_bytes()));
        QCOMPARE(first->model.sent, static_cast<std::uint64_t>(m_int8->file_bytes()));
        const auto second = deploy(*connection, request(), brief());
        QVERIFY(second);
        QCOMPARE(second->sent_bytes, std::uint64_t(0));
        QCOMPARE(second->samples.bytes, first->samples.bytes);
        QCOMPARE(second->accuracy->snr_db, first->accuracy->snr_db);
    }

    void optimizations_are_used_where_they_are_wanted() {
        DeployRequest plain = request();
        plain.reader = nullptr;
        DeployOptions options = brief();
        options.optimizations = true;
        options.profile = true;
        const auto result = deploy(*open(), plain, options);
        QVERIFY2(result, result ? "" : qPrintable(told(result.error())));
        QVERIFY(has_fused_nodes(*result));
    }

    void two_models_in_turns() {
        DeployRequest both;
        both.model = m_int8;
        both.file = m_int8_file;
        both.other = QUANTWRIGHT_SAMPLE_DIR "/fashion-dscnn.onnx";
        const auto result = deploy(*open(), both, brief());
        QVERIFY2(result, result ? "" : qPrintable(told(result.error())));
        QVERIFY(result->other_latency && result->other_latency->min_ms > 0);
        QVERIFY(!result->accuracy && !result->host);
        QVERIFY(result->other_latency->min_ms != result->latency.min_ms);
    }

    void a_cancel_leaves_nothing_data() {
        QTest::addColumn<int>("stage");
        QTest::addColumn<int>("time");
        for (const Stage stage : {Stage::board_check, Stage::board_wait, Stage::prepare, Stage::upload,
                                  Stage::benchmark, Stage::profile, Stage::board_run})
            QTest::newRow(qPrintable(words::name(stage))) << static_cast<int>(stage) << 1;
        QTest::newRow("layers") << static_cast<int>(Stage::board_run) << 2;
    }
    void a_cancel_leaves_nothing() {
        QFETCH(int, stage);
        QFETCH(int, time);
        std::unique_ptr<Connection> other;  // whose turn it is
        std::unique_ptr<Agent> holder;
        if (static_cast<Stage>(stage) == Stage::board_wait) {
            other = open();
            const auto program = upload(*other, *agent_program("riscv64"), BoardFolder::agents, "", true);
            QVERIFY(program);
            auto agent = Agent::start(*other, program->path, {});
            QVERIFY(agent && (*agent)->take_turn());
            holder = std::move(*agent);
        }
        CancelToken token;
        const JobContext job = cancelling(static_cast<Stage>(stage), token, time);
        DeployOptions options = brief();
        options.profile = true;
        options.layer_images = 2;
        // Without an end of its own, where it is to be cut short.
        options.benchmark.runs = static_cast<Stage>(stage) == Stage::benchmark ? 50'000 : 1;
        {
            const auto connection = open(JobContext(token));
            const auto result = deploy(*connection, request(), options, job);
            QVERIFY(!result);
            QCOMPARE(result.error().code, ErrorCode::cancelled);
        }
        holder.reset();
        other.reset();
        QCOMPARE(left_behind(), QString());
        QCOMPARE(QDir(m_folder.path()).entryList({"quantwright-*"}), QStringList());
    }

    /// The check is a job of its own, too.
    void a_cancelled_check_leaves_nothing() {
        CancelToken token;
        const JobContext job = cancelling(Stage::upload, token);
        {
            const auto connection = open(JobContext(token));
            const auto check = check_board(*connection, {}, job);
            QVERIFY(!check);
            QCOMPARE(check.error().code, ErrorCode::cancelled);
        }
        QCOMPARE(left_behind(), QString());
    }

    void the_agent_is_killed_in_the_middle() {
        bool killed = false;
        const JobContext job(CancelToken(), [&](const Progress& progress) {
            if (progress.stage == Stage::board_run && progress.done == 2 && !killed) {
                killed = true;
                fault("kill-programs");
            }
        });
        const auto result = deploy(*open(), request(), brief(), job);
        QVERIFY(killed && !result);
        QVERIFY2(result.error().code == ErrorCode::board_agent_ended, qPrintable(told(result.error())));
        QVERIFY2(result.error().detail.find("signal 9") != std::string::npos, result.error().detail.c_str());
        QCOMPARE(left_behind(), QString());
    }

    void the_connection_dies_in_the_middle() {
        bool killed = false;
        const JobContext job(CancelToken(), [&](const Progress& progress) {
            if (progress.stage == Stage::board_run && progress.done == 2 && !killed) {
                killed = true;
                fault("kill-sessions");
            }
        });
        const auto result = deploy(*open(), request(), brief(), job);
        QVERIFY(killed && !result);
        QVERIFY2(result.error().code == ErrorCode::board_connection_lost, qPrintable(told(result.error())));
        QCOMPARE(left_behind(), QString());
        QVERIFY(deploy(*open(), request(), brief()));
    }

    void without_a_runtime() {
        fault("remove-runtime");
        const auto result = deploy(*open(), request(), brief());
        const auto check = check_board(*open(), {});
        fault("restore-runtime");
        QVERIFY(!result);
        QVERIFY2(result.error().code == ErrorCode::board_no_runtime, qPrintable(told(result.error())));
        QVERIFY(check && !check->ok());
        for (const BoardPoint& point : check->points) {
            QCOMPARE(point.ok || !point.needed, point.code != "runtime");
            if (point.code == "runtime")
                QCOMPARE(point.remedy, std::string("sudo apt install libonnxruntime1.21"));
        }
        const auto mended = check_board(*open(), {});
        QVERIFY(mended && mended->ok());
        QCOMPARE(left_behind(), QString());
    }

    void an_opset_that_the_board_does_not_know() {
        onnx::ModelProto proto = m_float->proto();
        for (auto& domain : *proto.mutable_opset_import())
            if (domain.domain().empty())
                domain.set_version(99);
        DeployRequest newer = request();
        newer.model = *Model::from_proto(proto);
        newer.reader = nullptr;
        const auto result = deploy(*open(), newer, brief());
        QVERIFY(!result);
        QVERIFY2(result.error().code == ErrorCode::board_opset, qPrintable(told(result.error())));
        // Before anything but the agent was sent.
        QVERIFY(inside({"find", "/home/board/.cache/quantwright/models", "-type", "f"}).isEmpty());
    }

    void an_operator_that_the_board_does_not_know() {
        onnx::ModelProto proto = m_float->proto();
        proto.mutable_graph()->mutable_node(0)->set_domain("com.example");
        proto.mutable_graph()->mutable_node(0)->set_op_type("Unheard");
        auto* import = proto.add_opset_import();
        import->set_domain("com.example");
        import->set_version(1);
        DeployRequest odd;
        odd.model = *Model::from_proto(proto);
        odd.file = place("odd.onnx");
        QVERIFY(save_model(proto, odd.file));
        const auto result = deploy(*open(), odd, brief());
        QVERIFY(!result);
        QVERIFY2(result.error().code == ErrorCode::board_operator, qPrintable(told(result.error())));
        QCOMPARE(result.error().subject, std::string("com.example.Unheard"));
        QCOMPARE(left_behind(), QString());
    }

    void weights_beside_the_model_go_with_it() {
        const auto file = place("external.onnx");
        QVERIFY(save_model(m_float->proto(), file, 0));
        DeployRequest external;
        external.model = *Model::load(file);
        external.file = file;
        external.reference = m_float;
        external.reader = m_reader;
        QVERIFY(external.model->files().size() == 2);
        DeployOptions options = brief();
        options.max_images = 3;
        const auto result = deploy(*open(), external, options);
        QVERIFY2(result, result ? "" : qPrintable(told(result.error())));
        QCOMPARE(result->accuracy->images, std::int64_t(3));
        QVERIFY(!result->accuracy->snr_db || *result->accuracy->snr_db > 80);
    }

    void two_at_once_queue() {
        std::atomic<int> waits = 0;
        std::atomic<bool> first_runs = false;
        const auto work = [&](bool first) {
            const JobContext job(CancelToken(), [&, first](const Progress& progress) {
                if (first && progress.stage == Stage::benchmark)
                    first_runs = true;
                if (!first && progress.stage == Stage::board_wait)
                    ++waits;
            });
            DeployOptions options = brief();
            options.benchmark.runs = first ? 40 : 2;
            const auto connection = open();
            const auto result = deploy(*connection, request(), options, job);
            return result ? QString() : told(result.error());
        };
        auto first = std::async(std::launch::async, [&] { return work(true); });
        while (!first_runs && first.wait_for(std::chrono::milliseconds(20)) != std::future_status::ready) {
        }
        const QString second = work(false);
        QCOMPARE(first.get(), QString());
        QCOMPARE(second, QString());
        QVERIFY(waits > 0);
        QCOMPARE(left_behind(), QString());
    }
};

QTEST_GUILESS_MAIN(TestDeploy)
#include "test_deploy.moc"

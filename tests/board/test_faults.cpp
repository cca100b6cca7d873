// What goes wrong on a board in the middle of a deployment, and what the user gets: one clear error, in both
// languages, with nothing left behind, and a next deployment that works.
#include <sys/stat.h>

#include <QtTest/QtTest>

#include "core/board/check.h"
#include "core/board/deploy.h"
#include "tests/board/board_connection.h"
#include "tests/board/left_behind.h"
#include "tests/support/small_models.h"
#include "widgets/words/language.h"
#include "widgets/words/words.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

/// Only what is tested can end it before ctest does.
DeployOptions brief() {
    DeployOptions options;
    options.benchmark.runs = 1;
    options.benchmark.warm_up = 0;
    options.benchmark.limit_seconds = 3600;
    return options;
}

/// 40 MB of weights, no work.
std::shared_ptr<const Model> large_model() {
    ModelBuilder builder;
    builder.input("x", {1})
        .output("y")
        .weight("table", {10'000'000})
        .weight("at", {1}, std::vector<std::int64_t>{7});
    builder.node("Gather", "gather", {"table", "at"}, {"picked"});
    builder.node("Add", "add", {"x", "picked"}, {"y"});
    return builder.build();
}

/// A tensor beyond any address space.
std::shared_ptr<const Model> greedy_model() {
    ModelBuilder builder;
    builder.input("x", {1}).output("y").weight("shape", {1},
                                               std::vector<std::int64_t>{std::int64_t(1) << 46});
    builder.node("ConstantOfShape", "fill", {"shape"}, {"zeros"});
    builder.node("Add", "add", {"x", "zeros"}, {"y"});
    return builder.build();
}

}  // namespace

class TestFaults : public QObject {
    Q_OBJECT

    testing::BoardFacts m_facts;
    QTemporaryDir m_folder;

    [[nodiscard]] DeployRequest request_for(const std::shared_ptr<const Model>& model) const {
        DeployRequest request;
        request.model = model;
        request.file = m_folder.filePath("model.onnx").toStdString();
        if (const Status saved = save_model(model->proto(), request.file); !saved)
            qFatal("the model can't be written");
        return request;
    }
    [[nodiscard]] Result<BoardResult> deployed(const std::shared_ptr<const Model>& model,
                                               const DeployOptions& options = brief(),
                                               const JobContext& job = {}) const {
        return deployed_to(m_facts, model, options, job);
    }
    [[nodiscard]] Result<BoardResult> deployed_to(const testing::BoardFacts& facts,
                                                  const std::shared_ptr<const Model>& model,
                                                  const DeployOptions& options = brief(),
                                                  const JobContext& job = {}) const {
        const auto connection = Door(facts).open();
        if (!connection)
            return fail(connection);
        return deploy(**connection, request_for(model), options, job);
    }
    static QByteArray inside(const testing::BoardFacts& facts, const QString& script) {
        return run_standin({"exec", "--dir", facts["dir"], "sh", "-c", "cd; " + script}).output;
    }
    /// One clear sentence about it in each language.
    static void check_words(const Error& error) {
        for (const char* language : {"en", "zh"}) {
            words::setLanguage(language);
            const QString sentence = words::message(error);
            QVERIFY2(sentence.size() > 8 && !sentence.contains("%1"), qPrintable(sentence));
            static const QRegularExpression chinese("[\\x{4e00}-\\x{9fff}]");
            QCOMPARE(sentence.contains(chinese), QByteArray(language) == "zh");
            QVERIFY(!words::hint(error).isEmpty());
        }
        words::setLanguage("en");
    }
    /// SpaceMIT's provider as the agent finds it, doing what `variable` says.
    void install_provider(const QString& variable) const {
        const QString library = qEnvironmentVariable("QUANTWRIGHT_STUB_EP") + "/riscv64/libspacemit_ep.so";
        inside(m_facts, "mkdir -p spacemit-ort-test/lib .ssh");
        QVERIFY(
            QFile::copy(library, m_facts["root"] + "/home/board/spacemit-ort-test/lib/libspacemit_ep.so"));
        inside(m_facts, "echo '" + variable + "' > .ssh/environment");
    }

private slots:
    void initTestCase() {
        m_facts = board_facts();
        if (m_facts.contains("reason"))
            QSKIP(qPrintable(m_facts["reason"]));
    }
    void init() {
        inside(m_facts, "rm -rf .cache/quantwright");
        QCOMPARE(left_behind(m_facts), QString());
    }
    void cleanup() {
        run_standin({"fault", "--dir", m_facts["dir"], "continue"});
        inside(m_facts, "rm -rf spacemit-ort-test old-runtime .ssh/environment");
    }

    void rebooted_in_the_middle_of_an_upload() {
        const OwnBoard board({});
        QVERIFY(!board.facts.isEmpty());
        bool rebooted = false;
        const JobContext job(CancelToken(), [&](const Progress& progress) {
            if (progress.stage == Stage::upload && progress.total > 40'000'000 &&
                progress.done > 10'000'000 && !std::exchange(rebooted, true))
                QCOMPARE(run_standin({"fault", "--dir", board.facts["dir"], "reboot"}).status, 0);
        });
        const auto model = large_model();
        const auto first = deployed_to(board.facts, model, brief(), job);
        QVERIFY(rebooted);
        QCOMPARE(outcome(first), "board.connection_lost");
        check_words(first.error());
        const auto second = deployed_to(board.facts, model);
        QVERIFY2(second, second ? "" : code_of(second.error()).c_str());
        QVERIFY(second->model.sent > 0);
        QVERIFY2(second->model.sent <= second->model.bytes - 9'000'000, "it went on where it was");
        QCOMPARE(left_behind(board.facts), QString());
    }

    void rebooted_in_the_middle_of_a_run() {
        const OwnBoard board({});
        QVERIFY(!board.facts.isEmpty());
        bool rebooted = false;
        const JobContext job(CancelToken(), [&](const Progress& progress) {
            if (progress.stage == Stage::benchmark && progress.done > 0 && !std::exchange(rebooted, true))
                QCOMPARE(run_standin({"fault", "--dir", board.facts["dir"], "reboot"}).status, 0);
        });
        DeployOptions endless = brief();
        endless.benchmark.runs = 50'000;
        const auto result = deployed_to(board.facts, small_cnn(), endless, job);
        QVERIFY(rebooted);
        QCOMPARE(outcome(result), "board.connection_lost");
        check_words(result.error());
        QCOMPARE(left_behind(board.facts), QString());
        QCOMPARE(outcome(deployed_to(board.facts, small_cnn())), "ok");
    }

    /// The agent no longer says that it is alive.
    void hangs_in_the_middle_of_a_run() {
        Door door(m_facts);
        door.options.silence = std::chrono::seconds(4);
        bool stopped = false;
        const JobContext job(CancelToken(), [&](const Progress& progress) {
            if (progress.stage == Stage::benchmark && progress.done > 0 && !std::exchange(stopped, true))
                run_standin({"fault", "--dir", m_facts["dir"], "stop-programs"});
        });
        DeployOptions endless = brief();
        endless.benchmark.runs = 50'000;
        {
            const auto connection = door.open();
            QVERIFY(connection);
            const auto result = deploy(**connection, request_for(small_cnn()), endless, job);
            QVERIFY(stopped);
            QCOMPARE(outcome(result), "board.silent");
            check_words(result.error());
        }
        run_standin({"fault", "--dir", m_facts["dir"], "continue"});
        QCOMPARE(left_behind(m_facts), QString());
    }

    void an_old_runtime_data() {
        QTest::addColumn<QString>("version");
        QTest::newRow("by its number") << "1.10.0";
        QTest::newRow("by what it offers") << "1.14.1";
    }
    void an_old_runtime() {
        QFETCH(QString, version);
        const QString stub =
            qEnvironmentVariable("QUANTWRIGHT_STUB_EP") + "/riscv64/libonnxruntime.so." + version;
        if (!QFile::exists(stub))
            QSKIP("there is no riscv64 cross compiler (packaging/setup installs it)");
        inside(m_facts, "mkdir -p old-runtime");
        QVERIFY(QFile::copy(stub, m_facts["root"] + "/home/board/old-runtime/libonnxruntime.so.1"));
        DeployOptions options = brief();
        options.runtime = "/home/board/old-runtime/libonnxruntime.so.1";
        const auto result = deployed(small_cnn(), options);
        QCOMPARE(outcome(result), "board.runtime_too_old");
        QCOMPARE(result.error().detail, version.toStdString());
        check_words(result.error());
        auto connection = Door(m_facts).open();
        QVERIFY(connection);
        const auto check = check_board(**connection, options.runtime);
        connection->reset();
        QVERIFY(check && !check->ok());
        QCOMPARE(QString::fromStdString(check->facts.runtime), version);
        const auto point = std::find_if(check->points.begin(), check->points.end(),
                                        [](const BoardPoint& one) { return one.code == "runtime"; });
        QVERIFY(point != check->points.end() && !point->ok && !point->remedy.empty());
        QCOMPARE(left_behind(m_facts), QString());
    }

    void no_runtime_where_it_was_named() {
        DeployOptions options = brief();
        options.runtime = "/nowhere/libonnxruntime.so.1";
        const auto result = deployed(small_cnn(), options);
        QCOMPARE(outcome(result), "board.no_runtime");
        check_words(result.error());
        QCOMPARE(left_behind(m_facts), QString());
    }

    void a_provider_data() {
        QTest::addColumn<QString>("variable");
        QTest::addColumn<QByteArray>("code");
        QTest::addColumn<QString>("detail");
        QTest::newRow("that aborts") << "QUANTWRIGHT_STUB_EP_ABORT=1" << QByteArray("board.agent_ended")
                                     << "signal 6";
        QTest::newRow("that aborts when it is loaded")
            << "QUANTWRIGHT_STUB_EP_ABORT_AT_LOAD=1" << QByteArray("board.agent_ended") << "signal 6";
        QTest::newRow("that refuses")
            << "QUANTWRIGHT_STUB_EP_REJECT=no tcm device" << QByteArray("board.provider") << "no tcm device";
    }
    void a_provider() {
        QFETCH(QString, variable);
        QFETCH(QByteArray, code);
        QFETCH(QString, detail);
        if (!QFile::exists(qEnvironmentVariable("QUANTWRIGHT_STUB_EP") + "/riscv64/libspacemit_ep.so"))
            QSKIP("there is no riscv64 cross compiler (packaging/setup installs it)");
        install_provider(variable);
        const auto result = deployed(small_cnn());
        QCOMPARE(outcome(result), code);
        QVERIFY2(QString::fromStdString(result.error().detail).contains(detail),
                 code_of(result.error()).c_str());
        if (code == "board.provider")
            QCOMPARE(result.error().subject, std::string("SpaceMITExecutionProvider"));
        check_words(result.error());
        QCOMPARE(left_behind(m_facts), QString());
        // The way out that is named works.
        DeployOptions without = brief();
        without.provider = false;
        const auto measured = deployed(small_cnn(), without);
        QVERIFY2(measured, measured ? "" : code_of(measured.error()).c_str());
        QCOMPARE(measured->providers, std::vector<std::string>{"CPUExecutionProvider"});
        QCOMPARE(left_behind(m_facts), QString());
    }

    void a_provider_that_can_not_be_loaded() {
        inside(m_facts,
               "mkdir -p spacemit-ort-test/lib; echo broken > spacemit-ort-test/lib/libspacemit_ep.so");
        const auto result = deployed(small_cnn());
        QVERIFY2(result, result ? "" : code_of(result.error()).c_str());
        QCOMPARE(result->providers, std::vector<std::string>{"CPUExecutionProvider"});
        QCOMPARE(result->problems.size(), std::size_t(1));
        QCOMPARE(result->problems[0].code, std::string("board.provider_unusable"));
        QVERIFY(QString::fromStdString(result->problems[0].arguments.at(0)).contains("libspacemit_ep.so"));
        for (const char* language : {"en", "zh"}) {
            words::setLanguage(language);
            QVERIFY(words::message(result->problems[0]).contains("libspacemit_ep.so"));
        }
        words::setLanguage("en");
    }

    /// Said by the check too, which itself goes on.
    void a_check_names_a_provider_that_aborts() {
        if (!QFile::exists(qEnvironmentVariable("QUANTWRIGHT_STUB_EP") + "/riscv64/libspacemit_ep.so"))
            QSKIP("there is no riscv64 cross compiler (packaging/setup installs it)");
        install_provider("QUANTWRIGHT_STUB_EP_ABORT_AT_LOAD=1");
        const auto connection = Door(m_facts).open();
        QVERIFY(connection);
        const auto check = check_board(**connection, {});
        QVERIFY2(check, check ? "" : code_of(check.error()).c_str());
        for (const BoardPoint& one : check->points)
            QVERIFY2(one.ok || !one.needed, (one.code + ' ' + one.remedy).c_str());
        const auto point = std::find_if(check->points.begin(), check->points.end(),
                                        [](const BoardPoint& one) { return one.code == "provider"; });
        QVERIFY(point != check->points.end() && !point->ok);
        QVERIFY(point->remedy.find("--reinstall") != std::string::npos);
    }

    void too_little_memory() {
        const auto result = deployed(greedy_model(), brief());
        QCOMPARE(outcome(result), "board.out_of_memory");
        QVERIFY(QString::fromStdString(result.error().subject).endsWith("/model.onnx"));
        check_words(result.error());
        QCOMPARE(left_behind(m_facts), QString());
    }

    void impossible_cores() {
        DeployOptions options = brief();
        options.cores = {0, 1000};
        const auto result = deployed(small_cnn(), options);
        QCOMPARE(outcome(result), "board.cores");
        QCOMPARE(result.error().subject, std::string("0,1000"));
        check_words(result.error());
        QCOMPARE(left_behind(m_facts), QString());
    }
};

QTEST_GUILESS_MAIN(TestFaults)
#include "test_faults.moc"

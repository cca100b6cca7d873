// Past deployments in a file: kept whole, found again, bounded, and readable after everything that can happen
// to such a file.
#include <QTemporaryDir>
#include <QtTest>
#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include "core/base/sha256.h"
#include "core/board/history.h"
#include "core/board/measured_costs.h"
#include "core/export/export_qdq.h"
#include "tests/support/board_results.h"

using namespace quantwright;
using namespace quantwright::testing;

class TestHistory : public QObject {
    Q_OBJECT

    std::shared_ptr<const Resolved> m_resolved;
    std::unique_ptr<QTemporaryDir> m_folder;

    [[nodiscard]] BoardHistory history() const {
        return BoardHistory(m_folder->filePath("boards/of mine").toStdString());
    }
    [[nodiscard]] BoardRecord record(const std::string& board, double us = 100) const {
        return make_record(*m_resolved, board_result(*m_resolved, us), board, 4);
    }
    static std::string content(const std::filesystem::path& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    static void put(const std::filesystem::path& path, const std::string& text) {
        std::ofstream(path, std::ios::binary) << text;
    }

private slots:
    void initTestCase() {
        Plan plan;
        plan.layers["nothing by that name"].set(Field::mode, "float");
        m_resolved = resolved_small_cnn(plan);
        QVERIFY(m_resolved->quantized_layers() > 0);
    }
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void everything_comes_back() {
        BoardResult result = board_result(*m_resolved, 100);
        result.board.machine = "a board";
        result.board.emulated = true;
        result.other_latency = Latency{9, 10, 11, 8};
        result.other_profile = result.profile;
        result.first_ms = 12;
        result.session_ms = 34;
        result.peak_memory_bytes = 5'000'000'000;
        result.accuracy.emplace();
        result.accuracy->images = 100;
        result.accuracy->labelled = 99;
        result.accuracy->top1 = 0.75;
        result.accuracy->agreement = 0.5;
        result.accuracy->snr_db = -3.25;
        result.trust.reasons = {{"emulated", {}}, {"throttled", {"900", "1600"}}};
        result.judgement.emplace();
        result.judgement->task.kind = TaskKind::detection;
        result.judgement->agreement = {{"agreement_map50", 0.875}};
        const BoardRecord made = make_record(*m_resolved, result, "板 one\n\"two\"", 3);
        QVERIFY(history().add(made));
        const auto read = history().read("板 one\n\"two\"");
        QVERIFY(read);
        // A name's control characters are not shown, so it is no longer the board's.
        QCOMPARE(read->records.size(), std::size_t(0));
        QCOMPARE(read->skipped, 1);

        const BoardRecord kept = make_record(*m_resolved, result, "板 one \"two\"; rm ../x", 3);
        QVERIFY(history().add(kept));
        const auto again = history().read(kept.board);
        QVERIFY(again);
        QCOMPARE(again->skipped, 0);
        QCOMPARE(again->records.size(), std::size_t(1));
        const BoardRecord& record = again->records.front();
        QCOMPARE(to_text(to_json(record)), to_text(to_json(kept)));
        QCOMPARE(record.plan, std::optional<Plan>(m_resolved->plan));
        QCOMPARE(record.plan_sha256, plan_sha256(m_resolved->plan));
        QCOMPARE(record.model_sha256, m_resolved->prepared->original->sha256());
        QVERIFY(QDateTime::fromString(QString::fromStdString(record.time), Qt::ISODate).isValid());
        QCOMPARE(record.threads, 3);
        QVERIFY(record.emulated && record.disturbed());
        QCOMPARE(record.top1, std::optional<double>(0.75));
        QCOMPARE(record.snr_db, std::optional<double>(-3.25));
        QCOMPARE(record.figure->name, std::string("agreement_map50"));
        QCOMPARE(record.figure->value, 0.875);
        QCOMPARE(record.peak_memory_bytes, std::uint64_t(5'000'000'000));
        QCOMPARE(record.trust.reasons[1].arguments, (std::vector<std::string>{"900", "1600"}));
        QCOMPARE(record.deployed.layers.size(), m_resolved->layers.size());
        QCOMPARE(record.deployed.layers[2].us, 300.0);
        QCOMPARE(record.float_model->latency.p99_ms, 11.0);
        QCOMPARE(record.float_model->layers[0].format, std::string(k_float_format));
        int layers = 0;
        for (const auto& [format, count] : record.formats)
            layers += count;
        QCOMPARE(static_cast<std::size_t>(layers), m_resolved->layers.size());
        QVERIFY(record.formats.contains("uint8/int8"));
        // One file, of the board's alone, in the folder it was told.
        QCOMPARE(QDir(m_folder->path()).entryList(QDir::AllEntries | QDir::NoDotAndDotDot),
                 QStringList{"boards"});
    }

    /// What the command line deploys has no plan: its record says the same of every layer as the plan's
    /// would.
    void a_file_says_its_own_formats() {
        Plan plan;
        plan.target = "spacemit-k1";
        const auto resolved = resolved_small_cnn(plan);
        DeployRequest request;
        request.file = m_folder->filePath("q.onnx").toStdString();
        QVERIFY(export_qdq(*resolved, request.file));
        request.model = *Model::load(request.file);
        request.reference = resolved->prepared->original;
        const BoardResult result = board_result(*resolved, 100);
        const auto record = make_record(request, result, "b", 2, {});
        QVERIFY2(record, record ? "" : record.error().detail.c_str());
        const BoardRecord of_plan = make_record(*resolved, result, "b", 2);
        QVERIFY(!record->plan);
        QCOMPARE(record->plan_sha256, request.model->sha256());
        QCOMPARE(record->model_sha256, of_plan.model_sha256);
        QCOMPARE(record->formats, of_plan.formats);
        QCOMPARE(record->deployed.layers.size(), of_plan.deployed.layers.size());
        for (std::size_t i = 0; i < of_plan.deployed.layers.size(); ++i) {
            const LayerMeasurement &file = record->deployed.layers[i], &made = of_plan.deployed.layers[i];
            QCOMPARE(file.layer, made.layer);
            QCOMPARE(file.shape.key, made.shape.key);
            QCOMPARE(file.format, made.format);
            QCOMPARE(file.us, made.us);
        }
        QCOMPARE(MeasuredCosts({*record}).predict(*resolved).unknown, 0);

        // Kept and read again; what is in the way becomes a problem.
        std::vector<Problem> problems;
        keep_record(record, m_folder->filePath("kept").toStdString(), problems);
        QVERIFY(problems.empty());
        QCOMPARE(BoardHistory(m_folder->filePath("kept").toStdString()).read("b")->records.size(),
                 std::size_t(1));
        keep_record(record, "/proc/nowhere", problems);
        QCOMPARE(problems.size(), std::size_t(1));
    }

    /// Prepared they are float32 like all others: their times would be taken for float layers'.
    void half_precision_layers_are_not_kept() {
        Plan plan;
        plan.defaults.set(Field::mode, "fp16");
        const auto resolved = resolved_small_cnn(plan);
        DeployRequest request;
        request.file = m_folder->filePath("h.onnx").toStdString();
        QVERIFY(export_qdq(*resolved, request.file));
        request.model = *Model::load(request.file);
        const auto record = make_record(request, board_result(*resolved, 100), "b", 2, {});
        QVERIFY(record);
        QVERIFY(record->deployed.layers.empty());
        QCOMPARE(record->model_sha256, request.model->sha256());
    }

    void times_that_cannot_be_told_by_layer_are_not_kept() {
        BoardResult result = board_result(*m_resolved, 100);
        double sum = 0;
        for (const NodeTime& node : result.profile)
            sum += node.us;
        result.profile.push_back({"subgraph", "Fused", "NPU", sum * 0.2, {}});
        QCOMPARE(make_record(*m_resolved, result, "b", 0).deployed.layers.size(), m_resolved->layers.size());
        result.profile.push_back({"another", "Fused", "NPU", sum * 0.1, {}});
        QVERIFY(make_record(*m_resolved, result, "b", 0).deployed.layers.empty());
        result.profile.clear();
        QVERIFY(make_record(*m_resolved, result, "b", 0).deployed.layers.empty());
    }

    void boards_do_not_mix() {
        QVERIFY(history().add(record("one")));
        QVERIFY(history().add(record("two")));
        QVERIFY(history().add(record("one")));
        QCOMPARE(history().read("one")->records.size(), std::size_t(2));
        QCOMPARE(history().read("two")->records.size(), std::size_t(1));
        QCOMPARE(history().read("three")->records.size(), std::size_t(0));
    }

    void a_line_that_was_cut_off_costs_itself_alone() {
        QVERIFY(history().add(record("b", 1)));
        QVERIFY(history().add(record("b", 2)));
        const auto file = history().file("b");
        const std::string whole = content(file);
        for (const std::size_t cut : {std::size_t(1), std::size_t(2), whole.size() / 4}) {
            put(file, whole.substr(0, whole.size() - cut));
            const auto read = history().read("b");
            QVERIFY(read);
            // Without its end of line it is whole yet.
            QCOMPARE(read->records.size(), std::size_t(cut == 1 ? 2 : 1));
            QCOMPARE(read->skipped, cut == 1 ? 0 : 1);
            QVERIFY(history().add(record("b", 3)));
            const auto after = history().read("b");
            QCOMPARE(after->records.size(), std::size_t(cut == 1 ? 3 : 2));
            QCOMPARE(after->records.back().deployed.layers[0].us, 3.0);
        }
    }

    void what_is_no_record_is_skipped_and_counted() {
        QVERIFY(history().add(record("b")));
        const auto file = history().file("b");
        const std::string line = content(file);
        const auto spoiled = [&](const std::string& what, const std::string& by) {
            std::string text = line;
            const auto at = text.find(what);
            return at == std::string::npos ? std::string() : text.replace(at, what.size(), by);
        };
        const std::vector<std::string> wrong = {
            "not json\n",
            "{}\n",
            "[[[[[[[[[[\n",
            std::string("\0\xff\xfe\n", 4),
            spoiled("\"quantwright_deployment\":1", "\"quantwright_deployment\":\"1\""),
            spoiled("\"us\":100.0", "\"us\":-1"),
            spoiled("\"us\":100.0", "\"us\":\"fast\""),
            spoiled("\"runs\":20", "\"runs\":1e99"),
            spoiled("\"sha256\"", "\"sha\""),
            spoiled("\"latency_ms\":{", "\"latency_ms\":{\"p50\":null,\"old\":{"),
            spoiled("\"name\":\"b\"", "\"name\":\"c\"")};
        std::string text = line;
        for (const std::string& one : wrong) {
            QVERIFY(!one.empty());
            text += one;
        }
        put(file, text + line);
        const auto read = history().read("b");
        QVERIFY(read);
        QCOMPARE(read->records.size(), std::size_t(2));
        QCOMPARE(read->skipped, static_cast<int>(wrong.size()));
    }

    void a_newer_program_may_write_more() {
        QVERIFY(history().add(record("b")));
        const auto file = history().file("b");
        std::string line = content(file);
        line.replace(0, 1, "{\"colour\":{\"deep\":[1,2,[3]]},");
        const auto version = line.find("\"quantwright_deployment\":1");
        line.replace(version, 26, "\"quantwright_deployment\":7");
        // A plan that can't be read takes nothing else with it.
        const auto plan = line.find("\"quantwright_plan\":1");
        QVERIFY(version != std::string::npos && plan != std::string::npos);
        line.replace(plan, 20, "\"quantwright_plan\":9");
        put(file, line);
        const auto read = history().read("b");
        QCOMPARE(read->records.size(), std::size_t(1));
        QCOMPARE(read->skipped, 0);
        QVERIFY(!read->records.front().plan);
        QCOMPARE(read->records.front().plan_sha256, plan_sha256(m_resolved->plan));
        // What it wrote stays when others come and go.
        const BoardRecord other = record("b");
        QVERIFY(history().add(other));
        QVERIFY(history().remove("b", other.id));
        QCOMPARE(content(file), line);
    }

    void old_ones_go() {
        constexpr int more = 5;
        BoardRecord one = record("b");
        one.deployed.layers.clear();
        for (int i = 0; i < static_cast<int>(BoardHistory::k_most_records) + more; ++i) {
            one.id = std::to_string(i);
            QVERIFY(history().add(one));
        }
        const auto read = history().read("b");
        QCOMPARE(read->records.size(), BoardHistory::k_most_records);
        QCOMPARE(read->records.front().id, std::to_string(more));
        QCOMPARE(read->records.back().id, one.id);
    }

    void removing() {
        std::vector<BoardRecord> records;
        for (int i = 0; i < 3; ++i) {
            records.push_back(record("b", i + 1));
            QVERIFY(history().add(records.back()));
        }
        std::ofstream(history().file("b"), std::ios::app) << "broken\n";
        QVERIFY(history().remove("b", records[1].id));
        QVERIFY(history().remove("b", records[1].id));
        QVERIFY(history().remove("nobody", records[0].id));
        const auto read = history().read("b");
        QCOMPARE(read->records.size(), std::size_t(2));
        QCOMPARE(read->records[0].id, records[0].id);
        QCOMPARE(read->records[1].id, records[2].id);
        QCOMPARE(read->skipped, 1);  // left for a program that can read it
    }

    void a_board_gets_another_name() {
        for (const char* board : {"old", "old", "new"})
            QVERIFY(history().add(record(board)));
        const auto before = history().read("old");
        QVERIFY(history().rename("old", "new"));
        QCOMPARE(history().read("old")->records.size(), std::size_t(0));
        const auto after = history().read("new");
        QCOMPARE(after->records.size(), std::size_t(3));
        QCOMPARE(after->skipped, 0);
        QCOMPARE(after->records[1].id, before->records[0].id);
        QCOMPARE(after->records[2].board, std::string("new"));
        QVERIFY(history().rename("nobody", "new"));
        QCOMPARE(history().read("new")->records.size(), std::size_t(3));
    }

    /// Lines that this program can't read stay where they are.
    void a_name_that_leaves_lines_behind() {
        QVERIFY(history().add(record("old")));
        QFile file(QString::fromStdString(history().file("old").string()));
        QVERIFY(file.open(QIODevice::Append));
        file.write("{\"newer\":1}\n");
        file.close();
        QVERIFY(history().rename("old", "new"));
        QCOMPARE(history().read("new")->records.size(), std::size_t(1));
        QCOMPARE(history().read("new")->skipped, 0);
        QCOMPARE(history().read("old")->records.size(), std::size_t(0));
        QCOMPARE(history().read("old")->skipped, 1);
    }

    void a_board_that_is_gone() {
        for (int round = 1; round <= 2; ++round) {
            QVERIFY(history().add(record("b")));
            QVERIFY(history().set_aside("b"));
            QCOMPARE(history().read("b")->records.size(), std::size_t(0));
            const auto aside =
                QDir(QString::fromStdString(history().file("b").parent_path().string()), "*.removed*.jsonl");
            QCOMPARE(aside.count(), unsigned(round));
        }
        QVERIFY(history().set_aside("nobody"));
    }

    void several_write_at_once() {
        constexpr int writers = 4, each = 20;
        const BoardRecord one = record("b");
        std::vector<std::thread> threads;
        std::atomic<int> failed = 0;
        for (int writer = 0; writer < writers; ++writer)
            threads.emplace_back([&, writer] {
                BoardRecord mine = one;
                for (int i = 0; i < each; ++i) {
                    mine.id = std::to_string(writer) + "-" + std::to_string(i);
                    failed += history().add(mine) ? 0 : 1;
                    if (i % 2 == 1)
                        failed += history().remove("b", mine.id) ? 0 : 1;
                }
            });
        for (std::thread& thread : threads)
            thread.join();
        QCOMPARE(failed.load(), 0);
        const auto read = history().read("b");
        QCOMPARE(read->skipped, 0);
        std::set<std::string> ids;
        for (const BoardRecord& kept : read->records)
            ids.insert(kept.id);
        QCOMPARE(ids.size(), std::size_t(writers * each / 2));
    }

    void a_folder_that_cannot_be() {
        put(m_folder->filePath("boards").toStdString(), "a file");
        const auto added = history().add(record("b"));
        QVERIFY(!added);
        QCOMPARE(added.error().code, ErrorCode::board_history);
    }
};

QTEST_GUILESS_MAIN(TestHistory)
#include "test_history.moc"

// What a project file keeps of comparisons and deployments: everything that is shown comes back.
#include <QTemporaryDir>
#include <QTest>

#include "core/board/result_json.h"
#include "core/task/judgement_json.h"
#include "tests/support/board_results.h"
#include "tests/widgets/open_document.h"
#include "widgets/panels/board_result_view.h"
#include "widgets/panels/compare_panel.h"
#include "widgets/panels/row_table.h"
#include "widgets/workspace/kept_results.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

Evaluation evaluation(Arithmetic arithmetic) {
    Evaluation evaluation;
    evaluation.images = 7;
    evaluation.labelled = 5;
    evaluation.measured_on = {"/images", 7, ImageRule::spread, 30, 100, 3, arithmetic};
    evaluation.top1 = 1.0 / 3;
    evaluation.reference_top1 = 0.5;
    evaluation.agreement = 6.0 / 7;
    evaluation.snr_db = 31.4159;
    evaluation.cosine = 0.999;
    OutputError output;
    output.name = "y";
    output.known = true;
    output.snr_db = 12.5;
    output.parts = {{{"boxes", "Mul", "join", 1, 0, 4}, true, 40.25},
                    {{"scores", "Sigmoid", "join", 1, 4, 5}, false, {}}};
    evaluation.outputs = {output};
    evaluation.latency = {1.5, 1.75, 2.5, 1.25};
    ImageResult image;
    image.image = "a.png";
    image.label = 4;
    image.top1 = 2;
    image.reference_top1 = 4;
    image.snr_db = 20.125;
    evaluation.per_image = {image};
    evaluation.skipped = {{"/images/b.png", ErrorCode::images_unreadable, "cut off"}};
    evaluation.not_finite = 1;
    return evaluation;
}

/// Of a detector: two images, of which the first shows other boxes, and a mask for good measure.
Judgement judgement() {
    Judgement judgement;
    judgement.task.kind = TaskKind::detection;
    judgement.task.decoder = "yolox";
    judgement.task.options.score = 0.5;
    judgement.task.why = {{Evidence::Kind::output, "output0 1×85×8400"}};
    judgement.labels = LabelFormat::coco;
    judgement.images = 7;
    judgement.labelled = 5;
    judgement.figures = {{"map", 0.31}, {"map50", 0.5}};
    judgement.reference = {{"map", 0.375}, {"map50", 0.5625}};
    judgement.agreement = {{"agreement_map50", 0.812}};
    judgement.classes = {{"cat", {{"map", 0.25}}}};
    judgement.names = {"cat", "dog"};
    judgement.changes = {{4, "a.png", 0.75, 1, 2, 3, "now", "before"}};
    judgement.problems = {{"task.nothing_found", Severity::info, {}, {"0.5"}}};
    const Geometry geometry{{30, 40}, {64, 64}, 1.5, 1.25, 4, 8};
    judgement.shown = {{4, "a.png", 0.75, geometry, Detections{{{1, 2, 3.5, 4.25}, 0.875, 1}}, Detections{}},
                       {5, "b.png", 0.5, geometry, RunMask{1, 3, {{2, 0}, {1, 7}}}, std::string("水 x")},
                       {6, "c.png", 0, geometry, Ranking{{3, 1}, {0.75, 0.25}}, Values{1.5F, -2}}};
    return judgement;
}

QStringList cells(const QTableWidget& table) {
    QStringList texts;
    for (int row = 0; row < table.rowCount(); ++row)
        for (int column = 0; column < table.columnCount(); ++column)
            texts << (table.item(row, column) ? table.item(row, column)->text() : QString());
    return texts;
}

template <class Panel>
QStringList shown(const Panel& panel) {
    QStringList texts;
    for (const auto* table : panel.template findChildren<RowTable*>())
        texts << cells(*table);
    for (const auto* label : panel.template findChildren<QLabel*>())
        if (!label->isHidden())
            texts << label->text();
    return texts;
}

}  // namespace

class KeptResultsTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    /// Saves the open document with these results and opens it again.
    void saveWith(Workspace& workspace, const KeptResults& results, const char* name) {
        const std::string path = m_folder.filePath(QLatin1String(name)).toStdString();
        auto project = load_project(m_folder.filePath(QStringLiteral("small.qwproj")).toStdString());
        QVERIFY(project);
        keepResults(results, *workspace.prepared(), *project);
        QVERIFY(save_project(*project, path));
        OpenRequest request;
        request.project = path;
        const auto before = workspace.prepared();
        workspace.open(request);
        QTRY_VERIFY_WITH_TIMEOUT(workspace.prepared() != before, 60000);
    }

private slots:
    void a_comparison_comes_back() {
        Workspace workspace;
        QVERIFY(openCalibrated(workspace, m_folder));
        auto comparison = std::make_shared<Comparison>();
        comparison->float_model = evaluation(Arithmetic::file);
        comparison->quantized = evaluation(Arithmetic::file_off);
        comparison->judgement = judgement();
        comparison->gap = {7, 30.5, {}, true};
        comparison->float_bytes = 123456;
        comparison->bytes = 34567;
        comparison->file = "/files/small.q.onnx";
        comparison->problems = {{"labels.folder_count", Severity::warning, "x", {"a", "b"}}};
        KeptResults results;
        results.comparison = comparison;
        results.compared = workspace.basis();
        saveWith(workspace, results, "compared.qwproj");
        QVERIFY(workspace.comparison());
        QCOMPARE(fields_to_json(workspace.comparison()->quantized).dump(),
                 fields_to_json(comparison->quantized).dump());
        QCOMPARE(workspace.comparison()->quantized.measured_on, comparison->quantized.measured_on);
        QCOMPARE(workspace.comparison()->quantized.skipped.front().code, ErrorCode::images_unreadable);
        QVERIFY(workspace.comparison()->judgement);
        const Judgement &is = *workspace.comparison()->judgement, was = judgement();
        QCOMPARE(fields_to_json(is).dump(), fields_to_json(was).dump());
        QCOMPARE(is.shown.size(), was.shown.size());
        for (std::size_t i = 0; i < was.shown.size(); ++i)
            QCOMPARE(to_json(is.shown[i]).dump(), to_json(was.shown[i]).dump());
        QCOMPARE(std::get<std::string>(is.shown[1].reference), std::string("水 x"));
        QCOMPARE(std::get<Detections>(is.shown[0].found)[0].box.height, 4.25);
        QCOMPARE(workspace.comparison()->file, comparison->file);
        QCOMPARE(workspace.comparison()->gap.warning, true);
        QCOMPARE(workspace.comparison()->problems.front().arguments, comparison->problems.front().arguments);
        QCOMPARE(workspace.state(Step::evaluate).kind, StepState::Kind::done);

        ComparePanel panel(&workspace);
        const QStringList current = shown(panel);
        QVERIFY(current.join(QLatin1Char(' ')).contains(QStringLiteral("31.4 dB")));
        QVERIFY(current.join(QLatin1Char(' ')).contains(QStringLiteral("7 of 30 images of /images")));
        for (const char* told : {"Task: detection (yolox) – it gives output0 1×85×8400", "mAP", "37.5 %",
                                 "31.0 %", "-6.5", "mAP@.5 to float", "81.2 %"})
            QVERIFY2(current.contains(QString::fromUtf8(told)), told);
        // Figures of the largest score say nothing of a detector.
        QVERIFY(!current.contains(QStringLiteral("Top-1")) && !current.contains(QStringLiteral("Agreement")));
        QVERIFY(!current.contains(QStringLiteral("Measured before the last changes: evaluate again.")));
        // An edit makes it stale; that it is stale is saved, too.
        workspace.edit(set_layers({workspace.prepared()->layers.front().name}, Field::mode, "float"));
        QVERIFY(settle(workspace));
        QCOMPARE(workspace.state(Step::evaluate).kind, StepState::Kind::stale);
        QVERIFY(shown(panel).contains(QStringLiteral("Measured before the last changes: evaluate again.")));
        const QStringList stale = shown(panel);
        const auto before = workspace.prepared();
        const std::string path = m_folder.filePath(QStringLiteral("stale.qwproj")).toStdString();
        workspace.save(path);
        QTRY_VERIFY_WITH_TIMEOUT(!workspace.modified(), 60000);
        OpenRequest request;
        request.project = path;
        workspace.open(request);
        QTRY_VERIFY_WITH_TIMEOUT(workspace.prepared() != before, 60000);
        QCOMPARE(workspace.state(Step::evaluate).kind, StepState::Kind::stale);
        QCOMPARE(shown(panel), stale);
        // Taken back by hand it is what was compared.
        workspace.edit(set_layers({workspace.prepared()->layers.front().name}, Field::mode, std::nullopt));
        QVERIFY(settle(workspace));
        QCOMPARE(workspace.state(Step::evaluate).kind, StepState::Kind::done);
    }

    void deployments_come_back() {
        Workspace workspace;
        QVERIFY(openCalibrated(workspace, m_folder));
        KeptResults results;
        for (const char* name : {"first", "second"}) {
            auto deployed = std::make_shared<Deployed>();
            deployed->request.name = name;
            deployed->request.address = "user@10.0.0.7:2222";
            deployed->request.identity = "/home/user/.ssh/secret_key";
            deployed->request.layer_images = 3;
            deployed->made_from = workspace.basis();
            BoardResult& result = deployed->result;
            result = board_result(*workspace.resolved(), results.deployments.empty() ? 100 : 200);
            result.board.machine = "A board";
            result.board.cores = 8;
            result.accuracy = evaluation(Arithmetic::board);
            result.host = evaluation(Arithmetic::file_off);
            result.judgement = result.host_judgement = judgement();
            result.judgement->shown.clear();
            result.other_latency = Latency{9, 9.5, 10, 8};
            result.speed_up = SpeedUp{2.5, 2.25, {}};
            result.layers = {{"l", "Conv", "CPU", 3.5, {}, {"n"}, true, 30.0, 31.0, {}, 0.5, false}};
            result.trust.reasons = {{"hot", {"86"}}};
            result.problems = {{"export.kept_float", Severity::info, "l", {}}};
            results.deployments.push_back(deployed);
        }
        saveWith(workspace, results, "deployed.qwproj");
        QCOMPARE(workspace.state(Step::deploy).kind, StepState::Kind::done);
        QVERIFY(workspace.deployed());
        QCOMPARE(workspace.deployed()->request.board(), std::string("second"));
        for (const auto& was : results.deployments) {
            const auto is = workspace.deployment(was->request.board()).deployed;
            QVERIFY(is);
            QCOMPARE(is->request.layer_images, 3);
            QVERIFY(is->request.identity.empty());
            BoardResultView before(&workspace), after(&workspace);
            before.show(was);
            after.show(is);
            QVERIFY(shown(before).size() > 20);
            QCOMPARE(shown(after), shown(before));
        }
        QFile file(m_folder.filePath(QStringLiteral("deployed.qwproj")));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QVERIFY(!file.readAll().contains("secret_key"));
        workspace.edit(set_layers({workspace.prepared()->layers.front().name}, Field::mode, "float"));
        QVERIFY(settle(workspace));
        QCOMPARE(workspace.state(Step::deploy).kind, StepState::Kind::stale);
    }

    void what_makes_no_sense_is_refused() {
        Workspace workspace;
        QVERIFY(openCalibrated(workspace, m_folder));
        for (const char* figures : {"{}", "[1]", R"({"board":{},"result":{}})"}) {
            Project project;
            project.comparison = {{}, Json::parse(figures)};
            const auto compared = resultsOf(project, *workspace.prepared(), "p.qwproj");
            QVERIFY(!compared);
            QCOMPARE(compared.error().code, ErrorCode::project_invalid);
            QVERIFY(compared.error().detail.starts_with("comparison: "));
            project.comparison.reset();
            project.deployments = {{{}, Json::parse(figures)}};
            const auto deployed = resultsOf(project, *workspace.prepared(), "p.qwproj");
            QVERIFY(!deployed);
            QVERIFY(deployed.error().detail.starts_with("deployments: "));
        }
    }
};

QTEST_MAIN(KeptResultsTest)
#include "test_kept_results.moc"

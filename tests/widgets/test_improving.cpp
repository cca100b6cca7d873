// Improving as a part of the document: one step of undo, saved and opened again, what an edit makes of it,
// and what is left when it is cancelled.
#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTest>

#include <set>

#include "core/project/improved_file.h"
#include "tests/support/sample_files.h"
#include "tests/widgets/open_document.h"
#include "widgets/panels/improve_text.h"
#include "widgets/panels/log_panel.h"
#include "widgets/panels/row_table.h"

using namespace quantwright;

namespace {

/// What a settled document's headline says.
std::optional<double> figure(Workspace& workspace) {
    const auto current = [&] {
        const WhatIf& live = *workspace.whatIf();
        return workspace.resolved()->improved == workspace.improved() && testing::settle(workspace) &&
               live.quality() && !live.stale() && !live.quality()->partial();
    };
    return QTest::qWaitFor(current, 60000) ? workspace.whatIf()->quality()->snr_db : std::nullopt;
}

bool improved(Workspace& workspace, ImproveLevel level) {
    const auto before = workspace.improved();
    workspace.improve(level);
    return QTest::qWaitFor(
        [&] {
            return workspace.state(Step::improve).kind == StepState::Kind::done &&
                   workspace.improved() != before;
        },
        60000);
}

}  // namespace

class ImprovingTest : public QObject {
    Q_OBJECT

private slots:
    void init();
    void oneStepOfUndo();
    void savedAndOpenedAgain();
    void theFileAgrees();
    void anEditBesideIt();
    void cancelledItKeepsWhatIsDone();
    void whatAnXslimFileAsksForIsSaved();
    void whatItDoesNotDependOn();
    void tooFewImages();

private:
    [[nodiscard]] std::filesystem::path place(const char* name) const {
        return m_folder->filePath(QString::fromLatin1(name)).toStdString();
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Workspace> m_workspace;
};

/// What figures are of, and the task, are no part of it.
void ImprovingTest::whatItDoesNotDependOn() {
    QVERIFY(improved(*m_workspace, ImproveLevel::fast));
    TaskChoice task;
    task.kind = TaskKind::none;
    m_workspace->setTask(task);
    QCOMPARE(m_workspace->state(Step::improve).kind, StepState::Kind::done);
    ImageSettings images = m_workspace->images();
    images.evaluation = images.calibration;
    m_workspace->setImages(images);
    QCOMPARE(m_workspace->state(Step::improve).kind, StepState::Kind::done);
    images.at_most = 20;
    m_workspace->setImages(images);
    QCOMPARE(m_workspace->state(Step::improve).kind, StepState::Kind::stale);
}

/// What is there stays.
void ImprovingTest::tooFewImages() {
    QVERIFY(improved(*m_workspace, ImproveLevel::fast));
    const auto before = m_workspace->improved();
    const int steps = m_workspace->undoStack()->count();
    ImageSettings images = m_workspace->images();
    images.at_most = 3;
    m_workspace->setImages(images);
    m_workspace->improve(ImproveLevel::best);
    QVERIFY(QTest::qWaitFor(
        [&] { return m_workspace->state(Step::improve).kind != StepState::Kind::running; }, 60000));
    QCOMPARE(m_workspace->improved(), before);
    QCOMPARE(m_workspace->undoStack()->count(), steps);
}

/// Weights of 4 bits, where there is much to win.
void ImprovingTest::init() {
    m_folder = std::make_unique<QTemporaryDir>();
    m_workspace = std::make_unique<Workspace>();
    const auto model = testing::small_cnn();
    std::filesystem::create_directory(place("samples"));
    testing::write_samples(place("samples"), testing::random_inputs(*model, 24));
    QVERIFY(testing::openCalibrated(*m_workspace, *m_folder, model, place("samples")));
    Edit edit;
    for (const auto& [field, value] : {std::pair{Field::mode, "weight-only"}, {Field::weight_format, "int4"}})
        edit.assignments.push_back({Assignment::Scope::defaults, {}, field, value});
    m_workspace->edit(edit);
    QVERIFY(testing::settle(*m_workspace));
    m_workspace->undoStack()->clear();
}

void ImprovingTest::oneStepOfUndo() {
    QVERIFY(m_workspace->state(Step::improve).possible);
    const auto plain = figure(*m_workspace);
    QVERIFY(plain);
    QVERIFY(improved(*m_workspace, ImproveLevel::best));
    const auto best = m_workspace->improved();
    QVERIFY(best->complete && best->last_kept());
    const auto better = figure(*m_workspace);
    QVERIFY2(*better > *plain + 3, qPrintable(QString("%1 %2").arg(*plain).arg(better.value_or(0))));
    QCOMPARE(m_workspace->undoStack()->count(), 1);
    QVERIFY(m_workspace->modified());
    // The baseline is the target's default, improved or not.
    QVERIFY(*m_workspace->whatIf()->baseline()->snr_db != *better);

    m_workspace->undoStack()->undo();
    QVERIFY(!m_workspace->improved());
    QCOMPARE(m_workspace->state(Step::improve).kind, StepState::Kind::not_yet);
    QCOMPARE(figure(*m_workspace), plain);
    m_workspace->undoStack()->redo();
    QCOMPARE(m_workspace->improved(), best);
    QCOMPARE(figure(*m_workspace), better);

    // Another level is another step; to take it back is one, too.
    QVERIFY(improved(*m_workspace, ImproveLevel::fast));
    QCOMPARE(m_workspace->improved()->level, std::string("fast"));
    m_workspace->improve(ImproveLevel::none);
    QVERIFY(!m_workspace->improved());
    QCOMPARE(m_workspace->undoStack()->count(), 3);
    QCOMPARE(figure(*m_workspace), plain);
    m_workspace->undoStack()->undo();
    QCOMPARE(m_workspace->improved()->level, std::string("fast"));
    const LogEntry& entry = m_workspace->log()[m_workspace->log().size() - 2];
    QCOMPARE(entry.kind, LogEntry::Kind::improved);
    QVERIFY2(entry.command.contains(QStringLiteral("--improve fast")), qPrintable(entry.command));
}

void ImprovingTest::savedAndOpenedAgain() {
    QVERIFY(improved(*m_workspace, ImproveLevel::best));
    const auto better = figure(*m_workspace);
    m_workspace->analyze();
    QVERIFY(QTest::qWaitFor([&] { return m_workspace->state(Step::analyze).kind == StepState::Kind::done; },
                            60000));
    QSignalSpy saved(m_workspace.get(), &Workspace::saved);
    OpenRequest request;
    request.project = place("again.qwproj");
    m_workspace->save(request.project);
    QVERIFY(saved.wait(20000));
    QVERIFY(!m_workspace->modified());
    Workspace other;
    other.open(request);
    QVERIFY(QTest::qWaitFor([&] { return other.isOpen(); }, 20000));
    QVERIFY(other.improved());
    QCOMPARE(to_text(to_json(*other.improved())), to_text(to_json(*m_workspace->improved())));
    QCOMPARE(other.state(Step::improve).kind, StepState::Kind::done);
    QCOMPARE(other.state(Step::analyze).kind, StepState::Kind::done);
    QCOMPARE(figure(other), better);
    // The analysis is of the improved weights: without them it is stale.
    other.improve(ImproveLevel::none);
    QCOMPARE(other.state(Step::analyze).kind, StepState::Kind::stale);
    QVERIFY(other.modified());
}

void ImprovingTest::theFileAgrees() {
    const auto bytes = [&](const char* name, const char* report = "") {
        m_workspace->exportModel(ExportRequest(place(name)),
                                 *report ? place(report) : std::filesystem::path());
        QFile file(m_folder->filePath(QString::fromLatin1(name)));
        return QTest::qWaitFor(
                   [&] { return m_workspace->exported() && m_workspace->exported()->path == place(name); },
                   30000) &&
                       file.open(QIODevice::ReadOnly)
                   ? file.readAll()
                   : QByteArray();
    };
    const QByteArray plain = bytes("plain.onnx");
    QVERIFY(improved(*m_workspace, ImproveLevel::best));
    QCOMPARE(m_workspace->state(Step::export_model).kind, StepState::Kind::stale);
    const QByteArray best = bytes("best.onnx", "best_report");
    const auto& log = m_workspace->log();
    QVERIFY(std::any_of(log.begin(), log.end(), [](const LogEntry& entry) {
        return entry.kind == LogEntry::Kind::exported &&
               entry.command.contains(QStringLiteral("--improve best"));
    }));
    QFile report(m_folder->filePath(QStringLiteral("best_report/report.json")));
    QVERIFY(report.open(QIODevice::ReadOnly));
    const Json told = Json::parse(report.readAll().toStdString());
    QCOMPARE(told["improve"]["level"], "best");
    QVERIFY(told["improve"]["steps"][0]["kept"] == true);
    QFile page(m_folder->filePath(QStringLiteral("best_report/report.md")));
    QVERIFY(page.open(QIODevice::ReadOnly) && page.readAll().contains("Weights rounded"));
    QCOMPARE(best.size(), plain.size());
    QVERIFY(!best.isEmpty() && best != plain);
    const auto better = figure(*m_workspace);
    m_workspace->evaluate();
    QVERIFY(QTest::qWaitFor([&] { return m_workspace->comparison() != nullptr; }, 30000));
    // Of all images; the headline is of the same ones here.
    QCOMPARE(m_workspace->comparison()->quantized.images, 24);
    QVERIFY2(std::abs(*m_workspace->comparison()->quantized.snr_db - *better) < 0.5,
             qPrintable(QString("%1 %2").arg(*m_workspace->comparison()->quantized.snr_db).arg(*better)));
}

void ImprovingTest::anEditBesideIt() {
    QVERIFY(improved(*m_workspace, ImproveLevel::best));
    const auto& weights = m_workspace->improved()->weights;
    QVERIFY(weights.size() > 1);
    const std::string name = weights.begin()->first;
    m_workspace->edit(set_layers({name}, Field::weight_format, "int8"));
    QVERIFY(testing::settle(*m_workspace));
    const auto codes = [&] {
        std::set<std::string> codes;
        for (const Problem& problem : m_workspace->problems())
            codes.insert(problem.code);
        return codes;
    };
    QVERIFY(codes().contains("improved.stale"));
    QCOMPARE(m_workspace->state(Step::improve).kind, StepState::Kind::stale);
    const auto index = static_cast<std::size_t>(m_workspace->prepared()->find_layer(name) -
                                                m_workspace->prepared()->layers.data());
    QVERIFY(!m_workspace->resolved()->layers[index].weight->improved);
    m_workspace->undoStack()->undo();
    QVERIFY(testing::settle(*m_workspace));
    QVERIFY(!codes().contains("improved.stale"));
    QVERIFY(m_workspace->resolved()->layers[index].weight->improved);
    QCOMPARE(m_workspace->state(Step::improve).kind, StepState::Kind::done);
}

/// With ranges and weights there are two steps: cancelled behind the first one, that one stays.
void ImprovingTest::cancelledItKeepsWhatIsDone() {
    Edit edit;
    edit.assignments = {{Assignment::Scope::defaults, {}, Field::mode, "static"},
                        {Assignment::Scope::defaults, {}, Field::threshold_method, "kl"}};
    m_workspace->edit(edit);
    QVERIFY(testing::settle(*m_workspace));
    m_workspace->undoStack()->clear();
    bool cancelled = false;
    connect(m_workspace.get(), &Workspace::improvedChanged, this, [&] {
        if (m_workspace->improving() && !cancelled) {
            cancelled = true;
            m_workspace->cancel(Step::improve);
        }
    });
    m_workspace->improve(ImproveLevel::best);
    QVERIFY(QTest::qWaitFor([&] { return m_workspace->improved() != nullptr; }, 60000));
    QVERIFY(cancelled);
    QVERIFY(!m_workspace->improved()->complete);
    QVERIFY(!m_workspace->improved()->ranges.empty());
    QCOMPARE(m_workspace->undoStack()->count(), 1);
    QVERIFY(improveLog(m_workspace->improved().get()).contains(QStringLiteral("cancelled")));
    const LogPanel panel(m_workspace.get());
    const auto* rows = panel.findChild<RowTable*>();
    QCOMPARE(rows->item(rows->rowCount() - 1, 1)->text(), improveLog(m_workspace->improved().get()));
    m_workspace->undoStack()->undo();
    QVERIFY(!m_workspace->improved());
}

/// A document that was saved before it was calibrated still knows.
void ImprovingTest::whatAnXslimFileAsksForIsSaved() {
    QFile config(m_folder->filePath(QStringLiteral("small.json")));
    QVERIFY(config.open(QIODevice::WriteOnly));
    config.write(R"({"model_parameters": {"onnx_model": "small.onnx"}, "quantization_parameters":
                     {"finetune_level": 2, "precision_level": 0}, "calibration_parameters": {"calibration_type":
                     "minmax", "input_parametres": [{"input_name": "input", "file_type": "npy",
                     "data_list_path": "list.txt"}]}})");
    config.close();
    QFile list(m_folder->filePath(QStringLiteral("list.txt")));
    QVERIFY(list.open(QIODevice::WriteOnly));
    for (const QString& file :
         QDir(m_folder->filePath(QStringLiteral("samples"))).entryList(QDir::Files, QDir::Name))
        list.write("samples/" + file.toUtf8() + "\n");
    list.close();
    OpenRequest request;
    request.config = place("small.json");
    Workspace workspace;
    workspace.open(request);
    QVERIFY(QTest::qWaitFor([&] { return workspace.isOpen(); }, 20000));
    QCOMPARE(workspace.improveLevel(), ImproveLevel::best);
    QSignalSpy saved(&workspace, &Workspace::saved);
    OpenRequest project;
    project.project = place("asked.qwproj");
    workspace.save(project.project);
    QVERIFY(saved.wait(20000));
    Workspace other;
    other.open(project);
    QVERIFY(QTest::qWaitFor([&] { return other.isOpen(); }, 20000));
    QCOMPARE(other.improveLevel(), ImproveLevel::best);
    other.calibrate();
    QVERIFY(QTest::qWaitFor([&] { return other.improved() != nullptr; }, 60000));
    QCOMPARE(other.improved()->level, std::string("best"));
    // Done is done: calibrated anew it is not improved by itself.
    other.undoStack()->undo();
    QSignalSpy statistics(&other, &Workspace::statisticsChanged);
    other.calibrate();
    QVERIFY(statistics.wait(20000));
    QVERIFY(other.state(Step::improve).kind == StepState::Kind::not_yet);
}

QTEST_MAIN(ImprovingTest)
#include "test_improving.moc"

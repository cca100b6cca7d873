// A detector in the window: its proposed tail with its origin, and the worst part of its outputs.
#include <QAbstractButton>
#include <QTest>

#include "core/plan/field_state.h"
#include "tests/support/sample_files.h"
#include "tests/widgets/open_document.h"
#include "widgets/panels/figure_box.h"
#include "widgets/panels/inspector_text.h"
#include "widgets/panels/problems_panel.h"
#include "widgets/panels/step_strip.h"

using namespace quantwright;

class OutputPartsWindowTest : public QObject {
    Q_OBJECT

private slots:
    void init();
    void aProposalIsShownAndTakenBack();
    void theHeadlineShowsTheWorstPart();

private:
    [[nodiscard]] int layer(const std::string& name) const {
        const auto& prepared = *m_workspace->prepared();
        return static_cast<int>(prepared.find_layer(name) - prepared.layers.data());
    }
    void choose(const std::string& name, const std::optional<std::string>& mode) {
        m_workspace->edit(layers_edit(*m_workspace->resolved(), {layer(name)}, Field::mode, mode));
    }
    [[nodiscard]] bool says(const std::string& code) const {
        const auto problems = m_workspace->problems();
        return std::any_of(problems.begin(), problems.end(),
                           [&](const Problem& one) { return one.code == code; });
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Workspace> m_workspace;
};

void OutputPartsWindowTest::init() {
    m_workspace.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    m_workspace = std::make_unique<Workspace>();
    testing::ModelBuilder b;
    b.input("x", {1, 3, 10, 10}).output("y").weight("k", {}, std::vector<float>{300});
    b.conv("boxes", "x", "a", 3, 4, 1).conv("scores", "x", "s", 3, 2, 1);
    b.node("Mul", "scale", {"a", "k"}, {"box"});
    b.node("Sigmoid", "sigmoid", {"s"}, {"p"});
    set_attribute(b.node("Concat", "cat", {"box", "p"}, {"y"}), "axis", std::int64_t(1));
    const auto model = b.build();
    const std::filesystem::path samples = m_folder->filePath(QStringLiteral("samples")).toStdString();
    std::filesystem::create_directory(samples);
    testing::write_samples(samples, testing::random_inputs(*model, 4));
    QVERIFY(testing::openCalibrated(*m_workspace, *m_folder, model, samples));
}

void OutputPartsWindowTest::aProposalIsShownAndTakenBack() {
    const auto state = [&] { return field_state(*m_workspace->resolved(), {layer("cat")}, Field::mode); };
    QVERIFY(state().value == "float");
    QVERIFY(state().origin == Origin::proposed);
    QVERIFY(!state().resettable && state().allows("static"));
    QVERIFY(reasonText(*m_workspace->resolved(), {layer("cat")}).startsWith(QStringLiteral("Proposed")));
    QVERIFY(says("proposed.shared_scale"));
    choose("cat", "static");
    QVERIFY(testing::settle(*m_workspace));
    QVERIFY(state().origin == Origin::layer);
    for (const ResolvedLayer& one : m_workspace->resolved()->layers)
        QVERIFY(one.integers());
    QVERIFY(!says("proposed.shared_scale"));
    m_workspace->undoStack()->undo();
    QVERIFY(testing::settle(*m_workspace));
    QVERIFY(state().origin == Origin::proposed);
}

void OutputPartsWindowTest::theHeadlineShowsTheWorstPart() {
    StepStrip strip(m_workspace.get());
    ProblemsPanel panel(m_workspace.get());
    const auto headline = [&]() -> QString {
        for (const FigureBox* box : strip.findChildren<FigureBox*>())
            if (box->accessibleName().startsWith(QStringLiteral("SNR, worst part")))
                return box->accessibleName() + box->toolTip();
        return {};
    };
    const auto settled = [&] {
        return testing::settle(*m_workspace) &&
               QTest::qWaitFor(
                   [&] { return m_workspace->whatIf()->quality() && !m_workspace->whatIf()->stale(); },
                   20000);
    };
    QVERIFY(settled());
    QVERIFY2(headline().contains(QStringLiteral("of the output “y”")), qPrintable(headline()));
    QVERIFY(!says("output.part_lost"));
    const double proposed = *worst_part(m_workspace->whatIf()->quality()->outputs)->snr_db;
    choose("cat", "static");
    QVERIFY(settled());
    const auto worst = worst_part(m_workspace->whatIf()->quality()->outputs);
    QCOMPARE(worst->part->name, std::string("p"));
    QVERIFY(*worst->snr_db < proposed - 10);
    QVERIFY2(headline().contains(QString::number(*worst->snr_db, 'f', 1)), qPrintable(headline()));
    QVERIFY(says("output.part_lost"));
    QCOMPARE(panel.count(), static_cast<int>(m_workspace->problems().size()));
}

QTEST_MAIN(OutputPartsWindowTest)
#include "test_output_parts_window.moc"

// The inspector over one and many layers: mixed values, where values come from, one step of undo for all.
#include <QComboBox>
#include <QLineEdit>
#include <QTest>
#include <QToolButton>
#include <algorithm>

#include "open_document.h"
#include "widgets/panels/field_row.h"
#include "widgets/panels/inspector_panel.h"

using namespace quantwright;

class InspectorTest : public QObject {
    Q_OBJECT

private slots:
    void init();
    void mixedValuesAreShownAsSuch();
    void aChoiceGoesToAllSelectedLayers();
    void thePillTakesItBack();
    void floatLayersOfferNothingButTheMode();
    void clipRangesOfManyTensors();
    void onlyWhatTheTargetTakes();

private:
    FieldRow* row(Field field) const {
        const auto& rows = m_panel->rows();
        return *std::find_if(rows.begin(), rows.end(),
                             [field](FieldRow* row) { return row->field() == field; });
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Workspace> m_workspace;
    std::unique_ptr<InspectorPanel> m_panel;
    std::vector<int> m_layers;
};

void InspectorTest::init() {
    m_panel.reset();
    m_folder = std::make_unique<QTemporaryDir>();
    m_workspace = std::make_unique<Workspace>();
    QVERIFY(testing::openCalibrated(*m_workspace, *m_folder));
    m_layers = testing::weightedLayers(*m_workspace);
    QVERIFY(m_layers.size() >= 3);
    m_panel = std::make_unique<InspectorPanel>(m_workspace.get());
    m_panel->resize(340, 700);
    m_panel->show();
}

void InspectorTest::mixedValuesAreShownAsSuch() {
    m_workspace->edit(layersEdit(*m_workspace->resolved(), {m_layers[0]}, Field::threshold_method, "mse"));
    QVERIFY(testing::settle(*m_workspace));

    m_workspace->selection()->setSingle(m_layers[0]);
    FieldState state = row(Field::threshold_method)->state();
    QVERIFY(state.value == "mse");
    QVERIFY(state.origin == Origin::layer);
    QVERIFY(state.resettable);

    m_workspace->selection()->set({m_layers[0], m_layers[1]});
    state = row(Field::threshold_method)->state();
    QVERIFY(state.mixed());
    QVERIFY(!state.origin);
    QVERIFY(state.resettable);  // one of them says it itself
    QCOMPARE(row(Field::threshold_method)->combo()->currentIndex(), -1);
    QVERIFY(!row(Field::threshold_method)->combo()->placeholderText().isEmpty());
    // What they have in common is still shown.
    QCOMPARE(row(Field::weight_format)->combo()->currentData().toString(), QStringLiteral("int8"));

    m_workspace->selection()->set({m_layers[1], m_layers[2]});
    state = row(Field::threshold_method)->state();
    QVERIFY(state.value == "minmax");
    QVERIFY(!state.resettable);
}

void InspectorTest::aChoiceGoesToAllSelectedLayers() {
    m_workspace->selection()->set({m_layers[0], m_layers[1], m_layers[2]});
    QComboBox* combo = row(Field::weight_granularity)->combo();
    QCOMPARE(combo->currentData().toString(), QStringLiteral("channel"));
    combo->setFocus();
    QTest::keyClick(combo, combo->currentIndex() == 0 ? Qt::Key_Down : Qt::Key_Up);
    QCOMPARE(m_workspace->undoStack()->count(), 1);
    QVERIFY(testing::settle(*m_workspace));
    for (int i = 0; i < 3; ++i)
        QVERIFY(!m_workspace->resolved()
                     ->layers[static_cast<std::size_t>(m_layers[static_cast<std::size_t>(i)])]
                     .weight->parameters.per_channel());
    m_workspace->undoStack()->undo();
    QVERIFY(testing::settle(*m_workspace));
    QVERIFY(m_workspace->resolved()
                ->layers[static_cast<std::size_t>(m_layers[0])]
                .weight->parameters.per_channel());
}

void InspectorTest::thePillTakesItBack() {
    m_workspace->edit(layersEdit(*m_workspace->resolved(), {m_layers[0]}, Field::threshold_method, "kl"));
    QVERIFY(testing::settle(*m_workspace));
    m_workspace->selection()->set({m_layers[0], m_layers[1]});
    QTest::mouseClick(row(Field::threshold_method)->chip(), Qt::LeftButton);
    QVERIFY(m_workspace->plan().layers.empty());
    QVERIFY(testing::settle(*m_workspace));
    QVERIFY(row(Field::threshold_method)->state().value == "minmax");
    // Now there is nothing to take back.
    QTest::mouseClick(row(Field::threshold_method)->chip(), Qt::LeftButton);
    QCOMPARE(m_workspace->undoStack()->count(), 2);
}

void InspectorTest::floatLayersOfferNothingButTheMode() {
    m_workspace->edit(layersEdit(*m_workspace->resolved(), {m_layers[0]}, Field::mode, "float"));
    QVERIFY(testing::settle(*m_workspace));
    m_workspace->selection()->setSingle(m_layers[0]);
    QVERIFY(row(Field::mode)->combo()->isVisible());
    QVERIFY(!row(Field::threshold_method)->combo()->isVisible());
    QVERIFY(!row(Field::weight_format)->combo()->isVisible());
    // Beside an integer layer the rest concerns that one alone.
    m_workspace->selection()->set({m_layers[0], m_layers[1]});
    QVERIFY(row(Field::mode)->state().mixed());
    QCOMPARE(row(Field::weight_format)->state().layers, std::vector<int>{m_layers[1]});
}

void InspectorTest::clipRangesOfManyTensors() {
    const std::vector<int> two{m_layers[0], m_layers[1]};
    ClipState clip = clipState(*m_workspace->resolved(), two);
    QCOMPARE(clip.tensors.size(), std::size_t(2));
    QVERIFY(!clip.max.has_value());  // two layers, two ranges
    QVERIFY(!clip.clipped && clip.unclipped);
    m_workspace->edit(clipEdit(clip.tensors, Range{-0.5f, 2.25f}));
    QVERIFY(testing::settle(*m_workspace));
    clip = clipState(*m_workspace->resolved(), two);
    QVERIFY(clip.clipped && !clip.unclipped);
    QVERIFY(clip.max == 2.25f);
    m_workspace->selection()->set(two);
    QCOMPARE(m_panel->findChild<QLineEdit*>(QStringLiteral("clip_max"))->text(), QStringLiteral("2.25"));
    m_workspace->undoStack()->undo();
    QVERIFY(m_workspace->plan().tensors.empty());
}

void InspectorTest::onlyWhatTheTargetTakes() {
    m_workspace->edit({{{Assignment::Scope::target, {}, Field::mode, "spacemit-k1"}}});
    QVERIFY(testing::settle(*m_workspace));
    m_workspace->selection()->setSingle(m_layers[0]);
    QComboBox* combo = row(Field::activation_format)->combo();
    QVERIFY(combo->findData(QStringLiteral("int8")) >= 0);
    QCOMPARE(combo->findData(QStringLiteral("uint8")), -1);
    QVERIFY(row(Field::weight_storage)->state().layers.empty());
}

QTEST_MAIN(InspectorTest)
#include "test_inspector.moc"

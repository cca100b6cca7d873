// The inspector over one and many layers: mixed values, where values come from, one step of undo for all.
#include <QAbstractItemView>
#include <QComboBox>
#include <QGridLayout>
#include <QLineEdit>
#include <QSettings>
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
    void whatTheTargetRefusesIsShownWithItsReason();
    void eachModeShowsItsOwnFields();
    void modesAreOfferedWhereOneLayerTakesThem();
    void blocksHaveASize();
    void targetsNarrowEveryField();
    void whatTheModelBroughtIsLocked();
    void advancedFieldsAreFoldedAway();
    void anOpenListIsLeftAlone();

private:
    [[nodiscard]] bool shown(Field field) const { return !row(field)->state().layers.empty(); }
    void choose(Field field, const std::optional<std::string>& value) {
        m_workspace->edit(
            layers_edit(*m_workspace->resolved(), m_workspace->selection()->layers(), field, value));
        QVERIFY(testing::settle(*m_workspace));
    }

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
    QCoreApplication::setOrganizationName(QStringLiteral("quantwright-tests"));
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope,
                       QDir::tempPath() + QStringLiteral("/quantwright-inspector"));
    QSettings().clear();
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
    m_workspace->edit(layers_edit(*m_workspace->resolved(), {m_layers[0]}, Field::threshold_method, "mse"));
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
    m_workspace->edit(layers_edit(*m_workspace->resolved(), {m_layers[0]}, Field::threshold_method, "kl"));
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
    m_workspace->edit(layers_edit(*m_workspace->resolved(), {m_layers[0]}, Field::mode, "float"));
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
    ClipState clip = clip_state(*m_workspace->resolved(), two);
    QCOMPARE(clip.tensors.size(), std::size_t(2));
    QVERIFY(!clip.max.has_value());  // two layers, two ranges
    QVERIFY(!clip.clipped && clip.unclipped);
    m_workspace->edit(clip_edit(clip.tensors, Range{-0.5f, 2.25f}));
    QVERIFY(testing::settle(*m_workspace));
    clip = clip_state(*m_workspace->resolved(), two);
    QVERIFY(clip.clipped && !clip.unclipped);
    QVERIFY(clip.max == 2.25f);
    m_workspace->selection()->set(two);
    QCOMPARE(m_panel->findChild<QLineEdit*>(QStringLiteral("clip_max"))->text(), QStringLiteral("2.25"));
    m_workspace->undoStack()->undo();
    QVERIFY(m_workspace->plan().tensors.empty());
}

void InspectorTest::whatTheTargetRefusesIsShownWithItsReason() {
    m_workspace->edit({{{Assignment::Scope::target, {}, Field::mode, "spacemit-k1"}}});
    QVERIFY(testing::settle(*m_workspace));
    m_workspace->selection()->setSingle(m_layers[0]);
    QComboBox* combo = row(Field::activation_format)->combo();
    const auto enabled = [combo](const char* value) {
        const int at = combo->findData(QString::fromLatin1(value));
        return combo->model()->flags(combo->model()->index(at, 0)).testFlag(Qt::ItemIsEnabled);
    };
    QVERIFY(enabled("int8"));
    QVERIFY(!enabled("uint8"));
    const QString why = combo->itemData(combo->findData(QStringLiteral("uint8")), Qt::ToolTipRole).toString();
    QVERIFY2(why.contains(QStringLiteral("SpacemiT K1")), qPrintable(why));
    QVERIFY(row(Field::weight_storage)->state().layers.empty());
}

void InspectorTest::eachModeShowsItsOwnFields() {
    m_workspace->selection()->setSingle(m_layers.back());  // a Gemm: it has every form
    struct Expected {
        const char* mode;
        bool activation, weight;
        LayerMode form;
    };
    for (const Expected& expected : {Expected{"static", true, true, LayerMode::static_},
                                     {"dynamic", false, true, LayerMode::dynamic},
                                     {"weight-only", false, true, LayerMode::weight_only},
                                     {"fp16", false, false, LayerMode::fp16},
                                     {"float", false, false, LayerMode::kept_float}}) {
        choose(Field::mode, expected.mode);
        const auto& resolved = *m_workspace->resolved();
        QCOMPARE(resolved.layers[static_cast<std::size_t>(m_layers.back())].mode, expected.form);
        QVERIFY(shown(Field::mode));
        for (const Field field : {Field::activation_format, Field::activation_range, Field::threshold_method})
            QVERIFY2(shown(field) == expected.activation, expected.mode);
        for (const Field field : {Field::weight_format, Field::weight_granularity, Field::weight_divisor})
            QVERIFY2(shown(field) == expected.weight, expected.mode);
        QVERIFY2(shown(Field::rounding) == (expected.activation || expected.weight), expected.mode);
        // A choice of the mode's own fields changes something, wherever it can be seen.
        if (expected.weight) {
            choose(Field::weight_granularity, "tensor");
            QVERIFY2(!m_workspace->resolved()
                          ->layers[static_cast<std::size_t>(m_layers.back())]
                          .weight->parameters.per_channel(),
                     expected.mode);
            choose(Field::weight_granularity, std::nullopt);
        }
    }
    // The divisor is one of symmetric scales only.
    choose(Field::mode, "static");
    QVERIFY(!shown(Field::activation_divisor));
    choose(Field::activation_symmetric, "true");
    QVERIFY(shown(Field::activation_divisor));
    QVERIFY(!shown(Field::threshold_percentile));
    choose(Field::threshold_method, "percentile");
    QVERIFY(shown(Field::threshold_percentile));
}

void InspectorTest::modesAreOfferedWhereOneLayerTakesThem() {
    const auto& layers = m_workspace->prepared()->layers;
    std::vector<int> all;
    int add = -1;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        all.push_back(static_cast<int>(i));
        if (layers[i].op == "Add")
            add = static_cast<int>(i);
    }
    QVERIFY(add >= 0);
    m_workspace->selection()->setSingle(add);
    QVERIFY(row(Field::mode)->state().allows("static"));
    QVERIFY(row(Field::mode)->state().allows("fp16"));
    QVERIFY(!row(Field::mode)->state().allows("dynamic"));
    m_workspace->selection()->set(all);
    QVERIFY(row(Field::mode)->state().allows("dynamic"));
    choose(Field::mode, "dynamic");
    QCOMPARE(m_workspace->undoStack()->count(), 1);
    QCOMPARE(m_workspace->resolved()->layers[static_cast<std::size_t>(add)].kept_float,
             KeptFloat::needs_weight);
}

void InspectorTest::blocksHaveASize() {
    m_workspace->selection()->setSingle(m_layers.back());
    QVERIFY(!row(Field::weight_granularity)->state().allows("group"));  // no integer kernel adds up blocks
    QVERIFY(!shown(Field::weight_block_size));
    choose(Field::mode, "weight-only");
    QVERIFY(row(Field::weight_granularity)->state().allows("group"));
    choose(Field::weight_granularity, "group");
    QVERIFY(shown(Field::weight_block_size));
    auto* size = m_panel->findChild<QLineEdit*>(QStringLiteral("field_weight.block_size"));
    QVERIFY(size && size->isVisible());
    const auto chosen = [this] {
        return m_workspace->resolved()
            ->layers[static_cast<std::size_t>(m_layers.back())]
            .weight->parameters.block_size;
    };
    size->selectAll();
    QTest::keyClicks(size, QStringLiteral("7"));  // too small
    QTest::keyClick(size, Qt::Key_Return);
    QVERIFY(size->property("invalid").toBool());
    QCOMPARE(chosen(), 32);
    size->selectAll();
    QTest::keyClicks(size, QStringLiteral("16"));
    QTest::keyClick(size, Qt::Key_Return);
    QVERIFY(testing::settle(*m_workspace));
    QCOMPARE(chosen(), 16);
    // A convolution's groups are its own.
    m_workspace->selection()->setSingle(m_layers[0]);
    QVERIFY(row(Field::weight_granularity)->state().allows("group"));
    choose(Field::weight_granularity, "group");
    QVERIFY(!shown(Field::weight_block_size));
}

void InspectorTest::targetsNarrowEveryField() {
    m_workspace->edit({{{Assignment::Scope::target, {}, Field::mode, "ncnn"}}});
    QVERIFY(testing::settle(*m_workspace));
    m_workspace->selection()->setSingle(m_layers[0]);
    QVERIFY(!row(Field::mode)->state().allows("dynamic"));
    QVERIFY(!row(Field::activation_symmetric)->state().allows("false"));
    QVERIFY(!row(Field::activation_range)->state().allows("full"));
    QVERIFY(!row(Field::rounding)->state().allows("half-even"));
    QVERIFY(row(Field::rounding)->state().allows("half-away"));
}

void InspectorTest::whatTheModelBroughtIsLocked() {
    // The parameters of an ordinary plan as those of a trained model.
    const Resolved before = *m_workspace->resolved();
    auto trained = std::make_shared<Prepared>(*before.prepared);
    for (const auto& tensor : before.tensors)
        if (tensor)
            trained->given.activations[trained->model->graph()[tensor->tensor].name] = tensor->parameters;
    for (const auto& layer : before.layers)
        if (layer.weight)
            trained->given.weights[layer.weight->initializer] = layer.weight->parameters;
    Plan plan = before.plan;
    const auto resolve_again = [&] { return *resolve(trained, before.statistics, plan); };
    auto resolved = resolve_again();
    const int layer = m_layers[0];
    const FieldState method = field_state(*resolved, {layer}, Field::threshold_method);
    QVERIFY(method.given && !method.value && !method.mixed());
    QVERIFY(method.origin == Origin::given);
    QVERIFY(!method.resettable);
    QVERIFY(field_state(*resolved, {layer}, Field::activation_format).value == "uint8");
    QVERIFY(field_state(*resolved, {layer}, Field::activation_range).value == "full");
    QVERIFY(field_state(*resolved, {layer}, Field::weight_granularity).value == "channel");
    QVERIFY(field_state(*resolved, {layer}, Field::weight_range).value == "restricted");
    QVERIFY(field_state(*resolved, {layer}, Field::weight_symmetric).value == "true");
    QVERIFY(field_state(*resolved, {layer}, Field::weight_divisor).layers.empty());
    QVERIFY(field_state(*resolved, {layer}, Field::mode).origin == Origin::given);

    QWidget page;
    QGridLayout grid(&page);
    FieldRow shown_row(Field::threshold_method, &grid, 0, &page);
    shown_row.setState(method);
    QVERIFY(!shown_row.chip()->icon().isNull());
    QCOMPARE(shown_row.combo()->currentIndex(), -1);

    // A choice unlocks it; taking it back locks it again.
    const auto undo = apply(plan, layers_edit(*resolved, {layer}, Field::threshold_method, "mse"));
    QVERIFY(undo);
    resolved = resolve_again();
    const FieldState unlocked = field_state(*resolved, {layer}, Field::threshold_method);
    QVERIFY(unlocked.value == "mse" && unlocked.origin == Origin::layer && unlocked.resettable);
    shown_row.setState(unlocked);
    QVERIFY(shown_row.chip()->icon().isNull());
    QVERIFY(apply(plan, layers_edit(*resolved, {layer}, Field::threshold_method, std::nullopt)));
    resolved = resolve_again();
    QVERIFY(field_state(*resolved, {layer}, Field::threshold_method).given);
}

void InspectorTest::anOpenListIsLeftAlone() {
    QWidget parent;
    auto* grid = new QGridLayout(&parent);
    FieldRow row(Field::rounding, grid, 0, &parent);
    FieldState state;
    state.layers = {0};
    state.options = {{"half-even", Refusal::no}, {"half-away", Refusal::no}};
    state.value = "half-even";
    row.setState(state);
    parent.show();
    QVERIFY(QTest::qWaitForWindowExposed(&parent));
    row.combo()->showPopup();
    QVERIFY(QTest::qWaitFor([&] { return row.combo()->view()->isVisible(); }));
    const QModelIndex second = row.combo()->model()->index(1, 0);
    QPersistentModelIndex held = second;
    state.value = "half-away";
    row.setState(state);
    QVERIFY(held.isValid());
    QCOMPARE(row.combo()->currentIndex(), 0);
    row.combo()->hidePopup();
    QVERIFY(QTest::qWaitFor([&] { return row.combo()->currentIndex() == 1; }));
}

void InspectorTest::advancedFieldsAreFoldedAway() {
    m_workspace->selection()->setSingle(m_layers[0]);
    auto* button = m_panel->findChild<QToolButton*>(QStringLiteral("advanced"));
    QVERIFY(button && button->isVisible());
    QVERIFY(row(Field::weight_format)->combo()->isVisible());
    QVERIFY(!row(Field::weight_divisor)->combo()->isVisible());
    const QString plain = button->text();
    choose(Field::weight_divisor, "half-span");
    QVERIFY(button->text() != plain);  // what is folded away isn't forgotten
    QTest::mouseClick(button, Qt::LeftButton);
    QVERIFY(row(Field::weight_divisor)->combo()->isVisible());
    QCOMPARE(button->text(), plain);
    // Remembered by the next window.
    InspectorPanel other(m_workspace.get());
    other.resize(340, 700);
    other.show();
    const auto& rows = other.rows();
    const auto found = std::find_if(rows.begin(), rows.end(),
                                    [](FieldRow* one) { return one->field() == Field::weight_divisor; });
    QVERIFY((*found)->combo()->isVisible());
    QTest::mouseClick(button, Qt::LeftButton);
}

QTEST_MAIN(InspectorTest)
#include "test_inspector.moc"

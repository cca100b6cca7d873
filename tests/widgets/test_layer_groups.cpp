// Layers that stand for several in the window: one row and one box, opened and closed by mouse and keyboard,
// one choice for all parts, and a part's own.
#include <QAbstractItemModelTester>
#include <QSettings>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QTest>
#include <QTreeView>
#include <algorithm>

#include "core/plan/field_state.h"
#include "open_document.h"
#include "widgets/graph/graph_view.h"
#include "widgets/graph/node_painter.h"
#include "widgets/panels/graph_panel.h"
#include "widgets/panels/histogram_panel.h"
#include "widgets/panels/inspector_panel.h"
#include "widgets/panels/layer_mark.h"
#include "widgets/panels/layer_model.h"
#include "widgets/panels/layers_table.h"
#include "widgets/panels/outline_panel.h"
#include "widgets/panels/scene_builder.h"
#include "widgets/workspace/shown_layers.h"

using namespace quantwright;

namespace {

/// Conv + SiLU twice, then a classifier: layers 0–2 and 3–5 are groups.
std::shared_ptr<const Model> silu_net() {
    testing::ModelBuilder b(17);
    b.input("x", {1, 3, 8, 8}).output("y");
    std::string in = "x";
    for (int i = 0; i < 2; ++i) {
        const std::string scope = "/block." + std::to_string(i), to = "h" + std::to_string(i);
        b.conv(scope + "/conv/Conv", in, to + "c", i == 0 ? 3 : 6, 6);
        b.node("Sigmoid", scope + "/act/Sigmoid", {to + "c"}, {to + "s"});
        b.node("Mul", scope + "/act/Mul", {to + "c", to + "s"}, {to});
        in = to;
    }
    b.node("GlobalAveragePool", "/pool/GlobalAveragePool", {in}, {"p"});
    b.node("Flatten", "/Flatten", {"p"}, {"f"});
    b.weight("w", {6, 4});
    b.node("Gemm", "/fc/Gemm", {"f", "w"}, {"y"});
    return b.build();
}

const std::vector<int> g_first = {0, 1, 2};

}  // namespace

class LayerGroupsTest : public QObject {
    Q_OBJECT

private slots:
    void init();
    void modelKeepsTheContract();
    void rowsByMouse();
    void rowsByKeyboard();
    void sortedPartsStayBelowTheirGroup();
    void oneBoxAndItsParts();
    void outlineHoldsTheParts();
    void oneChoiceForAllParts();
    void theRangeIsThatOfWhatItGives();

private:
    [[nodiscard]] QStringList rows(const QTableView& table) const {
        QStringList names;
        for (int row = 0; row < table.model()->rowCount(); ++row)
            names << table.model()->index(row, LayerModel::Name).data().toString();
        return names;
    }
    [[nodiscard]] const std::vector<int>& selected() const { return m_workspace->selection()->layers(); }

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<Workspace> m_workspace;
};

void LayerGroupsTest::init() {
    QCoreApplication::setOrganizationName(QStringLiteral("quantwright-tests"));
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope,
                       QDir::tempPath() + QStringLiteral("/quantwright-groups"));
    m_folder = std::make_unique<QTemporaryDir>();
    m_workspace = std::make_unique<Workspace>();
    QVERIFY(testing::openCalibrated(*m_workspace, *m_folder, silu_net()));
    QCOMPARE(m_workspace->prepared()->groups.size(), std::size_t(5));
    QCOMPARE(m_workspace->prepared()->layers.size(), std::size_t(9));
}

void LayerGroupsTest::modelKeepsTheContract() {
    LayerModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.setSnapshots(m_workspace->prepared(), m_workspace->resolved(), nullptr);
    QCOMPARE(model.rowCount(), 5);
    model.setOpenGroups({0, 1, 2});
    QCOMPARE(model.rowCount(), 11);
    QCOMPARE(model.layersAt(0), g_first);
    QCOMPARE(model.layersAt(2), std::vector<int>{1});
    QCOMPARE(model.rowsOf({0, 1, 2, 4}), (std::vector<int>{0, 6}));
    QCOMPARE(model.rowsOf({0}), (std::vector<int>{1}));
    model.setOpenGroups({1});
    QCOMPARE(model.rowCount(), 8);
    QCOMPARE(model.rowsOf({0}), (std::vector<int>{0}));
    model.setSnapshots(nullptr, nullptr, nullptr);
    QCOMPARE(model.rowCount(), 0);
}

void LayerGroupsTest::rowsByMouse() {
    LayersTable table(m_workspace.get());
    table.resize(1200, 400);
    table.show();
    QTableView* view = table.view();
    QCOMPARE(rows(*view).size(), 5);
    QCOMPARE(view->model()->index(0, LayerModel::Op).data().toString(), QStringLiteral("Conv 3×3 + SiLU"));
    const auto click = [&](int row, int x) {
        const QRect cell = view->visualRect(view->model()->index(row, LayerModel::Name));
        QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, {cell.left() + x, cell.center().y()});
    };
    // The arrow opens and selects nothing; the name selects the whole.
    click(0, layerMarkWidth() / 2);
    QCOMPARE(rows(*view).mid(0, 5),
             (QStringList{"/block.0/conv/Conv", "/block.0/conv/Conv", "/block.0/act/Sigmoid",
                          "/block.0/act/Mul", "/block.1/conv/Conv"}));
    QVERIFY(selected().empty());
    click(0, 60);
    QCOMPARE(selected(), g_first);
    click(2, 60);
    QCOMPARE(selected(), std::vector<int>{1});
    click(0, layerMarkWidth() / 2);
    QCOMPARE(rows(*view).size(), 5);
    // The part is still chosen: its group's row stands for it.
    QCOMPARE(selected(), std::vector<int>{1});
    QCOMPARE(view->selectionModel()->selectedRows().size(), 1);
    QCOMPARE(view->selectionModel()->selectedRows().front().row(), 0);
}

void LayerGroupsTest::rowsByKeyboard() {
    LayersTable table(m_workspace.get());
    table.resize(1200, 400);
    table.show();
    QTableView* view = table.view();
    view->setFocus();
    view->setCurrentIndex(view->model()->index(0, 0));
    QTest::keyClick(view, Qt::Key_Right);
    QCOMPARE(rows(*view).size(), 8);
    QTest::keyClick(view, Qt::Key_Down);
    QTest::keyClick(view, Qt::Key_Down);
    QCOMPARE(selected(), std::vector<int>{1});
    QTest::keyClick(view, Qt::Key_Left);
    QCOMPARE(selected(), g_first);
    QTest::keyClick(view, Qt::Key_Left);
    QCOMPARE(rows(*view).size(), 5);
    QCOMPARE(selected(), g_first);
}

void LayerGroupsTest::sortedPartsStayBelowTheirGroup() {
    LayersTable table(m_workspace.get());
    m_workspace->openGroups()->setAll({0, 1});
    for (const int column : {int(LayerModel::Name), int(LayerModel::Parameters), int(LayerModel::Precision),
                             int(LayerModel::Op)})
        for (const auto order : {Qt::AscendingOrder, Qt::DescendingOrder}) {
            table.view()->sortByColumn(column, order);
            const QStringList names = rows(*table.view());
            QCOMPARE(names.size(), 11);
            for (int block : {0, 1}) {
                const QString scope = QStringLiteral("/block.%1/").arg(block);
                const auto first = names.indexOf(scope + "conv/Conv");
                QCOMPARE(names.mid(first, 4), (QStringList{scope + "conv/Conv", scope + "conv/Conv",
                                                           scope + "act/Sigmoid", scope + "act/Mul"}));
            }
        }
}

void LayerGroupsTest::oneBoxAndItsParts() {
    GraphPanel panel(m_workspace.get());
    panel.resize(900, 900);
    panel.show();
    GraphView* view = panel.view();
    const auto boxes = [&] {
        QStringList titles;
        for (const SceneNode& node : view->scene().nodes)
            if (node.kind == SceneNode::Kind::Op)
                titles << node.title;
        return titles;
    };
    QTRY_COMPARE(boxes(),
                 (QStringList{"Conv + SiLU", "Conv + SiLU", "GlobalAveragePool", "Flatten", "Gemm"}));
    QTRY_VERIFY(!view->nodeRect(0).isEmpty());
    QCOMPARE(view->scene().edges.size(), std::size_t(6));
    QTest::mouseClick(view, Qt::LeftButton, {}, view->nodeRect(0).center().toPoint());
    QCOMPARE(selected(), g_first);
    // The sign in the corner.
    view->setZoom(1);
    view->centreOn(0);
    const auto sign = [&] { return markRect(view->nodeRect(0)).center().toPoint(); };
    QTest::mouseClick(view, Qt::LeftButton, {}, sign());
    QTRY_COMPARE(boxes().mid(0, 4), (QStringList{"Conv", "Sigmoid", "Mul", "Conv + SiLU"}));
    QCOMPARE(selected(), g_first);
    QCOMPARE(view->selectedIds().size(), 3);
    view->setZoom(1);
    view->centreOn(0);
    QTest::mouseClick(view, Qt::LeftButton, {}, sign());
    QTRY_COMPARE(boxes().size(), 5);
}

void LayerGroupsTest::outlineHoldsTheParts() {
    OutlinePanel outline(m_workspace.get());
    outline.show();
    auto* tree = outline.findChild<QTreeView*>(QStringLiteral("outline"));
    const QModelIndex group = tree->model()->index(0, 0);
    QCOMPARE(group.data().toString(), QStringLiteral("block.0/conv/Conv"));
    QCOMPARE(tree->model()->rowCount(group), 3);
    QVERIFY(!tree->isExpanded(group));
    tree->setCurrentIndex(group);
    QCOMPARE(selected(), g_first);
    QTest::keyClick(tree, Qt::Key_Right);
    QVERIFY(tree->isExpanded(group));
    tree->setCurrentIndex(tree->model()->index(2, 0, group));
    QCOMPARE(selected(), std::vector<int>{2});
    m_workspace->selection()->set({3, 4, 5});
    QCOMPARE(tree->selectionModel()->selectedRows().size(), 1);
    QCOMPARE(tree->selectionModel()->selectedRows().front().row(), 1);
}

void LayerGroupsTest::oneChoiceForAllParts() {
    const auto choose = [&](std::vector<int> layers, const char* mode) {
        m_workspace->edit(layers_edit(*m_workspace->resolved(), layers, Field::mode, mode));
        QVERIFY(testing::settle(*m_workspace));
    };
    choose(g_first, "float");
    QCOMPARE(m_workspace->plan().layers.size(), std::size_t(1));
    for (const int layer : g_first)
        QCOMPARE(m_workspace->resolved()->layers[std::size_t(layer)].kept_float, KeptFloat::chosen);
    choose({1}, "static");
    QCOMPARE(m_workspace->plan().layers.size(), std::size_t(2));
    choose({0}, "fp16");
    QCOMPARE(m_workspace->resolved()->layers[0].mode, LayerMode::fp16);
    QCOMPARE(m_workspace->resolved()->layers[2].kept_float, KeptFloat::chosen);
    m_workspace->undoStack()->undo();
    m_workspace->undoStack()->undo();
    m_workspace->undoStack()->undo();
    QVERIFY(m_workspace->plan().layers.empty());
}

void LayerGroupsTest::theRangeIsThatOfWhatItGives() {
    InspectorPanel inspector(m_workspace.get());
    HistogramPanel histogram(m_workspace.get());
    inspector.show();
    m_workspace->selection()->set(g_first);
    const ClipState clip = clip_state(*m_workspace->resolved(), {2});
    QCOMPARE(clip.tensors, (std::vector<std::string>{"h0"}));
    QCOMPARE(wholeGroup(*m_workspace->prepared(), selected())->exit(), 2);
    QCOMPARE(layersNamed(*m_workspace->prepared(), "/block.0/conv/Conv"), g_first);
    QCOMPARE(layersNamed(*m_workspace->prepared(), "/block.0/act/Mul"), std::vector<int>{2});
}

QTEST_MAIN(LayerGroupsTest)
#include "test_layer_groups.moc"

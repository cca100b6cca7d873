// The node view, driven with real mouse and key events (offscreen).
#include <QApplication>
#include <QSignalSpy>
#include <QTest>
#include <QToolTip>
#include <QWheelEvent>
#include <cmath>
#include <memory>

#include "tests/support/patience.h"
#include "widgets/graph/graph_view.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

using namespace quantwright;

namespace {

/// Ids 100, 101, ... in a chain; every third node is skipped to the third after it; 1 of 5 is hot.
GraphScene residual(int nodes, int first_id = 100) {
    GraphScene scene;
    for (int i = 0; i < nodes; ++i) {
        SceneNode node;
        node.id = first_id + i;
        node.title = QStringLiteral("Conv");
        node.subtitle = QStringLiteral("/blocks.%1/Conv").arg(i);
        node.badge = QStringLiteral("INT8");
        node.heat = i % 5 == 0 ? 0.95 : 0.1;
        scene.nodes.push_back(node);
    }
    for (int i = 1; i < nodes; ++i)
        scene.edges.push_back({first_id + i - 1, first_id + i, {}, false});
    for (int i = 0; i + 3 < nodes; i += 3)
        scene.edges.push_back({first_id + i, first_id + i + 3, {}, false});
    return scene;
}

/// 1 in the middle above, 2 and 3 beside each other, 4 below.
GraphScene diamond() {
    GraphScene scene;
    for (int id = 1; id <= 4; ++id) {
        SceneNode node;
        node.id = id;
        node.title = QStringLiteral("Op%1").arg(id);
        scene.nodes.push_back(node);
    }
    scene.edges = {{1, 2, {}, false}, {1, 3, {}, false}, {2, 4, {}, false}, {3, 4, {}, false}};
    return scene;
}

bool closeTo(QPointF a, QPointF b, double by = 0.01) {
    return std::abs(a.x() - b.x()) < by && std::abs(a.y() - b.y()) < by;
}

}  // namespace

class TestGraphView : public QObject {
    Q_OBJECT

    std::unique_ptr<GraphView> m_view;

    void show(const GraphScene& scene) {
        QSignalSpy done(m_view.get(), &GraphView::layoutFinished);
        m_view->setScene(scene);
        QVERIFY(done.count() == 1 || done.wait(60'000));
    }
    QPoint middleOf(int id) const { return m_view->nodeRect(id).center().toPoint(); }
    void click(int id, Qt::KeyboardModifiers modifiers = {}) {
        QTest::mouseClick(m_view.get(), Qt::LeftButton, modifiers, middleOf(id));
    }
    void drag(QPoint from, QPoint to, Qt::MouseButton button, Qt::KeyboardModifiers modifiers = {}) {
        QTest::mousePress(m_view.get(), button, modifiers, from);
        for (int step = 1; step <= 4; ++step) {
            const QPointF at = from + (to - from) * step / 4;
            QMouseEvent move(QEvent::MouseMove, at, m_view->mapToGlobal(at), Qt::NoButton, button, modifiers);
            QApplication::sendEvent(m_view.get(), &move);
        }
        QTest::mouseRelease(m_view.get(), button, modifiers, to);
    }
    void wheel(QPointF at, QPoint pixels, QPoint angle, Qt::ScrollPhase phase,
               Qt::KeyboardModifiers modifiers = {}) {
        QWheelEvent event(at, m_view->mapToGlobal(at), pixels, angle, Qt::NoButton, modifiers, phase, false);
        QApplication::sendEvent(m_view.get(), &event);
    }
    QColor pixelAt(QPointF at) const {
        const QImage image = m_view->grab().toImage();
        return image.pixelColor((at * image.devicePixelRatio()).toPoint());
    }

private slots:
    void initTestCase() { Theme::instance().apply(Theme::Mode::Light); }
    void init() {
        m_view = std::make_unique<GraphView>();
        m_view->resize(800, 600);
        m_view->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_view.get()));
    }
    void cleanup() { m_view.reset(); }

    void startsAtTheTop() {
        show(residual(60));
        QCOMPARE(m_view->zoom(), 1.0);
        QVERIFY(QRectF(m_view->rect()).contains(m_view->nodeRect(100)));
        QVERIFY(m_view->nodeRect(100).top() < 60);
        QVERIFY(m_view->nodeRect(99).isNull());
    }

    void clickSelectsTheNodeUnderIt() {
        show(residual(60));
        QSignalSpy changed(m_view.get(), &GraphView::selectionChanged);
        click(103);
        QCOMPARE(m_view->selectedIds(), QVector<int>{103});
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed[0][0].value<QVector<int>>(), QVector<int>{103});
        click(101);
        QCOMPARE(m_view->selectedIds(), QVector<int>{101});
        click(101);
        QCOMPARE(changed.count(), 2);  // nothing changed the last time
        QTest::mouseClick(m_view.get(), Qt::LeftButton, {}, QPoint(5, 300));
        QCOMPARE(m_view->selectedIds(), QVector<int>{});
    }

    /// Cards of one row have different heights: the gap above a low one is nobody's.
    void clickBesideALowCardSelectsNothing() {
        GraphScene scene = residual(2);
        SceneNode input;
        input.id = 7;
        input.kind = SceneNode::Kind::Input;
        scene.nodes.push_back(input);
        scene.edges.push_back({7, 101, {}, false});
        show(scene);
        QCOMPARE(m_view->nodeRect(7).center().y(), m_view->nodeRect(100).center().y());
        const QPointF above(m_view->nodeRect(7).center().x(), m_view->nodeRect(100).top() + 3);
        QCOMPARE(m_view->nodeAt(above), std::nullopt);
        QCOMPARE(m_view->nodeAt(above + QPointF(0, 20)), std::optional<int>(7));
    }

    void ctrlAndShiftAdd() {
        show(residual(60));
        click(104);
        click(102, Qt::ControlModifier);
        QCOMPARE(m_view->selectedIds(), (QVector<int>{102, 104}));  // scene order
        click(104, Qt::ControlModifier);
        QCOMPARE(m_view->selectedIds(), QVector<int>{102});
        click(103, Qt::ShiftModifier);
        click(103, Qt::ShiftModifier);
        QCOMPARE(m_view->selectedIds(), (QVector<int>{102, 103}));
    }

    void shiftDragSelectsWhatItTouches() {
        show(residual(60));
        click(100);
        const QPoint from = m_view->nodeRect(102).topLeft().toPoint() - QPoint(40, 5);
        const QPoint to = m_view->nodeRect(104).center().toPoint();
        const QRectF before = m_view->nodeRect(100);
        drag(from, to, Qt::LeftButton, Qt::ShiftModifier);
        QCOMPARE(m_view->selectedIds(), (QVector<int>{100, 102, 103, 104}));
        QCOMPARE(m_view->nodeRect(100), before);
    }

    void dragPans_data() {
        QTest::addColumn<Qt::MouseButton>("button");
        QTest::newRow("left") << Qt::LeftButton;
        QTest::newRow("middle") << Qt::MiddleButton;
    }
    void dragPans() {
        QFETCH(Qt::MouseButton, button);
        show(residual(60));
        const QPointF before = m_view->nodeRect(102).topLeft();
        drag({50, 400}, {90, 330}, button);
        QVERIFY(closeTo(m_view->nodeRect(102).topLeft(), before + QPointF(40, -70)));
        QCOMPARE(m_view->selectedIds(), QVector<int>{});
        // The graph can't be lost beside the window.
        for (int i = 0; i < 40; ++i)
            drag({50, 400}, {750, 30}, button);
        const QRectF last = m_view->nodeRect(159), first = m_view->nodeRect(100);
        QVERIFY(first.united(last).intersects(m_view->rect()));
    }

    void wheelZoomsAboutTheCursor_data() {
        QTest::addColumn<Qt::KeyboardModifiers>("modifiers");
        QTest::newRow("plain") << Qt::KeyboardModifiers();
        QTest::newRow("with Ctrl") << Qt::KeyboardModifiers(Qt::ControlModifier);
    }
    void wheelZoomsAboutTheCursor() {
        QFETCH(Qt::KeyboardModifiers, modifiers);
        show(residual(60));
        const QPointF corner = m_view->nodeRect(103).bottomRight();
        const QPointF other = m_view->nodeRect(101).topLeft();
        QSignalSpy zoomed(m_view.get(), &GraphView::zoomChanged);
        wheel(corner, {}, {0, 120}, Qt::NoScrollPhase, modifiers);
        QCOMPARE(m_view->zoom(), 1.2);
        QCOMPARE(zoomed.count(), 1);
        QVERIFY(closeTo(m_view->nodeRect(103).bottomRight(), corner));
        QVERIFY(!closeTo(m_view->nodeRect(101).topLeft(), other, 5));
        wheel(corner, {}, {0, -120}, Qt::NoScrollPhase, modifiers);
        QVERIFY(std::abs(m_view->zoom() - 1.0) < 1e-9);
        QVERIFY(closeTo(m_view->nodeRect(101).topLeft(), other));
    }

    void touchPadPans() {
        show(residual(60));
        const QPointF before = m_view->nodeRect(103).topLeft();
        wheel({300, 300}, {-12, -30}, {-24, -60}, Qt::ScrollUpdate);
        QCOMPARE(m_view->zoom(), 1.0);
        QVERIFY(closeTo(m_view->nodeRect(103).topLeft(), before + QPointF(-12, -30)));
        wheel({300, 300}, {0, 30}, {0, 60}, Qt::ScrollUpdate, Qt::ControlModifier);
        QVERIFY(m_view->zoom() > 1.0);
    }

    void keysZoomAndFit() {
        show(residual(60));
        QTest::keyClick(m_view.get(), Qt::Key_Plus);
        QCOMPARE(m_view->zoom(), 1.25);
        QTest::keyClick(m_view.get(), Qt::Key_Minus);
        QTest::keyClick(m_view.get(), Qt::Key_Minus);
        QVERIFY(m_view->zoom() < 1);
        QTest::keyClick(m_view.get(), Qt::Key_Space);
        const QRectF all = m_view->nodeRect(100).united(m_view->nodeRect(159));
        QVERIFY(QRectF(m_view->rect()).contains(all));
        QVERIFY(all.height() > 500);
        // A fitted view stays fitted when the window grows.
        m_view->resize(800, 900);
        QVERIFY(m_view->nodeRect(100).united(m_view->nodeRect(159)).height() > 800);
    }

    void arrowsWalkAlongTheEdges() {
        show(diamond());
        QVector<int> seen;
        connect(m_view.get(), &GraphView::selectionChanged, this,
                [&](const QVector<int>& ids) { seen += ids; });
        QTest::keyClick(m_view.get(), Qt::Key_Down);  // nothing yet: the first node in view
        const bool two_is_left = m_view->nodeRect(2).x() < m_view->nodeRect(3).x();
        QTest::keyClick(m_view.get(), Qt::Key_Down);
        QCOMPARE(m_view->selectedIds(), QVector<int>{2});  // straight below
        QTest::keyClick(m_view.get(), two_is_left ? Qt::Key_Right : Qt::Key_Left);
        QCOMPARE(m_view->selectedIds(), QVector<int>{3});
        QTest::keyClick(m_view.get(), two_is_left ? Qt::Key_Right : Qt::Key_Left);  // nobody there
        QTest::keyClick(m_view.get(), Qt::Key_Down);
        QTest::keyClick(m_view.get(), Qt::Key_Down);  // the end
        QTest::keyClick(m_view.get(), Qt::Key_Up);
        QTest::keyClick(m_view.get(), Qt::Key_Up);
        QCOMPARE(seen, (QVector<int>{1, 2, 3, 4, 2, 1}));
        QTest::keyClick(m_view.get(), Qt::Key_Down, Qt::ShiftModifier);
        QCOMPARE(m_view->selectedIds(), (QVector<int>{1, 2}));
        QCOMPARE(m_view->currentId(), std::optional<int>(2));
        QTest::keyClick(m_view.get(), Qt::Key_Escape);
        QCOMPARE(m_view->selectedIds(), QVector<int>{});
    }

    void walkingKeepsTheNodeInView() {
        show(residual(60));
        click(100);
        for (int i = 0; i < 59; ++i) {
            QTest::keyClick(m_view.get(), Qt::Key_Down);
            QVERIFY(QRectF(m_view->rect()).contains(m_view->nodeRect(*m_view->currentId())));
        }
        QCOMPARE(m_view->selectedIds(), QVector<int>{159});
    }

    void doubleClickAndEnterActivate() {
        show(residual(60));
        QSignalSpy activated(m_view.get(), &GraphView::nodeActivated);
        QTest::mouseDClick(m_view.get(), Qt::LeftButton, {}, middleOf(102));
        QCOMPARE(activated.count(), 1);
        QCOMPARE(activated[0][0].toInt(), 102);
        QCOMPARE(m_view->selectedIds(), QVector<int>{102});
        QVERIFY(closeTo(m_view->nodeRect(102).center(), QRectF(m_view->rect()).center(), 1));
        QTest::keyClick(m_view.get(), Qt::Key_Down);
        QTest::keyClick(m_view.get(), Qt::Key_Return);
        QCOMPARE(activated.last()[0].toInt(), 103);
    }

    void settersAreSilent() {
        show(residual(60));
        QSignalSpy changed(m_view.get(), &GraphView::selectionChanged);
        m_view->setSelectedIds({110, 105});
        m_view->setHighlighted({120});
        m_view->centreOn(110);
        QCOMPARE(m_view->selectedIds(), (QVector<int>{105, 110}));
        QCOMPARE(m_view->currentId(), std::optional<int>(110));
        QVERIFY(closeTo(m_view->nodeRect(110).center(), QRectF(m_view->rect()).center(), 1));
        QCOMPARE(changed.count(), 0);
    }

    void newColoursAreInstant() {
        GraphScene scene = residual(60);
        show(scene);
        const Palette& palette = currentPalette();
        const QPointF bar = m_view->nodeRect(102).topLeft() + QPointF(3, 24);
        QCOMPARE(pixelAt(bar), palette.heat[0]);
        m_view->setZoom(1.1);
        const QRectF before = m_view->nodeRect(102);
        QSignalSpy done(m_view.get(), &GraphView::layoutFinished);
        scene.nodes[2].heat = 1;
        scene.nodes[2].badge = QStringLiteral("FP32");
        m_view->setScene(scene);
        QVERIFY(!m_view->isLayoutRunning());
        QCOMPARE(m_view->nodeRect(102), before);
        QCOMPARE(pixelAt(before.topLeft() + QPointF(3, 24)), palette.heat[4]);
        QTest::qWait(50);
        QCOMPARE(done.count(), 0);
    }

    void selectionAndSearchAreVisible() {
        show(residual(60));
        const QPointF border = m_view->nodeRect(102).center() + QPointF(0, 23);
        const QPointF inside = m_view->nodeRect(103).center() + QPointF(0, 20);
        QVERIFY(pixelAt(inside) == currentPalette().card);
        m_view->setSelectedIds({102});
        m_view->setHighlighted({103});
        QCOMPARE(pixelAt(inside), currentPalette().accent_soft);
        // The edge leaves at the middle of the border: look beside it.
        QCOMPARE(pixelAt(border + QPointF(40, 0)), currentPalette().accent);
    }

    void oldPictureStaysUntilTheNewOneIsReady() {
        show(residual(60));
        const QRectF before = m_view->nodeRect(101);
        m_view->setScene(residual(30, 500));
        QVERIFY(m_view->isLayoutRunning());
        QCOMPARE(m_view->nodeRect(101), before);
        QVERIFY(m_view->nodeRect(501).isNull());
        QTRY_VERIFY(!m_view->isLayoutRunning());
        QVERIFY(m_view->nodeRect(101).isNull());
        QVERIFY(!m_view->nodeRect(501).isNull());
    }

    void lateLayoutsAreDropped() {
        QSignalSpy done(m_view.get(), &GraphView::layoutFinished);
        m_view->setScene(residual(9000));
        // Let it finish and queue its answer, unseen: nothing is delivered before the next event loop.
        QTest::qSleep(300);
        m_view->setScene(residual(20, 700));
        QVERIFY(done.wait(60'000));
        QCOMPARE(m_view->scene().nodes.size(), std::size_t(20));
        QTest::qWait(100);
        QCOMPARE(done.count(), 1);
        QVERIFY(!m_view->nodeRect(705).isNull());
        // Back to the picture on show: the one under way is called off.
        m_view->setScene(residual(9000));
        m_view->setScene(residual(20, 700));
        QVERIFY(!m_view->isLayoutRunning());
        QTest::qWait(300);
        QCOMPARE(done.count(), 1);
    }

    void closingWhileLayingOut() {
        m_view->setScene(residual(9000));
        m_view.reset();  // cancels and waits; a use after free would show under the sanitizers
        init();
    }

    void wishesBeforeTheLayoutAreKept() {
        QSignalSpy done(m_view.get(), &GraphView::layoutFinished);
        m_view->setScene(residual(60));
        m_view->setSelectedIds({140});
        m_view->centreOn(140);
        QVERIFY(done.wait(60'000));
        QCOMPARE(m_view->selectedIds(), QVector<int>{140});
        QVERIFY(closeTo(m_view->nodeRect(140).center(), QRectF(m_view->rect()).center(), 1));
    }

    void vanishedNodesLeaveTheSelection() {
        show(residual(60));
        m_view->setSelectedIds({101, 150});
        QSignalSpy changed(m_view.get(), &GraphView::selectionChanged);
        show(residual(30));
        QCOMPARE(m_view->selectedIds(), QVector<int>{101});
        QCOMPARE(changed.count(), 1);
        m_view->setScene({});
        QCOMPARE(m_view->selectedIds(), QVector<int>{});
        QCOMPARE(changed.count(), 2);
        QVERIFY(!m_view->isLayoutRunning());
    }

    void minimapMovesTheView() {
        show(residual(200));
        const QPoint on_map(m_view->width() - 70, m_view->height() - 30);
        QVERIFY(!QRectF(m_view->rect()).intersects(m_view->nodeRect(290)));
        QTest::mouseClick(m_view.get(), Qt::LeftButton, {}, on_map);
        QVERIFY(m_view->nodeRect(100).bottom() < 0);
        QCOMPARE(m_view->selectedIds(), QVector<int>{});
        QVERIFY(m_view->nodeAt({400, 300}).value_or(100) > 250);
    }

    void emptyViewSaysWhatToDo() {
        m_view->setEmptyText(QString());
        const QImage blank = m_view->grab().toImage();
        m_view->setEmptyText(QStringLiteral("Drop a model here"));
        QVERIFY(m_view->grab().toImage() != blank);
        QCOMPARE(m_view->accessibleDescription(), QStringLiteral("Drop a model here"));
        for (const int key : {Qt::Key_Down, Qt::Key_Space, Qt::Key_Plus, Qt::Key_Return})
            QTest::keyClick(m_view.get(), static_cast<Qt::Key>(key));
        QTest::mouseClick(m_view.get(), Qt::LeftButton, {}, QPoint(100, 100));
        wheel({100, 100}, {}, {0, 120}, Qt::NoScrollPhase);
    }

    void isAccessible() {
        show(residual(60));
        QCOMPARE(m_view->focusPolicy(), Qt::StrongFocus);
        QVERIFY(!m_view->accessibleName().isEmpty());
        click(103);
        QVERIFY(m_view->accessibleDescription().contains(QStringLiteral("/blocks.3/Conv")));
    }

    void toolTipTellsTheWholeName() {
        show(residual(60));
        QHelpEvent help(QEvent::ToolTip, middleOf(102), m_view->mapToGlobal(middleOf(102)));
        QApplication::sendEvent(m_view.get(), &help);
        QVERIFY(QToolTip::text().contains(QStringLiteral("/blocks.2/Conv")));
    }

    void followsTheTheme() {
        show(residual(60));
        QCOMPARE(pixelAt({4, 300}), lightPalette().canvas);
        const QIcon icon = themedIcon(QStringLiteral("open"));
        const QImage light = icon.pixmap(32, 32).toImage();
        Theme::instance().setMode(Theme::Mode::Dark);
        QCOMPARE(pixelAt({4, 300}), darkPalette().canvas);
        QVERIFY(icon.pixmap(32, 32).toImage() != light);
        Theme::instance().setMode(Theme::Mode::Light);
        QCOMPARE(icon.pixmap(32, 32).toImage(), light);
    }
};

QTEST_MAIN(TestGraphView)
#include "test_graph_view.moc"

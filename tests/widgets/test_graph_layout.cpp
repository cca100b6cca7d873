// The layered layout: what must hold for every graph, and what makes a residual network readable.
#include <QRandomGenerator>
#include <QTest>
#include <algorithm>
#include <set>

#include "widgets/graph/layout.h"
#include "widgets/graph/layout_steps.h"

using namespace quantwright;

namespace {

LayoutInput chain(int nodes) {
    LayoutInput input;
    input.nodes.resize(nodes);
    for (int i = 1; i < nodes; ++i)
        input.edges.push_back({i - 1, i});
    return input;
}

/// 0 -> 1 -> 2 -> 3 ... with a skip from every third node to the third after it.
LayoutInput residual(int blocks) {
    LayoutInput input = chain(3 * blocks + 1);
    for (int b = 0; b < blocks; ++b)
        input.edges.push_back({3 * b, 3 * b + 3});
    return input;
}

LayoutInput random(int nodes, int reach, quint32 seed) {
    QRandomGenerator generator(seed);
    LayoutInput input;
    for (int i = 0; i < nodes; ++i) {
        input.nodes.push_back({60.0 + generator.bounded(200), 20.0 + generator.bounded(40),
                               generator.bounded(6) - 1, i % 7 == 0});
        for (int k = generator.bounded(4); i > 0 && k > 0; --k)
            input.edges.push_back({std::max(0, i - 1 - generator.bounded(reach)), i});
    }
    return input;
}

bool overlap(const QRectF& a, const QRectF& b) {
    return a.left() < b.right() && b.left() < a.right() && a.top() < b.bottom() && b.top() < a.bottom();
}

/// The rectangle that a piece of an edge stays in, whatever its curve.
QRectF pieceBounds(const QPointF& a, const QPointF& b) {
    return {QPointF(std::min(a.x(), b.x()), std::min(a.y(), b.y())),
            QPointF(std::max(a.x(), b.x()), std::max(a.y(), b.y()))};
}

void checkLayout(const LayoutInput& input, const GraphLayout& layout) {
    QVERIFY(!layout.cancelled);
    QCOMPARE(layout.nodes.size(), input.nodes.size());
    QCOMPARE(layout.edges.size(), input.edges.size());
    for (std::size_t i = 0; i < layout.nodes.size(); ++i) {
        QCOMPARE(layout.nodes[i].size(), QSizeF(input.nodes[i].width, input.nodes[i].height));
        QVERIFY(layout.bounds.adjusted(-1e-6, -1e-6, 1e-6, 1e-6).contains(layout.nodes[i]));
        for (std::size_t j = 0; j < i; ++j)
            QVERIFY2(!overlap(layout.nodes[i], layout.nodes[j]),
                     qPrintable(QString("%1 on %2").arg(i).arg(j)));
    }
    for (std::size_t e = 0; e < layout.edges.size(); ++e) {
        const auto& points = layout.edges[e];
        QVERIFY(points.size() >= 2);
        const QRectF from = layout.nodes[input.edges[e].from], to = layout.nodes[input.edges[e].to];
        QCOMPARE(points.front(), QPointF(from.center().x(), from.bottom()));
        QCOMPARE(points.back(), QPointF(to.center().x(), to.top()));
        for (std::size_t k = 1; k < points.size(); ++k) {
            QVERIFY2(points[k].y() > points[k - 1].y(), "every piece of an edge leads down");
            const QRectF piece = pieceBounds(points[k - 1], points[k]).adjusted(-1, 0, 1, 0);
            for (std::size_t i = 0; i < layout.nodes.size(); ++i)
                QVERIFY2(!overlap(piece, layout.nodes[i]),
                         qPrintable(QString("edge %1 runs through node %2").arg(e).arg(i)));
        }
    }
}

}  // namespace

class TestGraphLayout : public QObject {
    Q_OBJECT

private slots:
    void emptyAndSingle() {
        QVERIFY(layoutGraph({}).nodes.empty());
        const GraphLayout one = layoutGraph(chain(1));
        QCOMPARE(one.nodes.size(), std::size_t(1));
        QCOMPARE(one.bounds, one.nodes[0]);
    }

    void residualChainIsStraight() {
        const LayoutInput input = residual(20);
        const GraphLayout layout = layoutGraph(input);
        checkLayout(input, layout);
        for (std::size_t i = 1; i < layout.nodes.size(); ++i) {
            QCOMPARE(layout.nodes[i].center().x(), layout.nodes[0].center().x());
            QVERIFY2(layout.nodes[i].top() > layout.nodes[i - 1].bottom(), "topological order leads down");
        }
        for (std::size_t e = 0; e < input.edges.size(); ++e) {
            if (input.edges[e].to == input.edges[e].from + 1)
                QCOMPARE(layout.edges[e].size(), std::size_t(2));
            else
                QCOMPARE(layout.edges[e].size(), std::size_t(4));  // aside, straight down, back
        }
    }

    /// The longer branch is the main path; the shorter stands beside it, not over it.
    void downsampleBranchStandsAside() {
        LayoutInput input = chain(6);  // 0 1 2 3 4 5
        input.nodes.resize(7);         // 6: 1 -> 6 -> 4
        input.edges.push_back({1, 6});
        input.edges.push_back({6, 4});
        const GraphLayout layout = layoutGraph(input);
        checkLayout(input, layout);
        for (int i = 1; i < 6; ++i)
            QCOMPARE(layout.nodes[i].center().x(), layout.nodes[0].center().x());
        QVERIFY(!qFuzzyCompare(layout.nodes[6].center().x(), layout.nodes[0].center().x()));
    }

    /// Arithmetic on constants may be longer than the way from the input; it stands aside all the same.
    void mainPathBeginsAtTheInput() {
        LayoutInput input = chain(8);  // constants: 0 .. 5, then 6 and 7
        input.nodes.resize(10);        // 8: the input, 9: its first operator
        input.edges.push_back({8, 9});
        input.edges.push_back({9, 6});
        const auto x = [](const GraphLayout& layout, int node) { return layout.nodes[node].center().x(); };
        const GraphLayout unmarked = layoutGraph(input);
        QCOMPARE(x(unmarked, 5), x(unmarked, 6));
        input.nodes[8].is_input = true;
        const GraphLayout layout = layoutGraph(input);
        checkLayout(input, layout);
        for (const int node : {9, 6, 7})
            QCOMPARE(x(layout, node), x(layout, 8));
        QVERIFY(x(layout, 5) != x(layout, 6));
    }

    /// A constant read deep in the network stands by its reader, with all that leads to it.
    void looseEndsSinkToTheirReaders() {
        LayoutInput input = chain(10);
        input.nodes.resize(12);
        input.edges.push_back({10, 11});
        input.edges.push_back({11, 8});
        const GraphLayout layout = layoutGraph(input);
        checkLayout(input, layout);
        QCOMPARE(layout.rows[11], layout.rows[8] - 1);
        QCOMPARE(layout.rows[10], layout.rows[8] - 2);
    }

    void randomGraphs_data() {
        QTest::addColumn<int>("nodes");
        QTest::addColumn<int>("reach");
        for (const int nodes : {2, 5, 17, 60, 150})
            for (const int reach : {1, 3, 12, 100})
                QTest::addRow("%d nodes, reach %d", nodes, reach) << nodes << reach;
    }
    void randomGraphs() {
        QFETCH(int, nodes);
        QFETCH(int, reach);
        for (quint32 seed = 0; seed < 12; ++seed) {
            const LayoutInput input = random(nodes, reach, seed);
            checkLayout(input, layoutGraph(input));
        }
    }

    /// A dense block pushes straight edges aside row after row if nothing stops them.
    void denseBlockStaysNarrow() {
        LayoutInput input;
        input.nodes.resize(60);
        for (int i = 1; i < 60; ++i)
            for (int j = std::max(0, i - 12); j < i; ++j)
                input.edges.push_back({j, i});
        const GraphLayout layout = layoutGraph(input);
        checkLayout(input, layout);
        // 66 edges pass each row: with their gaps and a node that is 1,100; twice that is allowed.
        QVERIFY2(layout.bounds.width() < 2200, qPrintable(QString::number(layout.bounds.width())));
        for (const QRectF& node : layout.nodes)
            QCOMPARE(node.center().x(), layout.nodes[0].center().x());
    }

    void manyLoneNodesFillASquare() {
        LayoutInput input;
        input.nodes.resize(100);
        const GraphLayout layout = layoutGraph(input);
        checkLayout(input, layout);
        QVERIFY(layout.bounds.width() < 12 * 250);
    }

    void cyclesAreDrawnUpwards() {
        LayoutInput input = chain(5);
        input.edges.push_back({4, 1});
        input.edges.push_back({2, 2});
        input.edges.push_back({3, 99});
        const GraphLayout layout = layoutGraph(input);
        QCOMPARE(layout.nodes.size(), std::size_t(5));
        const auto& back = layout.edges[4];
        QVERIFY(back.size() >= 2);
        QVERIFY(back.front().y() > back.back().y());
        QVERIFY(layout.edges[5].empty());
        QVERIFY(layout.edges[6].empty());
        for (int i = 1; i < 5; ++i)
            QVERIFY(layout.nodes[i].top() > layout.nodes[i - 1].bottom());
    }

    void repeatedEdgesShareTheirWay() {
        LayoutInput input = chain(2);
        input.edges.push_back({0, 1});
        const GraphLayout layout = layoutGraph(input);
        QVERIFY(!layout.edges[1].empty());
        QCOMPARE(layout.edges[1], layout.edges[0]);
    }

    /// More long edges than the picture has room for: they run beside it and still hit nothing.
    void veryLongEdgesRunInLanes() {
        LayoutInput input = chain(2400);
        for (int i = 0; i < 2000; i += 40)
            input.edges.push_back({i, 2399});
        const auto ranked = layout_steps::rankNodes(input);
        const auto layered = layout_steps::splitLongEdges(input, ranked);
        QVERIFY(std::count(layered.in_lane.begin(), layered.in_lane.end(), 1) >= 20);
        QVERIFY(layered.vertexCount() < 30'000);

        const GraphLayout layout = layoutGraph(input);
        double rightmost_node = 0;
        for (const QRectF& node : layout.nodes)
            rightmost_node = std::max(rightmost_node, node.right());
        std::set<double> lanes;
        for (std::size_t e = 2399; e < layout.edges.size(); ++e) {
            const auto& points = layout.edges[e];
            QCOMPARE(points.front().y(), layout.nodes[input.edges[e].from].bottom());
            QCOMPARE(points.back().y(), layout.nodes[2399].top());
            for (std::size_t k = 1; k < points.size(); ++k)
                QVERIFY(points[k].y() > points[k - 1].y());
            if (input.edges[e].from < 2398 && points[1].x() > rightmost_node)
                lanes.insert(points[1].x());
        }
        QVERIFY2(lanes.size() >= 20, "all end at one node, so none shares its lane");
    }

    /// Branches on both sides don't make a long edge zigzag round them.
    void longEdgesStayStraight() {
        LayoutInput input = chain(14);
        input.nodes.resize(20);
        int next = 14;
        for (const int at : {2, 5, 8})
            for (int side = 0; side < 2; ++side, ++next) {
                input.edges.push_back({at, next});
                input.edges.push_back({next, at + 2});
            }
        input.edges.push_back({0, 13});
        input.edges.push_back({1, 12});
        const GraphLayout layout = layoutGraph(input);
        checkLayout(input, layout);
        for (std::size_t e = input.edges.size() - 2; e < input.edges.size(); ++e)
            QCOMPARE(layout.edges[e].size(), std::size_t(4));
    }

    void framesHoldTheirOwnNodesOnly() {
        LayoutInput input = residual(4);
        for (int i = 0; i < 13; ++i)
            input.nodes[i].group = i == 0 ? -1 : (i - 1) / 3;
        const GraphLayout layout = layoutGraph(input);
        QCOMPARE(layout.groups.size(), std::size_t(4));
        for (std::size_t g = 0; g < 4; ++g) {
            QVERIFY(!layout.groups[g].isNull());
            for (int i = 0; i < 13; ++i) {
                const bool own = input.nodes[i].group == static_cast<int>(g);
                QCOMPARE(layout.groups[g].contains(layout.nodes[i]), own);
                QCOMPARE(overlap(layout.groups[g], layout.nodes[i]), own);
            }
            if (g > 0)  // room for the title and between the frames
                QVERIFY(layout.groups[g].top() - layout.groups[g - 1].bottom() >= 24);
        }
        // A group with a stranger in its middle gets none.
        input.nodes[5].group = -1;
        QVERIFY(layoutGraph(input).groups[1].isNull());
    }

    void randomFramesAreClean() {
        for (quint32 seed = 0; seed < 20; ++seed) {
            const LayoutInput input = random(40, 5, seed);
            const GraphLayout layout = layoutGraph(input);
            for (std::size_t g = 0; g < layout.groups.size(); ++g) {
                if (layout.groups[g].isNull())
                    continue;
                for (std::size_t i = 0; i < input.nodes.size(); ++i)
                    QCOMPARE(overlap(layout.groups[g], layout.nodes[i]),
                             input.nodes[i].group == static_cast<int>(g));
            }
        }
    }

    void sameInputSamePicture() {
        const LayoutInput input = random(120, 20, 7);
        const GraphLayout a = layoutGraph(input), b = layoutGraph(input);
        QCOMPARE(a.nodes, b.nodes);
        QCOMPARE(a.edges, b.edges);
        QCOMPARE(a.groups, b.groups);
    }

    void cancelStopsAtEveryQuestion() {
        const LayoutInput input = random(150, 30, 3);
        int questions = 0;
        QVERIFY(!layoutGraph(input, [&] { return ++questions < 0; }).cancelled);
        QVERIFY2(questions > 20, "it is asked between the steps and within the long ones");
        for (int stop_at = 1; stop_at <= questions; ++stop_at) {
            int asked = 0;
            const GraphLayout layout = layoutGraph(input, [&] { return ++asked >= stop_at; });
            QVERIFY(layout.cancelled);
            QVERIFY(layout.nodes.empty());
        }
    }
};

QTEST_GUILESS_MAIN(TestGraphLayout)
#include "test_graph_layout.moc"

// The histogram as it is drawn: every element in a bar, bars as high as their counts, red where the range
// ends.
#include <QSignalSpy>
#include <QTest>
#include <cmath>
#include <numeric>
#include <random>

#include "widgets/panels/histogram_data.h"
#include "widgets/panels/histogram_plot.h"

using namespace quantwright;

class HistogramPlotTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void barsHoldEveryElement();
    void barsAreAsHighAsTheirCounts();
    void symmetricLinesMoveTogether();
    void escapeTakesTheDragBack();

private:
    std::vector<float> m_values;
    Histogram m_histogram;
};

void HistogramPlotTest::initTestCase() {
    std::mt19937 random(5);
    std::normal_distribution<float> normal(0.5f, 1.0f);
    m_values.resize(5000);
    for (float& value : m_values)
        value = normal(random);
    m_histogram.add(m_values);
}

void HistogramPlotTest::barsHoldEveryElement() {
    const PlotBars bars = plotBars(m_histogram, 100);
    QVERIFY(bars.centres.size() > 40 && bars.centres.size() <= 100);
    QCOMPARE(std::accumulate(bars.counts.begin(), bars.counts.end(), 0.0), 5000.0);
    QVERIFY(bars.counts.front() > 0 && bars.counts.back() > 0);
    QVERIFY(plotBars(Histogram()).centres.empty());
    QCOMPARE(clippedShare(m_histogram, {-100, 100}), 0.0);
    QVERIFY(std::abs(clippedShare(m_histogram, {-100, 0.5f}) - 0.5) < 0.03);
}

void HistogramPlotTest::barsAreAsHighAsTheirCounts() {
    HistogramPlot plot;
    const PlotBars bars = plotBars(m_histogram, 60);
    plot.setBars(bars);
    plot.setClip(Range{-0.7f, 1.8f}, true, false);
    double inside = 0, outside = 0, below = 0;
    int drawn = 0;
    for (int i = 0; i < plot.plottableCount(); ++i) {
        const auto* series = qobject_cast<QCPBars*>(plot.plottable(i));
        QVERIFY(series);
        for (const QCPBarsData& bar : *series->data()) {
            // QCustomPlot draws a bar from the base value up by its own value.
            const double top = series->baseValue() + bar.value;
            const auto at =
                static_cast<std::size_t>(std::lround((bar.key - bars.centres.front()) / bars.width));
            QCOMPARE(top, bars.counts[at]);
            (i == 0 ? inside : outside) += top;
            below += bar.key < -0.7 || bar.key > 1.8 ? top : 0;
            ++drawn;
        }
    }
    QCOMPARE(inside + outside, 5000.0);
    QCOMPARE(outside, below);
    QVERIFY(outside > 100);
    const auto empty = std::count(bars.counts.begin(), bars.counts.end(), 0.0);
    QCOMPARE(drawn, static_cast<int>(bars.counts.size() - static_cast<std::size_t>(empty)));
}

void HistogramPlotTest::symmetricLinesMoveTogether() {
    HistogramPlot plot;
    plot.resize(600, 240);
    plot.show();
    plot.setBars(plotBars(m_histogram));
    plot.setClip(Range{-2, 2}, true, true);
    plot.replot();
    QSignalSpy released(&plot, &HistogramPlot::clipReleased);
    const QPoint from = plot.handle(1);
    QTest::mousePress(&plot, Qt::LeftButton, {}, from);
    QTest::mouseMove(&plot, from - QPoint(40, 0));
    QTest::mouseRelease(&plot, Qt::LeftButton, {}, from - QPoint(40, 0));
    QCOMPARE(released.count(), 1);
    const Range clip = released.first().first().value<Range>();
    QVERIFY(clip.max < 2 && clip.max > 0);
    QCOMPARE(clip.min, -clip.max);
}

void HistogramPlotTest::escapeTakesTheDragBack() {
    HistogramPlot plot;
    plot.resize(600, 240);
    plot.show();
    plot.setBars(plotBars(m_histogram));
    plot.setClip(Range{-1, 2}, true, false);
    plot.replot();
    QSignalSpy released(&plot, &HistogramPlot::clipReleased), cancelled(&plot, &HistogramPlot::clipCancelled);
    const QPoint from = plot.handle(0);
    QTest::mousePress(&plot, Qt::LeftButton, {}, from);
    QTest::mouseMove(&plot, from + QPoint(30, 0));
    QVERIFY(plot.clip()->min > -1);
    QTest::keyClick(&plot, Qt::Key_Escape);
    QCOMPARE(plot.clip()->min, -1.0f);
    QTest::mouseRelease(&plot, Qt::LeftButton, {}, from + QPoint(30, 0));
    QCOMPARE(released.count(), 0);
    QCOMPARE(cancelled.count(), 1);
}

QTEST_MAIN(HistogramPlotTest)
#include "test_histogram_plot.moc"

// Live what-if: a plan has one figure, however it was come to.
#include <QTest>

#include "core/analyze/quality_meter.h"
#include "core/calibrate/calibrate.h"
#include "core/plan/edit.h"
#include "widgets/workspace/opening.h"

using namespace quantwright;

class QualityMeterTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void aPlanHasOneFigure_data();
    void aPlanHasOneFigure();
    void aTrialLeavesThePlanAlone();
    void cancelledMeasurementSaysSo();

private:
    std::shared_ptr<const Resolved> resolved(const Edit& edit) const {
        Plan plan = m_plan;
        if (!apply(plan, edit))
            return nullptr;
        return resolve(m_prepared, m_statistics, plan).value_or(nullptr);
    }
    std::shared_ptr<QualityMeter> meter() const {
        return QualityMeter::create(m_prepared, *m_reader, {}, {8}).value_or(nullptr);
    }

    std::shared_ptr<const Prepared> m_prepared;
    std::shared_ptr<const Statistics> m_statistics;
    std::shared_ptr<const InputReader> m_reader;
    std::vector<std::string> m_names;
    Plan m_plan;
};

void QualityMeterTest::initTestCase() {
    const auto request = sampleRequest();
    QVERIFY(request);
    const auto opened = openDocument(*request, {});
    QVERIFY(opened && opened->prepared);
    m_prepared = opened->prepared;
    m_plan = opened->plan;
    const auto calibration = calibrationReader(*m_prepared, opened->images, {});
    QVERIFY(calibration);
    const auto statistics = calibrate(*m_prepared, **calibration);
    QVERIFY(statistics);
    m_statistics = statistics->statistics;
    const auto reader = evaluationReader(*m_prepared, opened->images, {});
    QVERIFY(reader);
    m_reader = *reader;
    for (const Layer& layer : m_prepared->layers)
        m_names.push_back(layer.name);
}

void QualityMeterTest::aPlanHasOneFigure_data() {
    QTest::addColumn<int>("first");
    QTest::addColumn<int>("count");
    QTest::addColumn<QString>("path");
    QTest::addColumn<QString>("value");
    QTest::newRow("three thresholds") << 1 << 3 << "activation.threshold.method"
                                      << "mse";
    QTest::newRow("all thresholds") << 0 << 100 << "activation.threshold.method"
                                    << "kl";
    QTest::newRow("symmetric activations") << 2 << 5 << "activation.symmetric"
                                           << "true";
    QTest::newRow("per tensor weights") << 1 << 2 << "weight.granularity"
                                        << "tensor";
    QTest::newRow("a float layer") << 4 << 1 << "mode"
                                   << "float";
    QTest::newRow("dynamic") << 0 << 100 << "mode"
                             << "dynamic";
    QTest::newRow("weights only") << 0 << 100 << "mode"
                                  << "weight-only";
    QTest::newRow("half precision") << 2 << 3 << "mode"
                                    << "fp16";
    QTest::newRow("16-bit activations") << 0 << 100 << "activation.format"
                                        << "int16";
    QTest::newRow("reduced range") << 0 << 100 << "activation.range"
                                   << "reduced";
    QTest::newRow("powers of two") << 0 << 100 << "weight.scale"
                                   << "power-of-two";
    QTest::newRow("half levels") << 0 << 100 << "weight.divisor"
                                 << "half-levels";
}

void QualityMeterTest::aPlanHasOneFigure() {
    QFETCH(int, first);
    QFETCH(int, count);
    QFETCH(QString, path);
    QFETCH(QString, value);
    std::vector<std::string> names;
    for (std::size_t i = static_cast<std::size_t>(first);
         i < m_names.size() && names.size() < static_cast<std::size_t>(count); ++i)
        names.push_back(m_names[i]);
    const auto before = resolved({}),
               after = resolved(set_layers(names, *find_field(path.toStdString()), value.toStdString()));
    QVERIFY(before && after);
    const auto live = meter(), fresh = meter();
    const auto base = live->measure(before, {}, {});
    const auto changed = live->measure(after, {}, {});
    const auto anew = fresh->measure(after, {}, {});
    QVERIFY(base && changed && anew);
    QVERIFY(base->images >= 4);
    QCOMPARE(*changed->snr_db, *anew->snr_db);
    QVERIFY(std::abs(*changed->snr_db - *base->snr_db) > 0.001);
    const auto bytes = live->file_bytes(after);
    QCOMPARE(bytes, fresh->file_bytes(after));
    QVERIFY(*bytes < m_prepared->original->file_bytes() / 2);
    QCOMPARE(live->file_bytes(before), fresh->file_bytes(before));
    // And back again.
    const auto back = live->measure(before, {}, {});
    QVERIFY(back);
    QCOMPARE(*back->snr_db, *base->snr_db);
}

void QualityMeterTest::aTrialLeavesThePlanAlone() {
    const auto plan = resolved({});
    const auto live = meter();
    const auto base = live->measure(plan, {}, {});
    const auto tensor = std::find_if(plan->tensors.begin(), plan->tensors.end(),
                                     [](const auto& one) { return one.has_value(); });
    QVERIFY(base && tensor != plan->tensors.end());
    const Range narrow{(*tensor)->range.min / 4, (*tensor)->range.max / 4};
    const auto trial = live->measure(plan, QualityMeter::Trial{(*tensor)->scale_owner, narrow}, {});
    QVERIFY(trial);
    QVERIFY2(*trial->snr_db < *base->snr_db - 1, qPrintable(QString::number(*trial->snr_db)));
    const auto again = live->measure(plan, {}, {});
    QCOMPARE(*again->snr_db, *base->snr_db);
}

void QualityMeterTest::cancelledMeasurementSaysSo() {
    CancelToken token;
    token.cancel();
    const auto quality = meter()->measure(resolved({}), {}, JobContext(token));
    QVERIFY(!quality);
    QCOMPARE(quality.error().code, ErrorCode::cancelled);
}

QTEST_MAIN(QualityMeterTest)
#include "test_quality_meter.moc"

// SNR, cosine and errors of two tensors.
#include <QtTest>
#include <cmath>
#include <limits>
#include <random>

#include "core/number/metrics.h"

using namespace quantwright;

class TestMetrics : public QObject {
    Q_OBJECT

private slots:
    void equal_tensors_have_no_snr();
    void known_values();
    void matches_plain_sums_at_every_length();
    void pooling_is_adding();
    void zeros();
    void not_finite_is_infinite_noise();
};

void TestMetrics::equal_tensors_have_no_snr() {
    ErrorSums sums;
    const std::vector<float> values = {1, -2, 3};
    sums.add(values, values);
    QVERIFY(!sums.snr_db().has_value());
    QCOMPARE(sums.mean_abs_error(), 0.0);
    QCOMPARE(sums.max_abs_error(), 0.0);
    QVERIFY(std::fabs(sums.cosine() - 1) < 1e-12);
    QCOMPARE(sums.count(), std::int64_t(3));
}

void TestMetrics::known_values() {
    ErrorSums sums;
    sums.add(std::vector<float>{10, 0}, std::vector<float>{9, 1});
    QCOMPARE(*sums.snr_db(), 10 * std::log10(100.0 / 2.0));
    QCOMPARE(sums.mean_squared_error(), 1.0);
    QCOMPARE(sums.mean_abs_error(), 1.0);
    QCOMPARE(sums.max_abs_error(), 1.0);
    QCOMPARE(sums.cosine(), 90 / (10 * std::sqrt(82.0)));
    ErrorSums opposite;
    opposite.add(std::vector<float>{1, 2}, std::vector<float>{-1, -2});
    QVERIFY(std::fabs(opposite.cosine() + 1) < 1e-12);
    QCOMPARE(*opposite.snr_db(), 10 * std::log10(0.25));
}

void TestMetrics::matches_plain_sums_at_every_length() {
    std::mt19937 random(6);
    std::normal_distribution<float> normal;
    for (std::size_t count = 1; count < 40; ++count) {
        std::vector<float> f(count), q(count);
        double signal = 0, noise = 0, abs = 0, max = 0;
        for (std::size_t i = 0; i < count; ++i) {
            f[i] = normal(random);
            q[i] = f[i] + 0.1f * normal(random);
            const double difference = static_cast<double>(q[i]) - f[i];
            signal += static_cast<double>(f[i]) * f[i];
            noise += difference * difference;
            abs += std::fabs(difference);
            max = std::max(max, std::fabs(difference));
        }
        ErrorSums sums;
        sums.add(f, q);
        QVERIFY(std::fabs(*sums.snr_db() - 10 * std::log10(signal / noise)) < 1e-9);
        QVERIFY(std::fabs(sums.mean_abs_error() - abs / static_cast<double>(count)) < 1e-12);
        QCOMPARE(sums.max_abs_error(), max);
    }
}

void TestMetrics::pooling_is_adding() {
    const std::vector<float> a = {1, 2}, b = {3, 4, 5}, qa = {1.5f, 2}, qb = {3, 3, 5.25f};
    ErrorSums one, first, second;
    one.add(a, qa);
    one.add(b, qb);
    first.add(a, qa);
    second.add(b, qb);
    first.add(second);
    QCOMPARE(*first.snr_db(), *one.snr_db());
    QCOMPARE(first.cosine(), one.cosine());
    QCOMPARE(first.max_abs_error(), 1.0);
    QCOMPARE(first.count(), std::int64_t(5));
}

void TestMetrics::zeros() {
    ErrorSums sums;
    QCOMPARE(sums.mean_squared_error(), 0.0);
    QCOMPARE(sums.cosine(), 1.0);
    QVERIFY(!sums.snr_db());
    sums.add(std::vector<float>{0, 0}, std::vector<float>{0, 1});
    QCOMPARE(sums.cosine(), 0.0);
    QCOMPARE(*sums.snr_db(), -std::numeric_limits<double>::infinity());
}

void TestMetrics::not_finite_is_infinite_noise() {
    constexpr float infinity = std::numeric_limits<float>::infinity();
    ErrorSums masks;
    masks.add(std::vector<float>{-infinity, 3}, std::vector<float>{-infinity, 4});
    QCOMPARE(*masks.snr_db(), 10 * std::log10(9.0));
    for (const float bad : {infinity, -infinity, std::numeric_limits<float>::quiet_NaN()}) {
        ErrorSums sums;
        sums.add(std::vector<float>{1, 2, 3}, std::vector<float>{1, bad, 3});
        QCOMPARE(*sums.snr_db(), -std::numeric_limits<double>::infinity());
        QCOMPARE(sums.mean_squared_error(), std::numeric_limits<double>::infinity());
        QCOMPARE(sums.max_abs_error(), std::numeric_limits<double>::infinity());
        QCOMPARE(sums.cosine(), 0.0);
    }
}

QTEST_GUILESS_MAIN(TestMetrics)
#include "test_metrics.moc"

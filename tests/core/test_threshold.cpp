// Thresholds on distributions whose best clip is known, and against brute force.
#include <QtTest>
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <random>

#include "core/calibrate/threshold.h"
#include "core/number/kernels.h"

using namespace quantwright;

class TestThreshold : public QObject {
    Q_OBJECT

    static Scheme int8(bool symmetric) {
        Scheme scheme;
        scheme.format = &format_int8();
        scheme.symmetric = symmetric;
        return scheme;
    }

    static TensorStatistics statistics_of(const std::vector<float>& x) {
        TensorStatistics tensor;
        tensor.range = {*std::min_element(x.begin(), x.end()), *std::max_element(x.begin(), x.end())};
        tensor.count = static_cast<std::int64_t>(x.size());
        tensor.histogram.add(x);
        tensor.moving.add({&tensor.range, 1});
        return tensor;
    }

    static std::vector<float> sample(const QString& distribution, std::size_t count = 200000) {
        std::mt19937 random(5);
        std::normal_distribution<float> normal;
        std::exponential_distribution<float> exponential;
        std::uniform_real_distribution<float> uniform(-1, 1);
        std::vector<float> x(count);
        for (float& v : x) {
            if (distribution == "gauss")
                v = normal(random);
            else if (distribution == "laplace")
                v = exponential(random) * (uniform(random) < 0 ? -1.0f : 1.0f);
            else if (distribution == "uniform")
                v = uniform(random);
            else if (distribution == "relu")
                v = std::max(0.0f, normal(random) - 0.5f);
            else if (distribution == "relu6")
                v = std::clamp(4 * normal(random), 0.0f, 6.0f);
            else if (distribution == "skewed")
                v = exponential(random) - 0.3f;
            else if (distribution == "outliers")
                v = normal(random);
            else if (distribution == "swish") {
                const float z = 2 * normal(random);
                v = z / (1 + std::exp(-z));
            } else if (distribution == "above zero")
                v = 5 + uniform(random);
        }
        if (distribution == "outliers") {
            x[0] = 300;
            x[1] = -40;
        }
        return x;
    }

    static constexpr std::array distributions = {"gauss",  "laplace",  "uniform", "relu",      "relu6",
                                                 "skewed", "outliers", "swish",   "above zero"};

    static constexpr std::array methods = {ThresholdMethod::minmax,     ThresholdMethod::moving_average,
                                           ThresholdMethod::percentile, ThresholdMethod::mse,
                                           ThresholdMethod::kl,         ThresholdMethod::histogram};

    static void all_distributions() {
        QTest::addColumn<QString>("distribution");
        QTest::addColumn<bool>("symmetric");
        for (const char* name : distributions)
            for (const bool symmetric : {false, true})
                QTest::addRow("%s %s", name, symmetric ? "symmetric" : "asymmetric")
                    << QString(name) << symmetric;
    }

    /// Mean squared error of really quantizing the values.
    static double measured(const std::vector<float>& x, Range range, const Scheme& scheme) {
        const Parameters parameters = parameters_from(range, scheme);
        std::vector<float> y(x.size());
        fake_quantize(x, y, {static_cast<std::int64_t>(x.size())}, parameters);
        double sum = 0;
        for (std::size_t i = 0; i < x.size(); ++i)
            sum += (static_cast<double>(y[i]) - x[i]) * (static_cast<double>(y[i]) - x[i]);
        return sum / static_cast<double>(x.size());
    }

private slots:
    void names() {
        for (const char* name : {"minmax", "moving-average", "percentile", "mse", "kl", "histogram"})
            QCOMPARE(name_of(*find_threshold_method(name)), std::string_view(name));
        QVERIFY(!find_threshold_method("MSE"));
    }

    void minmax_is_exact() {
        const auto tensor = statistics_of({-1.23456f, 0, 7.654321f});
        QCOMPARE(find_threshold(tensor, ThresholdMethod::minmax, 0, int8(false)),
                 (Range{-1.23456f, 7.654321f}));
    }

    void never_wider_than_exact_data() { all_distributions(); }
    void never_wider_than_exact() {
        QFETCH(QString, distribution);
        QFETCH(bool, symmetric);
        const auto tensor = statistics_of(sample(distribution));
        for (const auto method : methods)
            for (const char* format : {"int8", "uint8"}) {
                Scheme scheme = int8(symmetric);
                scheme.format = find_format(format);
                scheme.codes = QString(format) == "uint8" ? CodeRange::reduced : CodeRange::full;
                QElapsedTimer timer;
                timer.start();
                const Range range = find_threshold(tensor, method, 99.9, scheme);
                qInfo("%s: [%g, %g], %lld us", std::string(name_of(method)).c_str(),
                      static_cast<double>(range.min), static_cast<double>(range.max),
                      static_cast<long long>(timer.nsecsElapsed() / 1000));
                QVERIFY(range.min >= tensor.range.min && range.max <= tensor.range.max &&
                        range.min <= range.max);
            }
    }

    void no_elements_and_constants() {
        TensorStatistics empty;
        for (const auto method : methods) {
            QCOMPARE(find_threshold(empty, method, 99, int8(false)), Range());
            const auto zeros = statistics_of(std::vector<float>(10, 0.0f));
            QCOMPARE(find_threshold(zeros, method, 99, int8(true)), Range());
            const auto same = statistics_of(std::vector<float>(10, -2.5f));
            QCOMPARE(find_threshold(same, method, 99, int8(false)), (Range{-2.5f, -2.5f}));
        }
        QCOMPARE(expected_squared_error(empty.histogram, {-1, 1}, int8(false)), 0.0);
    }

    void moving_average_is_what_the_statistics_say() {
        TensorStatistics tensor = statistics_of({-8, 0, 8});
        const Range first{-1, 2}, second{-3, 2.5f};
        tensor.moving = {};
        tensor.moving.add({&first, 1});
        tensor.moving.add({&second, 1});
        QVERIFY(can_find(tensor, ThresholdMethod::moving_average));
        QCOMPARE(find_threshold(tensor, ThresholdMethod::moving_average, 0, int8(false)),
                 (Range{-1.02f, 2.005f}));
        tensor.moving.average[0].max = 9;  // never wider
        QCOMPARE(find_threshold(tensor, ThresholdMethod::moving_average, 0, int8(false)), (Range{-1.02f, 8}));
    }

    void without_a_moving_average_it_is_the_exact_range() {
        TensorStatistics tensor = statistics_of({-8, 0, 8});
        tensor.moving = {};
        for (const auto method : methods)
            QCOMPARE(can_find(tensor, method), method != ThresholdMethod::moving_average);
        QCOMPARE(find_threshold(tensor, ThresholdMethod::moving_average, 0, int8(false)), tensor.range);
        QVERIFY(can_find({}, ThresholdMethod::moving_average));  // of an empty tensor nothing is missing
    }

    void histogram_of_extreme_values() {
        std::vector<float> gauss = sample("gauss", 20000);
        const auto found = [&](float factor) {
            std::vector<float> x = gauss;
            for (float& v : x)
                v *= factor;
            const Range range = find_threshold(statistics_of(x), ThresholdMethod::histogram, 0, int8(false));
            return Range{range.min / factor, range.max / factor};
        };
        const Range plain = found(1);
        QVERIFY(plain.max < 0.99f * statistics_of(gauss).range.max);
        for (const int exponent : {-90, -20, 60, 125})  // cubes of these leave float32's range
            QCOMPARE(found(std::ldexp(1.0f, exponent)), plain);
        // A span beyond float32.
        const float most = std::numeric_limits<float>::max();
        const auto tensor = statistics_of({-most, -1, 0, 1, most});
        const Range range = find_threshold(tensor, ThresholdMethod::histogram, 0, int8(false));
        QVERIFY(std::isfinite(range.min) && std::isfinite(range.max) && range.min < range.max);
    }

    void histogram_search_does_not_depend_on_the_scheme_but_on_its_bits() {
        const auto tensor = statistics_of(sample("laplace"));
        Scheme scheme = int8(false);
        const Range range = find_threshold(tensor, ThresholdMethod::histogram, 0, scheme);
        scheme.codes = CodeRange::reduced;
        QCOMPARE(find_threshold(tensor, ThresholdMethod::histogram, 0, scheme), range);
        QCOMPARE(find_threshold(tensor, ThresholdMethod::histogram, 0, int8(true)), range);
        scheme.format = find_format("int4");
        QVERIFY(find_threshold(tensor, ThresholdMethod::histogram, 0, scheme) != range);
        scheme.format = find_format("int16");
        QVERIFY(find_threshold(tensor, ThresholdMethod::histogram, 0, scheme).max >= range.max);
        scheme.format = &format_float();
        QCOMPARE(find_threshold(tensor, ThresholdMethod::histogram, 0, scheme), tensor.range);
    }

    /// Half of the codes: steps of twice the size, so more clipping pays.
    void reduced_codes_narrow_mse_and_kl() {
        const auto tensor = statistics_of(sample("laplace"));
        for (const auto method : {ThresholdMethod::mse, ThresholdMethod::kl})
            for (const bool symmetric : {false, true}) {
                Scheme scheme = int8(symmetric);
                const Range full = find_threshold(tensor, method, 0, scheme);
                scheme.codes = CodeRange::reduced;
                const Range reduced = find_threshold(tensor, method, 0, scheme);
                QVERIFY2(reduced.max - reduced.min < 0.99f * (full.max - full.min),
                         qPrintable(QString("[%1, %2]").arg(reduced.min).arg(reduced.max)));
                if (method == ThresholdMethod::mse)
                    QVERIFY(expected_squared_error(tensor.histogram, reduced, scheme) <
                            expected_squared_error(tensor.histogram, full, scheme));
            }
    }

    void percentile_cuts_both_tails() {
        std::vector<float> x;
        for (int i = -10000; i < 10000; ++i)
            x.push_back(static_cast<float>(i) / 10000);
        const auto tensor = statistics_of(x);
        const double bin = tensor.histogram.width();
        const Range range = find_threshold(tensor, ThresholdMethod::percentile, 98, int8(false));
        QVERIFY(std::fabs(range.min + 0.98) <= 1.01 * bin);
        QVERIFY(std::fabs(range.max - 0.98) <= 1.01 * bin);
        const Range symmetric = find_threshold(tensor, ThresholdMethod::percentile, 90, int8(true));
        QVERIFY(std::fabs(symmetric.max - 0.9) <= 1.01 * bin);
        QVERIFY(std::fabs(symmetric.min + 0.9) <= 1.01 * bin);
        QCOMPARE(find_threshold(tensor, ThresholdMethod::percentile, 100, int8(false)), tensor.range);
    }

    void percentile_holds_what_it_says_data() { all_distributions(); }
    void percentile_holds_what_it_says() {
        QFETCH(QString, distribution);
        QFETCH(bool, symmetric);
        const auto x = sample(distribution);
        const auto tensor = statistics_of(x);
        for (const double percentile : {99.0, 99.9, 99.99, 75.0}) {
            const Range range =
                find_threshold(tensor, ThresholdMethod::percentile, percentile, int8(symmetric));
            const auto inside =
                std::count_if(x.begin(), x.end(), [&](float v) { return v >= range.min && v <= range.max; });
            QVERIFY(static_cast<double>(inside) >= percentile / 100 * static_cast<double>(x.size()) - 1e-6);
        }
    }

    void expected_error_is_the_measured_one_data() { all_distributions(); }
    void expected_error_is_the_measured_one() {
        QFETCH(QString, distribution);
        QFETCH(bool, symmetric);
        const auto x = sample(distribution);
        const auto tensor = statistics_of(x);
        for (const char* format : {"int8", "uint8", "int16"})
            for (const float kept : {1.0f, 0.7f, 0.3f, 0.01f}) {
                Scheme scheme = int8(symmetric);
                scheme.format = find_format(format);
                if (!scheme.format)
                    continue;
                const Range range{tensor.range.min * kept, tensor.range.max * kept};
                const double expected = expected_squared_error(tensor.histogram, range, scheme);
                const double really = measured(x, range, scheme);
                // A bin's width of uncertainty where many values sit at one point beyond the range (Relu6).
                const double width = tensor.histogram.width();
                QVERIFY2(
                    std::fabs(expected - really) <=
                        0.03 * really + width * width / 3 + 2 * width * std::sqrt(really) * (kept < 1),
                    qPrintable(
                        QString("%1 kept %2: %3 for %4").arg(format).arg(kept).arg(expected).arg(really)));
            }
    }

    void uniform_rounding_is_a_twelfth_of_a_step() {
        const auto tensor = statistics_of(sample("uniform"));
        const double scale = 2.0 / 255;
        const double error = expected_squared_error(tensor.histogram, {-1, 1}, int8(false));
        QVERIFY(std::fabs(error / (scale * scale / 12) - 1) < 0.02);
    }

    void fp16_and_float() {
        const auto tensor = statistics_of(sample("gauss"));
        Scheme scheme;
        QCOMPARE(expected_squared_error(tensor.histogram, {-1, 1}, scheme), 0.0);
        QCOMPARE(find_threshold(tensor, ThresholdMethod::mse, 0, scheme), tensor.range);
        QCOMPARE(find_threshold(tensor, ThresholdMethod::kl, 0, scheme), tensor.range);
    }

    /// Rounding inside and the tails' integrals outside in closed form, as Banner et al., "Post training
    /// 4-bit quantization of convolutional networks" (2019) have them; minimised here step by step.
    void mse_finds_the_analytic_optimum_data() {
        QTest::addColumn<QString>("distribution");
        QTest::addColumn<int>("bits");
        for (const int bits : {4, 8}) {
            QTest::addRow("gauss %d", bits) << QString("gauss") << bits;
            QTest::addRow("laplace %d", bits) << QString("laplace") << bits;
        }
    }
    void mse_finds_the_analytic_optimum() {
        QFETCH(QString, distribution);
        QFETCH(int, bits);
        const double codes = bits == 4 ? 7 : 127;
        const auto error = [&](double a) {
            const double rounding = (a / codes) * (a / codes) / 12;
            if (distribution == "laplace")  // 2 * integral over x > a of (x - a)^2 exp(-x) / 2
                return rounding * (1 - std::exp(-a)) + 2 * std::exp(-a);
            const double tail = std::erfc(a / std::sqrt(2.0)) / 2,
                         density = std::exp(-a * a / 2) / std::sqrt(2 * M_PI);
            return rounding * (1 - 2 * tail) + 2 * ((1 + a * a) * tail - a * density);
        };
        double best = 0.5;
        for (double a = 0.5; a < 15; a += 0.001)
            if (error(a) < error(best))
                best = a;
        const auto tensor = statistics_of(sample(distribution, 4000000));
        Scheme scheme = int8(true);
        scheme.codes = CodeRange::restricted;  // the formulas are of a grid with two equal ends
        scheme.format = find_format(bits == 4 ? "int4" : "int8");
        if (!scheme.format)
            QSKIP("no such format");
        const Range range = find_threshold(tensor, ThresholdMethod::mse, 0, scheme);
        const double found = std::max(-range.min, range.max);
        QVERIFY2(error(found) < 1.01 * error(best), qPrintable(QString("%1 for %2").arg(found).arg(best)));
        QVERIFY2(std::fabs(found / best - 1) < 0.06, qPrintable(QString("%1 for %2").arg(found).arg(best)));
    }

    void mse_is_as_good_as_brute_force_data() { all_distributions(); }
    void mse_is_as_good_as_brute_force() {
        QFETCH(QString, distribution);
        QFETCH(bool, symmetric);
        const auto x = sample(distribution, 100000);
        const auto tensor = statistics_of(x);
        const Scheme scheme = int8(symmetric);
        double best = measured(x, tensor.range, scheme);
        for (int i = 1; i <= 40; ++i)
            for (int j = 1; j <= 40; ++j) {
                if (symmetric && i != j)
                    continue;
                const float low = static_cast<float>(std::pow(i / 40.0, 2)),
                            high = static_cast<float>(std::pow(j / 40.0, 2));
                const float limit = high * std::max(-tensor.range.min, tensor.range.max);
                const Range range =
                    symmetric ? Range{std::max(tensor.range.min, -limit), std::min(tensor.range.max, limit)}
                              : Range{tensor.range.min * low, tensor.range.max * high};
                if (range.min > range.max)
                    continue;
                best = std::min(best, measured(x, range, scheme));
            }
        const Range found = find_threshold(tensor, ThresholdMethod::mse, 0, scheme);
        const double width = tensor.histogram.width();
        const double error = measured(x, found, scheme);
        QVERIFY2(
            error <= 1.03 * best + width * width / 12,
            qPrintable(
                QString("%1 against %2 with [%3, %4]").arg(error).arg(best).arg(found.min).arg(found.max)));
    }

    void mse_drops_outliers() {
        const auto tensor = statistics_of(sample("outliers"));
        for (const bool symmetric : {false, true}) {
            const Range range = find_threshold(tensor, ThresholdMethod::mse, 0, int8(symmetric));
            QVERIFY(range.max < 0.9f * tensor.range.max);
            QVERIFY(expected_squared_error(tensor.histogram, range, int8(symmetric)) <
                    0.8 * expected_squared_error(tensor.histogram, tensor.range, int8(symmetric)));
        }
    }

    void kl_symmetric_equals_the_published_algorithm_data() {
        QTest::addColumn<QString>("distribution");
        QTest::addColumn<QString>("format");
        for (const char* name : distributions)
            for (const char* format : {"int8", "int4"})
                QTest::addRow("%s %s", name, format) << QString(name) << QString(format);
    }
    void kl_symmetric_equals_the_published_algorithm() {
        QFETCH(QString, distribution);
        QFETCH(QString, format);
        Scheme scheme = int8(true);
        scheme.format = find_format(format.toStdString());
        const std::size_t levels = format == "int4" ? 8 : 128;
        const auto x = sample(distribution);
        const auto tensor = statistics_of(x);
        const double limit = std::max(-tensor.range.min, tensor.range.max);
        // The naive form: 2048 bins counted from the values themselves, every candidate written out.
        std::vector<double> bins(2048);
        for (const float v : x)
            bins[std::min<std::size_t>(2047, static_cast<std::size_t>(std::fabs(v) / limit * 2048))] += 1;
        bins[0] = std::min(bins[0], bins[1]);
        double least = 1e300;
        const auto divergence = [&](std::size_t end) {
            std::vector<double> p(bins.begin(), bins.begin() + static_cast<std::ptrdiff_t>(end)), q(end);
            for (std::size_t i = end; i < bins.size(); ++i)
                p.back() += bins[i];
            for (std::size_t level = 0; level < levels; ++level) {
                const std::size_t from = level * end / levels, to = (level + 1) * end / levels;
                double sum = 0, used = 0;
                for (std::size_t i = from; i < to; ++i) {
                    sum += bins[i];
                    used += bins[i] > 0 ? 1 : 0;
                }
                for (std::size_t i = from; i < to; ++i)
                    q[i] = bins[i] > 0 ? sum / used : 0;
            }
            double p_sum = 0, q_sum = 0, result = 0, kept = 0, total = 0;
            for (std::size_t i = 0; i < bins.size(); ++i) {
                kept += i < end ? bins[i] : 0;
                total += bins[i];
            }
            if (kept < total / 2)
                return 1e300;
            for (std::size_t i = 0; i < end; ++i) {
                p_sum += p[i];
                q_sum += q[i];
            }
            for (std::size_t i = 0; i < end; ++i)
                if (p[i] > 0)
                    result += p[i] / p_sum * std::log(p[i] / p_sum / ((q[i] > 0 ? q[i] : 1) / q_sum));
            return result;
        };
        for (std::size_t end = levels; end <= 2048; ++end)
            least = std::min(least, divergence(end));
        const Range range = find_threshold(tensor, ThresholdMethod::kl, 0, scheme);
        // The histogram's bins are not those 2048, so another end may be as good: what counts is the
        // divergence. Neighbours too: a single value more or less in the last bin decides whether an end is
        // possible at all.
        const auto found = static_cast<int>(std::lround(std::max(-range.min, range.max) / limit * 2048));
        double reached = 1e300;
        for (const int end : {found - 2, found - 1, found, found + 1, found + 2})
            reached = std::min(
                reached,
                divergence(static_cast<std::size_t>(std::clamp(end, static_cast<int>(levels), 2048))));
        QVERIFY2(reached <= 1.01 * least + 2e-5,
                 qPrintable(QString("end %1: %2 for %3").arg(found).arg(reached).arg(least)));
    }

    void kl_keeps_uniform_and_cuts_outliers() {
        const auto uniform = statistics_of(sample("uniform"));
        for (const bool symmetric : {false, true}) {
            const Range range = find_threshold(uniform, ThresholdMethod::kl, 0, int8(symmetric));
            QVERIFY2(range.max > 0.95f && range.min < -0.95f,
                     qPrintable(QString("%1 %2").arg(range.min).arg(range.max)));
        }
        std::vector<float> x = sample("gauss");
        x[0] = 30;
        const auto tensor = statistics_of(x);
        for (const bool symmetric : {false, true}) {
            const Range range = find_threshold(tensor, ThresholdMethod::kl, 0, int8(symmetric));
            QVERIFY2(range.max < 15 && range.max > 2, qPrintable(QString::number(range.max)));
        }
    }

    void kl_of_values_far_from_zero() {
        const auto tensor = statistics_of(sample("above zero"));
        for (const bool symmetric : {false, true})
            QVERIFY(find_threshold(tensor, ThresholdMethod::kl, 0, int8(symmetric)).max > 5.9f);
    }

    void kl_is_not_decided_by_zeros() {
        // Nine tenths of a Relu's values are zero; the rest reaches evenly up to 1.
        std::vector<float> x = sample("uniform");
        for (std::size_t i = 0; i < x.size(); ++i)
            x[i] = i % 10 == 0 ? std::fabs(x[i]) : 0;
        const auto tensor = statistics_of(x);
        for (const bool symmetric : {false, true})
            QVERIFY(find_threshold(tensor, ThresholdMethod::kl, 0, int8(symmetric)).max > 0.9f);
    }
};

QTEST_GUILESS_MAIN(TestThreshold)
#include "test_threshold.moc"

// The exact histogram: bins, growth, merging, and every instruction set's counting.
#include <QtTest>
#include <array>
#include <cmath>
#include <limits>
#include <random>

#include "core/calibrate/bin_counter.h"
#include "core/calibrate/observation.h"
#include "core/calibrate/observe_kernels.h"
#include "core/calibrate/statistics.h"
#include "core/calibrate/tensor_sums.h"
#include "core/number/vector_kernels.h"

using namespace quantwright;

class TestHistogram : public QObject {
    Q_OBJECT

    static std::vector<float> values(std::size_t count, unsigned seed, float spread = 1) {
        std::mt19937 random(seed);
        std::normal_distribution<float> normal(0.2f * spread, spread);
        std::vector<float> result(count);
        for (float& x : result)
            x = normal(random);
        return result;
    }

    /// One value at a time, in doubles.
    static Histogram slowly(std::span<const float> values) {
        float largest = 0;
        for (const float x : values)
            largest = std::isfinite(x) ? std::max(largest, std::fabs(x)) : largest;
        const int exponent = Histogram::exponent_for(largest);
        std::vector<std::uint64_t> counts(2 * Histogram::half);
        for (const float x : values)
            if (std::isfinite(x))
                ++counts.at(static_cast<std::size_t>(
                    std::floor(std::ldexp(static_cast<double>(x), -exponent)) + Histogram::half));
        return Histogram::from(exponent, std::move(counts));
    }

private slots:
    void width_is_the_narrowest_power_of_two_data() {
        QTest::addColumn<float>("largest");
        for (const float x :
             {1.0f, 0.999f, 4096.0f, 4095.9f, 1e-20f, 3.4e38f, 6.0f, std::nextafter(2.0f, 0.0f)})
            QTest::newRow(qPrintable(QString::number(static_cast<double>(x), 'g', 9))) << x;
    }
    void width_is_the_narrowest_power_of_two() {
        QFETCH(float, largest);
        Histogram h;
        h.cover(largest);
        QVERIFY(largest < h.width() * Histogram::half);
        QVERIFY(largest >= h.width() * Histogram::half / 2);
        QCOMPARE(h.edge(Histogram::half), 0.0);
        QCOMPARE(h.edge(Histogram::half + 1), h.width());
    }

    void counts_equal_the_slow_way_data() {
        QTest::addColumn<int>("count");
        QTest::addColumn<float>("spread");
        for (const int count : {1, 2, 3, 5, 7, 15, 16, 17, 63, 1000, 4096, 4097, 50000})
            for (const float spread : {1.0f, 1e-6f, 1e30f})
                QTest::addRow("%d of %g", count, static_cast<double>(spread)) << count << spread;
    }
    void counts_equal_the_slow_way() {
        QFETCH(int, count);
        QFETCH(float, spread);
        const auto x = values(static_cast<std::size_t>(count), 3, spread);
        Histogram h;
        h.add(x);
        QVERIFY(h == slowly(x));
        QCOMPARE(h.total(), std::int64_t(count));
    }

    void edges_belong_to_the_bin_they_begin() {
        const std::vector<float> x = {-2, -1.5f, -1, -0.25f, -0.0f,   0,      0.25f,
                                      1,  1.5f,  2,  3.99f,  -1e-30f, 1e-30f, -1e-44f};
        Histogram h;
        h.add(x);
        QVERIFY(h == slowly(x));
        const auto middle = static_cast<std::size_t>(Histogram::half);
        QCOMPARE(h.counts()[middle], std::uint64_t(3));      // both zeros and 1e-30
        QCOMPARE(h.counts()[middle - 1], std::uint64_t(2));  // what is just below zero
    }

    void not_finite_values_are_left_out() {
        constexpr float infinity = std::numeric_limits<float>::infinity();
        std::vector<float> x = values(5000, 4);
        x[17] = std::numeric_limits<float>::quiet_NaN();
        x[4500] = infinity;
        x[4501] = -infinity;
        Histogram h;
        h.add(x);
        QVERIFY(h == slowly(x));
        QCOMPARE(h.total(), std::int64_t(4997));
        Histogram nothing;
        nothing.add(std::vector<float>(3, infinity));
        QVERIFY(nothing.empty());
        nothing.cover(infinity);
        nothing.cover(0);
        QVERIFY(nothing.empty());
    }

    void zeros_alone_are_counted() {
        Histogram h;
        h.add(std::vector<float>(100, 0.0f));
        QCOMPARE(h.total(), std::int64_t(100));
        h.add(std::vector<float>{-8, 8});
        QCOMPARE(h.counts()[Histogram::half], std::uint64_t(100));
        QCOMPARE(h.total(), std::int64_t(102));
    }

    void order_does_not_matter() {
        std::vector<std::vector<float>> parts;
        std::vector<float> all;
        for (unsigned i = 0; i < 12; ++i) {
            parts.push_back(values(777, i, std::pow(3.0f, static_cast<float>(i * 7 % 12) - 6)));
            all.insert(all.end(), parts.back().begin(), parts.back().end());
        }
        parts.push_back(std::vector<float>(9, 0.0f));
        all.insert(all.end(), 9, 0.0f);
        Histogram forwards, backwards, merged_forwards, merged_backwards;
        for (std::size_t i = 0; i < parts.size(); ++i) {
            forwards.add(parts[i]);
            backwards.add(parts[parts.size() - 1 - i]);
            Histogram one, other;
            one.add(parts[i]);
            other.add(parts[parts.size() - 1 - i]);
            merged_forwards.merge(one);
            merged_backwards.merge(other);
        }
        const Histogram expected = slowly(all);
        QVERIFY(forwards == expected);
        QVERIFY(backwards == expected);
        QVERIFY(merged_forwards == expected);
        QVERIFY(merged_backwards == expected);
    }

    void very_different_exponents_merge() {
        Histogram tiny, huge;
        tiny.add(std::vector<float>{1e-30f, -1e-30f});
        huge.add(std::vector<float>{3e38f});
        Histogram a = tiny, b = huge;
        a.merge(huge);
        b.merge(tiny);
        QVERIFY(a == b);
        QCOMPARE(a.counts()[Histogram::half], std::uint64_t(1));
        QCOMPARE(a.counts()[Histogram::half - 1], std::uint64_t(1));
    }

    void outside_counts_whole_bins() {
        Histogram h;
        h.add(std::vector<float>{-3, std::nextafter(-1.0f, -2.0f), -1, 0, 1, 2, 3});
        QCOMPARE(h.count_outside({-3, 3}), std::int64_t(0));
        QCOMPARE(h.count_outside({-1, 2}), std::int64_t(3));
        QCOMPARE(h.count_outside({-0.5f, 0.5f}), std::int64_t(6));
    }

    void instruction_sets_agree() {
        const auto x = values(10007, 9);
        Histogram best;
        best.add(x);
        const auto summary = observe_kernels::summarize(x.data(), x.size());
        for (const std::string& name : vector_kernels::instruction_sets()) {
            vector_kernels::use_instruction_set(name);
            Histogram h;
            h.add(x);
            const auto same = observe_kernels::summarize(x.data(), x.size());
            vector_kernels::use_instruction_set({});
            QVERIFY2(h == best, name.c_str());
            QCOMPARE(same.sum, summary.sum);
            QCOMPARE(same.squares, summary.squares);
            QCOMPARE(same.min, summary.min);
            QCOMPARE(same.max, summary.max);
        }
    }

    void observation_data() {
        QTest::addColumn<QList<int>>("shape");
        QTest::addColumn<int>("axis");
        QTest::newRow("image") << QList<int>{1, 8, 16, 16} << 1;
        QTest::newRow("large image") << QList<int>{1, 3, 100, 90} << 1;
        QTest::newRow("small maps") << QList<int>{1, 700, 3, 3} << 1;
        QTest::newRow("batch") << QList<int>{3, 5, 7, 2} << 1;
        QTest::newRow("video") << QList<int>{1, 4, 3, 5, 5} << 1;
        QTest::newRow("tokens") << QList<int>{1, 197, 192} << 2;
        QTest::newRow("wide tokens") << QList<int>{2, 5, 4096} << 2;
        QTest::newRow("row") << QList<int>{1, 1000} << 1;
        QTest::newRow("too many") << QList<int>{2, 4097} << -1;
        QTest::newRow("vector") << QList<int>{300} << -1;
        QTest::newRow("scalar") << QList<int>{} << -1;
        QTest::newRow("empty") << QList<int>{1, 3, 0, 5} << 1;
    }
    void observation() {
        QFETCH(QList<int>, shape);
        QFETCH(int, axis);
        const Shape dimensions(shape.begin(), shape.end());
        const auto x = values(static_cast<std::size_t>(element_count(dimensions)), 11);
        Observation observation(dimensions);
        const ImageSummary summary = observation.observe(x, dimensions);
        QCOMPARE(observation.channel_axis(), axis);
        double sum = 0, squares = 0;
        for (const float v : x) {
            sum += v;
            squares += static_cast<double>(v) * v;
        }
        QCOMPARE(summary.count, static_cast<double>(x.size()));
        QCOMPARE(summary.not_finite, 0.0);
        QVERIFY(std::fabs(summary.sum - sum) <= 1e-9 * static_cast<double>(x.size()));
        QVERIFY(std::fabs(summary.squares - squares) <= 1e-9 * static_cast<double>(x.size()));
        if (!x.empty()) {
            QCOMPARE(summary.min, static_cast<double>(*std::min_element(x.begin(), x.end())));
            QCOMPARE(summary.max, static_cast<double>(*std::max_element(x.begin(), x.end())));
            QVERIFY(observation.take_histogram() == slowly(x));
        }
        if (axis < 0) {
            QVERIFY(summary.channels.empty());
            return;
        }
        if (x.empty()) {
            QVERIFY(summary.channels.empty());
            return;
        }
        std::size_t inner = 1;
        for (std::size_t i = static_cast<std::size_t>(axis) + 1; i < dimensions.size(); ++i)
            inner *= static_cast<std::size_t>(dimensions[i]);
        std::vector<Range> expected(static_cast<std::size_t>(dimensions[static_cast<std::size_t>(axis)]),
                                    Range{1e9f, -1e9f});
        for (std::size_t i = 0; i < x.size(); ++i) {
            Range& range = expected[i / inner % expected.size()];
            range = {std::min(range.min, x[i]), std::max(range.max, x[i])};
        }
        QVERIFY(summary.channels == expected);
        const ImageSummary back = unpack(pack(summary));
        QCOMPARE(back.count, summary.count);
        QCOMPARE(back.squares, summary.squares);
        QVERIFY(back.channels == expected);
    }

    void observation_of_not_finite() {
        std::vector<float> x = values(20000, 5);
        x[100] = std::numeric_limits<float>::quiet_NaN();
        x[19999] = -std::numeric_limits<float>::infinity();
        Observation observation({1, 2, 100, 100});
        QCOMPARE(observation.observe(x, {1, 2, 100, 100}).not_finite, 2.0);
        QVERIFY(observation.take_histogram().empty());
    }

    void changing_channels_are_given_up() {
        Observation observation({1, 4});
        TensorSums sums(observation);
        for (const int channels : {4, 5, 4})
            sums.add(observation.observe(values(static_cast<std::size_t>(channels), 1), {1, channels}), "i");
        const TensorStatistics tensor = sums.result("t");
        QCOMPARE(tensor.channel_axis, -1);
        QVERIFY(tensor.channels.empty());
        QCOMPARE(tensor.moving_channels, MovingRanges());
        QCOMPARE(tensor.moving.images, std::int64_t(3));
        QCOMPARE(observation.take_histogram().total(), std::int64_t(13));
    }

    void empty_images_change_nothing() {
        Observation observation({1, 4});
        TensorSums sums(observation);
        sums.add(observation.observe({}, {0, 4}), "empty");
        sums.add(observation.observe(values(4, 1), {1, 4}), "a");
        sums.add(observation.observe({}, {0, 4}), "empty");
        const TensorStatistics tensor = sums.result("t");
        QCOMPARE(tensor.moving.images, std::int64_t(1));
        QCOMPARE(tensor.moving.average.front(), tensor.range);
        QCOMPARE(tensor.moving_channels.average, tensor.channels);
        QCOMPARE(tensor.worst_images.size(), std::size_t(1));
        const TensorStatistics nothing = TensorSums(observation).result("t");
        QCOMPARE(nothing.channels, std::vector<Range>(4));
        QCOMPARE(nothing.moving.images, std::int64_t(0));
    }

    /// The definition, in double, and float32's rounding.
    void moving_averages_follow_the_definition() {
        const auto x = values(600, 21, 3);
        MovingRanges moving;
        double low = 0, high = 0;
        for (std::size_t i = 0; i < 300; ++i) {
            const Range range{std::min(x[2 * i], x[2 * i + 1]), std::max(x[2 * i], x[2 * i + 1])};
            moving.add({&range, 1});
            low = i == 0 ? range.min : low + 0.01 * (range.min - low);
            high = i == 0 ? range.max : high + 0.01 * (range.max - high);
        }
        QCOMPARE(moving.images, std::int64_t(300));
        QVERIFY(std::fabs(moving.average[0].min - low) < 3e-6 &&
                std::fabs(moving.average[0].max - high) < 3e-6);
        QCOMPARE(moving.first[0], (Range{std::min(x[0], x[1]), std::max(x[0], x[1])}));
    }

    void moving_averages_of_stretches_compose_data() {
        QTest::addColumn<QList<int>>("cuts");
        QTest::newRow("halves") << QList<int>{0, 150, 300};
        QTest::newRow("one first") << QList<int>{0, 1, 300};
        QTest::newRow("one last") << QList<int>{0, 299, 300};
        QTest::newRow("many") << QList<int>{0, 7, 8, 60, 61, 200, 300};
        QTest::newRow("nothing between") << QList<int>{0, 0, 20, 20, 300, 300};
    }
    void moving_averages_of_stretches_compose() {
        QFETCH(QList<int>, cuts);
        std::vector<std::array<Range, 3>> images(300);
        for (std::size_t i = 0; i < images.size(); ++i)
            for (std::size_t c = 0; c < 3; ++c) {
                const auto x = values(20, static_cast<unsigned>(3 * i + c), 1 + static_cast<float>(i % 7));
                const auto [low, high] = std::minmax_element(x.begin(), x.end());
                images[i][c] = {*low, *high};
            }
        const auto stretch = [&](int begin, int end) {
            MovingRanges moving;
            for (int i = begin; i < end; ++i)
                moving.add(images[static_cast<std::size_t>(i)]);
            return moving;
        };
        const MovingRanges whole = stretch(0, 300);
        MovingRanges composed;
        for (qsizetype i = 1; i < cuts.size(); ++i)
            composed.append(stretch(cuts[i - 1], cuts[i]));
        QCOMPARE(composed.images, whole.images);
        QCOMPARE(composed.first, whole.first);
        for (std::size_t c = 0; c < 3; ++c) {
            QVERIFY(std::fabs(composed.average[c].min - whole.average[c].min) <= 1e-5f);
            QVERIFY(std::fabs(composed.average[c].max - whole.average[c].max) <= 1e-5f);
        }
    }

    void moving_averages_at_the_ends_of_float32() {
        const float most = std::numeric_limits<float>::max();
        const Range high{most, most}, low{-most, -most};
        MovingRanges moving;
        moving.add({&high, 1});
        moving.add({&low, 1});
        QVERIFY(std::fabs(moving.average[0].min / most - 0.98f) < 1e-6f);
        MovingRanges later;
        later.add({&low, 1});
        later.append(moving);
        QVERIFY(std::isfinite(later.average[0].min) && later.average[0].min <= later.average[0].max);
    }
};

QTEST_GUILESS_MAIN(TestHistogram)
#include "test_histogram.moc"

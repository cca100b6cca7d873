// Ranges to scales and zero points.
#include <QtTest>
#include <cmath>
#include <limits>
#include <random>

#include "core/number/kernels.h"
#include "core/number/parameters.h"

using namespace quantwright;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();

Scheme scheme(const char* format, bool symmetric) {
    Scheme result;
    result.format = find_format(format);
    result.symmetric = symmetric;
    return result;
}

/// Every way to make parameters for a format.
std::vector<Scheme> schemes_of(const Format& format) {
    std::vector<Scheme> schemes;
    for (const bool symmetric : {false, true})
        for (const CodeRange codes : {CodeRange::full, CodeRange::restricted, CodeRange::reduced})
            for (const Divisor divisor : {Divisor::qmax, Divisor::half_span, Divisor::half_levels})
                for (const bool power_of_two : {false, true})
                    schemes.push_back({&format, symmetric, codes, divisor, power_of_two});
    return schemes;
}

}  // namespace

class TestParameters : public QObject {
    Q_OBJECT

private slots:
    void asymmetric_int8_of_the_k1();
    void asymmetric_holds_zero_exactly();
    void asymmetric_matches_the_formula_data();
    void asymmetric_matches_the_formula();
    void textbook_zero_point_differs_by_at_most_one();
    void symmetric_divisors();
    void symmetric_unsigned_has_its_zero_in_the_middle();
    void symmetric_reduced();
    void power_of_two_scales();
    void degenerate_ranges_data();
    void degenerate_ranges();
    void degenerate_tensors();
    void scale_floor();
    void error_is_within_half_a_step();
    void parameters_of_many_ranges();
    void parameters_of_blocks();
    void representable_values();
};

// xslim 2.1.2: scale (max - min) / 255 with 0 in range, zero point -128 - round_half_even(min / scale).
void TestParameters::asymmetric_int8_of_the_k1() {
    const ScaleZeroPoint chosen = choose_parameters({-1.0f, 3.0f}, scheme("int8", false));
    QCOMPARE(chosen.scale, static_cast<float>(4.0 / 255));
    QCOMPARE(chosen.zero_point, -128 + 64);
    QCOMPARE(choose_parameters({0.0f, 6.0f}, scheme("int8", false)).zero_point, -128);
    QCOMPARE(choose_parameters({-6.0f, 0.0f}, scheme("int8", false)).zero_point, 127);
    QCOMPARE(choose_parameters({2.0f, 6.0f}, scheme("int8", false)),
             choose_parameters({0, 6.0f}, scheme("int8", false)));
    QCOMPARE(choose_parameters({0.0f, 255.0f}, scheme("uint8", false)), (ScaleZeroPoint{1.0f, 0}));
    QCOMPARE(choose_parameters({-128.0f, 127.0f}, scheme("uint8", false)), (ScaleZeroPoint{1.0f, 128}));
    QCOMPARE(choose_parameters({-32768.0f, 32767.0f}, scheme("int16", false)), (ScaleZeroPoint{1.0f, 0}));
    // Ties: -min / scale = 2.5 goes to the even neighbour.
    QCOMPARE(choose_parameters({-2.5f, 252.5f}, scheme("uint8", false)), (ScaleZeroPoint{1.0f, 2}));
    QCOMPARE(choose_parameters({-3.5f, 251.5f}, scheme("int8", false)), (ScaleZeroPoint{1.0f, -124}));
}

void TestParameters::asymmetric_holds_zero_exactly() {
    std::mt19937 random(1);
    std::uniform_real_distribution<float> uniform(-50, 50);
    for (int i = 0; i < 2000; ++i) {
        const float a = uniform(random), b = uniform(random);
        for (const char* format : {"int8", "uint8", "int16", "uint16", "int4", "uint4"}) {
            const Parameters parameters =
                parameters_from(Range{std::min(a, b), std::max(a, b)}, scheme(format, false));
            std::vector<float> out(1);
            fake_quantize(std::vector<float>{0.0f}, out, {1}, parameters);
            QCOMPARE(out[0], 0.0f);
            QVERIFY(parameters.zero_point[0] >= parameters.qmin &&
                    parameters.zero_point[0] <= parameters.qmax);
        }
    }
}

void TestParameters::asymmetric_matches_the_formula_data() {
    QTest::addColumn<QString>("format");
    for (const char* format : {"int8", "uint8", "int16", "uint16", "int4", "uint4"})
        QTest::newRow(format) << QString(format);
}

void TestParameters::asymmetric_matches_the_formula() {
    QFETCH(QString, format);
    const Scheme chosen_scheme = scheme(format.toStdString().c_str(), false);
    std::mt19937 random(9);
    std::uniform_real_distribution<double> exponent(-30, 30), part(0, 1);
    for (int i = 0; i < 5000; ++i) {
        const double width = std::exp2(exponent(random));
        const auto min = static_cast<float>(-width * part(random));
        const auto max = static_cast<float>(width * part(random));
        const ScaleZeroPoint got = choose_parameters({min, max}, chosen_scheme);
        const double qmin = chosen_scheme.qmin(), qmax = chosen_scheme.qmax();
        const auto scale = static_cast<float>((static_cast<double>(max) - min) / (qmax - qmin));
        QCOMPARE(got.scale, scale);
        // Round half to even, spelt out.
        const double exact = qmin - static_cast<double>(min / scale);
        double rounded = std::floor(exact + 0.5);
        if (rounded - exact == 0.5 && std::fmod(rounded, 2.0) != 0.0)
            rounded -= 1;
        QCOMPARE(static_cast<double>(got.zero_point), std::min(qmax, std::max(qmin, rounded)));
    }
}

// docs/quantization.md: Z = qmax - round(max / scale) differs from ours by at most one step.
void TestParameters::textbook_zero_point_differs_by_at_most_one() {
    std::mt19937 random(4);
    std::uniform_real_distribution<float> uniform(0, 20);
    int different = 0;
    for (int i = 0; i < 20000; ++i) {
        const float min = -uniform(random), max = uniform(random);
        const ScaleZeroPoint ours = choose_parameters({min, max}, scheme("uint8", false));
        const int textbook = static_cast<int>(255 - std::nearbyint(static_cast<double>(max) / ours.scale));
        QVERIFY(std::abs(textbook - ours.zero_point) <= 1);
        different += textbook != ours.zero_point;
    }
    QVERIFY(different < 20000);
}

void TestParameters::symmetric_divisors() {
    Scheme weights = scheme("int8", true);
    QCOMPARE(choose_parameters({-2.54f, 1.0f}, weights),
             (ScaleZeroPoint{static_cast<float>(2.54f / 127.0), 0}));
    weights.codes = CodeRange::restricted;
    QCOMPARE(weights.qmin(), -127);
    QCOMPARE(choose_parameters({-1.0f, 2.54f}, weights),
             (ScaleZeroPoint{static_cast<float>(2.54f / 127.0), 0}));
    weights.codes = CodeRange::full;
    weights.divisor = Divisor::half_span;  // xslim: 2 * absmax / 255
    QCOMPARE(choose_parameters({-2.0f, 1.0f}, weights).scale, static_cast<float>(2 * 2.0 / 255));
    weights.divisor = Divisor::half_levels;
    QCOMPARE(choose_parameters({-2.0f, 1.0f}, weights).scale, 2.0f / 128);
    weights.codes = CodeRange::restricted;
    QCOMPARE(choose_parameters({-2.0f, 1.0f}, weights).scale, static_cast<float>(2 / 127.5));
    weights.divisor = Divisor::half_span;  // of the codes in use: -127 … 127
    QCOMPARE(choose_parameters({-2.0f, 1.0f}, weights).scale, static_cast<float>(2 / 127.0));
    QCOMPARE(choose_parameters({-1.0f, 7.0f}, scheme("int4", true)), (ScaleZeroPoint{1.0f, 0}));
    QCOMPARE(choose_parameters({-32767.0f, 7.0f}, scheme("int16", true)), (ScaleZeroPoint{1.0f, 0}));
}

void TestParameters::symmetric_unsigned_has_its_zero_in_the_middle() {
    QCOMPARE(choose_parameters({-127.0f, 3.0f}, scheme("uint8", true)), (ScaleZeroPoint{1.0f, 128}));
    QCOMPARE(choose_parameters({-7.0f, 3.0f}, scheme("uint4", true)), (ScaleZeroPoint{1.0f, 8}));
    QCOMPARE(choose_parameters({0.0f, 0.0f}, scheme("uint8", true)), (ScaleZeroPoint{1.0f, 128}));
}

void TestParameters::symmetric_reduced() {
    Scheme reduced = scheme("uint8", true);
    reduced.codes = CodeRange::reduced;
    QCOMPARE(choose_parameters({-63.0f, 3.0f}, reduced), (ScaleZeroPoint{1.0f, 64}));
    reduced.divisor = Divisor::half_span;
    QCOMPARE(choose_parameters({-127.0f, 3.0f}, reduced), (ScaleZeroPoint{2.0f, 64}));
    reduced.format = find_format("uint4");
    reduced.divisor = Divisor::qmax;
    QCOMPARE(choose_parameters({-3.0f, 3.0f}, reduced), (ScaleZeroPoint{1.0f, 4}));
    reduced.format = &format_int8();
    QCOMPARE(choose_parameters({-63.0f, 3.0f}, reduced), (ScaleZeroPoint{1.0f, 0}));
    reduced.divisor = Divisor::half_levels;
    QCOMPARE(choose_parameters({-64.0f, 3.0f}, reduced), (ScaleZeroPoint{1.0f, 0}));
    reduced.symmetric = false;  // the divisor is of symmetric ranges only
    QCOMPARE(choose_parameters({-64.0f, 63.0f}, reduced), (ScaleZeroPoint{1.0f, 0}));
}

void TestParameters::power_of_two_scales() {
    Scheme raised = scheme("int8", true);
    raised.power_of_two = true;
    QCOMPARE(choose_parameters({-127.0f, 1.0f}, raised).scale, 1.0f);  // one already
    QCOMPARE(choose_parameters({-std::nextafter(127.0f, 200.0f), 1.0f}, raised).scale, 2.0f);
    QCOMPARE(choose_parameters({-100.0f, 1.0f}, raised).scale, 1.0f);
    QCOMPARE(choose_parameters({-63.6f, 1.0f}, raised).scale, 1.0f);
    QCOMPARE(choose_parameters({-63.5f, 1.0f}, raised).scale, 0.5f);
    raised.symmetric = false;
    // The zero point belongs to the raised scale: -1 / (1/32) = 32 steps below zero.
    QCOMPARE(choose_parameters({-1.0f, 4.0f}, raised), (ScaleZeroPoint{1.0f / 32, -128 + 32}));
    raised.scale_floor = 0x1p-23f;
    QCOMPARE(choose_parameters({-1e-20f, 1e-20f}, raised).scale, 0x1p-23f);
    raised.scale_floor = 3e-5f;  // itself no power of two: raised too
    QCOMPARE(choose_parameters({-1e-20f, 1e-20f}, raised).scale, 0x1p-15f);
    std::mt19937 random(8);
    std::uniform_real_distribution<double> exponent(-120, 120);
    for (int i = 0; i < 3000; ++i)
        for (const bool symmetric : {false, true}) {
            Scheme free = scheme("uint8", symmetric);
            const Range range{-1e-3f, static_cast<float>(std::exp2(exponent(random)))};
            const float before = choose_parameters(range, free).scale;
            free.power_of_two = true;
            const float after = choose_parameters(range, free).scale;
            int unused = 0;
            QCOMPARE(std::frexp(after, &unused), 0.5f);
            QVERIFY(after >= before && after < 2 * before);
        }
}

void TestParameters::degenerate_ranges_data() {
    QTest::addColumn<float>("min");
    QTest::addColumn<float>("max");
    QTest::addColumn<bool>("as_zero");
    constexpr float largest = std::numeric_limits<float>::max();
    QTest::newRow("all zero") << 0.0f << 0.0f << true;
    QTest::newRow("negative zero") << -0.0f << -0.0f << true;
    QTest::newRow("constant") << 5.0f << 5.0f << false;
    QTest::newRow("negative constant") << -5.0f << -5.0f << false;
    QTest::newRow("denormal") << 0.0f << 1e-45f << false;
    QTest::newRow("denormals") << -1e-42f << 1e-41f << false;
    QTest::newRow("NaN") << not_a_number << 1.0f << true;
    QTest::newRow("NaN max") << -1.0f << not_a_number << true;
    QTest::newRow("infinity") << -1.0f << infinity << true;
    QTest::newRow("minus infinity") << -infinity << 1.0f << true;
    QTest::newRow("min > max") << 2.0f << 1.0f << true;
    QTest::newRow("everything") << -largest << largest << false;
    QTest::newRow("largest") << 0.0f << largest << false;
}

void TestParameters::degenerate_ranges() {
    QFETCH(float, min);
    QFETCH(float, max);
    QFETCH(bool, as_zero);
    for (const Format& format : formats())
        for (const Scheme& scheme : schemes_of(format)) {
            const ScaleZeroPoint chosen = choose_parameters({min, max}, scheme);
            QVERIFY(std::isnormal(chosen.scale) && chosen.scale > 0);
            QVERIFY(chosen.zero_point >= scheme.qmin() && chosen.zero_point <= scheme.qmax());
            int unused = 0;
            if (scheme.power_of_two)
                QCOMPARE(std::frexp(chosen.scale, &unused), 0.5f);
            if (as_zero) {
                QCOMPARE(chosen.scale, 1.0f);
                QCOMPARE(chosen, choose_parameters({0, 0}, scheme));
            }
            // Whatever the range was, numbers come back, and zero is exact.
            const Parameters parameters = parameters_from(Range{min, max}, scheme);
            std::vector<float> out(4);
            fake_quantize(std::vector<float>{0.0f, 1e-45f, -1e-45f, 5.0f}, out, {4}, parameters);
            QCOMPARE(out[0], 0.0f);
            for (const float x : out)
                QVERIFY(std::isfinite(x));
        }
    if (as_zero)
        QCOMPARE(choose_parameters({min, max}, scheme("int8", false)), (ScaleZeroPoint{1.0f, -128}));
}

// From tensors to parameters and back to values.
void TestParameters::degenerate_tensors() {
    struct Row {
        std::vector<float> values;
        Range range;
    };
    for (const Row& row : {Row{{}, {0, 0}}, Row{{0.0f}, {0, 0}}, Row{{-0.0f, 0.0f}, {0, 0}},
                           Row{{5.0f}, {5, 5}}, Row{{-3.0f}, {-3, -3}}, Row{{2.5f, 2.5f, 2.5f}, {2.5f, 2.5f}},
                           Row{{1e-45f}, {1e-45f, 1e-45f}}, Row{{not_a_number}, {0, 0}},
                           Row{{infinity, -infinity}, {0, 0}}, Row{{not_a_number, 2.0f, infinity}, {2, 2}}}) {
        const Shape shape = {static_cast<std::int64_t>(row.values.size())};
        const std::vector<Range> range = ranges_along(row.values, shape, -1);
        QCOMPARE(range, std::vector<Range>{row.range});
        if (!row.values.empty())
            QCOMPARE(ranges_in_blocks(row.values, shape, 0, 32), range);
        for (const Format& format : formats())
            for (const Scheme& scheme : schemes_of(format)) {
                const Parameters parameters = parameters_from(range[0], scheme);
                std::vector<float> out(row.values.size());
                fake_quantize(row.values, out, shape, parameters);
                for (std::size_t i = 0; i < out.size(); ++i) {
                    const float x = row.values[i];
                    if (!format.is_integer && !std::isfinite(x))
                        continue;  // float and fp16 hold them
                    QVERIFY(std::isfinite(out[i]));
                    if (std::isfinite(x)) {
                        // Half a step; asymmetric also the zero point's own half, and the clipped half of the
                        // divisors beyond qmax: a whole one.
                        const float step = format.is_integer ? parameters.scale[0] : 0.001f;
                        QVERIFY(std::fabs(out[i] - x) <= 1.0001f * step);
                    }
                }
            }
    }
}

void TestParameters::scale_floor() {
    Scheme k1 = scheme("int8", false);
    k1.scale_floor = 1.0f / 8388608;
    QCOMPARE(choose_parameters({-1e-9f, 1e-9f}, k1), (ScaleZeroPoint{1.0f / 8388608, -128}));
    QCOMPARE(choose_parameters({-1.0f, 1.0f}, k1).scale, static_cast<float>(2.0 / 255));
    k1.symmetric = true;
    QCOMPARE(choose_parameters({-1e-9f, 1e-9f}, k1).scale, 1.0f / 8388608);
}

// docs/quantization.md: inside the range rounding costs at most half a step; the zero point's own rounding
// moves the ends by at most half a step more.
void TestParameters::error_is_within_half_a_step() {
    std::mt19937 random(12);
    std::uniform_real_distribution<float> uniform(-9, 9);
    for (int i = 0; i < 300; ++i) {
        const float a = uniform(random), b = uniform(random);
        const Parameters parameters =
            parameters_from(Range{std::min(a, b), std::max(a, b)}, scheme("int8", false));
        const Range held = representable(parameters);
        std::vector<float> in, out(200);
        for (int k = 0; k < 200; ++k)
            in.push_back(std::min(a, b) + (std::max(a, b) - std::min(a, b)) * static_cast<float>(k) / 199);
        fake_quantize(in, out, {200}, parameters);
        for (std::size_t k = 0; k < in.size(); ++k) {
            const bool inside = in[k] >= held.min && in[k] <= held.max;
            QVERIFY(std::fabs(in[k] - out[k]) <= parameters.scale[0] * (inside ? 0.5001f : 1.0001f));
        }
    }
}

void TestParameters::parameters_of_many_ranges() {
    const std::vector<Range> ranges = {{-1, 1}, {0, 0}, {-3, 2}};
    Scheme weights = scheme("int8", true);
    weights.codes = CodeRange::restricted;
    const Parameters parameters = parameters_from(ranges, 1, weights);
    QVERIFY(parameters.per_channel());
    QCOMPARE(parameters.axis, 1);
    QCOMPARE(parameters.qmin, -127);
    QCOMPARE(parameters.scale.size(), std::size_t(3));
    for (std::size_t i = 0; i < 3; ++i)
        QCOMPARE(parameters.scale[i], choose_parameters(ranges[i], weights).scale);
    QCOMPARE(parameters_from(Range{-1, 1}, weights).axis, -1);
    QVERIFY(!parameters_from(Range{-1, 1}, Scheme()).format->is_integer);
}

void TestParameters::parameters_of_blocks() {
    const std::vector<Range> ranges = {{-1, 1}, {0, 0}, {-3, 2}, {-8, 4}};
    Scheme weights = scheme("int4", true);
    weights.rounding = Rounding::half_away;
    const Parameters parameters = parameters_from(ranges, 1, 32, weights);
    QVERIFY(parameters.blocked() && !parameters.per_channel());
    QVERIFY(parameters.rounding == Rounding::half_away);
    QCOMPARE(parameters.axis, 1);
    QCOMPARE(parameters.block_size, 32);
    QCOMPARE(parameters.scale.size(), std::size_t(4));
    for (std::size_t i = 0; i < 4; ++i)
        QCOMPARE(parameters.scale[i], choose_parameters(ranges[i], weights).scale);
    Parameters other = parameters;
    other.block_size = 16;
    QVERIFY(other != parameters);
    QCOMPARE(representable(parameters, 3), (Range{-8 * parameters.scale[3], 7 * parameters.scale[3]}));
}

void TestParameters::representable_values() {
    const Parameters parameters = parameters_from(Range{-1, 3}, scheme("int8", false));
    const float scale = parameters.scale[0];
    QCOMPARE(representable(parameters), (Range{-64 * scale, 191 * scale}));
    const std::vector<Range> ranges = {{-1, 1}, {-3, 2}};
    Scheme restricted = scheme("int8", true);
    restricted.codes = CodeRange::restricted;
    const Parameters channels = parameters_from(ranges, 0, restricted);
    QCOMPARE(representable(channels, 1), (Range{-127 * channels.scale[1], 127 * channels.scale[1]}));
    const Parameters shifted =
        parameters_from(std::vector<Range>{{-1, 1}, {0, 255}}, 0, scheme("uint8", false));
    QCOMPARE(representable(shifted, 1), (Range{0, 255}));
    QCOMPARE(representable(parameters_from(Range{-1, 1}, scheme("fp16", false))),
             (Range{-65504.0f, 65504.0f}));
}

QTEST_GUILESS_MAIN(TestParameters)
#include "test_parameters.moc"

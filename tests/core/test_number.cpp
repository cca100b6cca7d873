// The kernels' corners, fp16, packing, ranges, and ONNX Runtime's own results (data/quantize_golden.json).
// Every format in every granularity: test_number_formats; every instruction set: test_instruction_sets.
#include <QtTest>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>

#include "core/base/json.h"
#include "core/number/half.h"
#include "core/number/kernels.h"
#include "tests/support/number_reference.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

Parameters per_tensor(const char* format, float scale, std::int32_t zero_point) {
    Parameters parameters;
    parameters.format = find_format(format);
    parameters.qmin = parameters.format->qmin;
    parameters.qmax = parameters.format->qmax;
    parameters.scale = {scale};
    parameters.zero_point = {zero_point};
    return parameters;
}

QString describe(const char* format, float x, float scale, std::int32_t zero_point, double got, double want) {
    return QString("%1: x %2 scale %3 zero point %4: %5, not %6")
        .arg(QLatin1String(format))
        .arg(x, 0, 'g', 9)
        .arg(scale, 0, 'g', 9)
        .arg(zero_point)
        .arg(got, 0, 'g', 17)
        .arg(want, 0, 'g', 17);
}

std::vector<float> floats_of(const std::string& hex) {
    std::vector<float> values;
    for (std::size_t i = 0; i + 8 <= hex.size(); i += 8)
        values.push_back(
            std::bit_cast<float>(static_cast<std::uint32_t>(std::stoul(hex.substr(i, 8), nullptr, 16))));
    return values;
}

}  // namespace

class TestNumber : public QObject {
    Q_OBJECT

private slots:
    void formats_are_found_by_name();
    void pytorch_vector();
    void onnx_runtime_golden();
    void in_place();
    void per_channel_equals_slices();
    void int32_saturates();
    void restricted_codes();
    void fp16_rounds_to_nearest_even();
    void fp16_matches_the_double_reference();
    void float_is_untouched();
    void packing();
    void ranges_leave_out_what_is_not_finite();
    void ranges_along_every_axis();
    void block_shapes();
    void ranges_of_blocks();
};

void TestNumber::formats_are_found_by_name() {
    QCOMPARE(formats().size(), std::size_t(9));
    for (const Format& format : formats())
        QCOMPARE(find_format(format.name), &format);
    QCOMPARE(find_format("int7"), nullptr);
    QCOMPARE(format_int8().qmin, -128);
    QCOMPARE(format_int8().qmax, 127);
    QCOMPARE(format_uint8().qmax, 255);
    QVERIFY(!format_float().is_integer);
    QVERIFY(format_int32().storage == ElementType::int32);
    for (const Format& format : formats())
        if (format.is_integer)
            QCOMPARE(std::int64_t{format.qmax} - format.qmin, (std::int64_t{1} << format.bits) - 1);
}

// PyTorch 1.13, torch.quantize_per_tensor(x, 0.5, 8, torch.quint8).
void TestNumber::pytorch_vector() {
    const std::vector<float> in = {.6839f, .4741f, .7451f, .9301f, .1742f, .6835f};
    const Parameters parameters = per_tensor("uint8", 0.5f, 8);
    const std::vector<std::int32_t> codes = {9, 9, 9, 10, 8, 9};
    QCOMPARE(quantize(in, {2, 3}, parameters), codes);
    QCOMPARE(dequantize(codes, {2, 3}, parameters), (std::vector<float>{.5f, .5f, .5f, 1, 0, .5f}));
}

void TestNumber::onnx_runtime_golden() {
    std::ifstream file(QUANTWRIGHT_TEST_DATA_DIR "/quantize_golden.json");
    std::stringstream text;
    text << file.rdbuf();
    const Result<Json> golden = parse_json(text.str(), ErrorCode::runtime_failed, "golden");
    QVERIFY(golden.has_value());
    const std::vector<float> all = floats_of((*golden)["in"]);
    int compared = 0;
    for (const Json& test : (*golden)["cases"]) {
        const std::string format = test["format"];
        Parameters parameters = per_tensor(format.c_str(), 1, 0);
        parameters.scale = floats_of(test["scale"]);
        parameters.zero_point = test["zero_point"].get<std::vector<std::int32_t>>();
        parameters.axis = test["axis"];
        const Shape shape = test["shape"].get<Shape>();
        const std::vector<float> want = floats_of(test["out"]);
        const auto first = all.begin() + test.value("first", 0);
        const std::vector<float> in(first, first + static_cast<std::ptrdiff_t>(want.size()));
        std::vector<float> out(in.size());
        fake_quantize(in, out, shape, parameters);
        const std::vector<float> two_steps = dequantize(quantize(in, shape, parameters), shape, parameters);
        for (std::size_t i = 0; i < in.size(); ++i, ++compared)
            if (!same_bits(out[i], want[i]) || !same_bits(two_steps[i], want[i]))
                QFAIL(qPrintable(describe(format.c_str(), in[i], parameters.scale[0],
                                          parameters.zero_point[0], out[i], want[i])));
    }
    QVERIFY(compared > 10000);
}

void TestNumber::in_place() {
    std::vector<float> values(101);
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = 0.37f * static_cast<float>(i) - 17;
    std::vector<float> out(values.size());
    fake_quantize(values, out, {0.25f, 3}, -128, 127);
    fake_quantize(values, values, {0.25f, 3}, -128, 127);
    QCOMPARE(values, out);
}

void TestNumber::per_channel_equals_slices() {
    const Shape shape = {3, 5, 2, 7};
    std::vector<float> in(static_cast<std::size_t>(element_count(shape)));
    std::mt19937 random(11);
    std::normal_distribution<float> normal(0, 3);
    for (float& x : in)
        x = normal(random);
    for (int axis = 0; axis < 4; ++axis) {
        Parameters parameters = per_tensor("int8", 1, 0);
        parameters.axis = axis;
        parameters.scale.clear();
        parameters.zero_point.clear();
        for (std::int64_t c = 0; c < shape[static_cast<std::size_t>(axis)]; ++c) {
            parameters.scale.push_back(0.013f * static_cast<float>(c + 1));
            parameters.zero_point.push_back(static_cast<std::int32_t>(7 * c - 9));
        }
        std::vector<float> out(in.size());
        fake_quantize(in, out, shape, parameters);
        const std::vector<std::int32_t> codes = quantize(in, shape, parameters);
        QCOMPARE(dequantize(codes, shape, parameters), out);
        std::size_t inner = 1;
        for (std::size_t d = static_cast<std::size_t>(axis) + 1; d < shape.size(); ++d)
            inner *= static_cast<std::size_t>(shape[d]);
        for (std::size_t i = 0; i < in.size(); ++i) {
            const std::size_t c = i / inner % static_cast<std::size_t>(shape[static_cast<std::size_t>(axis)]);
            const ScaleZeroPoint channel{parameters.scale[c], parameters.zero_point[c]};
            QCOMPARE(codes[i], quantize_one(in[i], channel, -128, 127));
        }
    }
}

// Bounds beyond 2^24 take the scalar path; codes past the ends must not wrap.
void TestNumber::int32_saturates() {
    const Parameters parameters = per_tensor("int32", 0.5f, 0);
    const std::vector<float> in = {1e20f, -1e20f, infinity, -infinity, 1073741824.0f, 100.25f, not_a_number};
    constexpr std::int32_t min = std::numeric_limits<std::int32_t>::min();
    constexpr std::int32_t max = std::numeric_limits<std::int32_t>::max();
    QCOMPARE(quantize(in, {7}, parameters), (std::vector<std::int32_t>{max, min, max, min, max, 200, min}));
    const Parameters shifted = per_tensor("int32", 1, 5);
    QCOMPARE(quantize(std::vector<float>{1e20f, -1e20f, 7}, {3}, shifted),
             (std::vector<std::int32_t>{max, min, 12}));
    QCOMPARE(dequantize(std::vector<std::int32_t>{min}, {1}, shifted)[0], static_cast<float>(-2147483653.0));
    std::vector<float> out(2);
    fake_quantize(std::vector<float>{100.25f, -3.5f}, out, {2}, parameters);
    QCOMPARE(out, (std::vector<float>{100.0f, -3.5f}));
}

void TestNumber::restricted_codes() {
    Parameters parameters = per_tensor("int8", 1, 0);
    parameters.qmin = -127;
    QCOMPARE(quantize(std::vector<float>{-128, -127, 127, 128, not_a_number}, {5}, parameters),
             (std::vector<std::int32_t>{-127, -127, 127, 127, -127}));
}

void TestNumber::fp16_rounds_to_nearest_even() {
    for (std::uint32_t bits = 0; bits < 65536; ++bits) {
        const auto half = static_cast<std::uint16_t>(bits);
        const float value = float_from_half(half);
        if (std::isnan(value)) {
            QVERIFY(std::isnan(float_from_half(half_from_float(value))));
            continue;
        }
        QCOMPARE(half_from_float(value), half);
        if ((bits & 0x7fff) >= 0x7c00)
            continue;
        // The middle to the next half is a tie: the even one of the two; a hair off, the nearer one.
        const auto next = static_cast<std::uint16_t>(half + 1);
        const double beyond =
            (next & 0x7fff) == 0x7c00 ? std::copysign(65536.0, value) : float_from_half(next);
        const auto middle = static_cast<float>((static_cast<double>(value) + beyond) / 2);
        QCOMPARE(half_from_float(middle), half % 2 == 0 ? half : next);
        QCOMPARE(half_from_float(std::nextafter(middle, 0.0f)), half);
        QCOMPARE(half_from_float(std::nextafter(middle, value < 0 || bits >= 0x8000 ? -infinity : infinity)),
                 next);
    }
    QCOMPARE(half_from_float(infinity), std::uint16_t(0x7c00));
    QCOMPARE(half_from_float(1e10f), std::uint16_t(0x7c00));
    std::vector<float> out(2);
    Parameters parameters;
    parameters.format = find_format("fp16");
    fake_quantize(std::vector<float>{0.1f, 2049.0f}, out, {2}, parameters);
    QCOMPARE(out, (std::vector<float>{0.0999755859375f, 2048.0f}));
}

void TestNumber::float_is_untouched() {
    const std::vector<float> in = {0.1f, -7.25f, 1e30f};
    std::vector<float> out(3);
    fake_quantize(in, out, {3}, Parameters());
    QCOMPARE(out, in);
}

void TestNumber::packing() {
    const std::vector<std::int32_t> codes = {-128, -1, 0, 127};
    const auto bytes = [](std::initializer_list<int> values) {
        std::vector<std::byte> result;
        for (const int value : values)
            result.push_back(static_cast<std::byte>(value));
        return result;
    };
    QCOMPARE(pack(codes, ElementType::int8), bytes({0x80, 0xff, 0, 0x7f}));
    QCOMPARE(pack(codes, ElementType::uint8, 128), bytes({0, 127, 128, 255}));
    QCOMPARE(pack(std::vector<std::int32_t>{-2, 258}, ElementType::int16), bytes({0xfe, 0xff, 2, 1}));
    QCOMPARE(pack(std::vector<std::int32_t>{65535}, ElementType::uint16), bytes({0xff, 0xff}));
    QCOMPARE(pack(std::vector<std::int32_t>{-2}, ElementType::int32), bytes({0xfe, 0xff, 0xff, 0xff}));
    QCOMPARE(pack(std::vector<std::int32_t>{-8, 7, -1}, ElementType::int4), bytes({0x78, 0x0f}));
}

void TestNumber::ranges_leave_out_what_is_not_finite() {
    std::vector<float> values(50, 1.0f);
    values[3] = not_a_number;
    values[20] = infinity;
    values[49] = -infinity;
    values[48] = -2.5f;
    QCOMPARE(ranges_along(values, {50}, -1), (std::vector<Range>{{-2.5f, 1.0f}}));
    QCOMPARE(ranges_along(std::vector<float>(20, not_a_number), {20}, -1), (std::vector<Range>{{0, 0}}));
    QCOMPARE(ranges_along(std::vector<float>{}, {0}, -1), (std::vector<Range>{{0, 0}}));
    QCOMPARE(ranges_along(std::vector<float>{5, 6}, {2}, -1), (std::vector<Range>{{5, 6}}));
}

void TestNumber::ranges_along_every_axis() {
    const Shape shape = {2, 19, 3};
    std::vector<float> values(114);
    std::mt19937 random(2);
    std::normal_distribution<float> normal;
    for (float& x : values)
        x = random() % 17 == 0 ? not_a_number : normal(random);
    for (int axis = 0; axis < 3; ++axis) {
        const std::size_t channels = static_cast<std::size_t>(shape[static_cast<std::size_t>(axis)]);
        const std::size_t inner = axis == 0 ? 57 : axis == 1 ? 3 : 1;
        std::vector<Range> want(channels, Range{infinity, -infinity});
        for (std::size_t i = 0; i < values.size(); ++i)
            if (!std::isnan(values[i])) {
                Range& range = want[i / inner % channels];
                range = {std::min(range.min, values[i]), std::max(range.max, values[i])};
            }
        QCOMPARE(ranges_along(values, shape, axis), want);
    }
}

void TestNumber::block_shapes() {
    QCOMPARE(blocked_shape({64, 128}, 0, 32), (Shape{2, 128}));
    QCOMPARE(blocked_shape({64, 130}, 1, 32), (Shape{64, 5}));
    QCOMPARE(blocked_shape({7}, 0, 7), Shape{1});
    QCOMPARE(blocked_shape({7, 2}, 0, 100), (Shape{1, 2}));
    QCOMPARE(blocked_shape({7, 2}, 1, 1), (Shape{7, 2}));
    QCOMPARE(blocked_shape({0, 3}, 0, 4), (Shape{0, 3}));
}

void TestNumber::ranges_of_blocks() {
    const Shape shape = {6, 9, 35};
    constexpr std::size_t count = std::size_t{6} * 9 * 35;
    std::mt19937 random(6);
    std::vector<float> values(count);
    std::normal_distribution<float> normal;
    for (float& x : values)
        x = random() % 11 == 0 ? not_a_number : random() % 23 == 0 ? -infinity : normal(random);
    for (int axis = 0; axis < 3; ++axis)
        for (const int block_size : {1, 2, 4, 5, 16, 35, 100}) {
            std::vector<Range> want(reference_entry(count - 1, shape, axis, block_size) + 1,
                                    Range{infinity, -infinity});
            for (std::size_t i = 0; i < count; ++i)
                if (std::isfinite(values[i])) {
                    Range& range = want[reference_entry(i, shape, axis, block_size)];
                    range = {std::min(range.min, values[i]), std::max(range.max, values[i])};
                }
            for (Range& range : want)
                if (range.min > range.max)
                    range = {0, 0};
            QCOMPARE(ranges_in_blocks(values, shape, axis, block_size), want);
            QCOMPARE(static_cast<std::int64_t>(want.size()),
                     element_count(blocked_shape(shape, axis, block_size)));
        }
    QVERIFY(ranges_in_blocks(std::vector<float>{}, {0, 3}, 0, 4).empty());
}

void TestNumber::fp16_matches_the_double_reference() {
    Parameters parameters;
    parameters.format = find_format("fp16");
    std::vector<float> in = floats_of_every_size(4999);
    for (std::uint32_t bits = 0; bits < 65536;
         ++bits)  // halves, and the ties above them with their neighbours
        if (const float value = float_from_half(static_cast<std::uint16_t>(bits)); std::isfinite(value)) {
            const double step = std::ldexp(1.0, std::max(value == 0 ? -14 : std::ilogb(value), -14) - 10);
            for (const double part : {0.0, 0.5}) {
                const auto x = static_cast<float>(value + std::copysign(part * step, value));
                in.insert(in.end(), {x, std::nextafter(x, infinity), std::nextafter(x, -infinity)});
            }
        }
    std::vector<float> out(in.size());
    fake_quantize(in, out, {static_cast<std::int64_t>(in.size())}, parameters);
    for (std::size_t i = 0; i < in.size(); ++i)
        if (const float want = reference_half(in[i]);
            std::isnan(want) ? !std::isnan(out[i]) : !same_bits(out[i], want))
            QFAIL(qPrintable(QString("%1: %2, not %3")
                                 .arg(static_cast<double>(in[i]), 0, 'g', 9)
                                 .arg(static_cast<double>(out[i]), 0, 'g', 9)
                                 .arg(static_cast<double>(want))));
}

QTEST_GUILESS_MAIN(TestNumber)
#include "test_number.moc"

// Every format x granularity x code range x rounding x symmetric or not, against the plain double-precision
// arithmetic of tests/support/number_reference.h: parameters, codes and values to the last bit.
#include <QtTest>
#include <random>

#include "core/number/kernels.h"
#include "tests/support/number_reference.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

/// How a tensor of `shape` shares its parameters. shared: convolution groups, so many neighbours along the
/// axis have one range.
struct Sharing {
    int axis = -1, block_size = 0;
    std::size_t shared = 1;
};

const Shape shape = {6, 9, 35};
constexpr std::size_t count = std::size_t{6} * 9 * 35;

std::string text_of(const Scheme& scheme) {
    std::string text(scheme.format->name);
    for (const std::string_view word :
         {name_of(scheme.codes), name_of(scheme.rounding), name_of(scheme.divisor),
          std::string_view(scheme.symmetric ? "symmetric" : "asymmetric"),
          std::string_view(scheme.power_of_two ? "power-of-two" : "free")}) {
        text += ' ';
        text += word;
    }
    return text;
}

/// Every way to use an integer format's codes; powers of two with one of the divisors.
std::vector<Scheme> schemes_of(const Format& format) {
    std::vector<Scheme> schemes;
    for (const CodeRange codes : {CodeRange::full, CodeRange::restricted, CodeRange::reduced})
        for (const Rounding rounding : {Rounding::half_even, Rounding::half_away}) {
            Scheme scheme;
            scheme.format = &format;
            scheme.codes = codes;
            scheme.rounding = rounding;
            schemes.push_back(scheme);
            scheme.symmetric = true;
            for (const Divisor divisor : {Divisor::half_levels, Divisor::half_span, Divisor::qmax}) {
                scheme.divisor = divisor;
                schemes.push_back(scheme);
            }
            scheme.power_of_two = true;
            schemes.push_back(scheme);
            scheme.symmetric = false;
            schemes.push_back(scheme);
        }
    return schemes;
}

std::vector<const Format*> integer_formats() {
    std::vector<const Format*> result;
    for (const Format& format : formats())
        if (format.is_integer)
            result.push_back(&format);
    return result;
}

QString report(const Scheme& scheme, float x, ScaleZeroPoint by, double got, double want) {
    return QString("%1: x %2 scale %3 zero point %4: %5, not %6")
        .arg(text_of(scheme).c_str())
        .arg(static_cast<double>(x), 0, 'g', 9)
        .arg(static_cast<double>(by.scale), 0, 'g', 9)
        .arg(by.zero_point)
        .arg(got, 0, 'g', 17)
        .arg(want, 0, 'g', 17);
}

}  // namespace

class TestNumberFormats : public QObject {
    Q_OBJECT

    std::mt19937 m_random{20};

    Range random_range() {
        std::uniform_real_distribution<double> exponent(-20, 20), part(0, 1);
        const double width = std::exp2(exponent(m_random));
        return {static_cast<float>(-width * part(m_random)), static_cast<float>(width * part(m_random))};
    }

    static void parameters_match(const Parameters& parameters, std::span<const Range> ranges,
                                 const Scheme& scheme) {
        const auto [qmin, qmax] = reference_limits(*scheme.format, scheme.codes);
        QCOMPARE(std::int64_t{parameters.qmin}, qmin);
        QCOMPARE(std::int64_t{parameters.qmax}, qmax);
        QVERIFY(parameters.rounding == scheme.rounding);
        QCOMPARE(parameters.scale.size(), ranges.size());
        QCOMPARE(parameters.zero_point.size(), ranges.size());
        for (std::size_t e = 0; e < ranges.size(); ++e) {
            const ScaleZeroPoint want = reference_parameters(ranges[e], scheme);
            const ScaleZeroPoint got{parameters.scale[e], parameters.zero_point[e]};
            if (got != want)
                QFAIL(qPrintable(report(scheme, ranges[e].max, got, got.scale, want.scale)));
        }
    }

    /// quantize(), dequantize() and fake_quantize() of `in`, whose element i uses entry_of(i).
    template <class EntryOf>
    static void codes_match(std::span<const float> in, const Shape& in_shape, const Parameters& parameters,
                            const Scheme& scheme, const EntryOf& entry_of) {
        const std::vector<std::int32_t> codes = quantize(in, in_shape, parameters);
        const std::vector<float> values = dequantize(codes, in_shape, parameters);
        std::vector<float> fake(in.size());
        fake_quantize(in, fake, in_shape, parameters);
        for (std::size_t i = 0; i < in.size(); ++i) {
            const std::size_t e = entry_of(i);
            const ScaleZeroPoint by{parameters.scale[e], parameters.zero_point[e]};
            const std::int32_t want =
                reference_code(in[i], by, parameters.qmin, parameters.qmax, parameters.rounding);
            if (codes[i] != want)
                QFAIL(qPrintable(report(scheme, in[i], by, codes[i], want)));
            if (quantize_one(in[i], by, parameters.qmin, parameters.qmax, parameters.rounding) != want)
                QFAIL(qPrintable(report(scheme, in[i], by, not_a_number, want)));
            const float value = reference_value(want, by);
            if (!same_bits(values[i], value) || !same_bits(fake[i], value))
                QFAIL(qPrintable(
                    report(scheme, in[i], by, same_bits(fake[i], value) ? values[i] : fake[i], value)));
        }
    }

    /// Near a code, a tie, an end, or any float at all.
    float random_input(ScaleZeroPoint by, const Parameters& parameters, const std::vector<float>& any) {
        if (m_random() % 8 == 0)
            return any[m_random() % any.size()];
        std::uniform_int_distribution<std::int64_t> steps(std::int64_t{parameters.qmin} - by.zero_point - 2,
                                                          std::int64_t{parameters.qmax} - by.zero_point + 2);
        const double part = static_cast<double>(m_random() % 4) / 4;
        const auto x = static_cast<float>((static_cast<double>(steps(m_random)) + part) * by.scale);
        const std::uint32_t side = m_random() % 3;
        return side == 0 ? x : std::nextafter(x, side == 1 ? infinity : -infinity);
    }

private slots:
    void code_ranges_by_name();
    void tensor_data();
    void tensor();
    void entries_data();
    void entries();
    void every_code_of_every_entry_data();
    void every_code_of_every_entry();
    void given_parameters();
    void formats_without_codes_ignore_the_scheme();
};

void TestNumberFormats::code_ranges_by_name() {
    struct Row {
        const char* format;
        CodeRange codes;
        std::int32_t qmin, qmax;
    };
    for (const Row& row :
         {Row{"int8", CodeRange::full, -128, 127}, Row{"int8", CodeRange::restricted, -127, 127},
          Row{"int8", CodeRange::reduced, -64, 63}, Row{"uint8", CodeRange::full, 0, 255},
          Row{"uint8", CodeRange::restricted, 0, 255}, Row{"uint8", CodeRange::reduced, 0, 127},
          Row{"int4", CodeRange::full, -8, 7}, Row{"int4", CodeRange::restricted, -7, 7},
          Row{"int4", CodeRange::reduced, -4, 3}, Row{"uint4", CodeRange::full, 0, 15},
          Row{"uint4", CodeRange::reduced, 0, 7}, Row{"int16", CodeRange::full, -32768, 32767},
          Row{"int16", CodeRange::restricted, -32767, 32767}, Row{"uint16", CodeRange::full, 0, 65535}}) {
        Scheme scheme;
        scheme.format = find_format(row.format);
        scheme.codes = row.codes;
        QCOMPARE(scheme.qmin(), row.qmin);
        QCOMPARE(scheme.qmax(), row.qmax);
    }
    for (const CodeRange codes : {CodeRange::full, CodeRange::restricted, CodeRange::reduced})
        QVERIFY(find_code_range(name_of(codes)) == codes);
    for (const Divisor divisor : {Divisor::qmax, Divisor::half_span, Divisor::half_levels})
        QVERIFY(find_divisor(name_of(divisor)) == divisor);
    for (const Rounding rounding : {Rounding::half_even, Rounding::half_away})
        QVERIFY(find_rounding(name_of(rounding)) == rounding);
    QVERIFY(name_of(CodeRange::reduced) == "reduced" && name_of(Divisor::half_span) == "half-span" &&
            name_of(Divisor::half_levels) == "half-levels" && name_of(Rounding::half_away) == "half-away");
    QVERIFY(!find_code_range("narrow") && !find_divisor("127.5") && !find_rounding(""));
}

void TestNumberFormats::tensor_data() {
    QTest::addColumn<QString>("format");
    for (const Format* format : integer_formats())
        QTest::newRow(format->name.data()) << QString(format->name.data());
}

// All codes, ties and their neighbours, subnormals, saturation, zeros, infinities and NaN.
void TestNumberFormats::tensor() {
    QFETCH(QString, format);
    for (const Scheme& scheme : schemes_of(*find_format(format.toStdString()))) {
        const Range range = random_range();
        const Parameters parameters = parameters_from(range, scheme);
        parameters_match(parameters, std::span(&range, 1), scheme);
        const ScaleZeroPoint by{parameters.scale[0], parameters.zero_point[0]};
        const std::vector<float> in = sweep(by, parameters.qmin, parameters.qmax);
        const Shape in_shape = {static_cast<std::int64_t>(in.size())};
        codes_match(in, in_shape, parameters, scheme, [](std::size_t) { return std::size_t{0}; });
        std::vector<float> fake(in.size());
        fake_quantize(in, fake, by, parameters.qmin, parameters.qmax, parameters.rounding);
        for (std::size_t i = 0; i < in.size(); ++i)
            if (const float want = reference_value(
                    reference_code(in[i], by, parameters.qmin, parameters.qmax, scheme.rounding), by);
                !same_bits(fake[i], want))
                QFAIL(qPrintable(report(scheme, in[i], by, fake[i], want)));
    }
}

void TestNumberFormats::entries_data() {
    QTest::addColumn<QString>("format");
    QTest::addColumn<int>("axis");
    QTest::addColumn<int>("block_size");
    QTest::addColumn<int>("shared");
    for (const Format* format : integer_formats()) {
        const QString name(format->name.data());
        const auto add = [&](const char* what, Sharing sharing) {
            QTest::addRow("%s %s %d of axis %d", format->name.data(), what,
                          sharing.block_size > 0 ? sharing.block_size : static_cast<int>(sharing.shared),
                          sharing.axis)
                << name << sharing.axis << sharing.block_size << static_cast<int>(sharing.shared);
        };
        for (int axis = 0; axis < 3; ++axis) {
            add("channel", {axis, 0, 1});
            for (const int block_size : {1, 4, 16, 32, 35, 64})
                add("block", {axis, block_size, 1});
        }
        add("group", {0, 0, 1});
        add("group", {0, 0, 3});
        add("group", {0, 0, 6});
    }
}

void TestNumberFormats::entries() {
    QFETCH(QString, format);
    QFETCH(int, axis);
    QFETCH(int, block_size);
    QFETCH(int, shared);
    const std::vector<float> any = floats_of_every_size(9999991);
    const std::vector<std::size_t> entry = reference_entries(shape, axis, block_size);
    const auto entry_of = [&](std::size_t i) { return entry[i]; };
    const std::size_t entries = entry.back() + 1;
    for (const Scheme& scheme : schemes_of(*find_format(format.toStdString()))) {
        std::vector<Range> ranges(entries);
        for (std::size_t e = 0; e < entries; ++e)
            ranges[e] = e % static_cast<std::size_t>(shared) == 0 ? random_range() : ranges[e - 1];
        const Parameters parameters = block_size > 0 ? parameters_from(ranges, axis, block_size, scheme)
                                                     : parameters_from(ranges, axis, scheme);
        QCOMPARE(parameters.blocked(), block_size > 0);
        QCOMPARE(parameters.per_channel(), block_size == 0);
        parameters_match(parameters, ranges, scheme);
        std::vector<float> in(count);
        for (int filling = 0; filling < 3; ++filling) {
            for (std::size_t i = 0; i < count; ++i) {
                const std::size_t e = entry_of(i);
                in[i] = random_input({parameters.scale[e], parameters.zero_point[e]}, parameters, any);
            }
            codes_match(in, shape, parameters, scheme, entry_of);
        }
    }
}

void TestNumberFormats::every_code_of_every_entry_data() {
    QTest::addColumn<QString>("format");
    QTest::addColumn<int>("axis");
    QTest::addColumn<int>("block_size");
    for (const char* format : {"int8", "uint8", "int4", "uint4", "int16", "uint16"})
        for (int axis = -1; axis < 3; ++axis)
            for (const int block_size : {0, 4, 32})
                if (axis >= 0 || block_size == 0)
                    QTest::addRow("%s axis %d blocks %d", format, axis, block_size)
                        << QString(format) << axis << block_size;
}

// Codes to values, and back to the same codes. Each filling of the tensor begins at another code; of 16 bits
// a tensor holds 1890, per tensor that makes all of them.
void TestNumberFormats::every_code_of_every_entry() {
    QFETCH(QString, format);
    QFETCH(int, axis);
    QFETCH(int, block_size);
    const std::vector<std::size_t> entry = reference_entries(shape, axis, block_size);
    for (const bool symmetric : {false, true})
        for (const Rounding rounding : {Rounding::half_even, Rounding::half_away}) {
            Scheme scheme;
            scheme.format = find_format(format.toStdString());
            scheme.symmetric = symmetric;
            scheme.rounding = rounding;
            std::vector<Range> ranges(entry.back() + 1);
            for (Range& range : ranges)
                range = random_range();
            const Parameters parameters = block_size > 0 ? parameters_from(ranges, axis, block_size, scheme)
                                                         : parameters_from(ranges, axis, scheme);
            const std::int32_t step = scheme.format->bits < 16 ? 1 : axis < 0 ? 1000 : 599;
            std::vector<std::int32_t> codes(count);
            for (std::int32_t first = parameters.qmin; first <= parameters.qmax; first += step) {
                for (std::size_t i = 0; i < count; ++i)  // neighbours have other codes
                    codes[i] = parameters.qmin +
                               static_cast<std::int32_t>(
                                   (static_cast<std::size_t>(first - parameters.qmin) + i) %
                                   static_cast<std::size_t>(parameters.qmax - parameters.qmin + 1));
                const std::vector<float> values = dequantize(codes, shape, parameters);
                for (std::size_t i = 0; i < count; ++i) {
                    const ScaleZeroPoint by{parameters.scale[entry[i]], parameters.zero_point[entry[i]]};
                    if (!same_bits(values[i], reference_value(codes[i], by)))
                        QFAIL(qPrintable(
                            report(scheme, values[i], by, values[i], reference_value(codes[i], by))));
                }
                if (quantize(values, shape, parameters) != codes)
                    QFAIL(qPrintable(report(scheme, 0, {}, first, 0)));
            }
        }
}

// Scales and zero points that no range gives, as a file may hold them.
void TestNumberFormats::given_parameters() {
    for (const Format* format : integer_formats()) {
        if (format->bits > 16)
            continue;
        for (const float scale : {1.0f, 0.1f, 0.0235294122f, 0x1p-23f, 0x1p-126f, 0x1p-140f, 3.7e30f})
            for (const std::int32_t zero_point : {0, format->qmin, format->qmax, 3})
                for (const Rounding rounding : {Rounding::half_even, Rounding::half_away}) {
                    Scheme scheme;
                    scheme.format = format;
                    scheme.rounding = rounding;
                    Parameters parameters = parameters_from(Range{-1, 1}, scheme);
                    parameters.scale = {scale};
                    parameters.zero_point = {zero_point};
                    std::vector<float> in = floats_of_every_size(999983);
                    for (const std::int64_t end : {parameters.qmin, parameters.qmax, zero_point})
                        for (int near = -20; near <= 20; ++near)
                            add_around(in, end - zero_point + near, scale);
                    codes_match(in, {static_cast<std::int64_t>(in.size())}, parameters, scheme,
                                [](std::size_t) { return std::size_t{0}; });
                }
    }
}

void TestNumberFormats::formats_without_codes_ignore_the_scheme() {
    for (const char* name : {"float", "fp16"})
        for (Scheme scheme : schemes_of(*find_format(name))) {
            const Parameters parameters = parameters_from(Range{-3, 5}, scheme);
            QCOMPARE(parameters.scale, std::vector<float>{1});
            QCOMPARE(parameters.zero_point, std::vector<std::int32_t>{0});
            const std::vector<float> in = {0.1f, -0.0f, 65504, -3};
            std::vector<float> out(4);
            fake_quantize(in, out, {4}, parameters);
            for (std::size_t i = 0; i < in.size(); ++i)
                QVERIFY(same_bits(out[i], scheme.format == &format_float() ? in[i] : reference_half(in[i])));
        }
}

QTEST_GUILESS_MAIN(TestNumberFormats)
#include "test_number_formats.moc"

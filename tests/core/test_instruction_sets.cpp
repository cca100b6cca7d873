// The vector kernels equal the scalar definition bit for bit on every instruction set the machine has.
#include <QtTest>
#include <random>

#include "core/number/half.h"
#include "core/number/kernels.h"
#include "core/number/vector_kernels.h"
#include "tests/support/number_reference.h"

using namespace quantwright;
using namespace quantwright::testing;

class TestInstructionSets : public QObject {
    Q_OBJECT

    std::mt19937 m_random{3};

    static void rows() {
        QTest::addColumn<QString>("set");
        for (const std::string& set : vector_kernels::instruction_sets())
            QTest::newRow(set.c_str()) << QString::fromStdString(set);
    }

    /// Parameters of `entries` entries, all different.
    Parameters random_parameters(const Scheme& scheme, std::size_t entries) {
        Parameters parameters = parameters_from(Range{-1, 1}, scheme);
        parameters.scale.resize(entries);
        parameters.zero_point.resize(entries);
        std::uniform_int_distribution<std::int32_t> zero_point(parameters.qmin, parameters.qmax);
        for (std::size_t e = 0; e < entries; ++e) {
            parameters.scale[e] = std::ldexp(1.0f + static_cast<float>(m_random() % 4096) / 4096,
                                             static_cast<int>(m_random() % 40) - 30);
            parameters.zero_point[e] = zero_point(m_random);
        }
        return parameters;
    }

    /// A whole tensor through all kernels; scalar code by element.
    void compare(const Shape& shape, Parameters parameters, const std::vector<float>& any) {
        const auto count = static_cast<std::size_t>(element_count(shape));
        const auto entry_of = [&](std::size_t i) {
            return reference_entry(i, shape, parameters.axis, parameters.block_size);
        };
        std::vector<float> in(count);
        for (std::size_t i = 0; i < count; ++i) {
            const float scale = parameters.scale[entry_of(i)];
            const auto halves = static_cast<float>(static_cast<int>(m_random() % 1400) - 700) / 2;
            in[i] = m_random() % 4 == 0 ? any[m_random() % any.size()] : halves * scale;
        }
        const std::vector<std::int32_t> codes = quantize(in, shape, parameters);
        const std::vector<float> values = dequantize(codes, shape, parameters);
        std::vector<float> fake(count);
        fake_quantize(in, fake, shape, parameters);
        for (std::size_t i = 0; i < count; ++i) {
            const std::size_t e = entry_of(i);
            const ScaleZeroPoint by{parameters.scale[e], parameters.zero_point[e]};
            const std::int32_t code =
                quantize_one(in[i], by, parameters.qmin, parameters.qmax, parameters.rounding);
            const float value = static_cast<float>(code - by.zero_point) * by.scale;
            if (codes[i] != code || !same_bits(values[i], value) || !same_bits(fake[i], value))
                QFAIL(qPrintable(QString("%1 %2 axis %3 blocks of %4, element %5: %6 is %7, not %8")
                                     .arg(parameters.format->name.data())
                                     .arg(name_of(parameters.rounding).data())
                                     .arg(parameters.axis)
                                     .arg(parameters.block_size)
                                     .arg(i)
                                     .arg(static_cast<double>(in[i]), 0, 'g', 9)
                                     .arg(codes[i])
                                     .arg(code)));
        }
        compare_ranges(shape, parameters, in);
    }

    static void compare_ranges(const Shape& shape, const Parameters& parameters,
                               const std::vector<float>& in) {
        std::vector<Range> want(parameters.scale.size(), Range{infinity, -infinity});
        for (std::size_t i = 0; i < in.size(); ++i)
            if (std::isfinite(in[i])) {
                Range& range = want[reference_entry(i, shape, parameters.axis, parameters.block_size)];
                range = {std::min(range.min, in[i]), std::max(range.max, in[i])};
            }
        for (Range& range : want)
            if (range.min > range.max)
                range = {};
        QCOMPARE(parameters.blocked() ? ranges_in_blocks(in, shape, parameters.axis, parameters.block_size)
                                      : ranges_along(in, shape, parameters.axis),
                 want);
    }

private slots:
    void cleanup() { vector_kernels::use_instruction_set({}); }
    void the_machine_has_some();
    void sweeps_data() { rows(); }
    void sweeps();
    void every_sharing_data() { rows(); }
    void every_sharing();
    void halves_data() { rows(); }
    void halves();
    void lengths_and_offsets_data() { rows(); }
    void lengths_and_offsets();
};

void TestInstructionSets::the_machine_has_some() {
    const std::vector<std::string> sets = vector_kernels::instruction_sets();
    QVERIFY(!sets.empty());
    for (const std::string& set : sets)
        qInfo("%s", set.c_str());
}

// One scale: every code, ties and their neighbours, subnormals, what is not finite.
void TestInstructionSets::sweeps() {
    QFETCH(QString, set);
    vector_kernels::use_instruction_set(set.toStdString());
    for (const Format& format : formats())
        for (const Rounding rounding : {Rounding::half_even, Rounding::half_away}) {
            if (!format.is_integer || format.bits > 16)
                continue;
            Scheme scheme;
            scheme.format = &format;
            scheme.rounding = rounding;
            scheme.power_of_two = rounding == Rounding::half_away;  // ties' neighbours stay apart
            const Parameters parameters = parameters_from(Range{-1.7f, 2.9f}, scheme);
            const ScaleZeroPoint by{parameters.scale[0], parameters.zero_point[0]};
            const std::vector<float> in = sweep(by, format.qmin, format.qmax, 19997);
            const Shape shape = {static_cast<std::int64_t>(in.size())};
            std::vector<float> fake(in.size());
            fake_quantize(in, fake, by, format.qmin, format.qmax, rounding);
            const std::vector<std::int32_t> codes = quantize(in, shape, parameters);
            const std::vector<float> values = dequantize(codes, shape, parameters);
            for (std::size_t i = 0; i < in.size(); ++i) {
                const std::int32_t code = quantize_one(in[i], by, format.qmin, format.qmax, rounding);
                const float value = static_cast<float>(code - by.zero_point) * by.scale;
                if (codes[i] != code || !same_bits(values[i], value) || !same_bits(fake[i], value))
                    QFAIL(qPrintable(QString("%1 %2: %3 is %4, not %5")
                                         .arg(format.name.data())
                                         .arg(name_of(rounding).data())
                                         .arg(static_cast<double>(in[i]), 0, 'g', 9)
                                         .arg(codes[i])
                                         .arg(code)));
            }
        }
}

void TestInstructionSets::every_sharing() {
    QFETCH(QString, set);
    vector_kernels::use_instruction_set(set.toStdString());
    const std::vector<float> any = floats_of_every_size(999983);
    for (const Shape& shape : {Shape{3, 37, 41}, Shape{5, 1, 7}, Shape{64, 96}, Shape{33}, Shape{2, 3, 5, 4}})
        for (int axis = -1; axis < static_cast<int>(shape.size()); ++axis)
            for (const int block_size : {0, 1, 3, 16, 32, 100})
                for (const Rounding rounding : {Rounding::half_even, Rounding::half_away})
                    for (const char* format : {"int8", "uint8", "int4", "uint16"}) {
                        if (axis < 0 && block_size > 0)
                            continue;
                        Scheme scheme;
                        scheme.format = find_format(format);
                        scheme.rounding = rounding;
                        const auto last = static_cast<std::size_t>(element_count(shape)) - 1;
                        Parameters parameters =
                            random_parameters(scheme, reference_entry(last, shape, axis, block_size) + 1);
                        parameters.axis = axis;
                        parameters.block_size = block_size;
                        compare(shape, parameters, any);
                    }
}

// Every half, the ties between halves with their neighbours, and floats of every size.
void TestInstructionSets::halves() {
    QFETCH(QString, set);
    vector_kernels::use_instruction_set(set.toStdString());
    std::vector<float> in = floats_of_every_size(4999);
    for (std::uint32_t half = 0; half < 65536; ++half) {
        const std::uint32_t bits =
            std::bit_cast<std::uint32_t>(float_from_half(static_cast<std::uint16_t>(half)));
        for (const std::uint32_t beyond : {0u, 1u, 0xfffu, 0x1000u, 0x1001u, 0x1fffu})
            in.push_back(std::bit_cast<float>(bits + beyond));
    }
    for (std::uint32_t steps = 0; steps < 1025; ++steps) {  // subnormal halves
        const float tie = std::ldexp(static_cast<float>(steps) + 0.5f, -24);
        for (const float x : {tie, std::nextafter(tie, 1.0f), std::nextafter(tie, 0.0f)})
            in.insert(in.end(), {x, -x});
    }
    Parameters parameters;
    parameters.format = find_format("fp16");
    std::vector<float> out(in.size());
    fake_quantize(in, out, {static_cast<std::int64_t>(in.size())}, parameters);
    for (std::size_t i = 0; i < in.size(); ++i) {
        const float want = float_from_half(half_from_float(in[i]));
        if (!same_bits(out[i], want))
            QFAIL(qPrintable(QString("%1: %2, not %3")
                                 .arg(static_cast<double>(in[i]), 0, 'g', 9)
                                 .arg(static_cast<double>(out[i]), 0, 'g', 9)
                                 .arg(static_cast<double>(want), 0, 'g', 9)));
    }
}

// Memory beside the part that is asked for stays as it is.
void TestInstructionSets::lengths_and_offsets() {
    QFETCH(QString, set);
    vector_kernels::use_instruction_set(set.toStdString());
    std::normal_distribution<float> normal(0, 60);
    std::vector<float> in(200);
    for (float& x : in)
        x = normal(m_random);
    for (std::size_t offset = 0; offset < 5; ++offset)
        for (std::size_t count = 0; count < 80; ++count) {
            std::vector<float> out(in.size(), 12345.0f);
            fake_quantize(std::span(in).subspan(offset, count), std::span(out).subspan(offset, count),
                          {0.5f, -7}, -128, 127);
            for (std::size_t i = 0; i < out.size(); ++i) {
                const bool inside = i >= offset && i < offset + count;
                const float want =
                    inside ? static_cast<float>(quantize_one(in[i], {0.5f, -7}, -128, 127) + 7) * 0.5f
                           : 12345.0f;
                QVERIFY2(same_bits(out[i], want),
                         qPrintable(QString("%1+%2 at %3").arg(offset).arg(count).arg(i)));
            }
        }
}

QTEST_GUILESS_MAIN(TestInstructionSets)
#include "test_instruction_sets.moc"

// Scales, zero points and codes against PyTorch's, ONNX Runtime's and onnx's own (data/golden_*.json, made by
// tests/golden/*_numbers.py). Where they differ from us on purpose the difference is spelt out here.
#include <QtTest>
#include <fstream>
#include <sstream>

#include "core/base/json.h"
#include "core/number/kernels.h"
#include "tests/support/number_reference.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

std::vector<float> floats_of(const std::string& hex) {
    std::vector<float> values;
    for (std::size_t i = 0; i + 8 <= hex.size(); i += 8)
        values.push_back(
            std::bit_cast<float>(static_cast<std::uint32_t>(std::stoul(hex.substr(i, 8), nullptr, 16))));
    return values;
}

Json golden(const char* name) {
    std::ifstream file(std::string(QUANTWRIGHT_TEST_DATA_DIR "/golden_") + name + ".json");
    std::stringstream text;
    text << file.rdbuf();
    const Result<Json> json = parse_json(text.str(), ErrorCode::runtime_failed, name);
    return json ? *json : Json();
}

/// One case and its input.
struct Case {
    const Json& json;
    Shape shape;
    std::vector<float> in;
    std::string text;

    Case(const Json& document, const Json& from)
        : json(from),
          shape(from.value("shape", document["shape"]).get<Shape>()),
          text(from.dump().substr(0, 200)) {
        if (json.contains("input"))
            in = floats_of(document["inputs"][json["input"].get<std::string>()].get<std::string>());
    }
    [[nodiscard]] const Format& format() const { return *find_format(json["format"].get<std::string>()); }
    [[nodiscard]] int axis() const { return json["axis"].get<int>(); }
    [[nodiscard]] int block_size() const { return json.value("block_size", 0); }
    [[nodiscard]] std::vector<std::int32_t> zero_points() const {
        return json["zero_point"].get<std::vector<std::int32_t>>();
    }
    [[nodiscard]] std::vector<float> scales() const { return floats_of(json["scale"].get<std::string>()); }

    /// With the scales and zero points of the file.
    [[nodiscard]] Parameters given(const Scheme& scheme) const {
        Parameters parameters = parameters_from(Range{-1, 1}, scheme);
        parameters.scale = scales();
        parameters.zero_point = zero_points();
        parameters.axis = axis();
        parameters.block_size = block_size();
        return parameters;
    }
};

std::vector<Case> cases_of(const Json& document, const char* kind) {
    std::vector<Case> cases;
    for (const Json& json : document["cases"])
        if (json["kind"] == kind)
            cases.emplace_back(document, json);
    return cases;
}

Scheme scheme_of(const Format& format, CodeRange codes = CodeRange::full) {
    Scheme scheme;
    scheme.format = &format;
    scheme.codes = codes;
    return scheme;
}

bool close(float got, float want) {
    return std::fabs(static_cast<double>(got) / want - 1) <= 1e-6;
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                              [](float x, float y) { return testing::same_bits(x, y); });
}

/// ONNX Runtime's quantizer as a Scheme: signed 8 and 16 bits symmetric are restricted, 4 bits are not; a
/// symmetric range is divided by half its codes' span.
Scheme runtime_scheme(const Json& json) {
    Scheme scheme = scheme_of(*find_format(json["format"].get<std::string>()));
    scheme.symmetric = json["symmetric"].get<bool>();
    scheme.divisor = Divisor::half_span;
    if (json["reduced"].get<bool>())
        scheme.codes = CodeRange::reduced;
    else if (scheme.symmetric && scheme.format->bits > 4)
        scheme.codes = CodeRange::restricted;
    return scheme;
}

/// Its reduced int8 is [-64, 64] and its reduced int16 [-16384, 16384]: one code more than 7 and 15 bits
/// have, and one more than ours.
bool has_one_more_code(const Scheme& scheme) {
    return scheme.codes == CodeRange::reduced && scheme.format->qmin < 0 && scheme.format->bits > 4;
}

}  // namespace

class TestGoldenNumber : public QObject {
    Q_OBJECT

private slots:
    void versions_are_written_down();
    void onnx_evaluator();
    void onnx_runtime_operators_in_blocks();
    void onnx_runtime_ranges();
    void onnx_runtime_tensors();
    void torch_codes();
    void torch_fake_quantization();

private:
    static void torch_case_matches(const Case& test, int& different);
};

void TestGoldenNumber::versions_are_written_down() {
    QVERIFY(golden("torch")["made_with"]["torch"].get<std::string>().starts_with("1.13"));
    QVERIFY(golden("onnxruntime")["made_with"].contains("onnxruntime"));
    QVERIFY(golden("onnx")["made_with"].contains("onnx"));
}

// QuantizeLinear and DequantizeLinear of opset 21: per tensor, along every axis, in blocks, 4 to 16 bits.
void TestGoldenNumber::onnx_evaluator() {
    const Json document = golden("onnx");
    const std::vector<Case> cases = cases_of(document, "quantize");
    QCOMPARE(cases.size(), std::size_t(60));
    for (const Case& test : cases) {
        const Parameters parameters = test.given(scheme_of(test.format()));
        const std::vector<std::int32_t> codes = quantize(test.in, test.shape, parameters);
        QVERIFY2(codes == test.json["codes"].get<std::vector<std::int32_t>>(), test.text.c_str());
        if (test.json.contains("values"))
            QVERIFY2(same_bits(dequantize(codes, test.shape, parameters),
                               floats_of(test.json["values"].get<std::string>())),
                     test.text.c_str());
    }
}

void TestGoldenNumber::onnx_runtime_operators_in_blocks() {
    const Json document = golden("onnxruntime");
    const std::vector<Case> cases = cases_of(document, "operators");
    QCOMPARE(cases.size(), std::size_t(12));
    for (const Case& test : cases) {
        std::vector<float> out(test.in.size());
        fake_quantize(test.in, out, test.shape, test.given(scheme_of(test.format())));
        QVERIFY2(same_bits(out, floats_of(test.json["values"].get<std::string>())), test.text.c_str());
    }
}

void TestGoldenNumber::onnx_runtime_ranges() {
    const Json document = golden("onnxruntime");
    const std::vector<Case> cases = cases_of(document, "range");
    QCOMPARE(cases.size(), std::size_t(216));
    int ties = 0;
    for (const Case& test : cases) {
        Scheme scheme = runtime_scheme(test.json);
        const std::vector<float> ends = floats_of(test.json["range"].get<std::string>());
        const float scale = test.scales()[0];
        const int zero_point = test.zero_points()[0];
        const int qmin = test.json["qmin"], qmax = test.json["qmax"];
        QCOMPARE(scheme.qmin(), qmin);
        QCOMPARE(scheme.qmax(), qmax - has_one_more_code(scheme));
        if (has_one_more_code(scheme))
            scheme.divisor = Divisor::half_levels;  // 2 absmax / 128
        const ScaleZeroPoint got = choose_parameters({ends[0], ends[1]}, scheme);

        const double min = std::min(0.0f, ends[0]), max = std::max(0.0f, ends[1]);
        if (max - min < 1e-38) {
            // Nothing or nearly: the quantizer takes scale 1 and zero point 0. We take the smallest normal
            // float where there is something, and the code that stands for zero in every other range too.
            QVERIFY(scale == 1 && zero_point == 0);
            QCOMPARE(got.scale, min == max ? 1.0f : std::numeric_limits<float>::min());
            QCOMPARE(got, reference_parameters({ends[0], ends[1]}, scheme));
            continue;
        }
        if (has_one_more_code(scheme) && !scheme.symmetric) {  // no Scheme says 128 steps for 128 codes
            QVERIFY2(close(static_cast<float>(got.scale * (qmax - 1.0 - qmin) / (qmax - qmin)), scale),
                     test.text.c_str());
            continue;
        }
        QVERIFY2(close(got.scale, scale), test.text.c_str());
        // The quantizer computes the zero point from the scale before it is rounded to float. The two differ
        // where zero lies half way between two codes.
        const double exact = qmin - min * (qmax - qmin) / (max - min);
        if (!scheme.symmetric && std::fabs(exact - std::floor(exact) - 0.5) < 1e-9) {
            QCOMPARE(static_cast<double>(zero_point), rounded(exact, Rounding::half_even));
            QVERIFY(std::abs(got.zero_point - zero_point) <= 1);
            ++ties;
        } else {
            QVERIFY2(got.zero_point == zero_point, test.text.c_str());
        }
    }
    QCOMPARE(ties, 10);  // [-1, 1] in 6 formats full and 4 reduced ones
}

void TestGoldenNumber::onnx_runtime_tensors() {
    const Json document = golden("onnxruntime");
    const std::vector<Case> cases = cases_of(document, "tensor");
    QCOMPARE(cases.size(), std::size_t(48));
    for (const Case& test : cases) {
        Scheme scheme = runtime_scheme(test.json);
        if (has_one_more_code(scheme))
            scheme.divisor = Divisor::half_levels;
        const int axis = test.axis(), block_size = test.block_size();
        Parameters parameters = block_size > 0
                                    ? parameters_from(ranges_in_blocks(test.in, test.shape, axis, block_size),
                                                      axis, block_size, scheme)
                                    : parameters_from(ranges_along(test.in, test.shape, axis), axis, scheme);
        const std::vector<float> scales = test.scales();
        if (has_one_more_code(scheme) && !scheme.symmetric) {
            parameters = test.given(scheme);
        } else {
            QCOMPARE(parameters.scale.size(), scales.size());
            for (std::size_t e = 0; e < scales.size(); ++e)
                QVERIFY2(close(parameters.scale[e], scales[e]), test.text.c_str());
            QVERIFY2(parameters.zero_point == test.zero_points(), test.text.c_str());
        }
        const std::vector<std::int32_t> codes = quantize(test.in, test.shape, parameters);
        if (test.json.contains("packed")) {
            const std::string hex = test.json["packed"];
            std::vector<std::byte> bytes;
            for (std::size_t i = 0; i < hex.size(); i += 2)
                bytes.push_back(static_cast<std::byte>(std::stoul(hex.substr(i, 2), nullptr, 16)));
            QVERIFY2(pack(codes, scheme.format->storage) == bytes, test.text.c_str());
            continue;
        }
        // The quantizer clips to the type, not to the codes it counted with: a reduced range may end one
        // above.
        auto want = test.json["codes"].get<std::vector<std::int32_t>>();
        for (std::int32_t& code : want) {
            QVERIFY(code <= parameters.qmax + 1);
            if (scheme.codes == CodeRange::reduced)
                code = std::min(code, parameters.qmax);
        }
        QVERIFY2(codes == want, test.text.c_str());
    }
}

/// PyTorch multiplies by the reciprocal of the scale, in float, where ONNX divides. The codes differ, by one,
/// only where that moves a quotient across a tie.
void TestGoldenNumber::torch_case_matches(const Case& test, int& different) {
    const Parameters parameters = test.given(scheme_of(test.format()));
    const std::vector<std::int32_t> codes = quantize(test.in, test.shape, parameters);
    const auto want = test.json["codes"].get<std::vector<std::int32_t>>();
    QCOMPARE(want.size(), codes.size());
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const std::size_t e = reference_entry(i, test.shape, parameters.axis, 0);
        const ScaleZeroPoint by{parameters.scale[e], parameters.zero_point[e]};
        const float product = test.in[i] * (1.0f / by.scale);
        const std::int32_t multiplied =
            reference_code(product, {1, by.zero_point}, parameters.qmin, parameters.qmax);
        QCOMPARE(want[i], multiplied);
        if (codes[i] == want[i])
            continue;
        QVERIFY2(std::abs(codes[i] - want[i]) == 1, test.text.c_str());
        QVERIFY(1.0 / by.scale != 1.0f / by.scale);  // the reciprocal was rounded
        ++different;
    }
    if (test.json.contains("values"))
        QVERIFY2(same_bits(dequantize(want, test.shape, parameters),
                           floats_of(test.json["values"].get<std::string>())),
                 test.text.c_str());
}

void TestGoldenNumber::torch_codes() {
    const Json document = golden("torch");
    const std::vector<Case> cases = cases_of(document, "quantize");
    QCOMPARE(cases.size(), std::size_t(48));
    int different = 0;
    for (const Case& test : cases)
        torch_case_matches(test, different);
    QVERIFY2(different > 0 && different < 40, qPrintable(QString::number(different)));
}

void TestGoldenNumber::torch_fake_quantization() {
    const Json document = golden("torch");
    const std::vector<Case> cases = cases_of(document, "fake");
    QCOMPARE(cases.size(), std::size_t(19));
    for (const Case& test : cases) {
        const auto codes = find_code_range(test.json["range"].get<std::string>());
        QVERIFY(codes.has_value());
        std::vector<float> out(test.in.size());
        fake_quantize(test.in, out, test.shape, test.given(scheme_of(test.format(), *codes)));
        QVERIFY2(same_bits(out, floats_of(test.json["values"].get<std::string>())), test.text.c_str());
    }
}

QTEST_GUILESS_MAIN(TestGoldenNumber)
#include "test_golden_number.moc"

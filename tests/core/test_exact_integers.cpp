// The reference for files of integer operators against plain loops over whole numbers: sums beyond what a
// float holds, every zero point, ties, and whole files against their QDQ form.
#include <QtTest>
#include <cmath>
#include <random>

#include "core/evaluate/exact_integers.h"
#include "qoperator_files.h"

using namespace quantwright;
using testing::ModelBuilder;

namespace {

struct Codes {
    ElementType type = ElementType::uint8;
    Shape shape;
    std::vector<std::int32_t> values;

    [[nodiscard]] Tensor tensor() const {
        std::vector<std::byte> bytes;
        for (const std::int32_t value : values)
            bytes.push_back(static_cast<std::byte>(value));
        return make_tensor(type, shape, std::move(bytes));
    }
};

std::mt19937& generator() {
    static std::mt19937 random(11);
    return random;
}

Codes random_codes(ElementType type, const Shape& shape, int low, int high) {
    Codes codes{type, shape, std::vector<std::int32_t>(static_cast<std::size_t>(element_count(shape)))};
    for (auto& value : codes.values)
        value = std::uniform_int_distribution<int>(low, high)(generator());
    return codes;
}

void constant(ModelBuilder& b, const std::string& name, const Tensor& tensor) {
    *b.proto().mutable_graph()->add_initializer() = proto_from(name, tensor);
}
void constant(ModelBuilder& b, const std::string& name, std::vector<float> values, const Shape& shape = {}) {
    constant(b, name, make_tensor(shape, std::move(values)));
}
void constant(ModelBuilder& b, const std::string& name, ElementType type, int value) {
    constant(b, name, Codes{type, {}, {value}}.tensor());
}
void constant_int32(ModelBuilder& b, const std::string& name, const std::vector<std::int32_t>& values) {
    std::vector<std::byte> bytes(values.size() * 4);
    std::memcpy(bytes.data(), values.data(), bytes.size());
    constant(b, name,
             make_tensor(ElementType::int32, {static_cast<std::int64_t>(values.size())}, std::move(bytes)));
}

Tensor run_exact(const ModelBuilder& b, const std::vector<Tensor>& inputs) {
    const auto model = b.build();
    const auto session = pure_session(*model, 1);
    if (!session)
        qFatal("%s", session.error().detail.c_str());
    // Nothing of the integer kernels is left.
    const onnx::ModelProto exact = exact_integers(*model);
    for (const auto& node : exact.graph().node())
        if (node.op_type().starts_with("QLinear") || node.op_type().find("Integer") != std::string::npos ||
            node.op_type() == "QGemm" || node.op_type() == "DynamicQuantizeMatMul")
            qFatal("%s is still there", node.op_type().c_str());
    auto outputs = (*session)->run(inputs);
    if (!outputs)
        qFatal("%s", outputs.error().detail.c_str());
    return outputs->front();
}

/// Half to even, without the floating-point environment.
std::int64_t rounded(long double x) {
    const long double below = std::floor(x), rest = x - below;
    const auto whole = static_cast<std::int64_t>(below);
    if (rest != 0.5L)
        return rest > 0.5L ? whole + 1 : whole;
    return whole % 2 == 0 ? whole : whole + 1;
}

struct Geometry {
    std::int64_t group = 1, stride = 1, pad = 0, dilation = 1;
};

/// Sums of a convolution of one image with a square kernel, by definition.
std::vector<std::int64_t> convolution(const Codes& x, int zero_x, const Codes& w,
                                      const std::vector<int>& zero_w, const Geometry& g, Shape& shape) {
    const auto channels = x.shape[1], height = x.shape[2], width = x.shape[3];
    const auto filters = w.shape[0], depth = w.shape[1], k = w.shape[2];
    const auto size = [&](std::int64_t n) {
        return (n + 2 * g.pad - g.dilation * (k - 1) - 1) / g.stride + 1;
    };
    shape = {1, filters, size(height), size(width)};
    std::vector<std::int64_t> sums;
    for (std::int64_t f = 0; f < filters; ++f)
        for (std::int64_t row = 0; row < shape[2]; ++row)
            for (std::int64_t column = 0; column < shape[3]; ++column) {
                std::int64_t sum = 0;
                for (std::int64_t c = 0; c < depth; ++c)
                    for (std::int64_t i = 0; i < k; ++i)
                        for (std::int64_t j = 0; j < k; ++j) {
                            const auto y = row * g.stride + i * g.dilation - g.pad,
                                       z = column * g.stride + j * g.dilation - g.pad;
                            if (y < 0 || y >= height || z < 0 || z >= width)
                                continue;
                            const auto from = f / (filters / g.group) * (channels / g.group) + c;
                            const auto a =
                                x.values[static_cast<std::size_t>((from * height + y) * width + z)];
                            const auto b =
                                w.values[static_cast<std::size_t>(((f * depth + c) * k + i) * k + j)];
                            sum += std::int64_t(a - zero_x) *
                                   (b - zero_w[zero_w.size() > 1 ? static_cast<std::size_t>(f) : 0]);
                        }
                sums.push_back(sum);
            }
    return sums;
}

void set_geometry(onnx::NodeProto& node, const Geometry& g) {
    set_attribute(node, "group", g.group);
    set_attribute(node, "strides", std::vector<std::int64_t>{g.stride, g.stride});
    set_attribute(node, "pads", std::vector<std::int64_t>(4, g.pad));
    set_attribute(node, "dilations", std::vector<std::int64_t>{g.dilation, g.dilation});
}

/// Rows by columns, over all but the last dimension of `a`.
std::vector<std::int64_t> product(const Codes& a, int zero_a, const Codes& b,
                                  const std::vector<int>& zero_b) {
    const auto k = static_cast<std::size_t>(b.shape[0]), n = static_cast<std::size_t>(b.shape[1]);
    std::vector<std::int64_t> sums;
    for (std::size_t row = 0; row < a.values.size() / k; ++row)
        for (std::size_t column = 0; column < n; ++column) {
            std::int64_t sum = 0;
            for (std::size_t i = 0; i < k; ++i)
                sum += std::int64_t(a.values[row * k + i] - zero_a) *
                       (b.values[i * n + column] - zero_b[zero_b.size() > 1 ? column : 0]);
            sums.push_back(sum);
        }
    return sums;
}

std::int64_t largest(const std::vector<std::int64_t>& sums) {
    std::int64_t most = 0;
    for (const auto sum : sums)
        most = std::max(most, std::abs(sum));
    return most;
}

}  // namespace

class TestExactIntegers : public QObject {
    Q_OBJECT

private slots:
    void sums_beyond_a_float() {
        const Geometry g{1, 2, 2, 1};
        const Codes x = random_codes(ElementType::uint8, {1, 96, 9, 9}, 200, 255);
        const Codes w = random_codes(ElementType::int8, {3, 96, 7, 7}, 60, 127);
        ModelBuilder b(13);
        b.input("x", x.shape, x.type).output("y", ElementType::int32);
        constant(b, "w", w.tensor());
        constant(b, "zx", ElementType::uint8, 3);
        constant(b, "zw", ElementType::int8, -5);
        set_geometry(b.node("ConvInteger", "c", {"x", "w", "zx", "zw"}, {"y"}), g);
        Shape shape;
        const auto expected = convolution(x, 3, w, {-5}, g, shape);
        QVERIFY(largest(expected) > 4 * (std::int64_t(1) << 24));
        const Tensor y = run_exact(b, {x.tensor()});
        QCOMPARE(y.shape, shape);
        const auto given = y.as<std::int32_t>();
        QCOMPARE(std::vector<std::int64_t>(given.begin(), given.end()), expected);
    }

    void requantized_convolution_data() {
        QTest::addColumn<bool>("is_signed");
        QTest::addColumn<int>("group");
        QTest::newRow("uint8, one group") << false << 1;
        QTest::newRow("int8, two groups") << true << 2;
        QTest::newRow("int8, depthwise") << true << 4;
    }
    void requantized_convolution() {
        QFETCH(bool, is_signed);
        QFETCH(int, group);
        const ElementType type = is_signed ? ElementType::int8 : ElementType::uint8;
        const int low = is_signed ? -128 : 0, high = is_signed ? 127 : 255;
        const Geometry g{group, 1, 1, 2};
        const Codes x = random_codes(type, {1, 4, 24, 24}, low, high);
        const Codes w = random_codes(ElementType::int8, {4, 4 / group, 3, 3}, -128, 127);
        // Powers of two: many results lie in the middle between two codes.
        const std::vector<float> scale_w{0.25f, 0.5f, 0.03125f, 0.0071f};
        const float scale_x = 0.5f, scale_y = 32;
        const std::vector<std::int32_t> bias{100, -2000, 7, 64};
        const int zero_x = is_signed ? -7 : 120, zero_y = is_signed ? 5 : 128;
        ModelBuilder b(13);
        b.input("x", x.shape, type).output("y", type);
        constant(b, "sx", {scale_x});
        constant(b, "zx", type, zero_x);
        constant(b, "w", w.tensor());
        constant(b, "sw", scale_w, {4});
        constant(b, "zw", ElementType::int8, 0);
        constant(b, "sy", {scale_y});
        constant(b, "zy", type, zero_y);
        constant_int32(b, "b", bias);
        set_geometry(b.node("QLinearConv", "c", {"x", "sx", "zx", "w", "sw", "zw", "sy", "zy", "b"}, {"y"}),
                     g);
        Shape shape;
        const auto sums = convolution(x, zero_x, w, {0}, g, shape);
        std::vector<int> expected;
        int ties = 0, clipped = 0;
        const auto size = static_cast<std::size_t>(shape[2] * shape[3]);
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const std::size_t channel = i / size;
            const long double steps =
                (sums[i] + bias[channel]) * (static_cast<long double>(scale_x) * scale_w[channel] / scale_y);
            const std::int64_t code = rounded(steps) + zero_y;
            ties += steps - std::floor(steps) == 0.5L ? 1 : 0;
            clipped += code < low || code > high ? 1 : 0;
            expected.push_back(static_cast<int>(std::clamp<std::int64_t>(code, low, high)));
        }
        QVERIFY(ties > 0 && clipped > 0);
        QCOMPARE(testing::widened(run_exact(b, {x.tensor()})), expected);
    }

    void integer_product() {
        const Codes a = random_codes(ElementType::uint8, {2, 3, 3000}, 100, 255);
        const Codes w = random_codes(ElementType::int8, {3000, 4}, 50, 127);
        const std::vector<int> zeros{3, -4, 0, 100};
        ModelBuilder b(13);
        b.input("a", a.shape, a.type).output("y", ElementType::int32);
        constant(b, "w", w.tensor());
        constant(b, "za", ElementType::uint8, 9);
        constant(b, "zw", Codes{ElementType::int8, {4}, {zeros.begin(), zeros.end()}}.tensor());
        b.node("MatMulInteger", "m", {"a", "w", "za", "zw"}, {"y"});
        const auto expected = product(a, 9, w, zeros);
        QVERIFY(largest(expected) > std::int64_t(1) << 24);
        const Tensor y = run_exact(b, {a.tensor()});
        QCOMPARE(y.shape, (Shape{2, 3, 4}));
        const auto given = y.as<std::int32_t>();
        QCOMPARE(std::vector<std::int64_t>(given.begin(), given.end()), expected);
    }

    /// QLinearMatMul and the two forms of QGemm: the same sums, to codes and to float.
    void products_with_scales_data() {
        QTest::addColumn<QString>("op");
        QTest::addColumn<bool>("to_codes");
        QTest::newRow("QLinearMatMul") << "QLinearMatMul" << true;
        QTest::newRow("QGemm to codes") << "QGemm" << true;
        QTest::newRow("QGemm to float") << "QGemm" << false;
        QTest::newRow("MatMulIntegerToFloat") << "MatMulIntegerToFloat" << false;
    }
    void products_with_scales() {
        QFETCH(QString, op);
        QFETCH(bool, to_codes);
        const bool gemm = op == "QGemm";
        const Codes a = random_codes(ElementType::uint8, {5, 40}, 0, 255);
        const Codes w = random_codes(ElementType::int8, {40, 3}, -128, 127);
        Codes stored = w;  // QGemm reads it transposed
        if (gemm) {
            stored.shape = {3, 40};
            for (std::size_t i = 0; i < 40; ++i)
                for (std::size_t j = 0; j < 3; ++j)
                    stored.values[j * 40 + i] = w.values[i * 3 + j];
        }
        const std::vector<float> scale_w{0.25f, 0.013f, 0.5f};
        const float scale_a = 0.125f, scale_y = 16;
        const std::vector<std::int32_t> bias{1000, -500, 3};
        const std::vector<int> zeros{2, -3, 40};
        ModelBuilder b(13);
        const ElementType result = to_codes ? ElementType::uint8 : ElementType::float32;
        b.input("a", a.shape, a.type).output("y", result);
        constant(b, "sa", {scale_a});
        constant(b, "za", ElementType::uint8, 77);
        constant(b, "w", stored.tensor());
        constant(b, "sw", scale_w, {3});
        constant(b, "zw", Codes{ElementType::int8, {3}, {zeros.begin(), zeros.end()}}.tensor());
        constant(b, "sy", {scale_y});
        constant(b, "zy", ElementType::uint8, 130);
        constant_int32(b, "bias", bias);
        std::vector<std::string> inputs{"a", "sa", "za", "w", "sw", "zw"};
        if (gemm)
            inputs.emplace_back("bias");
        if (to_codes)
            inputs.insert(inputs.end(), {"sy", "zy"});
        if (op == "MatMulIntegerToFloat")
            inputs = {"a", "w", "sa", "sw", "za", "zw"};
        auto& node = b.node(op.toStdString(), "m", inputs, {"y"});
        if (op != "QLinearMatMul") {
            node.set_domain("com.microsoft");
            set_opset(b.proto(), "com.microsoft", 1);
        }
        if (gemm)
            set_attribute(node, "transB", std::int64_t{1});
        const auto sums = product(a, 77, w, zeros);
        const Tensor y = run_exact(b, {a.tensor()});
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const long double value =
                (sums[i] + (gemm ? bias[i % 3] : 0)) * (static_cast<long double>(scale_a) * scale_w[i % 3]);
            if (to_codes)
                QCOMPARE(std::int64_t(y.as<std::uint8_t>()[i]),
                         std::clamp<std::int64_t>(rounded(value / scale_y) + 130, 0, 255));
            else
                QCOMPARE(y.floats()[i], static_cast<float>(value));
        }
    }

    void dynamic_product() {
        const Codes w = random_codes(ElementType::int8, {33, 3}, -128, 127);
        std::vector<float> x(66);
        for (float& value : x)
            value = std::uniform_real_distribution<float>(-2, 3)(generator());
        const std::vector<float> scale_w{0.25f, 0.013f, 0.5f}, bias{1, -2, 0.5f};
        ModelBuilder b(13);
        b.input("x", {2, 33}).output("y");
        constant(b, "w", w.tensor());
        constant(b, "sw", scale_w, {3});
        constant(b, "zw", ElementType::int8, -1);
        constant(b, "bias", bias, {3});
        b.node("DynamicQuantizeMatMul", "m", {"x", "w", "sw", "zw", "bias"}, {"y"})
            .set_domain("com.microsoft");
        set_opset(b.proto(), "com.microsoft", 1);
        const Tensor y = run_exact(b, {make_tensor({2, 33}, std::vector<float>(x))});
        // DynamicQuantizeLinear by its definition: uint8, a range with zero in it.
        const float low = std::min(0.f, *std::min_element(x.begin(), x.end()));
        const float high = std::max(0.f, *std::max_element(x.begin(), x.end()));
        const float scale = (high - low) / 255;
        const auto zero = static_cast<int>(std::clamp<std::int64_t>(rounded(-low / scale), 0, 255));
        Codes a{ElementType::uint8, {2, 33}, {}};
        for (const float value : x)
            a.values.push_back(
                static_cast<int>(std::clamp<std::int64_t>(rounded(value / scale) + zero, 0, 255)));
        const auto sums = product(a, zero, w, {-1});
        for (std::size_t i = 0; i < sums.size(); ++i) {
            const long double value =
                sums[i] * (static_cast<long double>(scale) * scale_w[i % 3]) + bias[i % 3];
            QVERIFY2(std::abs(y.floats()[i] - static_cast<float>(value)) <= 1e-6 * std::abs(value) + 1e-6,
                     qPrintable(QString("%1 against %2").arg(y.floats()[i]).arg(double(value))));
        }
    }

    /// Every operator that the exporter writes: the file says the same as its QDQ form.
    void whole_files_data() {
        QTest::addColumn<QString>("activation");
        QTest::newRow("unsigned") << "uint8";
        QTest::newRow("signed") << "int8";
    }
    void whole_files() {
        QFETCH(QString, activation);
        const auto resolved = testing::resolve_on_random(
            testing::many_operators(),
            testing::plan_with({{Field::activation_format, activation.toStdString()}}, "onnxruntime-arm"));
        const auto file = *Model::from_proto(build_qoperator(*resolved));
        QVERIFY(has_integer_operators(*file));
        const auto pairs = *Model::from_proto(build_qdq(*resolved));
        QVERIFY(!has_integer_operators(*pairs));
        const auto exact = pure_session(*file, 1), reference = pure_session(*pairs, 1);
        QVERIFY(exact && reference);
        auto left = testing::ops_of(exact_integers(*file));
        for (const auto& [op, count] : left)
            QVERIFY2(!op.starts_with("QLinear") && op != "QGemm", op.c_str());
        std::vector<ErrorSums> sums((*reference)->output_names().size());
        for (const auto& inputs : testing::random_inputs(*pairs, 6)) {
            const auto expected = (*reference)->run(inputs), given = (*exact)->run(inputs);
            QVERIFY(expected && given);
            for (std::size_t i = 0; i < expected->size(); ++i)
                sums[i].add((*expected)[i].floats(), (*given)[i].floats());
        }
        for (const ErrorSums& one : sums)
            QVERIFY2(one.snr_db().value_or(100) > 35, qPrintable(QString::number(*one.snr_db())));
    }
};

QTEST_GUILESS_MAIN(TestExactIntegers)
#include "test_exact_integers.moc"

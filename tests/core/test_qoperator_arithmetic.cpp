// A chain of convolutions in integers, computed here a second time in whole numbers and compared to the last
// code.
//
// The kernel's rule (ONNX Runtime's QLinearConv, requantizing on x86 and ARM): the int32 sum is converted to
// float, multiplied by the float (sx * sw) / sy, clamped to the codes' range around the zero point, rounded
// half to even, and the zero point added. Against rounding the exact fraction sum * sx * sw / sy, a code may
// differ only where that fraction lies within the float's error of the middle between two codes.
#include <onnx/onnx_pb.h>

#include <QtTest>
#include <cmath>
#include <map>
#include <tuple>

#include "core/export/export_qoperator.h"
#include "core/runtime/session.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using testing::ModelBuilder;

namespace {

__extension__ using Wide = __int128;

struct Integers {
    Shape shape;
    std::vector<std::int64_t> values;
};

template <class T>
Integers widened_as(const Tensor& tensor) {
    return {tensor.shape, {tensor.as<T>().begin(), tensor.as<T>().end()}};
}

Integers widened(const Tensor& tensor) {
    switch (tensor.type) {
        case ElementType::uint8:
            return widened_as<std::uint8_t>(tensor);
        case ElementType::int8:
            return widened_as<std::int8_t>(tensor);
        default:
            return widened_as<std::int32_t>(tensor);
    }
}

/// sum * sx * sw / sy rounded half to even, in whole numbers: floats are integers times powers of two.
struct Exact {
    std::int64_t rounded = 0;
    bool tie = false;
    double from_middle = 0;  ///< distance to the nearest middle between two integers
};

Exact exact_quotient(std::int64_t sum, float sx, float sw, float sy) {
    int ex = 0, ew = 0, ey = 0;
    const auto mantissa = [](float x, int& exponent) {
        return static_cast<std::int64_t>(std::ldexp(std::frexp(x, &exponent), 24));
    };
    Wide numerator = Wide(sum) * mantissa(sx, ex) * mantissa(sw, ew);
    Wide denominator = mantissa(sy, ey);
    const int exponent = ex + ew - 24 - ey;
    if (exponent >= 0)
        numerator <<= exponent;
    else
        denominator <<= -exponent;
    Wide whole = numerator / denominator, rest = numerator % denominator;
    if (rest < 0) {
        rest += denominator;
        --whole;
    }
    Exact result;
    const Wide twice = 2 * rest;
    result.tie = twice == denominator;
    const bool up = twice > denominator || (result.tie && (whole & 1) != 0);
    result.rounded = static_cast<std::int64_t>(whole) + (up ? 1 : 0);
    result.from_middle = std::abs(static_cast<double>(rest) / static_cast<double>(denominator) - 0.5);
    return result;
}

struct Convolution {
    Integers weight, bias;
    std::vector<float> weight_scale;
    std::string input;
    QString types;
    float x_scale = 0, y_scale = 0;
    std::int64_t x_zero = 0, w_zero = 0, y_zero = 0;
    std::int64_t group = 1, stride = 1, pad = 0;
};

/// int64 sums of (x - zx) * (w - zw), plus bias.
Integers sums(const Integers& x, const Convolution& c) {
    const auto channels = c.weight.shape[0], depth = c.weight.shape[1], k = c.weight.shape[2];
    const auto height = x.shape[2], width = x.shape[3];
    const auto out_h = (height + 2 * c.pad - k) / c.stride + 1,
               out_w = (width + 2 * c.pad - k) / c.stride + 1;
    Integers result{{1, channels, out_h, out_w}, {}};
    for (std::int64_t m = 0; m < channels; ++m)
        for (std::int64_t oy = 0; oy < out_h; ++oy)
            for (std::int64_t ox = 0; ox < out_w; ++ox) {
                std::int64_t sum = c.bias.values.empty() ? 0 : c.bias.values[static_cast<std::size_t>(m)];
                for (std::int64_t d = 0; d < depth; ++d)
                    for (std::int64_t i = 0; i < k * k; ++i) {
                        const auto iy = oy * c.stride - c.pad + i / k, ix = ox * c.stride - c.pad + i % k;
                        if (iy < 0 || ix < 0 || iy >= height || ix >= width)
                            continue;  // padding is the zero point
                        const auto channel = m / (channels / c.group) * depth + d;
                        sum += (x.values[static_cast<std::size_t>((channel * height + iy) * width + ix)] -
                                c.x_zero) *
                               (c.weight.values[static_cast<std::size_t>((m * depth + d) * k * k + i)] -
                                c.w_zero);
                    }
                result.values.push_back(sum);
            }
    return result;
}

std::shared_ptr<const Model> chain() {
    ModelBuilder b(17, 11);
    b.input("x", {1, 6, 14, 14}).output("y");
    b.conv("one", "x", "a", 6, 16).node("Relu", "relu", {"a"}, {"b"});
    b.conv("two", "b", "c", 16, 16, 3, 16, 2);
    b.conv("three", "c", "d", 16, 12, 1, 2);
    b.conv("four", "d", "y", 12, 8);
    return b.build();
}

}  // namespace

class TestQOperatorArithmetic : public QObject {
    Q_OBJECT

private slots:
    void chain_equals_whole_numbers_data() {
        QTest::addColumn<QString>("activation");
        QTest::addColumn<QString>("storage");
        QTest::addColumn<QString>("range");
        QTest::addColumn<QString>("granularity");
        QTest::addColumn<bool>("powers");
        QTest::addColumn<QString>("types");  // of data and weights in the file
        // Signed weights have 7 bits here: kernels of CPUs without VNNI add two products in 16 bits.
        QTest::newRow("U8U8") << "uint8"
                              << "uint8"
                              << "restricted"
                              << "channel" << false << "U8U8";
        QTest::newRow("U8S8") << "uint8"
                              << "int8"
                              << "reduced"
                              << "channel" << false << "U8S8";
        QTest::newRow("S8S8") << "int8"
                              << "int8"
                              << "reduced"
                              << "channel" << false << "S8S8";
        QTest::newRow("S8S8 made unsigned") << "int8"
                                            << "int8"
                                            << "restricted"
                                            << "channel" << false << "U8U8";
        QTest::newRow("one weight scale") << "uint8"
                                          << "uint8"
                                          << "restricted"
                                          << "tensor" << false << "U8U8";
        QTest::newRow("powers of two") << "uint8"
                                       << "uint8"
                                       << "restricted"
                                       << "channel" << true << "U8U8";
    }

    void chain_equals_whole_numbers() {
        QFETCH(QString, activation);
        QFETCH(QString, storage);
        QFETCH(QString, range);
        QFETCH(QString, granularity);
        QFETCH(bool, powers);
        QFETCH(QString, types);
        Plan plan;
        // The x86 target writes signed codes as unsigned ones: there the range needs no reserve.
        plan.target = range == "reduced" ? "onnxruntime-arm" : "onnxruntime-x86";
        plan.defaults.set(Field::activation_format, activation.toStdString());
        plan.defaults.set(Field::weight_storage, storage.toStdString());
        plan.defaults.set(Field::weight_range, range.toStdString());
        plan.defaults.set(Field::weight_granularity, granularity.toStdString());
        plan.defaults.set(Field::weight_symmetric, "true");
        plan.defaults.set(Field::activation_scale, powers ? "power-of-two" : "free");
        plan.defaults.set(Field::weight_scale, powers ? "power-of-two" : "free");
        const auto prepared = *prepare(chain());
        const auto statistics =
            testing::reference_statistics(*prepared, testing::random_inputs(*prepared->model, 4));
        const auto resolved = *resolve(prepared, statistics, plan);

        onnx::ModelProto file = build_qoperator(*resolved);
        const auto convolutions = read(*resolved, file);
        QCOMPARE(convolutions.size(), std::size_t(4));
        for (const Convolution& convolution : convolutions)
            QCOMPARE(convolution.types, types);
        std::vector<std::string> names{convolutions.front().input};
        for (const auto& node : file.graph().node())
            if (node.op_type() == "QLinearConv")
                names.push_back(node.output(0));
        file.mutable_graph()->clear_output();
        for (const std::string& name : names)
            file.mutable_graph()->add_output()->set_name(name);
        for (const auto optimizations : {Optimizations::off, Optimizations::standard}) {
            const auto session = Session::create(file, nullptr, {2, optimizations, {}});
            QVERIFY2(session, session ? "" : session.error().detail.c_str());
            std::int64_t codes = 0, ties = 0, differ = 0;
            for (const auto& inputs : testing::random_inputs(*prepared->model, 6, 23)) {
                const auto run = (*session)->run(inputs);
                QVERIFY2(run, run ? "" : run.error().detail.c_str());
                Integers x = widened(run->front());
                for (std::size_t i = 0; i < convolutions.size(); ++i) {
                    const Convolution& c = convolutions[i];
                    const bool is_signed = (*run)[i + 1].type == ElementType::int8;
                    const Integers sum = sums(x, c), given = widened((*run)[i + 1]);
                    QCOMPARE(given.shape, sum.shape);
                    const std::int64_t low = is_signed ? -128 : 0, high = is_signed ? 127 : 255;
                    const auto plane = static_cast<std::size_t>(sum.shape[2] * sum.shape[3]);
                    for (std::size_t k = 0; k < sum.values.size(); ++k) {
                        const float sw = c.weight_scale[c.weight_scale.size() > 1 ? k / plane : 0];
                        const float scale = c.x_scale * sw / c.y_scale;
                        const float scaled = std::clamp(static_cast<float>(sum.values[k]) * scale,
                                                        static_cast<float>(low - c.y_zero),
                                                        static_cast<float>(high - c.y_zero));
                        const auto kernel = static_cast<std::int64_t>(std::nearbyint(scaled)) + c.y_zero;
                        QCOMPARE(given.values[k], kernel);

                        const Exact exact = exact_quotient(sum.values[k], c.x_scale, sw, c.y_scale);
                        const auto code = std::clamp(exact.rounded + c.y_zero, low, high);
                        ++codes;
                        ties += exact.tie ? 1 : 0;
                        if (code == kernel)
                            continue;
                        ++differ;
                        // Three float roundings of the factor, one of the product: 4 * 2^-24 of at most 255.
                        QVERIFY2(exact.from_middle < 4 * 255.0 / (1 << 24),
                                 qPrintable(QString::number(exact.from_middle)));
                        QCOMPARE(std::abs(code - kernel), std::int64_t(1));
                    }
                    x = given;
                }
            }
            qInfo("%lld codes, %lld exact ties, %lld differ from the exact fraction's rounding",
                  static_cast<long long>(codes), static_cast<long long>(ties),
                  static_cast<long long>(differ));
            QVERIFY(codes > 10000);
            if (powers) {
                QVERIFY(ties > 0);
                QCOMPARE(differ, 0);  // every float of the rule is exact
            }
        }
    }

private:
    /// The convolutions as the plan has them, with the types and the order of the file's.
    static std::vector<Convolution> read(const Resolved& resolved, const onnx::ModelProto& file) {
        std::map<std::string, int> types;
        for (const auto& initializer : file.graph().initializer())
            types[initializer.name()] = initializer.data_type();
        const auto sign = [&](const std::string& zero_point) {
            return types.at(zero_point) == onnx::TensorProto::INT8 ? "S8" : "U8";
        };
        std::vector<Convolution> result;
        for (const auto& node : file.graph().node()) {
            if (node.op_type() != "QLinearConv")
                continue;
            const Layer& layer = *resolved.prepared->find_layer(node.name());
            const auto index = static_cast<int>(&layer - resolved.prepared->layers.data());
            const ResolvedWeight& weight = *resolved.layers[static_cast<std::size_t>(index)].weight;
            Convolution c;
            c.input = node.input(0);
            c.types = QString(sign(node.input(2))) + sign(node.input(5));
            const auto parameters = [&](TensorId id) {
                const Parameters& one = resolved.tensors[static_cast<std::size_t>(id)]->parameters;
                const bool moved = one.format->qmin < 0 && c.types.startsWith("U8");
                return std::pair(one.scale.front(), one.zero_point.front() + (moved ? 128 : 0));
            };
            std::tie(c.x_scale, c.x_zero) = parameters(layer.inputs.front());
            std::tie(c.y_scale, c.y_zero) = parameters(layer.outputs.front());
            const auto codes = weight_codes(resolved, index), bias = bias_codes(resolved, index);
            c.weight = {resolved.prepared->model->weight(layer.weight).shape, {codes.begin(), codes.end()}};
            c.weight_scale = weight.parameters.scale;
            c.w_zero = weight.parameters.zero_point.front();
            c.bias.values.assign(bias.begin(), bias.end());
            c.group = int_attribute(node, "group", 1);
            c.stride = ints_attribute(node, "strides").front();
            c.pad = ints_attribute(node, "pads").front();
            result.push_back(std::move(c));
        }
        return result;
    }
};

QTEST_GUILESS_MAIN(TestQOperatorArithmetic)
#include "test_qoperator_arithmetic.moc"

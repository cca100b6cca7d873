// A layer as a product of matrices: weight times gathered columns is what ONNX Runtime computes, for every
// way that convolutions and products come in.
#include <QtTest>

#include <cmath>
#include <numeric>

#include "core/improve/weight_matrix.h"
#include "tests/support/prepared_models.h"
#include "tests/support/reference_statistics.h"

using namespace quantwright;

namespace {

struct Kind {
    const char* name;
    const char* op;
    Shape input, weight;
    std::map<std::string, std::vector<std::int64_t>> lists;
    std::map<std::string, std::int64_t> numbers;
    std::string auto_pad;
};

const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all = {
        {"plain", "Conv", {1, 3, 9, 7}, {4, 3, 3, 3}, {}, {}, {}},
        {"padded", "Conv", {1, 3, 9, 7}, {4, 3, 3, 3}, {{"pads", {1, 2, 0, 1}}}, {}, {}},
        {"strided",
         "Conv",
         {1, 3, 9, 7},
         {4, 3, 3, 2},
         {{"pads", {1, 1, 1, 1}}, {"strides", {2, 3}}},
         {},
         {}},
        {"dilated",
         "Conv",
         {1, 2, 12, 11},
         {4, 2, 3, 3},
         {{"dilations", {2, 3}}, {"pads", {2, 3, 2, 3}}},
         {},
         {}},
        {"groups", "Conv", {1, 6, 6, 6}, {4, 3, 3, 3}, {}, {{"group", 2}}, {}},
        {"depthwise", "Conv", {1, 5, 6, 6}, {5, 1, 3, 3}, {{"pads", {1, 1, 1, 1}}}, {{"group", 5}}, {}},
        {"same upper", "Conv", {1, 2, 7, 6}, {3, 2, 4, 3}, {{"strides", {2, 2}}}, {}, "SAME_UPPER"},
        {"same lower", "Conv", {1, 2, 7, 6}, {3, 2, 4, 3}, {{"strides", {2, 2}}}, {}, "SAME_LOWER"},
        {"valid", "Conv", {1, 2, 7, 6}, {3, 2, 4, 3}, {}, {}, "VALID"},
        {"one axis", "Conv", {1, 4, 20}, {3, 4, 5}, {{"pads", {2, 2}}, {"strides", {2}}}, {}, {}},
        {"three axes", "Conv", {1, 2, 5, 6, 7}, {3, 2, 2, 3, 2}, {{"pads", {1, 0, 1, 1, 0, 1}}}, {}, {}},
        {"batch", "Conv", {3, 2, 5, 5}, {4, 2, 3, 3}, {{"pads", {1, 1, 1, 1}}}, {}, {}},
        {"transposed",
         "ConvTranspose",
         {1, 3, 5, 4},
         {3, 2, 3, 3},
         {{"strides", {2, 2}}, {"pads", {1, 0, 1, 2}}},
         {},
         {}},
        {"transposed groups",
         "ConvTranspose",
         {1, 4, 5, 4},
         {4, 3, 2, 2},
         {{"strides", {2, 2}}},
         {{"group", 2}},
         {}},
        {"transposed dilated",
         "ConvTranspose",
         {1, 2, 5, 4},
         {2, 3, 3, 2},
         {{"dilations", {2, 1}}, {"output_padding", {1, 1}}, {"strides", {2, 2}}},
         {},
         {}},
        {"transposed size",
         "ConvTranspose",
         {1, 2, 5, 4},
         {2, 3, 3, 3},
         {{"strides", {2, 2}}, {"output_shape", {10, 8}}},
         {},
         "SAME_UPPER"},
        {"product", "MatMul", {2, 5, 6}, {6, 4}, {}, {}, {}},
        {"gemm", "Gemm", {5, 6}, {6, 4}, {}, {}, {}},
        {"gemm both transposed", "Gemm", {6, 5}, {4, 6}, {}, {{"transA", 1}, {"transB", 1}}, {}},
    };
    return all;
}

testing::Prepare make(const Kind& kind) {
    testing::ModelBuilder b;
    b.input("x", kind.input).weight("w", kind.weight).output("y");
    auto& node = b.node(kind.op, "layer", {"x", "w"}, {"y"});
    for (const auto& [name, values] : kind.lists)
        set_attribute(node, name, values);
    for (const auto& [name, value] : kind.numbers)
        set_attribute(node, name, value);
    if (!kind.auto_pad.empty())
        testing::set_string(node, "auto_pad", kind.auto_pad);
    return testing::prepared(b.build());
}

}  // namespace

class TestWeightMatrix : public QObject {
    Q_OBJECT

private slots:
    void the_product_is_the_layers_output_data() {
        QTest::addColumn<int>("index");
        for (std::size_t i = 0; i < kinds().size(); ++i)
            QTest::newRow(kinds()[i].name) << static_cast<int>(i);
    }

    void the_product_is_the_layers_output() {
        QFETCH(int, index);
        const auto prepared = make(kinds()[static_cast<std::size_t>(index)]);
        QVERIFY(prepared);
        QCOMPARE(prepared->layers.size(), std::size_t(1));
        const auto matrix = WeightMatrix::of(*prepared, 0);
        QVERIFY(matrix);
        const auto inputs = testing::random_inputs(*prepared->model, 1).front();
        const Tensor output = testing::all_activations(*prepared, inputs).at("y");
        const Tensor weight = prepared->model->weight(prepared->layers[0].weight);
        const std::int64_t positions = matrix->positions(), rows = matrix->rows(), size = matrix->columns();
        QCOMPARE(positions * rows * matrix->groups(), element_count(output.shape));

        std::vector<std::int64_t> all(static_cast<std::size_t>(positions));
        std::iota(all.begin(), all.end(), 0);
        const std::size_t stride = all.size() + 3;  // wider than needed: portions of a larger matrix
        std::vector<float> columns(static_cast<std::size_t>(matrix->groups() * size) * stride);
        matrix->gather(inputs.front().floats(), all, columns.data(), stride);
        const bool spatial = prepared->layers[0].op.starts_with("Conv");
        const std::int64_t channels = rows * matrix->groups();
        const std::int64_t plane = spatial ? positions / output.shape[0] : 1;
        for (std::int64_t group = 0; group < matrix->groups(); ++group)
            for (std::int64_t row = 0; row < rows; ++row)
                for (std::int64_t j = 0; j < positions; ++j) {
                    double sum = 0;
                    for (std::int64_t k = 0; k < size; ++k)
                        sum += double(weight.floats()[matrix->place(group, row, k)]) *
                               columns[static_cast<std::size_t>(group * size + k) * stride +
                                       static_cast<std::size_t>(j)];
                    const std::int64_t channel = group * rows + row;
                    const std::int64_t at = (j / plane * channels + channel) * plane + j % plane;
                    const float there = output.floats()[static_cast<std::size_t>(at)];
                    QVERIFY2(
                        std::abs(sum - there) <= 1e-4 * (1 + std::abs(sum)),
                        qPrintable(
                            QString("%1 %2 %3: %4 is %5").arg(group).arg(row).arg(j).arg(there).arg(sum)));
                }
    }

    void layers_of_another_kind_have_none() {
        testing::ModelBuilder b;
        b.input("x", {2, 3}).input("z", {3, 4}).output("y").output("v").weight("w", {4, 2});
        b.node("MatMul", "both_activations", {"x", "z"}, {"y"});
        b.node("MatMul", "constant_in_front", {"w", "x"}, {"v"});
        const auto prepared = testing::prepared(b.build());
        QVERIFY(prepared);
        for (int layer = 0; layer < 2; ++layer)
            QVERIFY(!WeightMatrix::of(*prepared, layer));
    }
};

QTEST_GUILESS_MAIN(TestWeightMatrix)
#include "test_weight_matrix.moc"

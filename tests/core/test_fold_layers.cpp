// BatchNormalization and Pad: what goes into the layer beside it, and what must stay.
#include <QtTest>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>

#include "tests/support/prepared_models.h"

using namespace quantwright;
using namespace quantwright::testing;

class TestFoldLayers : public QObject {
    Q_OBJECT

private slots:
    void batch_norm_into_conv();
    void batch_norm_into_conv_without_bias();
    void batch_norm_into_grouped_transposed_conv();
    void batch_norm_into_gemm_data();
    void batch_norm_into_gemm();
    void batch_norm_of_a_shared_weight();
    void batch_norm_behind_constants_data();
    void batch_norm_behind_constants();
    void batch_norm_behind_constants_that_are_none();
    void batch_norm_alone_with_relu();
    void batch_norm_that_must_stay();
    void pad_into_conv();
    void pad_computed_like_tensorflow();
    void pad_before_valid_and_second_conv();
    void pad_with_axes();
    void pad_that_must_stay_data();
    void pad_that_must_stay();
};

void TestFoldLayers::batch_norm_into_conv() {
    ModelBuilder b;
    b.input("x", {1, 3, 9, 9}).output("y").conv("conv", "x", "h", 3, 6);
    batch_norm(b, "y", 6);
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), Strings{"Conv"});
    QVERIFY(difference(p) < 1e-5);
    // The folded tensors keep their names and hold other values.
    QCOMPARE(p->layers[0].weight, std::string("conv.weight"));
    QCOMPARE(p->layers[0].bias, std::string("conv.bias"));
    QCOMPARE(p->layers[0].original_nodes, (Strings{"conv", "norm"}));
    const float before = p->original->weight("conv.weight").floats()[0];
    const float factor =
        p->original->weight("scale").floats()[0] / std::sqrt(p->original->weight("var").floats()[0] + 1e-5f);
    QVERIFY(std::abs(p->model->weight("conv.weight").floats()[0] - before * factor) < 1e-6);
}

void TestFoldLayers::batch_norm_into_conv_without_bias() {
    ModelBuilder b;
    b.input("x", {1, 3, 9, 9}).output("y").weight("first.weight", {6, 3, 3, 3});
    b.node("Conv", "conv", {"x", "first.weight"}, {"h"});
    batch_norm(b, "y", 6).mutable_attribute();
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), Strings{"Conv"});
    QCOMPARE(p->layers[0].bias, std::string("first.bias"));
    QVERIFY(difference(p) < 1e-5);
}

void TestFoldLayers::batch_norm_into_grouped_transposed_conv() {
    ModelBuilder b;
    b.input("x", {1, 4, 5, 5}).output("y").weight("w", {4, 3, 2, 2});  // 2 groups of 2 in, 3 out
    set_attribute(b.node("ConvTranspose", "up", {"x", "w"}, {"h"}), "group", std::int64_t{2});
    batch_norm(b, "y", 6);
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), Strings{"ConvTranspose"});
    QVERIFY(difference(p) < 1e-5);
}

void TestFoldLayers::batch_norm_into_gemm_data() {
    QTest::addColumn<bool>("transposed");
    QTest::addColumn<QList<int>>("bias");
    QTest::newRow("plain") << false << QList<int>{6};
    QTest::newRow("transposed weight") << true << QList<int>{1, 6};
    QTest::newRow("scalar bias") << false << QList<int>{1};
    QTest::newRow("no bias") << true << QList<int>{};
}

void TestFoldLayers::batch_norm_into_gemm() {
    QFETCH(bool, transposed);
    QFETCH(QList<int>, bias);
    ModelBuilder b;
    b.input("x", {2, 5}).output("y").weight("w", transposed ? Shape{6, 5} : Shape{5, 6});
    Strings inputs = {"x", "w"};
    if (!bias.empty()) {
        b.weight("b", Shape(bias.begin(), bias.end()));
        inputs.push_back("b");
    }
    auto& gemm = b.node("Gemm", "fc", inputs, {"h"});
    set_attribute(gemm, "transB", std::int64_t{transposed});
    set_attribute(gemm, "alpha", 0.5f);
    set_attribute(gemm, "beta", 3.0f);
    batch_norm(b, "y", 6);
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), Strings{"Gemm"});
    QVERIFY(difference(p) < 1e-5);
}

void TestFoldLayers::batch_norm_of_a_shared_weight() {
    ModelBuilder b;
    b.input("x", {1, 6, 9, 9}).output("y").output("z").conv("conv", "x", "h", 6, 6);
    batch_norm(b, "y", 6);
    b.node("Conv", "other", {"x", "conv.weight", "conv.bias"}, {"z"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Conv", "Conv"}));
    QVERIFY(difference(p) < 1e-5);
    QCOMPARE(p->find_layer("other")->weight, std::string("conv.weight"));
    QVERIFY(p->find_layer("conv")->weight != p->find_layer("other")->weight);
}

void TestFoldLayers::batch_norm_behind_constants_data() {
    QTest::addColumn<QString>("op");
    QTest::addColumn<QList<int>>("shape");
    QTest::addColumn<bool>("first");
    QTest::addColumn<bool>("folds");
    const QList<int> whole = {1, 6, 1, 1};
    QTest::newRow("mul") << "Mul" << whole << false << true;
    QTest::newRow("mul, constant first") << "Mul" << whole << true << true;
    QTest::newRow("div") << "Div" << whole << false << true;
    QTest::newRow("add of three dimensions") << "Add" << QList<int>{6, 1, 1} << true << true;
    QTest::newRow("sub of one number") << "Sub" << QList<int>{1} << false << true;
    QTest::newRow("sub from a constant") << "Sub" << whole << true << false;
    QTest::newRow("div of a constant") << "Div" << whole << true << false;
    QTest::newRow("one number per column") << "Mul" << QList<int>{9} << false << false;
    QTest::newRow("one number per row") << "Add" << QList<int>{9, 1} << false << false;
}

/// A convolution, something with a constant, a normalization.
void TestFoldLayers::batch_norm_behind_constants() {
    QFETCH(QString, op);
    QFETCH(QList<int>, shape);
    QFETCH(bool, first);
    QFETCH(bool, folds);
    ModelBuilder b;
    b.input("x", {1, 3, 9, 9}).output("y").conv("conv", "x", "c", 3, 6);
    b.weight("k", Shape(shape.begin(), shape.end()), 2.0f);
    b.node(op.toStdString(), "scaling", first ? Strings{"k", "c"} : Strings{"c", "k"}, {"h"});
    batch_norm(b, "y", 6);
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), folds ? Strings{"Conv"} : (Strings{"Conv", op.toStdString(), "BatchNormalization"}));
    QVERIFY2(difference(p) < 2e-5, qPrintable(QString::number(difference(p))));
    if (folds)
        QCOMPARE(p->layers[0].original_nodes, (Strings{"conv", "scaling", "norm"}));
}

void TestFoldLayers::batch_norm_behind_constants_that_are_none() {
    ModelBuilder twice;  // the value between is read by somebody else
    twice.input("x", {1, 3, 9, 9}).output("y").output("z").conv("conv", "x", "c", 3, 6);
    twice.weight("k", {1, 6, 1, 1}).node("Mul", "scaling", {"c", "k"}, {"h"});
    batch_norm(twice, "y", 6);
    twice.node("Sigmoid", "other", {"c"}, {"z"});
    QCOMPARE(ops(prepared(twice.build())), (Strings{"Conv", "Mul", "BatchNormalization", "Sigmoid"}));

    ModelBuilder data;
    data.input("x", {1, 3, 9, 9}).output("y").conv("conv", "x", "c", 3, 6);
    data.node("Mul", "square", {"c", "c"}, {"h"});
    batch_norm(data, "y", 6);
    QCOMPARE(ops(prepared(data.build())), (Strings{"Conv", "Mul", "BatchNormalization"}));
}

/// It stays in float, as one layer: as a depthwise convolution it would lose what one scale per tensor costs.
void TestFoldLayers::batch_norm_alone_with_relu() {
    ModelBuilder b;
    b.input("h", {1, 6, 5, 5}).output("y");
    batch_norm(b, "n", 6);
    b.node("Relu", "relu", {"n"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(p->layers.size(), std::size_t(1));
    QCOMPARE(p->layers[0].op, std::string("BatchNormalization"));
    QCOMPARE(p->layers[0].activation, std::string("Relu"));
    QCOMPARE(difference(p), 0.0);
}

void TestFoldLayers::batch_norm_that_must_stay() {
    ModelBuilder read_twice;
    read_twice.input("x", {1, 3, 9, 9}).output("y").output("z").conv("conv", "x", "h", 3, 6);
    batch_norm(read_twice, "y", 6);
    read_twice.node("Sigmoid", "second", {"h"}, {"z"});
    QCOMPARE(ops(prepared(read_twice.build())), (Strings{"Conv", "BatchNormalization", "Sigmoid"}));

    ModelBuilder output;
    output.input("x", {1, 3, 9, 9}).output("y").output("h").conv("conv", "x", "h", 3, 6);
    batch_norm(output, "y", 6);
    QCOMPARE(ops(prepared(output.build())), (Strings{"Conv", "BatchNormalization"}));

    ModelBuilder no_conv;
    no_conv.input("x", {1, 6, 9, 9}).output("y").node("Sigmoid", "first", {"x"}, {"h"});
    batch_norm(no_conv, "y", 6);
    QCOMPARE(ops(prepared(no_conv.build())), (Strings{"Sigmoid", "BatchNormalization"}));

    // One number per row of the result is no bias of a channel.
    ModelBuilder column;
    column.input("x", {6, 5}).output("y").weight("w", {5, 6}).weight("b", {6, 1});
    column.node("Gemm", "fc", {"x", "w", "b"}, {"h"});
    batch_norm(column, "y", 6);
    QCOMPARE(ops(prepared(column.build())), (Strings{"Gemm", "BatchNormalization"}));
}

void TestFoldLayers::pad_into_conv() {
    ModelBuilder b;
    b.input("x", {1, 3, 9, 9}).output("y");
    constant(b, "pads", Sizes{0, 0, 1, 2, 0, 0, 3, 4});
    b.node("Pad", "pad", {"x", "pads"}, {"padded"});
    b.conv("conv", "padded", "y", 3, 4);
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), Strings{"Conv"});
    QCOMPARE(ints_attribute(p->model->proto().graph().node(0), "pads"), (Sizes{2, 3, 4, 5}));
    QVERIFY(difference(p) < 1e-6);
    QCOMPARE(p->layers[0].original_nodes, (Strings{"pads_node", "pad", "conv"}));
    QCOMPARE(type_of(p, "y").shape, (Shape{1, 4, 13, 15}));
}

void TestFoldLayers::pad_computed_like_tensorflow() {
    // The chain exporters leave behind for F.pad(x, [0, 1, 2, 1]).
    ModelBuilder b;
    b.input("x", {1, 3, 9, 9}).output("y");
    constant(b, "given", Sizes{0, 1, 2, 1});
    constant(b, "count", Sizes{4});
    auto& zeros = b.node("ConstantOfShape", "zeros", {"count"}, {"rest"});
    auto& value = *zeros.add_attribute();
    value.set_name("value");
    value.set_type(onnx::AttributeProto::TENSOR);
    *value.mutable_t() = proto_from("", make_tensor({1}, std::vector<std::int64_t>{0}));
    set_attribute(b.node("Concat", "concat", {"given", "rest"}, {"all"}), "axis", std::int64_t{0});
    constant(b, "pairs", Sizes{-1, 2});
    b.node("Reshape", "reshape", {"all", "pairs"}, {"in_pairs"});
    constant(b, "from", Sizes{-1});
    constant(b, "to", Sizes{-1000});
    constant(b, "axis", Sizes{0});
    constant(b, "step", Sizes{-1});
    b.node("Slice", "slice", {"in_pairs", "from", "to", "axis", "step"}, {"reversed"});
    set_attribute(b.node("Transpose", "transpose", {"reversed"}, {"turned"}), "perm", Sizes{1, 0});
    constant(b, "flat", Sizes{-1});
    b.node("Reshape", "flatten", {"turned", "flat"}, {"pads"});
    constant(b, "zero", make_tensor({}, std::vector<float>{0}));
    b.node("Pad", "pad", {"x", "pads", "zero"}, {"padded"});
    b.weight("w", {4, 3, 3, 3}).node("Conv", "conv", {"padded", "w"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), Strings{"Conv"});
    QCOMPARE(ints_attribute(p->model->proto().graph().node(0), "pads"), (Sizes{2, 0, 1, 1}));
    QCOMPARE(p->layers[0].original_nodes.size(), p->original->graph().nodes().size());
    QVERIFY(difference(p) < 1e-6);
}

void TestFoldLayers::pad_before_valid_and_second_conv() {
    ModelBuilder b;
    b.input("x", {1, 3, 9, 9}).output("y").output("z").weight("w", {4, 3, 3, 3}).weight("v", {2, 3, 5, 5});
    b.weight("pads", {8}, Sizes{0, 0, 1, 1, 0, 0, 1, 1});
    b.node("Pad", "pad", {"x", "pads"}, {"padded"});
    set_string(b.node("Conv", "one", {"padded", "w"}, {"y"}), "auto_pad", "VALID");
    b.node("Conv", "two", {"padded", "v"}, {"z"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Conv", "Conv"}));
    QVERIFY(difference(p) < 1e-6);
}

void TestFoldLayers::pad_with_axes() {
    ModelBuilder b(18);
    b.input("x", {1, 3, 9, 9}).output("y").weight("w", {4, 3, 3, 3});
    b.weight("pads", {4}, Sizes{1, 2, 3, 4}).weight("axes", {2}, Sizes{-1, 2});
    b.node("Pad", "pad", {"x", "pads", "", "axes"}, {"padded"});
    b.node("Conv", "conv", {"padded", "w"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), Strings{"Conv"});
    QCOMPARE(ints_attribute(p->model->proto().graph().node(0), "pads"), (Sizes{2, 1, 4, 3}));
    QVERIFY(difference(p) < 1e-6);
}

void TestFoldLayers::pad_that_must_stay_data() {
    QTest::addColumn<QString>("mode");
    QTest::addColumn<float>("value");
    QTest::addColumn<QList<int>>("pads");
    QTest::addColumn<QString>("reader");
    const QList<int> plain{0, 0, 1, 1, 0, 0, 1, 1};
    QTest::newRow("reflect") << "reflect" << 0.0f << plain << "Conv";
    QTest::newRow("not zero") << "constant" << 1.0f << plain << "Conv";
    QTest::newRow("crops") << "constant" << 0.0f << QList<int>{0, 0, 1, 1, 0, 0, -1, 1} << "Conv";
    QTest::newRow("channels") << "constant" << 0.0f << QList<int>{0, 1, 1, 1, 0, 0, 1, 1} << "Conv4";
    QTest::newRow("average pool") << "constant" << 0.0f << plain << "AveragePool";
    QTest::newRow("same padding") << "constant" << 0.0f << plain << "SAME_UPPER";
    QTest::newRow("transposed") << "constant" << 0.0f << plain << "ConvTranspose";
    QTest::newRow("also an output") << "constant" << 0.0f << plain << "output";
}

void TestFoldLayers::pad_that_must_stay() {
    QFETCH(QString, mode);
    QFETCH(float, value);
    QFETCH(QList<int>, pads);
    QFETCH(QString, reader);
    ModelBuilder b;
    b.input("x", {1, 3, 9, 9}).output("y");
    b.weight("pads", {8}, Sizes(pads.begin(), pads.end())).weight("value", {}, std::vector<float>{value});
    set_string(b.node("Pad", "pad", {"x", "pads", "value"}, {"padded"}), "mode", mode.toStdString());
    if (reader == "AveragePool") {
        set_attribute(b.node("AveragePool", "pool", {"padded"}, {"y"}), "kernel_shape", Sizes{3, 3});
    } else if (reader == "ConvTranspose") {
        b.weight("w", {3, 2, 3, 3}).node("ConvTranspose", "up", {"padded", "w"}, {"y"});
    } else {
        b.weight("w", {4, reader == "Conv4" ? 4 : 3, 3, 3});
        auto& conv = b.node("Conv", "conv", {"padded", "w"}, {"y"});
        if (reader == "SAME_UPPER")
            set_string(conv, "auto_pad", "SAME_UPPER");
        if (reader == "output")
            b.output("padded");
    }
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p).front(), std::string("Pad"));
    QVERIFY(difference(p) < 1e-6);
}

QTEST_GUILESS_MAIN(TestFoldLayers)
#include "test_fold_layers.moc"

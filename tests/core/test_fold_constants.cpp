// What is known before the first input: constants, shapes, nodes that do nothing.
#include <QtTest>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>

#include "tests/support/prepared_models.h"

using namespace quantwright;
using namespace quantwright::testing;

class TestFoldConstants : public QObject {
    Q_OBJECT

private slots:
    void constants_are_computed();
    void shapes_of_static_tensors();
    void shapes_that_depend_on_data_stay();
    void shapes_given_by_data_stay();
    void random_and_quantized_constants_stay();
    void a_constant_output_stays();
    void huge_constants_do_not_grow_the_model();
    void identities_go();
    void identities_at_the_ends();
    void dropout_of_inference_goes();
    void casts_to_the_same_type_go();
    void unused_nodes_go();
};

void TestFoldConstants::constants_are_computed() {
    ModelBuilder b;
    b.input("x", {1, 4}).output("y");
    constant(b, "c", make_tensor({4}, std::vector<float>{1, 2, 3, 4}));
    b.weight("w", {4}, std::vector<float>{10, 20, 30, 40});
    b.node("Mul", "product", {"c", "w"}, {"cw"});
    b.node("Add", "sum", {"cw", "c"}, {"cwc"});
    b.node("Add", "add", {"x", "cwc"}, {"h"});
    b.node("Mul", "scale", {"h", "cw"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Add", "Mul"}));
    const auto folded = p->model->weight("cwc");
    QCOMPARE(std::vector<float>(folded.floats().begin(), folded.floats().end()),
             (std::vector<float>{11, 42, 93, 164}));
    QCOMPARE(p->model->weight("w").type, ElementType::undefined);  // nobody reads it any more
    // A chain two layers use belongs to the first.
    QCOMPARE(p->find_layer("add")->original_nodes, (Strings{"c_node", "product", "sum", "add"}));
    QCOMPARE(p->find_layer("scale")->original_nodes, Strings{"scale"});
    QCOMPARE(difference(p), 0.0);
}

void TestFoldConstants::shapes_of_static_tensors() {
    // y = reshape(conv, [shape(conv)[0], -1]), as exporters write x.view(x.size(0), -1).
    ModelBuilder b;
    b.input("x", {1, 3, 6, 6}).output("y").output("count", ElementType::int64).conv("conv", "x", "h", 3, 4);
    b.node("Shape", "shape", {"h"}, {"h_shape"});
    b.weight("zero", {}, Sizes{0}).weight("first", {1}, Sizes{0}).weight("rest", {1}, Sizes{-1});
    b.node("Gather", "gather", {"h_shape", "zero"}, {"batch"});
    b.node("Unsqueeze", "unsqueeze", {"batch", "first"}, {"batch1"});
    set_attribute(b.node("Concat", "concat", {"batch1", "rest"}, {"target"}), "axis", std::int64_t{0});
    b.node("Reshape", "view", {"h", "target"}, {"flat"});
    b.node("Size", "size", {"flat"}, {"elements"});
    b.node("Add", "more", {"elements", "zero"}, {"count"});
    b.node("Relu", "relu", {"flat"}, {"y"});
    b.proto()
        .mutable_graph()
        ->mutable_input(0)
        ->mutable_type()
        ->mutable_tensor_type()
        ->mutable_shape()
        ->mutable_dim(0)
        ->set_dim_param("N");
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Conv", "Reshape", "Add", "Relu"}));
    const auto target = p->model->weight("target");
    QCOMPARE(Sizes(target.as<std::int64_t>().begin(), target.as<std::int64_t>().end()), (Sizes{1, -1}));
    QCOMPARE(p->model->weight("elements").as<std::int64_t>()[0], std::int64_t(4 * 6 * 6));
    QCOMPARE(difference(p), 0.0);
}

void TestFoldConstants::shapes_that_depend_on_data_stay() {
    ModelBuilder b;
    b.input("x", {1, 8}).output("y", ElementType::int64).output("z", ElementType::int64);
    b.node("NonZero", "find", {"x"}, {"places"});
    b.node("Transpose", "turn", {"places"}, {"turned"});
    b.node("Shape", "shape", {"turned"}, {"found"});
    b.node("Abs", "abs", {"found"}, {"y"});
    // Static: the number of rows of NonZero's result is, but the tensor as a whole is not.
    b.node("Shape", "fixed", {"x"}, {"x_shape"});
    b.node("Mul", "mul", {"x_shape", "found"}, {"z"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"NonZero", "Transpose", "Shape", "Abs", "Mul"}));
    const Tensor sparse = make_tensor({1, 8}, std::vector<float>{0, 1, 0, 0, 2, 0, 0, 0});
    QCOMPARE(max_difference(*p, {sparse}).value_or(-1), 0.0);
    // Nor does the file claim a size the next input will not have.
    for (const auto& value : p->model->proto().graph().value_info())
        if (value.name() == "turned") {
            QCOMPARE(value.type().tensor_type().shape().dim_size(), 2);
            QVERIFY(!value.type().tensor_type().shape().dim(0).has_dim_value());
        }
}

void TestFoldConstants::shapes_given_by_data_stay() {
    // Measured with n = 0, but the next n is another.
    ModelBuilder b;
    b.input("n", {1}, ElementType::int64).output("y", ElementType::int64);
    b.node("ConstantOfShape", "zeros", {"n"}, {"z"});
    b.node("Shape", "shape", {"z"}, {"s"});
    b.node("Abs", "abs", {"s"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"ConstantOfShape", "Shape", "Abs"}));
    QCOMPARE(max_difference(*p, {make_tensor({1}, Sizes{5})}).value_or(-1), 0.0);
}

void TestFoldConstants::random_and_quantized_constants_stay() {
    ModelBuilder b;
    b.input("x", {2, 3}).output("y").weight("w", {2, 3});
    b.weight("scale", {}, std::vector<float>{0.1f});
    b.node("QuantizeLinear", "q", {"w", "scale"}, {"wq"});
    b.node("DequantizeLinear", "dq", {"wq", "scale"}, {"wd"});
    set_attribute(b.node("RandomNormal", "noise", {}, {"n"}), "shape", Sizes{2, 3});
    b.node("Add", "add", {"x", "wd"}, {"h"});
    b.node("Add", "add2", {"h", "n"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p).size(), std::size_t(5));
    QCOMPARE(p->problems.size(), std::size_t(2));
    QCOMPARE(p->problems[0].code, std::string("model.already_quantized"));
    QCOMPARE(p->problems[0].severity, Severity::info);
    QCOMPARE(p->problems[1].code, std::string("prepare.pairs_kept"));
    QCOMPARE(p->problems[1].arguments, (Strings{"2", "q"}));
}

void TestFoldConstants::a_constant_output_stays() {
    ModelBuilder b;
    b.input("x", {2}).output("y").output("c").output("d").weight("w", {2});
    constant(b, "c", make_tensor({2}, std::vector<float>{1, 2}));
    b.node("Mul", "mul", {"c", "w"}, {"d"});
    b.node("Add", "add", {"x", "d"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Constant", "Mul", "Add"}));
    QCOMPARE(difference(p), 0.0);
}

void TestFoldConstants::huge_constants_do_not_grow_the_model() {
    ModelBuilder b;
    b.input("x", {1}).output("y").weight("shape", {1}, Sizes{(std::int64_t{64} << 20) / 4 + 1});
    b.node("ConstantOfShape", "huge", {"shape"}, {"zeros"});
    b.node("Add", "add", {"x", "zeros"}, {"sum"});
    set_attribute(b.node("ReduceMax", "max", {"sum"}, {"y"}), "keepdims", std::int64_t{0});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"ConstantOfShape", "Add", "ReduceMax"}));
    QVERIFY(p->model->file_bytes() < 10000);
}

void TestFoldConstants::identities_go() {
    ModelBuilder b;
    b.input("x", {2}).output("y").weight("w", {2});
    b.node("Identity", "alias", {"w"}, {"w2"});
    b.node("Identity", "i1", {"x"}, {"x1"});
    b.node("Identity", "i2", {"x1"}, {"x2"});
    b.node("Add", "one", {"x2", "w2"}, {"h"});
    b.node("Identity", "i3", {"h"}, {"h1"});
    b.node("Mul", "two", {"h1", "h"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Add", "Mul"}));
    QCOMPARE(p->find_layer("one")->original_nodes, (Strings{"alias", "i1", "i2", "one"}));
    QCOMPARE(p->find_layer("two")->original_nodes, (Strings{"i3", "two"}));
    QCOMPARE(difference(p), 0.0);
}

void TestFoldConstants::identities_at_the_ends() {
    ModelBuilder b;
    b.input("x", {2}).output("y").output("same").output("h").output("h1").weight("w", {2}).output("weight");
    b.node("Identity", "echo", {"x"}, {"same"});     // input to output: nothing else could make it
    b.node("Identity", "echo2", {"w"}, {"weight"});  // constant to output
    b.node("Add", "add", {"x", "w"}, {"h"});
    b.node("Identity", "echo3", {"h"}, {"h1"});  // both are outputs
    b.node("Mul", "mul", {"h", "w"}, {"m"});
    b.node("Identity", "last", {"m"}, {"y"});  // the one that can go
    b.node("Sigmoid", "other", {"m"}, {"s"});
    b.node("Sub", "sub", {"s", "m"}, {"t"});
    b.output("t");
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Identity", "Identity", "Add", "Identity", "Mul", "Sigmoid", "Sub"}));
    Strings outputs;
    for (const auto& output : p->model->outputs())
        outputs.push_back(output.name);
    QCOMPARE(outputs, (Strings{"y", "same", "h", "h1", "weight", "t"}));
    QCOMPARE(p->find_layer("mul")->original_nodes, (Strings{"mul", "last"}));
    QCOMPARE(difference(p), 0.0);
}

void TestFoldConstants::dropout_of_inference_goes() {
    ModelBuilder b;
    b.input("x", {2}).output("y").weight("ratio", {}, std::vector<float>{0.5f});
    b.node("Dropout", "drop", {"x", "ratio"}, {"d"});
    b.node("Sigmoid", "s", {"d"}, {"h"});
    b.node("Dropout", "masked", {"h"}, {"e", "mask"});
    b.node("Cast", "cast", {"mask"}, {"m"});
    set_attribute(*b.proto().mutable_graph()->mutable_node(3), "to", std::int64_t{1});
    b.node("Mul", "mul", {"e", "m"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Sigmoid", "Dropout", "Cast", "Mul"}));
}

void TestFoldConstants::casts_to_the_same_type_go() {
    ModelBuilder b;
    b.input("x", {1, 4}).output("y").output("whole", ElementType::int32);
    b.weight("w", {4, 4});
    b.node("MatMul", "product", {"x", "w"}, {"m"});
    set_attribute(b.node("Cast", "same", {"m"}, {"c"}), "to", std::int64_t{onnx::TensorProto::FLOAT});
    set_attribute(b.node("Cast", "other", {"m"}, {"whole"}), "to", std::int64_t{onnx::TensorProto::INT32});
    b.node("Softmax", "softmax", {"c"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"MatMul", "Cast", "Softmax"}));
    QCOMPARE(difference(p), 0.0);
}

void TestFoldConstants::unused_nodes_go() {
    ModelBuilder b;
    b.input("x", {2}).output("y").weight("w", {2});
    b.node("Mul", "dead", {"x", "w"}, {"a"});
    b.node("Relu", "dead too", {"a"}, {"b"});
    b.node("Sigmoid", "alive", {"x"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), Strings{"Sigmoid"});
    QCOMPARE(p->model->proto().graph().initializer_size(), 0);
}

QTEST_GUILESS_MAIN(TestFoldConstants)
#include "test_fold_constants.moc"

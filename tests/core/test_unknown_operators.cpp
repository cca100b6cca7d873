// Operators that ONNX Runtime does not know: the model is looked at all the same.
#include <QtTest>

#include "core/plan/resolve.h"
#include "core/runtime/session.h"
#include "core/runtime/unknown_operator.h"
#include "tests/support/prepared_models.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

/// input -> stem -> "strange" -> head -> y, with a branch that nothing strange reaches.
ModelBuilder strange_model(const std::string& domain, const std::string& op, bool imported = true) {
    ModelBuilder b;
    b.input("x", {1, 3, 8, 8}).output("y").output("z").conv("stem", "x", "s", 3, 4);
    b.node("Relu", "relu", {"s"}, {"r"});
    b.node(op, "strange", {"r"}, {"u"}).set_domain(domain);
    b.conv("head", "u", "h", 4, 5);
    b.node("Relu", "last", {"h"}, {"y"});
    b.conv("branch", "r", "z", 4, 2);
    if (imported && !domain.empty())
        set_opset(b.proto(), domain, 1);
    return b;
}

KeptFloat reason(const Prepare& p, const char* layer) {
    const auto target = find_target("onnxruntime-x86");
    for (std::size_t i = 0; i < p->layers.size(); ++i)
        if (p->layers[i].name == layer)
            return quantizable(*p, static_cast<int>(i), **target);
    return KeptFloat::chosen;
}

}  // namespace

class TestUnknownOperators : public QObject {
    Q_OBJECT

private slots:
    void are_shown_with_what_hangs_on_them_data();
    void are_shown_with_what_hangs_on_them();
    void shapes_behind_them();
    void first_of_all_nodes();
    void known_ones_are_not_suspected();
    void inside_of_functions_and_branches();
    void of_constants();
    void a_run_names_them();
};

void TestUnknownOperators::are_shown_with_what_hangs_on_them_data() {
    QTest::addColumn<QString>("domain");
    QTest::addColumn<QString>("op");
    QTest::addColumn<bool>("imported");
    QTest::addColumn<QString>("named");
    QTest::newRow("a domain without library") << "my.ops"
                                              << "Warp" << true << "my.ops:Warp";
    QTest::newRow("a domain that is not imported") << "my.ops"
                                                   << "Warp" << false << "my.ops:Warp";
    QTest::newRow("no such operator of ONNX") << ""
                                              << "Warp" << true << "Warp";
    QTest::newRow("an operator of a later opset") << ""
                                                  << "Gelu" << true << "Gelu";
    QTest::newRow("no such operator of the runtime") << "com.microsoft"
                                                     << "Warp" << true << "com.microsoft:Warp";
}

void TestUnknownOperators::are_shown_with_what_hangs_on_them() {
    QFETCH(QString, domain);
    QFETCH(QString, op);
    QFETCH(bool, imported);
    QFETCH(QString, named);
    auto b = strange_model(domain.toStdString(), op.toStdString(), imported);
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(p->problems.size(), std::size_t(1));
    QCOMPARE(p->problems[0].code, std::string("prepare.unknown_operator"));
    QCOMPARE(p->problems[0].layer, std::string("strange"));
    QCOMPARE(p->problems[0].arguments, (Strings{named.toStdString(), "1"}));
    QCOMPARE(p->layers.size(), std::size_t(4));
    for (const Layer& layer : p->layers)
        QCOMPARE(layer.runs, layer.name == "stem" || layer.name == "branch");
    QCOMPARE(p->find_layer("stem")->activation, std::string("Relu"));
    QCOMPARE(p->find_layer("head")->activation, std::string("Relu"));
    QCOMPARE(reason(p, "stem"), KeptFloat::no);
    QCOMPARE(reason(p, "branch"), KeptFloat::no);
    QCOMPARE(reason(p, "strange"), KeptFloat::unknown_operator);
    QCOMPARE(reason(p, "head"), KeptFloat::unknown_operator);
    QCOMPARE(type_of(p, "r").shape, (Shape{1, 4, 8, 8}));
    QCOMPARE(type_of(p, "z").shape, (Shape{1, 2, 8, 8}));
    QCOMPARE(type_of(p, "u").type, ElementType::undefined);
    QCOMPARE(type_of(p, "head.weight").type, ElementType::float32);
}

void TestUnknownOperators::shapes_behind_them() {
    auto b = strange_model("my.ops", "Warp");
    auto& value = *b.proto().mutable_graph()->add_value_info();
    value.set_name("u");
    value.mutable_type()->mutable_tensor_type()->set_elem_type(onnx::TensorProto::FLOAT);
    for (const int size : {1, 4, 6, 6})
        value.mutable_type()->mutable_tensor_type()->mutable_shape()->add_dim()->set_dim_value(size);
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(type_of(p, "u").shape, (Shape{1, 4, 6, 6}));
    QCOMPARE(type_of(p, "h").shape, (Shape{1, 5, 6, 6}));  // inferred
    QCOMPARE(type_of(p, "h").type, ElementType::float32);
    QVERIFY(!p->find_layer("head")->runs);
    QCOMPARE(reason(p, "head"), KeptFloat::unknown_operator);
    QCOMPARE(p->find_layer("head")->macs, std::int64_t(5 * 6 * 6 * 4 * 9));
}

void TestUnknownOperators::first_of_all_nodes() {
    ModelBuilder b;
    b.input("x", {1, 3}).output("y");
    b.node("Warp", "a", {"x"}, {"h"}).set_domain("my.ops");
    b.node("Warp", "b", {"h"}, {"i"}).set_domain("my.ops");
    b.node("Weft", "c", {"i"}, {"y"}).set_domain("my.ops");
    set_opset(b.proto(), "my.ops", 3);
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(p->layers.size(), std::size_t(3));
    QCOMPARE(p->problems.size(), std::size_t(2));
    QCOMPARE(p->problems[0].arguments, (Strings{"my.ops:Warp", "2"}));
    QCOMPARE(p->problems[1].arguments, (Strings{"my.ops:Weft", "1"}));
    QCOMPARE(type_of(p, "x").shape, (Shape{1, 3}));
}

/// The runtime's own operators are not ONNX's, and run.
void TestUnknownOperators::known_ones_are_not_suspected() {
    auto b = strange_model("com.microsoft", "Gelu");
    const auto p = prepared(b.build());
    QVERIFY(p);
    QVERIFY(p->problems.empty());
    QVERIFY(p->find_layer("head")->runs);
    QCOMPARE(type_of(p, "u").shape, (Shape{1, 4, 8, 8}));
    QVERIFY(runtime_knows("", "Relu", 17) && runtime_knows("com.microsoft", "FusedGemm", 1));
    QVERIFY(!runtime_knows("", "Relo", 17) && !runtime_knows("my.ops", "Relu", 1));
}

void TestUnknownOperators::inside_of_functions_and_branches() {
    for (const char* inner : {"Relu", "Warp"}) {
        auto b = strange_model("my.ops", "Body");
        auto& function = *b.proto().add_functions();
        function.set_domain("my.ops");
        function.set_name("Body");
        function.add_input("in");
        function.add_output("out");
        auto& opset = *function.add_opset_import();
        opset.set_version(17);
        *function.add_node() = make_node(inner, "inner", {"in"}, {"out"});
        const auto p = prepared(b.build());
        QVERIFY(p);
        QCOMPARE(p->find_layer("head")->runs, std::string(inner) == "Relu");
        QCOMPARE(p->problems.empty(), std::string(inner) == "Relu");
        if (!p->problems.empty())
            QCOMPARE(p->problems[0].arguments[0], std::string("Warp"));
    }

    ModelBuilder branch;
    branch.proto().mutable_graph()->set_name("branch");
    branch.node("Warp", "inner", {"x"}, {"out"});
    branch.proto().mutable_graph()->add_output()->set_name("out");
    ModelBuilder b;
    b.input("x", {2}).input("yes", {1}, ElementType::boolean).output("y");
    auto& node = b.node("If", "if", {"yes"}, {"y"});
    for (const char* name : {"then_branch", "else_branch"}) {
        auto& attribute = *node.add_attribute();
        attribute.set_name(name);
        attribute.set_type(onnx::AttributeProto::GRAPH);
        *attribute.mutable_g() = branch.proto().graph();
    }
    const auto p = prepared(b.build());
    QVERIFY(p);
    QVERIFY(!p->layers[0].runs);
    QCOMPARE(p->problems[0].arguments[0], std::string("Warp"));
}

/// They are not computed beforehand, the others are.
void TestUnknownOperators::of_constants() {
    ModelBuilder b;
    b.input("x", {3}).output("y").weight("w", {3});
    b.node("Warp", "strange", {"w"}, {"u"});
    b.node("Neg", "neg", {"w"}, {"n"});
    b.node("Add", "a", {"x", "n"}, {"h"});
    b.node("Add", "b", {"h", "u"}, {"y"});
    const auto p = prepared(b.build());
    QVERIFY(p);
    QCOMPARE(ops(p), (Strings{"Warp", "Add", "Add"}));
    QCOMPARE(p->problems.size(), std::size_t(1));
    QVERIFY(p->find_layer("a")->runs && !p->find_layer("b")->runs);
}

void TestUnknownOperators::a_run_names_them() {
    for (const bool imported : {true, false}) {
        auto b = strange_model("my.ops", "Warp", imported);
        const auto p = prepared(b.build());
        QVERIFY(p);
        const auto session = Session::create(*p->model);
        QVERIFY(!session);
        QCOMPARE(session.error().code, ErrorCode::model_unknown_operator);
        QCOMPARE(session.error().subject, std::string("my.ops:Warp"));
    }
    auto b = strange_model("", "Warp");
    const auto session = Session::create(*b.build());
    QVERIFY(!session);
    QCOMPARE(session.error().subject, std::string("Warp"));
    QVERIFY(!unknown_operator_in("Load model failed: opset 99 is not supported"));
    QVERIFY(!unknown_operator_in(""));
}

QTEST_GUILESS_MAIN(TestUnknownOperators)
#include "test_unknown_operators.moc"

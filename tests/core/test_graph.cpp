// The index over a model's graph: order, names, who makes and who reads.
#include <QtTest>

#include "tests/support/small_models.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {
using Strings = std::vector<std::string>;
}

class TestGraph : public QObject {
    Q_OBJECT

private slots:
    void unsorted_nodes_are_sorted();
    void sorted_nodes_keep_their_order();
    void graph_index();
    void reads_of_subgraphs();
};

void TestGraph::unsorted_nodes_are_sorted() {
    ModelBuilder b;
    b.input("x", {1}).output("y");
    b.node("Relu", "c", {"b"}, {"y"});
    b.node("Relu", "b", {"a"}, {"b"});
    b.node("Relu", "a", {"x"}, {"a"});
    const auto model = b.build();
    QVERIFY(model);
    for (std::size_t i = 0; i < 3; ++i) {
        QCOMPARE(model->graph().nodes()[i].name, std::string(1, static_cast<char>('a' + i)));
        QCOMPARE(model->graph().nodes()[i].proto, &model->proto().graph().node(static_cast<int>(i)));
    }
}

void TestGraph::sorted_nodes_keep_their_order() {
    // Two chains in turn: depth first or by level would reorder them.
    ModelBuilder b;
    b.input("x", {1}).output("p3").output("q2");
    Strings order;
    for (const auto& [in, out] : std::vector<std::pair<std::string, std::string>>{
             {"x", "p1"}, {"p1", "p2"}, {"x", "q1"}, {"p2", "p3"}, {"q1", "q2"}}) {
        b.node("Relu", "", {in}, {out});
        order.push_back(out);
    }
    const auto model = b.build();
    Strings found;
    for (const auto& node : model->graph().nodes())
        found.push_back(node.name);  // the first output, as there is no name
    QCOMPARE(found, order);
}

void TestGraph::graph_index() {
    ModelBuilder b;
    b.input("x", {4}).output("y").weight("w", {4});
    b.node("Mul", "square", {"x", "x"}, {"s"});
    b.node("Clip", "clip", {"s", "", "limit"}, {"c"});
    b.weight("limit", {}, std::vector<float>{6});
    b.node("Add", "add", {"c", "w"}, {"y"});
    const auto model = b.build();
    const Graph& graph = model->graph();
    const GraphTensor& x = graph[*graph.find_tensor("x")];
    QVERIFY(x.is_input && !x.is_output && !x.producer);
    QCOMPARE(x.consumers.size(), std::size_t(1));
    const GraphNode& clip = graph[*graph.find_node("clip")];
    QCOMPARE(clip.inputs.size(), std::size_t(3));
    QVERIFY(!clip.inputs[1]);
    QCOMPARE(graph[*clip.inputs[2]].name, std::string("limit"));
    QVERIFY(graph[*graph.find_tensor("y")].is_output);
    QCOMPARE(*graph[*graph.find_tensor("y")].producer, *graph.find_node("add"));
    QVERIFY(!graph.find_tensor("nothing") && !graph.find_node("nothing"));
}

void TestGraph::reads_of_subgraphs() {
    ModelBuilder branch;
    branch.output("inner").weight("own", {1});
    branch.node("Add", "a", {"x", "own"}, {"sum"});
    branch.node("Mul", "b", {"sum", "later"}, {"inner"});
    ModelBuilder b;
    b.input("condition", {}, ElementType::boolean).input("x", {1}).output("y");
    auto& node = b.node("If", "if", {"condition"}, {"y"});
    for (const char* name : {"then_branch", "else_branch"}) {
        auto& attribute = *node.add_attribute();
        attribute.set_name(name);
        attribute.set_type(onnx::AttributeProto::GRAPH);
        *attribute.mutable_g() = branch.proto().graph();
    }
    b.node("Relu", "relu", {"x"}, {"later"});  // comes after its reader in the file
    const auto model = b.build();
    QVERIFY(model);
    const Graph& graph = model->graph();
    const NodeId reader = *graph.find_node("if");
    const GraphNode& found = graph[reader];
    QVERIFY(found.has_subgraph);
    Strings read;
    for (const auto& input : found.inputs)
        read.push_back(graph[*input].name);
    QCOMPARE(read, (Strings{"condition", "x", "later"}));
    QVERIFY(*graph.find_node("relu") < reader);
    QCOMPARE(graph[*graph.find_tensor("later")].consumers, std::vector<NodeId>{reader});
}

QTEST_GUILESS_MAIN(TestGraph)
#include "test_graph.moc"

// Parts of the agent on their own: what only shows in numbers that differ from run to run.
#include <QtTest/QtTest>

#include <cmath>

#include "app/agent/failure.h"
#include "app/agent/median.h"
#include "app/agent/profile.h"

using namespace quantwright::agent;

namespace {

/// A line of ONNX Runtime's profile.
QByteArray event_line(const char* category, const QByteArray& name, int us,
                      const QByteArray& arguments = {}) {
    return QString(
               R"({"cat" : "%1","pid" :7,"tid" :7,"dur" :%2,"ts" :1,"ph" : "X","name" :"%3","args" : {%4}})")
               .arg(category)
               .arg(us)
               .arg(QString(name), QString(arguments))
               .toUtf8() +
           ",\n";
}
QByteArray node_line(const QByteArray& name, int us, const char* op, const char* provider, int index) {
    return event_line(
        "Node", name + "_kernel_time", us,
        QString(
            R"("op_name" : "%1","provider" : "%2","node_index" : "%3","input_type_shape" : [{"float":[1]}])")
            .arg(op, provider)
            .arg(index)
            .toUtf8());
}
const char* const k_cpu = "CPUExecutionProvider";
const char* const k_npu = "SpaceMITExecutionProvider";

std::vector<NodeTime> read(const QByteArray& text) {
    std::FILE* file = std::tmpfile();
    std::fwrite(text.constData(), 1, std::size_t(text.size()), file);
    struct Close {
        std::FILE* file;
        ~Close() { std::fclose(file); }
    } const close{file};
    return read_profile(file);
}

}  // namespace

class TestAgentParts : public QObject {
    Q_OBJECT

private slots:
    void profile_is_the_mean_of_the_later_runs() {
        QByteArray text = "[\n" + event_line("Session", "model_loading_uri", 900);
        for (const int us : {1000, 10, 30}) {
            text += event_line("Node", "conv_fence_before", 5, R"("op_name" : "Conv")");
            text += node_line("conv", us, "Conv", k_cpu, 0) + node_line("sub", 2 * us, "Fused", k_npu, 1);
            text += node_line("loop", us, "Add", k_cpu, 2) +
                    node_line("loop", us, "Add", k_cpu, 2);  // twice a run
            text += node_line("same", us, "Mul", k_cpu, 3) +
                    node_line("same", 5 * us, "Mul", k_cpu, 4);  // two nodes
            text += event_line("Session", "SequentialExecutor::Execute", 9 * us) +
                    event_line("Session", "model_run", 9 * us);
        }
        text += node_line("conv", 7777, "Conv", k_cpu, 0);  // of a run that did not end
        const auto nodes = read(text + "{}]\n");
        QCOMPARE(nodes.size(), 5u);
        const std::vector<double> wanted{20, 40, 40, 20, 100};
        for (std::size_t i = 0; i < nodes.size(); ++i) {
            QCOMPARE(nodes[i].us, wanted[i]);
            QCOMPARE(nodes[i].runs, std::int64_t(2));
        }
        QCOMPARE(nodes[0].node, std::string("conv"));
        QCOMPARE(nodes[1].op, std::string("Fused"));
        QCOMPARE(nodes[1].provider, std::string(k_npu));
    }

    void one_run_is_better_than_none() {
        const auto nodes =
            read("[\n" + node_line("conv", 12, "Conv", k_cpu, 0) + event_line("Session", "model_run", 12));
        QCOMPARE(nodes.size(), 1u);
        QCOMPARE(nodes[0].us, 12.);
        QCOMPARE(nodes[0].runs, std::int64_t(1));
        QVERIFY_EXCEPTION_THROWN(read("[\n" + node_line("conv", 12, "Conv", k_cpu, 0)), Failure);
        QVERIFY_EXCEPTION_THROWN(read(""), Failure);
    }

    /// The runtime writes names as they are.
    void lines_that_are_no_json_are_left_out() {
        const auto nodes =
            read("[\n" + node_line("a\"b", 3, "Conv", k_cpu, 0) + node_line("c", 4, "Conv", k_cpu, 1) +
                 "\xffgarbage\n" + event_line("Session", "model_run", 12));
        QCOMPARE(nodes.size(), 1u);
        QCOMPARE(nodes[0].node, std::string("c"));
    }

    /// Which order statistics bound the median, by published tables (Conover; 95 %): n, and how many values
    /// lie outside on each side.
    void median_interval_is_the_tables() {
        for (const auto& [n, outside] : {std::pair{6, 0},
                                         {8, 0},
                                         {9, 1},
                                         {11, 1},
                                         {12, 2},
                                         {15, 3},
                                         {17, 4},
                                         {20, 5},
                                         {25, 7},
                                         {30, 9},
                                         {40, 13},
                                         {50, 17},
                                         {100, 39},
                                         {2001, 956}}) {
            std::vector<double> values;
            for (int i = n; i > 0; --i)  // 1000 + its rank
                values.push_back(1000 + i);
            const double median = 1000 + (n + 1) / 2.;
            const double wanted = (median - (1000 + outside + 1)) / median;
            QVERIFY2(std::abs(median_interval(values) - wanted) < 1e-12, qPrintable(QString::number(n)));
        }
        QVERIFY(std::isinf(median_interval({1, 1, 1, 1, 1})));
        QVERIFY(std::isinf(median_interval({})));
        QCOMPARE(median_interval({2, 2, 2, 2, 2, 2}), 0.);
        QCOMPARE(median_interval({10, 10, 10, 10, 10, 14}), 0.4);  // the larger side
    }
};

QTEST_GUILESS_MAIN(TestAgentParts)
#include "test_agent_parts.moc"

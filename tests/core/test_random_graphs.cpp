// Thousands of small random networks, each quantized in a random way: nothing crashes, every file runs, and
// the file computes what the simulation says.
#include <onnx/onnx_pb.h>

#include <QtTest>

#include <cmath>
#include <map>
#include <set>

#include "core/export/export_qdq.h"
#include "core/export/export_qoperator.h"
#include "core/model/proto_helpers.h"
#include "core/number/metrics.h"
#include "core/runtime/session.h"
#include "core/simulate/simulation.h"
#include "tests/support/random_graphs.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

using namespace quantwright;

namespace {

constexpr unsigned k_graphs = 2000;

/// Tensors by name.
using Values = std::map<std::string, Tensor>;

/// Every tensor of the prepared graph that a file still has under its own name, as outputs of it.
void give_outputs(onnx::ModelProto& model, const std::vector<std::string>& names) {
    std::set<std::string> given, made;
    for (const auto& output : model.graph().output())
        given.insert(output.name());
    for (const auto& node : model.graph().node())
        made.insert(node.output().begin(), node.output().end());
    for (const std::string& name : names)
        if (made.contains(name) && given.insert(name).second)
            model.mutable_graph()->add_output()->set_name(name);
}

bool equal(const Tensor& a, const Tensor& b) {
    return std::equal(a.bytes.begin(), a.bytes.end(), b.bytes.begin(), b.bytes.end());
}

double largest_difference(const Tensor& a, const Tensor& b) {
    double largest = 0;
    for (std::size_t i = 0; i < a.floats().size(); ++i)
        largest = std::max(largest, std::abs(double(a.floats()[i]) - b.floats()[i]));
    return largest;
}

double largest_value(const Tensor& tensor) {
    double largest = 0;
    for (const float x : tensor.floats())
        largest = std::max(largest, std::abs(double(x)));
    return largest;
}

/// A tensor under its name, or what its readers in integers see of it.
const Tensor* find(const Values& values, const std::string& name) {
    auto found = values.find(name);
    if (found == values.end())
        found = values.find(name + "_dequantized");
    return found == values.end() ? nullptr : &found->second;
}

}  // namespace

class TestRandomGraphs : public QObject {
    Q_OBJECT

    /// What all graphs together have shown; a generator that makes nothing to compare would pass otherwise.
    int m_compared = 0, m_skipped = 0, m_integers = 0;
    std::map<LayerMode, int> m_modes;
    int m_integer_files = 0;
    ErrorSums m_integer_error;

    /// Integer kernels add up signed weights in 16 bits and saturate on processors without VNNI: not our
    /// arithmetic, and measured elsewhere (kernel_gap).
    static bool this_processor_saturates(const ResolvedLayer& layer) {
        return !cpu_has_vnni() && layer.weight && layer.weight->storage != ElementType::uint8 &&
               (layer.mode == LayerMode::dynamic || layer.integers());
    }

    /// One step of what the tensor is rounded to, or what float arithmetic in another order may differ by.
    static double allowed(const Resolved& resolved, std::size_t layer, TensorId output, const Tensor& value) {
        const double noise = 1e-4 * largest_value(value) + 1e-6;
        double step = 0;
        if (const auto& tensor = resolved.tensors[static_cast<std::size_t>(output)])
            step = tensor->parameters.scale.front();
        if (resolved.layers[layer].mode == LayerMode::fp16)
            step = std::max(step, largest_value(value) / 256);  // results of sums, rounded in another order
        return step * 1.0001 + noise;
    }

    /// What is wrong with the graph of this seed; empty: nothing.
    QString compare(unsigned seed) {
        const auto model = testing::random_model(seed);
        const auto prepared = prepare(model);
        if (!prepared)
            return said("prepare", prepared.error());
        const Plan plan = testing::random_plan(**prepared, seed);
        const auto statistics =
            testing::reference_statistics(**prepared, testing::random_inputs(*model, 2, seed));
        const auto resolved = resolve(*prepared, statistics, plan);
        if (!resolved)
            return said("resolve", resolved.error());
        // What ncnn does at run time can't be written with ONNX operators: its file is a table.
        if (!(*resolved)->target->onnx_arithmetic)
            return {};
        const Graph& graph = (*prepared)->model->graph();
        std::vector<std::string> names;
        for (const GraphNode& node : graph.nodes())
            for (const auto& output : node.outputs)
                if (output &&
                    (*prepared)->tensor_types[static_cast<std::size_t>(*output)].type == ElementType::float32)
                    names.push_back(graph[*output].name);

        SimulationOptions options;
        options.threads = 1;
        options.optimizations = Optimizations::off;
        options.extra_outputs = names;
        const auto simulation = Simulation::create(*resolved, options);
        if (!simulation)
            return said("simulation", simulation.error());
        onnx::ModelProto file = build_qdq(**resolved);
        give_outputs(file, (*simulation)->output_names());
        const auto session = Session::create(file, nullptr, {1, Optimizations::off, {}});
        if (!session)
            return said("file", session.error());

        const auto inputs = testing::random_inputs(*model, 1, seed + 1).front();
        const auto simulated = (*simulation)->run(inputs), run = (*session)->run(inputs);
        if (!simulated)
            return said("simulation", simulated.error());
        if (!run)
            return said("file", run.error());
        Values a, b;
        for (std::size_t i = 0; i < simulated->size(); ++i)
            a[(*simulation)->output_names()[i]] = (*simulated)[i];
        for (std::size_t i = 0; i < run->size(); ++i)
            b[(*session)->output_names()[i]] = (*run)[i];
        if (const QString wrong = compare_integers(**resolved, inputs, b); !wrong.isEmpty())
            return wrong;
        return compare_layers(**resolved, a, b);
    }

    /// The QOperator file runs, and its outputs are those of the pairs but for steps where sums are rounded
    /// in another order.
    QString compare_integers(const Resolved& resolved, const std::vector<Tensor>& inputs,
                             const Values& pairs) {
        const bool any = std::any_of(resolved.layers.begin(), resolved.layers.end(),
                                     [](const ResolvedLayer& layer) { return layer.integers(); });
        if (!any || std::any_of(resolved.layers.begin(), resolved.layers.end(), this_processor_saturates))
            return {};
        const auto session = Session::create(build_qoperator(resolved), nullptr, {1, Optimizations::off, {}});
        if (!session)
            return said("integer file", session.error());
        const auto run = (*session)->run(inputs);
        if (!run)
            return said("integer file", run.error());
        for (std::size_t i = 0; i < run->size(); ++i)
            m_integer_error.add(pairs.at((*session)->output_names()[i]).floats(), (*run)[i].floats());
        ++m_integer_files;
        return {};
    }

    /// Layer by layer: where the same values came in, what comes out is within one step.
    QString compare_layers(const Resolved& resolved, const Values& simulated, const Values& file) {
        const Prepared& prepared = *resolved.prepared;
        const Graph& graph = prepared.model->graph();
        for (std::size_t i = 0; i < prepared.layers.size(); ++i) {
            const Layer& layer = prepared.layers[i];
            ++m_modes[resolved.layers[i].mode];
            m_integers += resolved.layers[i].integers() ? 1 : 0;
            const bool same_inputs = std::all_of(layer.inputs.begin(), layer.inputs.end(), [&](TensorId id) {
                // Layers in float read what is before a pair.
                const std::string& name = graph[id].name;
                const bool readable = resolved.layers[i].integers() || simulated.contains(name);
                const Tensor *a = find(simulated, name), *b = find(file, name);
                return graph[id].is_input || (readable && a && b && equal(*a, *b));
            });
            for (const TensorId id : layer.outputs) {
                const Tensor *a = find(simulated, graph[id].name), *b = find(file, graph[id].name);
                const bool saturates = resolved.layers[i].mode == LayerMode::dynamic &&
                                       this_processor_saturates(resolved.layers[i]);
                if (!same_inputs || !a || !b || saturates) {
                    ++m_skipped;
                    continue;
                }
                ++m_compared;
                const double difference = largest_difference(*a, *b);
                const double bound = allowed(resolved, i, id, *a);
                if (difference > bound)
                    return QString("%1 (%2, %3): %4 apart, %5 allowed")
                        .arg(QString::fromStdString(layer.name), QString::fromStdString(layer.op),
                             QString::fromUtf8(name_of(resolved.layers[i].mode).data()))
                        .arg(difference)
                        .arg(bound);
            }
        }
        return {};
    }

    static QString said(const char* step, const Error& error) {
        return QString("%1: %2 %3")
            .arg(step, QString::fromStdString(error.subject), QString::fromStdString(error.detail));
    }

private slots:
    void every_file_computes_what_the_simulation_says() {
        int failed = 0;
        for (unsigned seed = 1; seed <= k_graphs && failed < 20; ++seed)
            if (const QString wrong = compare(seed); !wrong.isEmpty()) {
                qWarning("random graph of seed %u: %s", seed, qPrintable(wrong));
                if (qEnvironmentVariableIsSet("QUANTWRIGHT_SHOW_PLANS")) {
                    const auto prepared = prepare(testing::random_model(seed));
                    qWarning("%s", to_text(to_json(testing::random_plan(**prepared, seed))).c_str());
                    for (const Layer& layer : (*prepared)->layers)
                        qWarning("  %s %s", layer.name.c_str(), layer.op.c_str());
                }
                ++failed;
            }
        qInfo("%d tensors compared, %d not (their inputs differ already); %d layers in integers", m_compared,
              m_skipped, m_integers);
        for (const auto& [mode, count] : m_modes)
            qInfo("%s: %d layers", std::string(name_of(mode)).c_str(), count);
        qInfo("%d files with integer operators: %.1f dB from the pairs", m_integer_files,
              m_integer_error.snr_db().value_or(999));
        QCOMPARE(failed, 0);
        QVERIFY(m_integer_files > (cpu_has_vnni() ? 500 : 100));
        QVERIFY(m_integer_error.snr_db().value_or(999) > 40);
        QVERIFY(m_compared > m_skipped);
        for (const LayerMode mode : {LayerMode::static_, LayerMode::dynamic, LayerMode::weight_only,
                                     LayerMode::fp16, LayerMode::kept_float})
            QVERIFY(m_modes[mode] > 100);
    }
};

QTEST_GUILESS_MAIN(TestRandomGraphs)
#include "test_random_graphs.moc"

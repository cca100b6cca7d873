// Thousands of small random networks, each quantized in a random way: nothing crashes, every file runs, and
// the file computes what the simulation says.
#include <onnx/onnx_pb.h>

#include <QtTest>

#include "core/export/export_qoperator.h"
#include "core/model/proto_helpers.h"
#include "core/number/metrics.h"
#include "core/runtime/session.h"
#include "tests/support/agreement.h"
#include "tests/support/random_graphs.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

using namespace quantwright;

namespace {

constexpr unsigned k_graphs = 2000;

}  // namespace

class TestRandomGraphs : public QObject {
    Q_OBJECT

    /// What all graphs together have shown; a generator that makes nothing to compare would pass otherwise.
    testing::Agreement m_agreement;
    int m_integer_files = 0;
    ErrorSums m_integer_error;

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
        const auto inputs = testing::random_inputs(*model, 1, seed + 1).front();
        const auto values = testing::run_both(*resolved, inputs);
        if (!values)
            return said("simulation and file", values.error());
        if (const QString wrong = run_as_users_do(build_qdq(**resolved), **resolved, inputs);
            !wrong.isEmpty())
            return wrong;
        if (const QString wrong = compare_integers(**resolved, inputs, values->file); !wrong.isEmpty())
            return wrong;
        return QString::fromStdString(testing::disagreement(**resolved, *values, m_agreement));
    }

    /// With the runtime's default optimizations, where files are for that runtime.
    static QString run_as_users_do(const onnx::ModelProto& file, const Resolved& resolved,
                                   const std::vector<Tensor>& inputs) {
        if (!resolved.target->sidecar.empty())
            return {};
        const auto session =
            Session::create(file, resolved.prepared->model.get(), {1, Optimizations::standard, {}});
        if (!session)
            return said("file by default optimizations", session.error());
        const auto run = (*session)->run(inputs);
        return run ? QString() : said("file by default optimizations", run.error());
    }

    /// The QOperator file runs, and its outputs are those of the pairs but for steps where sums are rounded
    /// in another order.
    QString compare_integers(const Resolved& resolved, const std::vector<Tensor>& inputs,
                             const testing::Values& pairs) {
        const bool any = std::any_of(resolved.layers.begin(), resolved.layers.end(),
                                     [](const ResolvedLayer& layer) { return layer.integers(); });
        if (!any ||
            std::any_of(resolved.layers.begin(), resolved.layers.end(), testing::this_processor_saturates))
            return {};
        const onnx::ModelProto integers = build_qoperator(resolved);
        if (const QString wrong = run_as_users_do(integers, resolved, inputs); !wrong.isEmpty())
            return wrong;
        const auto session = Session::create(integers, nullptr, {1, Optimizations::off, {}});
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
        qInfo("%d tensors compared, %d not (their inputs differ already); %d layers in integers",
              m_agreement.compared, m_agreement.skipped, m_agreement.integers);
        for (const auto& [mode, count] : m_agreement.modes)
            qInfo("%s: %d layers", std::string(name_of(mode)).c_str(), count);
        qInfo("%d files with integer operators: %.1f dB from the pairs", m_integer_files,
              m_integer_error.snr_db().value_or(999));
        QCOMPARE(failed, 0);
        QVERIFY(m_integer_files > (cpu_has_vnni() ? 500 : 100));
        QVERIFY(m_integer_error.snr_db().value_or(999) > 40);
        QVERIFY(m_agreement.compared > m_agreement.skipped);
        for (const LayerMode mode : {LayerMode::static_, LayerMode::dynamic, LayerMode::weight_only,
                                     LayerMode::fp16, LayerMode::kept_float})
            QVERIFY(m_agreement.modes[mode] > 100);
    }
};

QTEST_GUILESS_MAIN(TestRandomGraphs)
#include "test_random_graphs.moc"

// Every figure of the analysis against brute force: the simulation of the whole network in that form.
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

#include "core/analyze/probes.h"
#include "core/analyze/sensitivity.h"
#include "core/number/metrics.h"
#include "core/runtime/session.h"
#include "core/simulate/simulation.h"
#include "tests/support/prepared_models.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/sample_files.h"

using namespace quantwright;

namespace {

constexpr int k_images = 12;
/// Kernels differ at the borders of segments: the same but for a rounding flip here and there.
constexpr double k_apart = 0.25;

bool near(std::optional<double> a, std::optional<double> b) {
    return a.has_value() == b.has_value() && (!a || std::abs(*a - *b) < k_apart);
}

QString both(std::optional<double> a, std::optional<double> b) {
    return QString("%1 and %2").arg(a.value_or(999)).arg(b.value_or(999));
}

}  // namespace

class TestSensitivity : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::shared_ptr<const Prepared> m_prepared;
    std::shared_ptr<const Resolved> m_resolved;
    std::shared_ptr<const InputReader> m_reader;
    std::shared_ptr<const Sensitivity> m_found;
    std::vector<std::vector<Tensor>> m_inputs, m_floats;

    Result<std::shared_ptr<const Sensitivity>> analyze(const AnalyzeOptions& options,
                                                       const JobContext& job = {}) const {
        return analyze_sensitivity(m_resolved, *m_reader, options, job);
    }

    [[nodiscard]] std::optional<double> brute_force(std::optional<std::vector<int>> only, bool weights = true,
                                                    bool activations = true) const {
        const auto simulation = Simulation::create(
            m_resolved, {1, Optimizations::standard, std::move(only), weights, activations, {}});
        ErrorSums error;
        for (std::size_t i = 0; simulation && i < m_inputs.size(); ++i)
            error.add(m_floats[i][0].floats(), (*(*simulation)->run(m_inputs[i]))[0].floats());
        return error.snr_db();
    }

private slots:
    void initTestCase() {
        const auto model = testing::small_cnn(3);
        m_prepared = testing::prepared(model);
        const auto samples = testing::random_inputs(*model, k_images);
        testing::write_samples(m_folder.path().toStdString(), samples);
        m_reader = testing::reader_of(m_folder.path().toStdString(), *model);
        m_resolved = *resolve(m_prepared, testing::reference_statistics(*m_prepared, samples), Plan());
        const auto session = Session::create(*m_prepared->model, {1, Optimizations::standard, {}});
        for (std::int64_t i = 0; i < m_reader->size(); ++i) {
            m_inputs.push_back(*m_reader->load(i));
            m_floats.push_back(*(*session)->run(m_inputs.back()));
        }
        const auto found = analyze({});
        QVERIFY(found);
        m_found = *found;
        QCOMPARE(m_found->images, k_images);
        QCOMPARE(m_found->images_wanted, k_images);
        QVERIFY(m_found->complete);
        QVERIFY(m_found->layers.size() > 4);
    }

    void every_kind_equals_brute_force() {
        QVERIFY2(near(m_found->snr_db_all, brute_force({})),
                 qPrintable(both(m_found->snr_db_all, brute_force({}))));
        for (const LayerSensitivity& one : m_found->layers) {
            const auto& own = m_prepared->group_of(one.layer).layers;
            std::vector<int> others;
            for (int i = 0; i < static_cast<int>(m_resolved->layers.size()); ++i)
                if (std::find(own.begin(), own.end(), i) == own.end())
                    others.push_back(i);
            const auto check = [&](const char* kind, std::optional<double> ours,
                                   std::optional<double> reference) {
                QVERIFY2(near(ours, reference),
                         qPrintable(QString("%1 %2: %3")
                                        .arg(m_prepared->group_of(one.layer).name.c_str(), kind,
                                             both(ours, reference))));
            };
            check("alone", one.snr_db_alone, brute_force(own));
            QVERIFY(one.weights_alone.measured && one.activations_alone.measured && one.without.measured);
            check("weights", one.weights_alone.snr_db, brute_force(own, true, false));
            check("activations", one.activations_alone.snr_db, brute_force(own, false, true));
            check("without", one.without.snr_db, brute_force(others));
            QVERIFY(one.uncertainty_db && *one.uncertainty_db > 0 && *one.uncertainty_db < 3);
        }
    }

    /// At its own output, as its readers see it, where everything is quantized.
    void accumulated_at_the_layers_own_output() {
        const auto floats = Session::create(*m_prepared->model, {1, Optimizations::off, {}});
        QVERIFY(floats);
        for (const LayerSensitivity& one : m_found->layers) {
            const int exit = m_prepared->group_of(one.layer).exit();
            const TensorId output = m_prepared->layers[static_cast<std::size_t>(exit)].outputs.front();
            const std::string name = m_prepared->model->graph()[output].name;
            SimulationOptions quantized{1, Optimizations::standard, {}, true, true, {name}};
            SimulationOptions plain{1, Optimizations::standard, std::vector<int>(), true, true, {name}};
            const auto a = Simulation::create(m_resolved, plain),
                       b = Simulation::create(m_resolved, quantized);
            QVERIFY(a && b);
            const auto index = [](const Simulation& simulation, const std::string& wanted) {
                const auto& names = simulation.output_names();
                const auto found = std::find(names.begin(), names.end(), wanted);
                return static_cast<std::size_t>((found == names.end() ? std::prev(names.end()) : found) -
                                                names.begin());
            };
            ErrorSums error;
            for (const auto& inputs : m_inputs)
                error.add((*(*a)->run(inputs))[index(**a, name)].floats(),
                          (*(*b)->run(inputs))[index(**b, name)].floats());
            QVERIFY(one.accumulated.measured);
            QVERIFY2(near(one.accumulated.snr_db, error.snr_db()),
                     qPrintable(
                         QString("%1: %2").arg(name.c_str(), both(one.accumulated.snr_db, error.snr_db()))));
        }
    }

    void answers_get_better() {
        AnalyzeOptions options;
        std::vector<std::shared_ptr<const Sensitivity>> answers;
        options.partial = [&](std::shared_ptr<const Sensitivity> answer) {
            answers.push_back(std::move(answer));
        };
        const auto last = analyze(options);
        QVERIFY(last);
        QVERIFY(answers.size() > 4);
        QCOMPARE(answers.front()->images, 2);
        for (const auto& answer : answers) {
            QVERIFY(!answer->complete);
            QCOMPARE(answer->images_wanted, k_images);
            QCOMPARE(answer->layers.size(), m_found->layers.size());
            for (std::size_t i = 0; i < answer->layers.size(); ++i)
                QCOMPARE(answer->layers[i].rank, static_cast<int>(i) + 1);
        }
        // The first one knows nothing but `alone`; each later kind comes with an answer of its own.
        QVERIFY(!answers.front()->layers.front().without.measured);
        QVERIFY(answers[answers.size() - 1]->layers.front().without.measured);
        QCOMPARE(*(*last)->layers.front().snr_db_alone, *m_found->layers.front().snr_db_alone);
    }

    /// Less memory and other numbers of threads: the same figures to the last bit.
    void memory_and_threads_change_nothing() {
        AnalyzeOptions small;
        small.memory_bytes = 1;
        AnalyzeOptions threads;
        threads.threads = 3;
        for (const AnalyzeOptions& options : {small, threads}) {
            const auto found = analyze(options);
            QVERIFY(found);
            QCOMPARE((*found)->layers.size(), m_found->layers.size());
            for (std::size_t i = 0; i < m_found->layers.size(); ++i) {
                QCOMPARE((*found)->layers[i].layer, m_found->layers[i].layer);
                QCOMPARE((*found)->layers[i].snr_db_alone, m_found->layers[i].snr_db_alone);
                QCOMPARE((*found)->layers[i].without.snr_db, m_found->layers[i].without.snr_db);
                QCOMPARE((*found)->layers[i].accumulated.snr_db, m_found->layers[i].accumulated.snr_db);
            }
        }
    }

    void only_what_is_asked_for() {
        AnalyzeOptions options;
        options.apart = options.without = options.accumulated = false;
        const auto found = analyze(options);
        QVERIFY(found);
        for (const LayerSensitivity& one : (*found)->layers)
            QVERIFY(!one.weights_alone.measured && !one.activations_alone.measured && !one.without.measured &&
                    !one.accumulated.measured);
        QCOMPARE((*found)->layers.front().snr_db_alone, m_found->layers.front().snr_db_alone);
    }

    void cancelled_between_answers() {
        CancelToken token;
        AnalyzeOptions options;
        options.partial = [&](const std::shared_ptr<const Sensitivity>&) { token.cancel(); };
        const auto found = analyze(options, JobContext(token));
        QVERIFY(!found);
        QCOMPARE(found.error().code, ErrorCode::cancelled);
    }

    void probes_are_spread() {
        QCOMPARE(probe_runs(8, 8), (std::vector<std::int64_t>{0, 4, 2, 6, 1, 5, 3, 7}));
        QCOMPARE(probe_runs(1, 5), (std::vector<std::int64_t>{0}));
        for (const std::int64_t count : {3, 5, 8, 19, 32}) {
            auto runs = probe_runs(count, 100);
            QCOMPARE(static_cast<std::int64_t>(runs.size()), count);
            std::sort(runs.begin(), runs.end());
            for (std::size_t i = 0; i < runs.size(); ++i)
                QCOMPARE(runs[i], static_cast<std::int64_t>(i) * 100 / count);
        }
    }
};

QTEST_GUILESS_MAIN(TestSensitivity)
#include "test_sensitivity.moc"

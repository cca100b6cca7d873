// Every figure of the analysis against brute force: the simulation of the whole network in that form.
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

#include "core/analyze/analysis_memory.h"
#include "core/analyze/probes.h"
#include "core/analyze/quality_meter.h"
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

namespace {

/// To the last bit.
bool same(const Sensitivity& a, const Sensitivity& b) {
    const auto same_layer = [](const LayerSensitivity& x, const LayerSensitivity& y) {
        const auto noise = [&](LayerNoise LayerSensitivity::*kind) {
            return (x.*kind).measured == (y.*kind).measured && (x.*kind).snr_db == (y.*kind).snr_db;
        };
        return x.layer == y.layer && x.rank == y.rank && x.rank_from == y.rank_from &&
               x.rank_to == y.rank_to && x.snr_db_alone == y.snr_db_alone &&
               x.cosine_alone == y.cosine_alone && x.mse_alone == y.mse_alone &&
               x.uncertainty_db == y.uncertainty_db && noise(&LayerSensitivity::weights_alone) &&
               noise(&LayerSensitivity::activations_alone) && noise(&LayerSensitivity::without) &&
               noise(&LayerSensitivity::accumulated);
    };
    return a.complete == b.complete && a.images == b.images && a.measured_on == b.measured_on &&
           a.snr_db_all == b.snr_db_all &&
           std::equal(a.layers.begin(), a.layers.end(), b.layers.begin(), b.layers.end(), same_layer);
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

    /// Ended again and again after a few measurements, in whatever kind of figure: each goes on behind the
    /// one before, and in the end everything is as if nothing had happened.
    void a_cancelled_analysis_is_gone_on_with_data() {
        QTest::addColumn<bool>("in_files");
        QTest::addColumn<int>("threads");
        QTest::newRow("in memory") << false << 1;
        QTest::newRow("in memory, side by side") << false << 3;
        QTest::newRow("in files") << true << 1;
    }
    void a_cancelled_analysis_is_gone_on_with() {
        QFETCH(bool, in_files);
        QFETCH(int, threads);
        const QTemporaryDir folder;
        auto memory =
            std::make_unique<AnalysisMemory>(in_files ? folder.path().toStdString() : std::string());
        std::size_t known = 0, ends = 0;
        for (;; ++ends) {
            QVERIFY(ends < 1000);
            CancelToken token;
            int reports = 0;
            AnalyzeOptions options;
            options.threads = threads;
            options.memory = memory.get();
            std::size_t resumed = 0;
            options.resumed = [&](std::size_t count) { resumed = count; };
            const auto found =
                analyze(options, JobContext(token, [&](const Progress& progress) {
                            if (progress.done > 0 && ++reports > static_cast<int>(ends) / 2 + 6)
                                token.cancel();
                        }));
            QVERIFY(resumed >= known);
            QCOMPARE(resumed > 0, ends > 0);
            known = resumed;
            if (in_files)  // another program
                memory = std::make_unique<AnalysisMemory>(folder.path().toStdString());
            if (!found) {
                QCOMPARE(found.error().code, ErrorCode::cancelled);
                continue;
            }
            QVERIFY(same(**found, *m_found));
            break;
        }
        QVERIFY(ends > 5);
    }

    void what_a_killed_program_wrote_is_gone_on_with() {
        const QTemporaryDir folder;
        const auto file = [&] {
            return folder.filePath(QDir(folder.path()).entryList(QDir::Files).value(0));
        };
        CancelToken token;
        AnalyzeOptions options;
        options.partial = [&](const std::shared_ptr<const Sensitivity>& answer) {
            if (answer->images == k_images)
                token.cancel();
        };
        AnalysisMemory first(folder.path().toStdString());
        options.memory = &first;
        QVERIFY(!analyze(options, JobContext(token)));
        // It died in the middle of a line.
        QFile written(file());
        QVERIFY(written.size() > 1000);
        QVERIFY(written.resize(written.size() - 7));
        const auto again = [&](AnalysisMemory& memory, bool fresh = false) {
            AnalyzeOptions rest;
            rest.memory = &memory;
            rest.fresh = fresh;
            std::size_t resumed = 0;
            rest.resumed = [&](std::size_t count) { resumed = count; };
            const auto found = analyze(rest);
            return std::pair(found && same(**found, *m_found), resumed);
        };
        {
            AnalysisMemory second(folder.path().toStdString());
            const auto [right, resumed] = again(second);
            QVERIFY(right);
            QVERIFY(resumed > m_found->layers.size() * (k_images - 1));
        }
        {  // nobody took the result: it is all there
            AnalysisMemory third(folder.path().toStdString());
            const auto [right, resumed] = again(third);
            QVERIFY(right);
            QVERIFY(resumed > 2 * m_found->layers.size() * k_images);
            third.clear();
            QVERIFY(QDir(folder.path()).entryList(QDir::Files).isEmpty());
        }
        // Something else under that name.
        QFile strange(folder.filePath("x"));
        QVERIFY(strange.open(QIODevice::WriteOnly));
        AnalysisMemory nowhere(strange.fileName().toStdString() + "/below");
        const auto [right, resumed] = again(nowhere);
        QVERIFY(right);
        QCOMPARE(resumed, std::size_t(0));
        AnalysisMemory kept;
        QCOMPARE(again(kept).second, std::size_t(0));
        QVERIFY(again(kept).second > 0);
        QCOMPARE(again(kept, true).second, std::size_t(0));
    }

    /// What another plan, or other images, left behind is not this one's.
    void another_analysis_begins_anew() {
        AnalysisMemory memory;
        const auto measured = [&](const std::shared_ptr<const Resolved>& resolved,
                                  const InputReader& reader) {
            AnalyzeOptions options;
            options.memory = &memory;
            std::size_t resumed = 0;
            options.resumed = [&](std::size_t count) { resumed = count; };
            return analyze_sensitivity(resolved, reader, options) ? resumed : SIZE_MAX;
        };
        QCOMPARE(measured(m_resolved, *m_reader), std::size_t(0));
        QVERIFY(measured(m_resolved, *m_reader) > 0);
        Plan plan;
        plan.defaults.set(Field::activation_format, "int16");
        const auto other = *resolve(m_prepared, m_resolved->statistics, plan);
        QCOMPARE(measured(other, *m_reader), std::size_t(0));
        const QTemporaryDir folder;
        testing::write_samples(folder.path().toStdString(),
                               testing::random_inputs(*m_prepared->original, k_images + 1));
        QCOMPARE(measured(other, *testing::reader_of(folder.path().toStdString(), *m_prepared->original)),
                 std::size_t(0));
    }

    /// A rank is one of those that the images leave open, and more images leave no more open than few.
    void ranks_say_how_sure_they_are() {
        int open = 0;
        for (const LayerSensitivity& one : m_found->layers) {
            QVERIFY(one.rank_from >= 1 && one.rank_from <= one.rank && one.rank <= one.rank_to &&
                    one.rank_to <= static_cast<int>(m_found->layers.size()));
            open += one.rank_to - one.rank_from;
        }
        // The first and the last of this network are far apart.
        QVERIFY(m_found->layers.front().rank_to < static_cast<int>(m_found->layers.size()));
        AnalyzeOptions one_image;
        one_image.max_images = 1;
        const auto alone = analyze(one_image);
        QVERIFY(alone);
        for (const LayerSensitivity& one : (*alone)->layers)
            QVERIFY(one.rank_from == 0 && one.rank_to == 0 && !one.uncertainty_db);
    }

    /// Headline and analysis are of the same images, and name them.
    void headline_and_analysis_are_of_the_same_images() {
        const auto meter = QualityMeter::create(m_prepared, *m_reader, {});
        QVERIFY(meter);
        const auto quality = (*meter)->measure(m_resolved, {}, {});
        QVERIFY(quality);
        QCOMPARE(quality->measured_on, m_found->measured_on);
        QVERIFY2(near(quality->snr_db, m_found->snr_db_all),
                 qPrintable(both(quality->snr_db, m_found->snr_db_all)));
        const MeasuredOn& on = m_found->measured_on;
        QCOMPARE(QString::fromStdString(on.source), m_folder.path());
        QCOMPARE(on.images, k_images);
        QCOMPARE(on.of, k_images);
        QCOMPARE(on.rule, ImageRule::all);
        QCOMPARE(on.arithmetic, Arithmetic::simulated);
        AnalyzeOptions few;
        few.max_images = 3;
        const auto spread = analyze(few);
        QVERIFY(spread);
        QCOMPARE((*spread)->measured_on.images, 3);
        QCOMPARE((*spread)->measured_on.of, k_images);
        QCOMPARE((*spread)->measured_on.rule, ImageRule::spread);
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

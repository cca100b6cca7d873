// The search for the fewest exceptions: the promise holds when it is measured by others, each exception is
// needed, brute force on the ranking needs no fewer, and an interrupted search ends like any other.
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

#include "core/analyze/quality_meter.h"
#include "core/search/search.h"
#include "core/simulate/simulation.h"
#include "tests/support/prepared_models.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/sample_files.h"

using namespace quantwright;

namespace {

constexpr int k_images = 16;

/// Ten convolutions in blocks with skips, some with a channel that is far larger than the others and some
/// depthwise, pooled to ten scores: layers that differ in what quantizing them costs.
std::shared_ptr<const Model> network() {
    testing::ModelBuilder b(17, 11);
    b.input("x", {1, 3, 16, 16}).output("y");
    b.conv("stem", "x", "t0", 3, 12).node("Relu", "stem/relu", {"t0"}, {"b0"});
    std::string in = "b0";
    for (int i = 1; i <= 3; ++i) {
        const std::string n = "block" + std::to_string(i);
        b.conv(n + "/expand", in, n + "/e", 12, 24, 1).node("Relu", n + "/r1", {n + "/e"}, {n + "/f"});
        b.conv(n + "/depthwise", n + "/f", n + "/g", 24, 24, 3, 24);
        b.node("Relu", n + "/r2", {n + "/g"}, {n + "/h"});
        b.conv(n + "/project", n + "/h", n + "/i", 24, 12, 1);
        b.node("Add", n + "/add", {n + "/i", in}, {n + "/out"});
        in = n + "/out";
    }
    b.node("GlobalAveragePool", "pool", {in}, {"p"}).set_domain("");
    b.node("Flatten", "flatten", {"p"}, {"q"});
    b.weight("fc.weight", {10, 12}).weight("fc.bias", {10});
    set_attribute(b.node("Gemm", "fc", {"q", "fc.weight", "fc.bias"}, {"y"}), "transB", std::int64_t{1});
    // One input channel with weights far above the others': a scale per output channel does not help there.
    for (auto& tensor : *b.proto().mutable_graph()->mutable_initializer())
        if (tensor.name() == "block1/project.weight" || tensor.name() == "block3/expand.weight") {
            Tensor values = tensor_from(tensor);
            std::vector<float> floats(values.floats().begin(), values.floats().end());
            const std::size_t each = static_cast<std::size_t>(values.shape[1]);
            for (std::size_t i = 0; i < floats.size(); i += each)
                floats[i] *= 20;
            const std::string name = tensor.name();
            tensor = proto_from(name, make_tensor(values.shape, std::move(floats)));
        }
    return b.build();
}

}  // namespace

class TestSearch : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::shared_ptr<const Prepared> m_prepared;
    std::shared_ptr<const Statistics> m_statistics;
    std::shared_ptr<const Resolved> m_resolved;
    std::shared_ptr<const InputReader> m_reader;
    std::shared_ptr<QualityMeter> m_meter;

    [[nodiscard]] std::shared_ptr<const Resolved> resolved_with(const Resolved& base,
                                                                const std::vector<Raise>& raised) const {
        Plan plan = base.plan;
        if (!apply(plan, edit_of(base, raised)))
            return nullptr;
        return *resolve(m_prepared, m_statistics, plan);
    }
    [[nodiscard]] std::shared_ptr<const Resolved> for_target(const std::string& target,
                                                             const Settings& defaults = {}) const {
        Plan plan;
        plan.target = target;
        plan.defaults = defaults;
        return *resolve(m_prepared, m_statistics, plan);
    }
    double snr(const std::shared_ptr<const Resolved>& resolved) const {
        return m_meter->measure(resolved, {}, {})->snr_db.value_or(1000);
    }
    Result<std::shared_ptr<const SearchResult>> find(double min_snr_db, SearchOptions options = {},
                                                     const JobContext& job = {}) const {
        options.promise.min_snr_db = min_snr_db;
        return search(m_resolved, *m_reader, options, job);
    }
    [[nodiscard]] static std::vector<Raise> chosen(const SearchResult& result) {
        return result.points[result.chosen].raised;
    }

private slots:
    void initTestCase() {
        const auto model = network();
        m_prepared = testing::prepared(model);
        QVERIFY(m_prepared);
        const auto samples = testing::random_inputs(*model, k_images);
        testing::write_samples(m_folder.path().toStdString(), samples);
        m_reader = testing::reader_of(m_folder.path().toStdString(), *model);
        m_statistics = testing::reference_statistics(*m_prepared, samples);
        m_resolved = *resolve(m_prepared, m_statistics, Plan());
        QualityOptions options;
        options.images = k_images;
        m_meter = *QualityMeter::create(m_prepared, *m_reader, {}, options);
    }

    void the_plan_itself_may_do() {
        const auto found = find(snr(m_resolved) - 1);
        QVERIFY(found);
        QVERIFY((*found)->reached);
        QCOMPARE((*found)->points.size(), std::size_t(1));
        QVERIFY((*found)->exceptions.empty() && chosen(**found).empty());
    }

    void the_promise_is_kept_and_every_exception_needed_data() {
        QTest::addColumn<double>("more");
        for (const double more : {0.3, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0})
            QTest::addRow("%.0f dB more", more) << more;
    }
    void the_promise_is_kept_and_every_exception_needed() {
        QFETCH(double, more);
        const double promise = snr(m_resolved) + more;
        const auto found = find(promise);
        QVERIFY(found);
        const SearchResult& result = **found;
        QVERIFY(result.reached);
        const auto raised = chosen(result);
        const auto plan = resolved_with(*m_resolved, raised);
        QVERIFY2(snr(plan) >= promise, qPrintable(QString::number(snr(plan))));
        QCOMPARE(result.points[result.chosen].snr_db.value_or(1000), snr(plan));
        QCOMPARE(result.exceptions.size(), raised.size());
        for (const Needed& one : result.exceptions) {
            auto others = raised;
            std::erase(others, one.raise);
            const double without = snr(resolved_with(*m_resolved, others));
            QVERIFY2(without < promise, qPrintable(QString::number(without)));
            QCOMPARE(one.snr_db_without.value_or(1000), without);
        }
        for (const SearchPoint& point : result.points)
            QCOMPARE(point.keeps, !point.screened && point.snr_db.value_or(1000) >= promise);

        // By brute force: the next of the ranking becomes float until the promise is kept.
        AnalyzeOptions alone;
        alone.apart = alone.without = alone.accumulated = false;
        alone.max_images = k_images;
        const auto ranking = analyze_sensitivity(m_resolved, *m_reader, alone);
        QVERIFY(ranking);
        std::vector<Raise> brute;
        for (const LayerSensitivity& layer : (*ranking)->layers) {
            brute.push_back(
                {m_prepared->group_of_layer[static_cast<std::size_t>(layer.layer)], Field::mode, "float"});
            if (snr(resolved_with(*m_resolved, brute)) >= promise)
                break;
        }
        QVERIFY2(raised.size() <= brute.size(),
                 qPrintable(QString("%1, by brute force %2").arg(raised.size()).arg(brute.size())));
        QVERIFY(!raised.empty());
    }

    /// Simulated as a whole, without segments.
    void the_whole_network_says_the_same() {
        const double promise = snr(m_resolved) + 4;
        const auto found = find(promise);
        QVERIFY(found && (*found)->reached);
        const auto plan = resolved_with(*m_resolved, chosen(**found));
        SimulationOptions as_float;
        as_float.only_layers.emplace();
        const auto whole = Simulation::create(plan), floats = Simulation::create(plan, as_float);
        QVERIFY(whole && floats);
        ErrorSums error;
        for (std::int64_t i = 0; i < m_reader->size(); ++i) {
            const auto inputs = *m_reader->load(i);
            error.add((*(*floats)->run(inputs))[0].floats(), (*(*whole)->run(inputs))[0].floats());
        }
        QVERIFY2(std::abs(*error.snr_db() - snr(plan)) < 0.25, qPrintable(QString::number(*error.snr_db())));
    }

    void what_can_not_be_reached_is_said_with_the_nearest() {
        const auto found = find(500);
        QVERIFY(found);
        QVERIFY(!(*found)->reached && (*found)->exceptions.empty());
        const SearchPoint& nearest = (*found)->points[(*found)->chosen];
        QVERIFY(!nearest.keeps && !nearest.screened && !nearest.raised.empty());
        for (const SearchPoint& point : (*found)->points)
            QVERIFY(point.screened || point.snr_db.value_or(1000) <= nearest.snr_db.value_or(1000));
        const Json json = to_json(**found, *m_resolved);
        QVERIFY(json.contains("best") && !json.contains("chosen"));

        SearchOptions one;
        one.most = 1;
        const auto few = find(snr(m_resolved) + 10, one);
        QVERIFY(few && !(*few)->reached);
        QCOMPARE(chosen(**few).size(), std::size_t(1));
        QVERIFY((*few)->points[(*few)->chosen].snr_db > (*few)->points.front().snr_db);
    }

    void only_what_the_target_runs_is_a_candidate() {
        const auto values = [&](const std::shared_ptr<const Resolved>& resolved, const char* layer) {
            QStringList list;
            const int index = static_cast<int>(m_prepared->find_layer(layer) - m_prepared->layers.data());
            for (const Raise& raise :
                 candidates(*resolved, m_prepared->group_of_layer[static_cast<std::size_t>(index)]))
                list << QString::fromStdString(std::string(info(raise.field).path) + "=" + raise.value);
            return list;
        };
        const QString mse = "activation.threshold.method=mse",
                      percentile = "activation.threshold.method=percentile";
        // x86 has no kernels for half precision: float is faster, and more right.
        QCOMPARE(values(m_resolved, "stem"),
                 (QStringList{mse, percentile, "activation.format=uint16", "mode=float"}));
        // K1 has no 16-bit activations.
        QCOMPARE(values(for_target("spacemit-k1"), "stem"),
                 (QStringList{mse, percentile, "mode=fp16", "mode=float"}));
        QCOMPARE(values(for_target("ncnn"), "stem"), (QStringList{mse, percentile, "mode=float"}));
        // No weight: half precision makes nothing smaller.
        QCOMPARE(values(for_target("spacemit-k1"), "block1/add"),
                 (QStringList{mse, percentile, "mode=float"}));
        Settings coarse;
        coarse.set(Field::weight_granularity, "tensor");
        QCOMPARE(values(for_target("onnxruntime-arm", coarse), "stem"),
                 (QStringList{mse, percentile, "weight.granularity=channel", "activation.format=int16",
                              "mode=fp16", "mode=float"}));
        Settings small;
        small.set(Field::mode, "weight-only");
        small.set(Field::weight_format, "int4");
        QCOMPARE(values(for_target("onnxruntime-x86", small), "stem"),
                 (QStringList{"weight.format=int8", "mode=float"}));
    }

    void what_a_target_refuses_is_never_tried_data() {
        QTest::addColumn<QString>("target");
        for (const char* target : {"spacemit-k1", "onnxruntime-arm", "tensorrt", "ncnn"})
            QTest::newRow(target) << target;
    }
    void what_a_target_refuses_is_never_tried() {
        QFETCH(QString, target);
        const auto base = for_target(target.toStdString());
        SearchOptions options;
        options.promise.min_snr_db = snr(base) + 5;
        const auto found = search(base, *m_reader, options);
        QVERIFY(found && (*found)->reached);
        QVERIFY(!(*found)->exceptions.empty());
        for (const SearchPoint& point : (*found)->points) {
            const auto plan = resolved_with(*base, point.raised);
            for (const Problem& problem : plan->problems)
                QVERIFY2(problem.code != "plan.target_refuses", problem.layer.c_str());
            for (const Raise& raise : point.raised) {
                const auto allowed = candidates(*base, raise.group);
                QVERIFY(std::find(allowed.begin(), allowed.end(), raise) != allowed.end());
            }
        }
    }

    /// Ended again and again after a few measurements: the last one gives what a search gives that was left
    /// alone.
    void a_cancelled_search_is_gone_on_with() {
        const double promise = snr(m_resolved) + 10;
        const auto whole = find(promise);
        QVERIFY(whole);
        const QTemporaryDir folder;
        SearchOptions options;
        options.memory = folder.path().toStdString();
        int ends = 0;
        std::size_t known = 0;
        for (;; ++ends) {
            QVERIFY(ends < 500);
            CancelToken token;
            int reports = 0;
            const auto found =
                find(promise, options, JobContext(token, [&](const Progress& progress) {
                         // Points that are known already are not counted.
                         if (progress.stage == Stage::search && progress.done > 0 && ++reports > 1 + ends)
                             token.cancel();
                     }));
            if (!found) {
                QCOMPARE(found.error().code, ErrorCode::cancelled);
                continue;
            }
            known = (*found)->known;
            QCOMPARE(to_text(to_json(**found, *m_resolved)), to_text(to_json(**whole, *m_resolved)));
            break;
        }
        QVERIFY2(ends > 3, qPrintable(QString::number(ends)));
        QVERIFY2(known > 3, qPrintable(QString("%1 of %2").arg(known).arg((*whole)->points.size())));
        // Another promise uses what is known; a line that was cut off is measured again.
        const QString file =
            folder.filePath(QDir(folder.path()).entryList({"*.search"}, QDir::Files).value(0));
        QVERIFY(QFile(file).size() > 1000);
        QVERIFY(QFile::resize(file, QFile(file).size() - 7));
        const auto other = find(promise - 3, options);
        QVERIFY(other);
        QVERIFY((*other)->known >= known - 1);
        QCOMPARE(to_text(to_json(**other, *m_resolved)), to_text(to_json(**find(promise - 3), *m_resolved)));
        options.fresh = true;
        QCOMPARE((*find(promise, options))->known, std::size_t(0));
    }

    void threads_change_nothing() {
        const double promise = snr(m_resolved) + 6;
        SearchOptions one, three;
        one.threads = 1;
        three.threads = 3;
        const auto a = find(promise, one), b = find(promise, three);
        QVERIFY(a && b);
        QCOMPARE(to_text(to_json(**a, *m_resolved)), to_text(to_json(**b, *m_resolved)));
    }

    void costs_count_what_they_say() {
        double macs = 0, parameters = 0;
        for (const Layer& layer : m_prepared->layers) {
            macs += static_cast<double>(layer.macs);
            parameters += static_cast<double>(layer.parameters);
        }
        Settings floats;
        floats.set(Field::mode, "float");
        const auto all_float = for_target("onnxruntime-x86", floats);
        QCOMPARE(weighted_macs(*all_float), 4 * macs);
        QCOMPARE(parameter_bytes(*all_float), 4 * parameters);
        // In integers throughout, but for the input that is quantized and the scores that are float.
        const double integers = weighted_macs(*m_resolved);
        QVERIFY2(integers >= macs && integers <= macs + 4 * (3 * 16 * 16 + 12 + 10),
                 qPrintable(QString("%1 of %2").arg(integers).arg(macs)));
        // A lone float layer: its own products four times, its input dequantized and its output quantized.
        const Layer& expand = *m_prepared->find_layer("block2/expand");
        const int index = static_cast<int>(&expand - m_prepared->layers.data());
        const auto lone = resolved_with(
            *m_resolved,
            {{m_prepared->group_of_layer[static_cast<std::size_t>(index)], Field::mode, "float"}});
        QCOMPARE(weighted_macs(*lone) - integers,
                 3 * static_cast<double>(expand.macs) + 4.0 * 16 * 16 * (12 + 24));
    }

    void the_cost_decides() {
        const double promise = snr(m_resolved) + 6;
        SearchOptions bytes, macs;
        bytes.cost = parameter_bytes;
        macs.cost = weighted_macs;
        const auto by_bytes = find(promise, bytes), by_macs = find(promise, macs);
        QVERIFY(by_bytes && by_macs);
        const auto plan_bytes = resolved_with(*m_resolved, chosen(**by_bytes)),
                   plan_macs = resolved_with(*m_resolved, chosen(**by_macs));
        QCOMPARE((*by_macs)->points[(*by_macs)->chosen].cost, weighted_macs(*plan_macs));
        QCOMPARE(chosen(**by_bytes).size(), chosen(**by_macs).size());
        QVERIFY(parameter_bytes(*plan_bytes) <= parameter_bytes(*plan_macs));
        QVERIFY(weighted_macs(*plan_macs) <= weighted_macs(*plan_bytes));
    }

    void points_arrive_as_they_are_measured() {
        SearchOptions options;
        std::size_t arrived = 0;
        bool kept = false;
        options.tried = [&](const SearchPoint& point, const SearchPoint* best) {
            ++arrived;
            kept = kept || point.keeps;
            QCOMPARE(best != nullptr, kept);
            QVERIFY(!point.screened);
        };
        const auto found = find(snr(m_resolved) + 3, options);
        QVERIFY(found);
        const auto full = std::count_if((*found)->points.begin(), (*found)->points.end(),
                                        [](const SearchPoint& point) { return !point.screened; });
        QVERIFY(static_cast<std::ptrdiff_t>(arrived) >= full && kept);
        // One line each, and the heading.
        const std::string csv = to_csv(**found, *m_resolved);
        QCOMPARE(std::count(csv.begin(), csv.end(), '\n'), std::ssize((*found)->points) + 1);
    }
};

QTEST_GUILESS_MAIN(TestSearch)
#include "test_search.moc"

// Improving: better on images that nothing was fitted to, the same in simulation and file, the same numbers
// on any number of threads; what no longer fits the plan falls away and is said.
#include <QTemporaryDir>
#include <QtTest>

#include <numeric>
#include <random>

#include "core/improve/improve.h"
#include "core/number/metrics.h"
#include "core/simulate/simulation.h"
#include "tests/support/agreement.h"
#include "tests/support/prepared_models.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/sample_files.h"

using namespace quantwright;

namespace {

/// input 1x3x16x16 → Conv+Relu → depthwise Conv+Clip → 1x1 Conv → ConvTranspose → Reshape → MatMul+Add →
/// Gemm: every kind of weight.
std::shared_ptr<const Model> network() {
    testing::ModelBuilder b;
    b.input("x", {1, 3, 16, 16}).output("y");
    b.conv("first", "x", "a", 3, 12).node("Relu", "relu", {"a"}, {"b"});
    b.conv("depthwise", "b", "c", 12, 12, 3, 12, 2);
    b.weight("low", {}, std::vector<float>{0}).weight("high", {}, std::vector<float>{6});
    b.node("Clip", "clip", {"c", "low", "high"}, {"d"});
    b.conv("pointwise", "d", "e", 12, 16, 1).node("Relu", "relu2", {"e"}, {"f"});
    b.weight("up.weight", {16, 8, 2, 2}).weight("up.bias", {8});
    set_attribute(b.node("ConvTranspose", "up", {"f", "up.weight", "up.bias"}, {"g"}), "strides",
                  std::vector<std::int64_t>{2, 2});
    b.weight("rows", {3}, std::vector<std::int64_t>{1, 8, -1})
        .node("Reshape", "reshape", {"g", "rows"}, {"h"});
    b.weight("product.weight", {256, 24}, 0.1f).weight("product.bias", {24});
    b.node("MatMul", "product", {"h", "product.weight"}, {"i"});
    b.node("Add", "add", {"i", "product.bias"}, {"j"});
    b.node("Flatten", "flatten", {"j"}, {"k"});
    b.weight("head.weight", {10, 192}, 0.1f).weight("head.bias", {10});
    set_attribute(b.node("Gemm", "head", {"k", "head.weight", "head.bias"}, {"y"}), "transB",
                  std::int64_t(1));
    return b.build();
}

/// Like photographs: channels that look alike, neighbours too, and a little noise.
std::vector<std::vector<Tensor>> images(const Model& model, int count, unsigned seed) {
    auto samples = testing::random_inputs(model, count, seed);
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    for (auto& sample : samples) {
        const auto noise = sample.front().floats();
        std::vector<float> values(noise.size());
        const float level = normal(random), across = normal(random), down = normal(random);
        for (std::size_t i = 0; i < values.size(); ++i)
            values[i] = level + across * (static_cast<float>(i % 16) / 8 - 1) +
                        down * (static_cast<float>(i / 16 % 16) / 8 - 1) + 0.2f * noise[i];
        sample.front() = make_tensor(sample.front().shape, std::move(values));
    }
    return samples;
}

Plan plan_for(const std::string& target, const std::string& mode = "static",
              const std::string& weight = "int8") {
    Plan plan;
    plan.target = target;
    plan.defaults.set(Field::mode, mode == "uint16" ? "static" : mode);
    if (mode == "uint16")
        plan.defaults.set(Field::activation_format, "uint16");
    plan.defaults.set(Field::weight_format, weight);
    return plan;
}

double snr(const std::shared_ptr<const Resolved>& resolved, const std::vector<std::vector<Tensor>>& inputs) {
    SimulationOptions as_float;
    as_float.only_layers.emplace();
    const auto reference = Simulation::create(resolved, as_float), simulated = Simulation::create(resolved);
    ErrorSums sums;
    for (const auto& one : inputs)
        sums.add((*(*reference)->run(one))[0].floats(), (*(*simulated)->run(one))[0].floats());
    return sums.snr_db().value_or(999);
}

bool equal(const Improved& a, const Improved& b) {
    return a.ranges == b.ranges && std::equal(a.weights.begin(), a.weights.end(), b.weights.begin(),
                                              b.weights.end(), [](const auto& x, const auto& y) {
                                                  return x.first == y.first &&
                                                         x.second->codes == y.second->codes &&
                                                         x.second->bias == y.second->bias &&
                                                         x.second->parameters == y.second->parameters;
                                              });
}

}  // namespace

class TestImprove : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    testing::Prepare m_prepared;
    std::shared_ptr<const InputReader> m_reader;
    std::shared_ptr<const Statistics> m_statistics;
    std::vector<std::vector<Tensor>> m_unseen;

    std::shared_ptr<const Resolved> resolved(const Plan& plan,
                                             std::shared_ptr<const Improved> improved = nullptr) {
        return *resolve(m_prepared, m_statistics, plan, {}, std::move(improved));
    }

    std::shared_ptr<const Improved> improved(const Plan& plan, ImproveLevel level = ImproveLevel::best,
                                             int threads = 0) {
        ImproveOptions options;
        options.level = level;
        options.threads = threads;
        return *improve(resolved(plan), *m_reader, options);
    }

private slots:
    void initTestCase() {
        m_prepared = testing::prepared(network());
        QVERIFY(m_prepared);
        const auto samples = images(*m_prepared->model, 48, 3);
        testing::write_samples(m_folder.path().toStdString(), samples);
        m_reader = testing::reader_of(m_folder.path().toStdString(), *m_prepared->model);
        m_statistics = testing::reference_statistics(*m_prepared, samples);
        m_unseen = images(*m_prepared->model, 24, 99);
    }

    void it_helps_on_unseen_images_data() {
        QTest::addColumn<QString>("target");
        QTest::addColumn<QString>("mode");
        QTest::addColumn<QString>("weight");
        QTest::addColumn<double>("gain");
        // Eight-bit activations are most of the error here; what weights lose is what can be won.
        QTest::newRow("x86") << "onnxruntime-x86"
                             << "static"
                             << "int8" << 0.05;
        QTest::newRow("K1") << "spacemit-k1"
                            << "static"
                            << "int8" << 0.2;
        QTest::newRow("TensorRT") << "tensorrt"
                                  << "static"
                                  << "int8" << 0.2;
        QTest::newRow("16-bit activations") << "onnxruntime-x86"
                                            << "uint16"
                                            << "int8" << 4.0;
        QTest::newRow("dynamic") << "onnxruntime-x86"
                                 << "dynamic"
                                 << "int8" << 0.5;
        QTest::newRow("weights alone, 8 bit") << "onnxruntime-x86"
                                              << "weight-only"
                                              << "int8" << 5.0;
        QTest::newRow("weights alone, 4 bit") << "onnxruntime-x86"
                                              << "weight-only"
                                              << "int4" << 5.0;
    }

    void it_helps_on_unseen_images() {
        QFETCH(QString, target);
        QFETCH(QString, mode);
        QFETCH(QString, weight);
        QFETCH(double, gain);
        const Plan plan = plan_for(target.toStdString(), mode.toStdString(), weight.toStdString());
        const auto found = improved(plan);
        const auto better = resolved(plan, found);
        const double before = snr(resolved(plan), m_unseen), after = snr(better, m_unseen);
        QVERIFY2(after > before + gain, qPrintable(QString("%1 dB became %2").arg(before).arg(after)));
        // Simulation and file are one network, with every kind of weight and bias that was changed.
        testing::Agreement agreement;
        for (int i = 0; i < 2; ++i) {
            const auto both = testing::run_both(better, m_unseen[static_cast<std::size_t>(i)]);
            QVERIFY(both);
            const std::string other = testing::disagreement(*better, *both, agreement);
            QVERIFY2(other.empty(), other.c_str());
        }
        QVERIFY(agreement.compared > 0);
        for (const auto& layer : better->layers)
            if (layer.weight && layer.weight->improved)
                for (const auto code : layer.weight->improved->codes)
                    QVERIFY(code >= layer.weight->parameters.qmin && code <= layer.weight->parameters.qmax);
    }

    void biases_alone_are_quick_and_change_no_code() {
        const Plan plan = plan_for("onnxruntime-x86", "weight-only", "int4");
        const auto found = improved(plan, ImproveLevel::fast);
        const auto plain = resolved(plan);
        QVERIFY(!found->weights.empty());
        for (const auto& [name, weight] : found->weights) {
            const auto index = static_cast<int>(m_prepared->find_layer(name) - m_prepared->layers.data());
            QCOMPARE(weight->codes, weight_codes(*plain, index));
            QVERIFY(!weight->bias.empty());
        }
        QVERIFY(snr(resolved(plan, found), m_unseen) > snr(plain, m_unseen));
    }

    void the_same_on_any_number_of_threads() {
        const Plan plan = plan_for("onnxruntime-x86");
        const auto one = improved(plan, ImproveLevel::best, 1), again = improved(plan, ImproveLevel::best, 1),
                   three = improved(plan, ImproveLevel::best, 3);
        QVERIFY(!one->weights.empty());
        QVERIFY(equal(*one, *again));
        QVERIFY(equal(*one, *three));
    }

    void little_memory_gives_the_same() {
        const auto plain = resolved(plan_for("onnxruntime-x86"));
        ImproveOptions options;
        options.images = 16;  // so many are always kept
        const auto found = improve(plain, *m_reader, options);
        options.memory_bytes = 1;
        const auto again = improve(plain, *m_reader, options);
        QVERIFY(found && again);
        QVERIFY(!(*found)->weights.empty() || !(*found)->ranges.empty());
        QVERIFY(equal(**found, **again));
    }

    void what_no_longer_fits_falls_away() {
        Plan plan = plan_for("onnxruntime-x86", "weight-only");
        const auto found = improved(plan);
        QVERIFY(found->weights.contains("first") && found->weights.contains("head"));
        const auto says_stale = [](const Resolved& one) {
            return std::any_of(one.problems.begin(), one.problems.end(),
                               [](const Problem& problem) { return problem.code == "improved.stale"; });
        };
        QVERIFY(!says_stale(*resolved(plan, found)));
        plan.layers["first"].set(Field::weight_granularity, "tensor");
        plan.layers["head"].set(Field::mode, "float");
        const auto changed = resolved(plan, found);
        QVERIFY(says_stale(*changed));
        const auto weight = [&](const char* name) -> const std::optional<ResolvedWeight>& {
            return changed
                ->layers[static_cast<std::size_t>(m_prepared->find_layer(name) - m_prepared->layers.data())]
                .weight;
        };
        QVERIFY(weight("first") && !weight("first")->improved);
        QVERIFY(!weight("head"));
        QVERIFY(weight("depthwise") && weight("depthwise")->improved);
    }

    void each_step_is_kept_where_it_helps_alone() {
        for (const ImproveLevel level : {ImproveLevel::fast, ImproveLevel::best}) {
            const auto found = improved(plan_for("onnxruntime-x86"), level);
            QCOMPARE(found->images_fit, std::int64_t(36));
            QCOMPARE(found->images_judged, std::int64_t(12));
            QVERIFY(!found->steps.empty());
            for (const ImprovementStep& step : found->steps) {
                QVERIFY(step.before_db && step.after_db);
                QCOMPARE(step.kept, *step.after_db > *step.before_db + 0.1);
            }
        }
    }

    void few_images_are_too_few() {
        ImproveOptions options;
        options.images = 3;
        const auto found = improve(resolved(plan_for("onnxruntime-x86")), *m_reader, options);
        QVERIFY(found);
        QVERIFY((*found)->empty() && (*found)->steps.empty());
        QVERIFY(resolved(plan_for("onnxruntime-x86"), *found)->improved);
    }

    /// Whoever cancels has what the steps before have found.
    void steps_are_told_and_survive_cancelling() {
        const auto plain = resolved(plan_for("onnxruntime-x86"));
        std::vector<std::shared_ptr<const Improved>> told;
        ImproveOptions options;
        options.step = [&](std::shared_ptr<const Improved> improved) { told.push_back(std::move(improved)); };
        std::int64_t last = 0;
        const auto whole = improve(plain, *m_reader, options, JobContext({}, [&](const Progress& progress) {
                                       QCOMPARE(progress.stage, Stage::improve);
                                       QVERIFY(progress.done >= last && progress.done <= progress.total);
                                       last = progress.done;
                                   }));
        QVERIFY(whole && (*whole)->complete);
        QVERIFY(last > 9'900);  // of 10 000: what was expected is what was done
        QCOMPARE(told.size(), (*whole)->steps.size());
        QVERIFY(told.size() == 2 && !told.front()->complete);
        QCOMPARE(told.front()->steps.size(), std::size_t(1));
        QVERIFY(told.front()->weights.empty());
        QVERIFY(told.back()->weights.size() == (*whole)->weights.size());

        told.clear();
        CancelToken token;
        options.step = [&](std::shared_ptr<const Improved> improved) {
            told.push_back(std::move(improved));
            token.cancel();
        };
        const auto cancelled = improve(plain, *m_reader, options, JobContext(token));
        QVERIFY(!cancelled);
        QCOMPARE(cancelled.error().code, ErrorCode::cancelled);
        QCOMPARE(told.size(), std::size_t(1));
        QVERIFY(told.front()->ranges == (*whole)->ranges);
    }

    void of_another_model_nothing_holds() {
        const Plan plan = plan_for("onnxruntime-x86", "weight-only", "int4");
        auto other = std::make_shared<Improved>(*improved(plan));
        QVERIFY(!other->weights.empty());
        other->model_sha256 = std::string(64, '0');
        const auto plain = resolved(plan), refused = resolved(plan, other);
        QVERIFY(!refused->improved);
        QVERIFY(std::any_of(refused->problems.begin(), refused->problems.end(),
                            [](const Problem& problem) { return problem.code == "improved.other_model"; }));
        QCOMPARE(weight_codes(*refused, 0), weight_codes(*plain, 0));
    }

    /// A choice for all layers works at once, and other statistics too.
    void ranges_of_other_choices_fall_away() {
        Plan plan = plan_for("onnxruntime-x86");
        auto made = std::make_shared<Improved>();
        made->model_sha256 = m_prepared->original->sha256();
        const auto plain = resolved(plan);
        const Graph& graph = m_prepared->model->graph();
        for (const auto& tensor : plain->tensors)
            if (tensor && tensor->scale_owner == tensor->tensor)
                made->ranges[graph[tensor->tensor].name] = {tensor->searched,
                                                            {tensor->range.min / 2, tensor->range.max / 2}};
        QVERIFY(made->ranges.size() > 3);
        const auto count = [](const Resolved& one) {
            return std::count_if(one.tensors.begin(), one.tensors.end(), [](const auto& tensor) {
                return tensor && tensor->origin == Origin::improved && tensor->scale_owner == tensor->tensor;
            });
        };
        const auto says = [](const Resolved& one) {
            return std::any_of(one.problems.begin(), one.problems.end(), [](const Problem& problem) {
                return problem.code == "improved.stale_ranges";
            });
        };
        const auto better = resolved(plan, made);
        QCOMPARE(count(*better), std::ptrdiff_t(made->ranges.size()));
        QVERIFY(!says(*better));
        plan.defaults.set(Field::threshold_method, "mse");
        const auto changed = resolved(plan, made), wanted = resolved(plan);
        QVERIFY(says(*changed));
        for (std::size_t i = 0; i < changed->tensors.size(); ++i)
            if (changed->tensors[i] && changed->tensors[i]->origin != Origin::improved)
                QVERIFY(changed->tensors[i]->range == wanted->tensors[i]->range);
        QVERIFY(count(*changed) < count(*better));
    }

    void a_cancelled_one_ends() {
        CancelToken token;
        int reports = 0;
        const JobContext job(token, [&](const Progress& progress) {
            if (progress.stage == Stage::improve && ++reports == 3)
                token.cancel();
        });
        const auto found = improve(resolved(plan_for("onnxruntime-x86")), *m_reader, {}, job);
        QVERIFY(!found);
        QCOMPARE(found.error().code, ErrorCode::cancelled);
    }
};

QTEST_GUILESS_MAIN(TestImprove)
#include "test_improve.moc"

// Infinities inside of a model: counted and left out by calibration, kept away from every integer.
#include <onnx/onnx_pb.h>

#include <QTemporaryDir>
#include <QtTest>
#include <cmath>

#include "core/analyze/sensitivity.h"
#include "core/calibrate/calibrate.h"
#include "core/calibrate/observation.h"
#include "core/export/export_qdq.h"
#include "core/export/export_qoperator.h"
#include "core/number/metrics.h"
#include "core/plan/target.h"
#include "core/runtime/session.h"
#include "core/simulate/simulation.h"
#include "tests/support/masked_models.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/sample_files.h"

using namespace quantwright;
using testing::ModelBuilder;
namespace qt = quantwright::testing;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();

std::filesystem::path path_of(const QTemporaryDir& folder) {
    return folder.path().toStdString();
}

/// A model with its samples as files.
struct Case {
    QTemporaryDir folder;
    std::shared_ptr<const Model> model;
    std::shared_ptr<const Prepared> prepared;
    std::vector<std::vector<Tensor>> samples;
    std::shared_ptr<const InputReader> reader;
    std::shared_ptr<const Statistics> statistics;

    explicit Case(std::shared_ptr<const Model> given, int count = 6) : model(std::move(given)) {
        prepared = *prepare(model);
        samples = qt::random_inputs(*prepared->model, count);
    }
    void write() {
        qt::write_samples(path_of(folder), samples);
        reader = qt::reader_of(path_of(folder), *model);
    }
    [[nodiscard]] Result<Calibration> run(const CalibrateOptions& options = {2, 1, 1}) const {
        return calibrate(*prepared, *reader, options);
    }
    /// False if calibration failed.
    bool calibrated() {
        write();
        const auto result = run();
        if (!result)
            qWarning("%s %s", name_of(result.error().code).data(), result.error().subject.c_str());
        else
            statistics = result->statistics;
        return result.has_value();
    }
    [[nodiscard]] std::shared_ptr<const Resolved> resolved(
        const std::string& mode = "static", const std::string& target = "onnxruntime-x86") const {
        Plan plan;
        plan.target = target;
        plan.defaults.set(Field::mode, mode);
        return *resolve(prepared, statistics, plan);
    }
    [[nodiscard]] const ResolvedLayer& layer(const Resolved& of, const std::string& name) const {
        return of.layers[static_cast<std::size_t>(prepared->find_layer(name) - prepared->layers.data())];
    }
};

std::vector<float> values_of(const Case& c, const std::string& tensor) {
    std::vector<float> values;
    for (const auto& sample : c.samples) {
        const auto activations = qt::all_activations(*c.prepared, sample);
        const auto floats = activations.at(tensor).floats();
        values.insert(values.end(), floats.begin(), floats.end());
    }
    return values;
}

bool all_finite(const Tensor& tensor) {
    const auto floats = tensor.floats();
    return std::all_of(floats.begin(), floats.end(), [](float x) { return std::isfinite(x); });
}

/// "" where the file gives finite numbers, those of the simulation, close to the float model's. Kernels for
/// half precision differ by a rounding where they exist, hence `least_exact`.
QString compare(const Case& c, const std::shared_ptr<const Resolved>& resolved, const onnx::ModelProto& file,
                double least_snr, double least_exact = 80) {
    SimulationOptions options;
    options.threads = 1;
    options.optimizations = Optimizations::off;
    const auto simulation = Simulation::create(resolved, options);
    const auto reference = Session::create(*c.prepared->model, {1, Optimizations::off, {}});
    if (!simulation || !reference)
        return "no session";
    for (const auto optimizations : {Optimizations::off, Optimizations::standard}) {
        const auto session = Session::create(file, c.prepared->model.get(), {1, optimizations, {}});
        if (!session)
            return QString::fromStdString(session.error().detail);
        ErrorSums error, gap;
        for (const auto& sample : c.samples) {
            const auto wanted = (*reference)->run(sample), simulated = (*simulation)->run(sample),
                       run = (*session)->run(sample);
            if (!wanted || !simulated || !run)
                return "no run";
            if (!all_finite(simulated->front()) || !all_finite(run->front()))
                return "not finite";
            error.add(wanted->front().floats(), run->front().floats());
            gap.add(simulated->front().floats(), run->front().floats());
        }
        if (error.snr_db().value_or(200) < least_snr)
            return QString("against float %1 dB").arg(*error.snr_db());
        if (const double least = optimizations == Optimizations::off ? least_exact : 30;
            gap.snr_db().value_or(200) < least)
            return QString("against the simulation %1 dB").arg(*gap.snr_db());
    }
    return {};
}

}  // namespace

class TestInfinities : public QObject {
    Q_OBJECT

private slots:
    void statistics_are_of_the_finite_part() {
        Case c(qt::masked_attention(false));
        QVERIFY(c.calibrated());
        for (const char* name : {"mask", "masked", "scaled"}) {
            const TensorStatistics* tensor = c.statistics->find(name);
            QVERIFY2(tensor, name);
            const auto values = values_of(c, name);
            double sum = 0, squares = 0;
            Range range{infinity, -infinity};
            std::int64_t infinities = 0;
            for (const float x : values) {
                if (std::isinf(x)) {
                    ++infinities;
                    continue;
                }
                sum += x;
                squares += double(x) * x;
                range = {std::min(range.min, x), std::max(range.max, x)};
            }
            QCOMPARE(infinities > 0, std::string(name) != "scaled");
            QCOMPARE(tensor->not_finite, infinities);
            QCOMPARE(tensor->count, static_cast<std::int64_t>(values.size()));
            const auto finite = static_cast<double>(tensor->count - infinities);
            QVERIFY(std::abs(tensor->mean - sum / finite) < 1e-6);
            QVERIFY(std::abs(tensor->std - std::sqrt(squares / finite - std::pow(sum / finite, 2))) < 1e-5);
            QVERIFY(std::abs(tensor->range.min - range.min) < 1e-5);
            QVERIFY(std::abs(tensor->range.max - range.max) < 1e-5);
            QCOMPARE(tensor->histogram.total(), tensor->count - infinities);
            QCOMPARE(tensor->channels.empty(), infinities > 0);
            QCOMPARE(tensor->moving.images, std::int64_t(6));
        }
    }

    /// Blocks are 4096 elements; whole ones are infinite here, and whole channels.
    void blocks_and_channels_without_finite_elements() {
        std::vector<float> x(3 * 5000, -infinity);
        std::fill(x.begin() + 9000, x.begin() + 9500, 2.5f);
        x[9100] = -7;
        for (const Shape& shape : {Shape{1, 3, 50, 100}, Shape{5000, 3}, Shape{15000}}) {
            Observation observation(shape);
            const ImageSummary summary = unpack(pack(observation.observe(x, shape)));
            QCOMPARE(summary.not_finite, 14500.0);
            QCOMPARE(summary.nan, 0.0);
            QCOMPARE(summary.count, 15000.0);
            QCOMPARE(summary.min, -7.0);
            QCOMPARE(summary.max, 2.5);
            QCOMPARE(summary.sum, 499 * 2.5 - 7);
            QVERIFY(summary.channels.empty());
            QCOMPARE(observation.take_histogram().total(), std::int64_t(500));
        }
        Observation observation({4});
        const std::vector<float> wild = {1, -infinity, std::nanf(""), infinity};
        const ImageSummary summary = observation.observe(wild, {4});
        QCOMPARE(summary.not_finite, 3.0);
        QCOMPARE(summary.nan, 1.0);
    }

    void shards_and_files_agree() {
        Case c(qt::masked_gate(), 5);
        // One image of which nothing finite is left, and it is a shard of its own; one without any infinity.
        c.samples.push_back({make_tensor({1, 8, 16}, std::vector<float>(128, -3.0f))});
        c.samples.push_back({make_tensor({1, 8, 16}, std::vector<float>(128, 0.5f))});
        QVERIFY(c.calibrated());
        std::vector<std::shared_ptr<const Statistics>> parts;
        for (int shard = 1; shard <= 7; ++shard)
            parts.push_back(c.run({1, shard, 7})->statistics);
        QCOMPARE(parts[5]->find("hidden")->not_finite, parts[5]->find("hidden")->count);
        QVERIFY(parts[5]->find("hidden")->histogram.empty());
        const auto merged = merge(parts);
        QVERIFY(merged);
        const auto bytes = serialize(**merged);
        const auto read = deserialize_statistics(bytes, "bytes");
        QVERIFY(read);
        QCOMPARE(QByteArray::fromStdString(serialize(**read)), QByteArray::fromStdString(bytes));
        const auto lonely = deserialize_statistics(serialize(*parts[5]), "bytes");
        QVERIFY(lonely);
        QCOMPARE((*lonely)->find("hidden")->not_finite, std::int64_t(128));
        QVERIFY(c.statistics->find("hidden")->not_finite > 128);
        for (const auto& whole : c.statistics->tensors) {
            const TensorStatistics* tensor = (*read)->find(whole.name);
            QCOMPARE(tensor->count, whole.count);
            QCOMPARE(tensor->not_finite, whole.not_finite);
            QCOMPARE(tensor->range.min, whole.range.min);
            QCOMPARE(tensor->range.max, whole.range.max);
            QVERIFY(std::abs(tensor->mean - whole.mean) < 1e-9);
            QVERIFY(std::abs(tensor->std - whole.std) < 1e-9);
            QVERIFY(tensor->histogram == whole.histogram);
            QCOMPARE(tensor->channel_axis, whole.channel_axis);
            QVERIFY(tensor->channels == whole.channels);
            QCOMPARE(tensor->moving.images, whole.moving.images);
            QCOMPARE(tensor->worst_images.size(), whole.worst_images.size());
        }
        QCOMPARE(c.statistics->find("hidden")->moving.images, std::int64_t(6));
    }

    void nan_and_infinite_ends_are_errors() {
        const float nan = std::nanf("");
        for (const float bad : {nan, infinity, -infinity}) {
            Case c(qt::masked_attention(true));
            std::vector<float> values(128, 0.5f);
            values[77] = bad;
            c.samples[4] = {make_tensor({1, 8, 16}, values)};
            c.write();
            const auto result = c.run();
            QVERIFY(!result);
            QCOMPARE(result.error().code, ErrorCode::activation_not_finite);
            QCOMPARE(result.error().subject, std::string("x (s004.npy)"));
        }
        // Inf - Inf inside; infinity in an output that another layer reads, too.
        for (const bool inside : {true, false}) {
            ModelBuilder b;
            b.input("x", {1, 4}).output("y").weight("limit", {}, std::vector<float>{-2.0f});
            b.weight("minus_infinity", {}, std::vector<float>{-infinity});
            b.node("Less", "is_low", {"x", "limit"}, {"low"});
            b.node("Where", "hide", {"low", "minus_infinity", "x"}, {"hidden"});
            if (inside)
                b.node("Sub", "difference", {"hidden", "hidden"}, {"bad"});
            else
                b.node("Neg", "negate", {"hidden"}, {"bad"});
            b.node("Sigmoid", "sigmoid", {"bad"}, {"y"});
            if (!inside)
                b.output("bad");
            Case c(b.build(), 0);
            c.samples = {{make_tensor({1, 4}, std::vector<float>{1, 2, 3, 4})},
                         {make_tensor({1, 4}, std::vector<float>{1, 2, -3, 4})}};
            c.write();
            const auto result = c.run();
            QVERIFY(!result);
            QCOMPARE(result.error().code, ErrorCode::activation_not_finite);
            QCOMPARE(result.error().subject, std::string("bad (s001.npy)"));
        }
    }

    void attention_data() {
        QTest::addColumn<bool>("constant");
        QTest::addColumn<QString>("target");
        for (const char* target : {"onnxruntime-x86", "onnxruntime-arm", "spacemit-k1", "tensorrt"}) {
            QTest::addRow("constant mask, %s", target) << true << target;
            QTest::addRow("Where, %s", target) << false << target;
        }
    }
    void attention() {
        QFETCH(bool, constant);
        QFETCH(QString, target);
        Case c(qt::masked_attention(constant));
        QVERIFY(c.calibrated());
        const auto resolved = c.resolved("static", target.toStdString());
        QVERIFY(c.layer(*resolved, "to_q").integers());
        QVERIFY(c.layer(*resolved, "project").integers());
        QCOMPARE(c.layer(*resolved, "add_mask").kept_float, KeptFloat::infinities);
        QVERIFY(!c.layer(*resolved, "softmax").integers());
        for (const auto& tensor : resolved->tensors)
            QVERIFY(!tensor ||
                    c.statistics->find(c.prepared->model->graph()[tensor->tensor].name)->not_finite == 0);
        // The layer and the tensor are named.
        const auto told =
            std::find_if(resolved->problems.begin(), resolved->problems.end(), [](const Problem& problem) {
                return problem.code == "activation.infinite" && problem.layer == "add_mask";
            });
        QVERIFY(told != resolved->problems.end());
        QCOMPARE(told->severity, Severity::info);
        QCOMPARE(told->arguments.size(), std::size_t(2));
        QCOMPARE(told->arguments[0], std::string("mask"));
        QVERIFY(std::stoi(told->arguments[1]) >= 28);
        const auto possible = quantizable(
            *c.prepared, static_cast<int>(c.prepared->find_layer("add_mask") - c.prepared->layers.data()),
            **find_target(target.toStdString()));
        QCOMPARE(possible, constant ? KeptFloat::infinities : KeptFloat::no);
        const QString difference = compare(c, resolved, build_qdq(*resolved), 20);
        QVERIFY2(difference.isEmpty(), qPrintable(difference));
    }

    void integer_file() {
        for (const auto& model : {qt::masked_attention(false), qt::masked_gate()}) {
            Case c(model);
            QVERIFY(c.calibrated());
            const QString difference = compare(c, c.resolved(), build_qoperator(*c.resolved()), 20);
            QVERIFY2(difference.isEmpty(), qPrintable(difference));
        }
    }

    /// A product with constant weights that reads infinities stays float in every mode.
    void gate_data() {
        QTest::addColumn<QString>("mode");
        for (const char* mode : {"static", "dynamic", "weight-only", "fp16"})
            QTest::newRow(mode) << mode;
    }
    void gate() {
        QFETCH(QString, mode);
        Case c(qt::masked_gate());
        QVERIFY(c.calibrated());
        const auto resolved = c.resolved(mode.toStdString());
        QCOMPARE(c.layer(*resolved, "gate").kept_float, KeptFloat::infinities);
        QVERIFY(c.layer(*resolved, "project").quantized());
        const QString difference = compare(c, resolved, build_qdq(*resolved), 20, mode == "fp16" ? 55 : 80);
        QVERIFY2(difference.isEmpty(), qPrintable(difference));
        // Without statistics nothing is known.
        c.statistics = nullptr;
        const auto blind = c.resolved(mode.toStdString());
        QVERIFY(c.layer(*blind, "gate").kept_float != KeptFloat::infinities);
    }

    /// Half precision has infinities: the mask itself is no overflow.
    void half_precision_keeps_masks() {
        for (const bool constant : {true, false}) {
            Case c(qt::masked_attention(constant));
            QVERIFY(c.calibrated());
            const auto resolved = c.resolved("fp16");
            QCOMPARE(c.layer(*resolved, "add_mask").mode, LayerMode::fp16);
            QCOMPARE(c.layer(*resolved, "softmax").mode, LayerMode::fp16);
            const QString difference = compare(c, resolved, build_qdq(*resolved), 45, 55);
            QVERIFY2(difference.isEmpty(), qPrintable(difference));
        }
    }

    /// -inf in a bias has no int32 code; the Relu behind it hides it from the statistics.
    void infinite_bias() {
        ModelBuilder b;
        b.input("x", {1, 3, 6, 6}).output("y");
        b.weight("w", {4, 3, 3, 3}).weight("b", {4}, std::vector<float>{0.1f, -infinity, 0.2f, 0});
        b.node("Conv", "conv", {"x", "w", "b"}, {"c"});
        b.node("Relu", "relu", {"c"}, {"r"});
        b.conv("next", "r", "y", 4, 2);
        Case c(b.build());
        QVERIFY(c.calibrated());
        const auto resolved = c.resolved();
        QCOMPARE(c.layer(*resolved, "conv").kept_float, KeptFloat::infinities);
        QVERIFY(c.layer(*resolved, "next").integers());
        const QString difference = compare(c, resolved, build_qdq(*resolved), 25);
        QVERIFY2(difference.isEmpty(), qPrintable(difference));
    }

    /// Both models hide the same elements where quantizing moved none over the limit: what the mask holds is
    /// no error of its tensor, and none of the outputs'.
    void analysis_is_finite() {
        for (const auto& model :
             {qt::masked_attention(true), qt::masked_attention(false), qt::masked_gate()}) {
            Case c(model);
            QVERIFY(c.calibrated());
            const auto resolved = c.resolved();
            const auto sensitivity = analyze_sensitivity(resolved, *c.reader);
            QVERIFY(sensitivity);
            QVERIFY((*sensitivity)->snr_db_all.value_or(-1) > 20);
            QVERIFY(!(*sensitivity)->layers.empty());
            for (const LayerSensitivity& layer : (*sensitivity)->layers) {
                QVERIFY(std::isfinite(layer.mse_alone) && std::isfinite(layer.cosine_alone));
                QVERIFY(layer.snr_db_alone.value_or(100) > 15);
            }
        }
        Case c(qt::masked_attention(true));
        QVERIFY(c.calibrated());
        SimulationOptions options;
        options.extra_outputs = {"masked"};
        const auto simulation = Simulation::create(c.resolved(), options);
        QVERIFY(simulation);
        QCOMPARE((*simulation)->output_names(), std::vector<std::string>({"y", "masked"}));
        ErrorSums error;
        for (const auto& sample : c.samples)
            error.add(qt::all_activations(*c.prepared, sample).at("masked").floats(),
                      (*(*simulation)->run(sample))[1].floats());
        QVERIFY(std::isfinite(*error.snr_db()) && *error.snr_db() > 25);
        QVERIFY(error.cosine() > 0.99);
    }
};

QTEST_GUILESS_MAIN(TestInfinities)
#include "test_infinities.moc"

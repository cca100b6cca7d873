// Layers that keep float weights among quantized ones: the file as ONNX Runtime runs it by default is what
// was chosen. Its optimizer would quantize such weights by itself, with one scale for all of them.
#include <QtTest>
#include <cmath>

#include "core/evaluate/exact_integers.h"
#include "core/export/export_qdq.h"
#include "core/export/export_qoperator.h"
#include "core/number/metrics.h"
#include "core/runtime/session.h"
#include "tests/support/prepared_models.h"
#include "tests/support/reference_statistics.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

using Build = void (*)(ModelBuilder&);

/// Weights whose channels are of very different size: one scale for all of them spoils most.
void wild_weight(ModelBuilder& b, const std::string& name, const Shape& shape, int channel_axis) {
    b.weight(name, shape, 1.0f);
    auto& proto = *b.proto().mutable_graph()->mutable_initializer(b.proto().graph().initializer_size() - 1);
    const Tensor values = tensor_from(proto);
    std::vector<float> scaled(values.floats().begin(), values.floats().end());
    std::int64_t inner = 1;
    for (std::size_t d = static_cast<std::size_t>(channel_axis) + 1; d < shape.size(); ++d)
        inner *= shape[d];
    const std::int64_t channels = shape[static_cast<std::size_t>(channel_axis)];
    for (std::size_t i = 0; i < scaled.size(); ++i) {
        const auto channel = (static_cast<std::int64_t>(i) / inner) % channels;
        scaled[i] *= std::pow(10.0f, -3.0f * static_cast<float>(channel) / static_cast<float>(channels));
    }
    proto = proto_from(name, make_tensor(shape, std::move(scaled)));
}

/// Brings every channel to about the same size again, so that what was lost in the small ones shows.
void level(ModelBuilder& b, const std::string& from, const std::string& to, std::int64_t channels,
           const Shape& shape) {
    std::vector<float> factors;
    for (std::int64_t c = 0; c < channels; ++c)
        factors.push_back(std::pow(10.0f, 3.0f * static_cast<float>(c) / static_cast<float>(channels)));
    b.weight("factors", shape, std::move(factors));
    b.node("Mul", "level", {from, "factors"}, {to});
}

void convolution(ModelBuilder& b) {
    wild_weight(b, "w", {8, 1, 3, 3}, 0);
    b.weight("bias", {8}, 0.01f);
    set_attribute(b.node("Conv", "middle", {"h", "w", "bias"}, {"m"}), "group", std::int64_t{8});
    level(b, "m", "y", 8, {1, 8, 1, 1});
}
void convolution_without_bias(ModelBuilder& b) {
    wild_weight(b, "w", {6, 8, 1, 1}, 0);
    b.node("Conv", "middle", {"h", "w"}, {"m"});
    level(b, "m", "y", 6, {1, 6, 1, 1});
}
void two_convolutions(ModelBuilder& b) {
    wild_weight(b, "w", {6, 8, 1, 1}, 0);
    b.node("Conv", "middle", {"h", "w"}, {"m"});
    b.node("Conv", "middle_2", {"h", "w"}, {"n"});
    b.node("Add", "sum", {"m", "n"}, {"s"});
    level(b, "s", "y", 6, {1, 6, 1, 1});
}
void shared_input(ModelBuilder& b) {
    convolution_without_bias(b);
    b.conv("beside", "h", "beside", 8, 8).output("beside");
}
void transposed_convolution(ModelBuilder& b) {
    wild_weight(b, "w", {8, 6, 2, 2}, 1);
    b.node("ConvTranspose", "middle", {"h", "w"}, {"m"});
    level(b, "m", "y", 6, {1, 6, 1, 1});
}
void behind_pooling(ModelBuilder& b) {
    set_attribute(b.node("MaxPool", "pool", {"h"}, {"p"}), "kernel_shape", Sizes{2, 2});
    wild_weight(b, "w", {6, 8, 1, 1}, 0);
    b.node("Conv", "middle", {"p", "w"}, {"m"});
    level(b, "m", "y", 6, {1, 6, 1, 1});
}
void one_channel(ModelBuilder& b) {
    b.weight("narrow", {1, 8, 1, 1});
    b.node("Conv", "narrow_conv", {"h", "narrow"}, {"n"});
    wild_weight(b, "w", {6, 1, 3, 3}, 0);
    b.node("Conv", "middle", {"n", "w"}, {"m"});
    level(b, "m", "y", 6, {1, 6, 1, 1});
}
void rows(ModelBuilder& b) {
    set_attribute(b.node("Transpose", "last", {"h"}, {"t"}), "perm", Sizes{0, 2, 3, 1});
    b.weight("flat", {2}, Sizes{-1, 8});
    b.node("Reshape", "rows", {"t", "flat"}, {"r"});
    b.weight("first", {8, 8});
    b.node("MatMul", "first_product", {"r", "first"}, {"p"});
}
void product(ModelBuilder& b) {
    rows(b);
    wild_weight(b, "w", {8, 6}, 1);
    b.weight("bias", {6}, 0.01f);
    b.node("Gemm", "middle", {"p", "w", "bias"}, {"m"});
    level(b, "m", "y", 6, {6});
}
void product_and_sum(ModelBuilder& b) {
    rows(b);
    wild_weight(b, "w", {8, 6}, 1);
    b.weight("bias", {6}, 0.01f);
    b.node("MatMul", "middle", {"p", "w"}, {"q"});
    b.node("Add", "add", {"q", "bias"}, {"m"});
    level(b, "m", "y", 6, {6});
}
void product_of_batches(ModelBuilder& b) {
    b.weight("three", {3}, Sizes{2, -1, 8});
    b.node("Reshape", "batches", {"h", "three"}, {"r"});
    b.weight("first", {8, 8});
    b.node("MatMul", "first_product", {"r", "first"}, {"p"});
    wild_weight(b, "w", {8, 6}, 1);
    b.weight("bias", {6}, 0.01f);
    b.node("MatMul", "middle", {"p", "w"}, {"q"});
    b.node("Add", "add", {"q", "bias"}, {"m"});
    level(b, "m", "y", 6, {6});
}

struct Middle {
    const char* name;
    Build build;
};
const std::vector<Middle>& middles() {
    static const std::vector<Middle> table = {{"convolution", convolution},
                                              {"convolution without bias", convolution_without_bias},
                                              {"two convolutions", two_convolutions},
                                              {"shared input", shared_input},
                                              {"transposed convolution", transposed_convolution},
                                              {"behind pooling", behind_pooling},
                                              {"one channel", one_channel},
                                              {"product", product},
                                              {"product and sum", product_and_sum},
                                              {"product of batches", product_of_batches}};
    return table;
}

std::shared_ptr<const Model> network(Build middle) {
    ModelBuilder b(17, 3);
    b.input("x", {1, 3, 10, 10}).output("y");
    b.conv("first", "x", "c", 3, 8);
    b.node("Relu", "relu", {"c"}, {"h"});
    middle(b);
    return b.build();
}

/// The layer named, or all layers' weights, float.
Plan keeping_float(const char* target, bool weights) {
    Plan plan;
    plan.target = target;
    if (weights)
        plan.defaults.set(Field::weight_format, "float");
    else
        for (const char* layer : {"middle", "middle_2", "add"})
            plan.layers[layer].set(Field::mode, "float");
    return plan;
}

std::vector<Tensor> run(const onnx::ModelProto& file, const Resolved& resolved, Optimizations optimizations,
                        const std::vector<Tensor>& inputs) {
    const auto session = Session::create(file, resolved.prepared->model.get(), {1, optimizations, {}});
    if (!session) {
        qWarning("%s", session.error().detail.c_str());
        return {};
    }
    return (*session)->run(inputs).value_or(std::vector<Tensor>{});
}

double snr(const std::vector<Tensor>& reference, const std::vector<Tensor>& values) {
    ErrorSums sums;
    for (std::size_t i = 0; i < reference.size(); ++i)
        sums.add(reference[i].floats(), values[i].floats());
    return sums.snr_db().value_or(200);
}

}  // namespace

class TestFloatLayers : public QObject {
    Q_OBJECT

private slots:
    void as_it_was_chosen_data() {
        QTest::addColumn<int>("middle");
        QTest::addColumn<QString>("target");
        QTest::addColumn<bool>("integers");
        QTest::addColumn<bool>("weights");
        for (int i = 0; i < int(middles().size()); ++i)
            for (const char* target : {"onnxruntime-x86", "onnxruntime-arm", "spacemit-k1"})
                for (const bool integers : {false, true})
                    for (const bool weights : {false, true})
                        QTest::addRow("%s, %s, %s, %s", middles()[static_cast<std::size_t>(i)].name, target,
                                      integers ? "integer operators" : "pairs",
                                      weights ? "float weights" : "float layer")
                            << i << target << integers << weights;
    }

    /// By default optimizations as without any, up to the rounding of integer kernels.
    void as_it_was_chosen() {
        QFETCH(const int, middle);
        QFETCH(const QString, target);
        QFETCH(const bool, integers);
        QFETCH(const bool, weights);
        const auto p = prepared(network(middles()[static_cast<std::size_t>(middle)].build));
        QVERIFY(p);
        const auto samples = random_inputs(*p->model, 3);
        const auto statistics = reference_statistics(*p, samples);
        const auto resolved = resolve(p, statistics, keeping_float(target.toUtf8().constData(), weights));
        QVERIFY(resolved);
        QVERIFY((*resolved)->quantized_layers() > 0);
        const onnx::ModelProto file = integers ? build_qoperator(**resolved) : build_qdq(**resolved);
        const auto floats = run(p->model->proto(), **resolved, Optimizations::off, samples[0]);
        const auto pure = run(file, **resolved, Optimizations::off, samples[0]);
        const auto as_run = run(file, **resolved, Optimizations::standard, samples[0]);
        QVERIFY(!floats.empty() && floats.size() == pure.size() && floats.size() == as_run.size());
        const double wanted = snr(floats, pure), got = snr(floats, as_run);
        QVERIFY2(std::abs(wanted - got) <= 0.3,
                 qPrintable(QString("%1 dB as written, %2 dB as run").arg(wanted).arg(got)));
        // With all weights float what is left is the rounding of activations, some of them very small.
        QVERIFY2(wanted > (weights ? 3 : 25), qPrintable(QString::number(wanted)));
        if (!integers)
            qInfo("%.1f dB; with plain pairs %.1f dB", got,
                  snr(floats,
                      run(*build_pairs(**resolved, {}), **resolved, Optimizations::standard, samples[0])));
    }

    /// Opened again, such a file has the layers and the parameters that it was written from.
    void opened_again_data() {
        QTest::addColumn<int>("middle");
        for (int i = 0; i < int(middles().size()); ++i)
            QTest::addRow("%s", middles()[static_cast<std::size_t>(i)].name) << i;
    }
    void opened_again() {
        QFETCH(const int, middle);
        const auto p = prepared(network(middles()[static_cast<std::size_t>(middle)].build));
        QVERIFY(p);
        const auto statistics = reference_statistics(*p, random_inputs(*p->model, 3));
        const auto resolved = resolve(p, statistics, keeping_float("onnxruntime-x86", false));
        QVERIFY(resolved);
        const auto file = Model::from_proto(build_qdq(**resolved));
        QVERIFY(file);
        const auto again = prepared(*file);
        QVERIFY(again);
        for (const Problem& problem : again->problems)
            QVERIFY2(problem.code != "prepare.pairs_kept", problem.code.c_str());
        QCOMPARE(again->layers.size(), p->layers.size());
        for (std::size_t i = 0; i < (*resolved)->tensors.size(); ++i)
            if (const auto& tensor = (*resolved)->tensors[i]) {
                const std::string& name = p->model->graph()[static_cast<TensorId>(i)].name;
                const auto given = again->given.activations.find(name);
                QVERIFY2(given != again->given.activations.end(), name.c_str());
                QCOMPARE(given->second.scale, tensor->parameters.scale);
            }
    }
};

QTEST_GUILESS_MAIN(TestFloatLayers)
#include "test_float_layers.moc"

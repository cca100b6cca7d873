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

/// A weight with a part that is far larger than the rest and does nothing, as what it multiplies is always
/// zero: one scale for all of it loses the rest.
void lopsided_weight(ModelBuilder& b, const std::string& name, const Shape& shape, int axis) {
    b.weight(name, shape);
    auto& proto = *b.proto().mutable_graph()->mutable_initializer(b.proto().graph().initializer_size() - 1);
    const Tensor values = tensor_from(proto);
    std::vector<float> changed(values.floats().begin(), values.floats().end());
    std::int64_t inner = 1;
    for (std::size_t d = static_cast<std::size_t>(axis) + 1; d < shape.size(); ++d)
        inner *= shape[d];
    for (std::size_t i = 0; i < changed.size(); ++i)
        if (static_cast<std::int64_t>(i) / inner % shape[static_cast<std::size_t>(axis)] == 0)
            changed[i] = 300;
    proto = proto_from(name, make_tensor(shape, std::move(changed)));
}

void last_convolution(ModelBuilder& b, std::int64_t channels) {
    b.weight("last.weight", {4, channels, 1, 1});
    b.node("Conv", "last", {"m", "last.weight"}, {"y"});
}

void convolution(ModelBuilder& b) {
    lopsided_weight(b, "w", {8, 1, 3, 3}, 0);
    b.weight("bias", {8});
    set_attribute(b.node("Conv", "middle", {"h", "w", "bias"}, {"m"}), "group", std::int64_t{8});
    last_convolution(b, 8);
}
void convolution_without_bias(ModelBuilder& b) {
    lopsided_weight(b, "w", {6, 8, 1, 1}, 1);
    b.node("Conv", "middle", {"h", "w"}, {"m"});
    last_convolution(b, 6);
}
void two_convolutions(ModelBuilder& b) {
    lopsided_weight(b, "w", {6, 8, 1, 1}, 1);
    lopsided_weight(b, "v", {6, 8, 1, 1}, 1);
    b.node("Conv", "middle", {"h", "w"}, {"q"});
    b.node("Conv", "middle_2", {"h", "v"}, {"n"});
    b.node("Add", "sum", {"q", "n"}, {"m"});
    last_convolution(b, 6);
}
void shared_input(ModelBuilder& b) {
    convolution_without_bias(b);
    b.conv("beside", "h", "beside", 8, 8).output("beside");
}
void transposed_convolution(ModelBuilder& b) {
    lopsided_weight(b, "w", {8, 6, 2, 2}, 0);
    b.node("ConvTranspose", "middle", {"h", "w"}, {"m"});
    last_convolution(b, 6);
}
void behind_pooling(ModelBuilder& b) {
    set_attribute(b.node("MaxPool", "pool", {"h"}, {"p"}), "kernel_shape", Sizes{2, 2});
    lopsided_weight(b, "w", {6, 8, 1, 1}, 1);
    b.node("Conv", "middle", {"p", "w"}, {"m"});
    last_convolution(b, 6);
}
/// Here it is the bias that makes nothing of the large part.
void one_channel(ModelBuilder& b) {
    b.weight("narrow", {1, 8, 1, 1});
    b.node("Conv", "narrow_conv", {"h", "narrow"}, {"n"});
    lopsided_weight(b, "w", {6, 1, 3, 3}, 0);
    b.weight("bias", {6}, std::vector<float>{-1e5f, .1f, -.2f, .3f, 0, .1f});
    b.node("Conv", "middle", {"n", "w", "bias"}, {"q"});
    b.node("Relu", "above", {"q"}, {"m"});
    last_convolution(b, 6);
}
/// Rows of eight, of which the first is zero.
void rows(ModelBuilder& b, std::vector<std::int64_t> shape) {
    set_attribute(b.node("Transpose", "channels_last", {"h"}, {"t"}), "perm", Sizes{0, 2, 3, 1});
    const auto rank = static_cast<std::int64_t>(shape.size());
    b.weight("shape", {rank}, std::move(shape));
    b.node("Reshape", "rows", {"t", "shape"}, {"r"});
    std::vector<float> first;
    for (int i = 0; i < 64; ++i)
        first.push_back(i % 8 == 0 ? 0 : 0.3f * std::sin(static_cast<float>(7 * i)));
    b.weight("first.weight", {8, 8}, std::move(first));
    b.node("MatMul", "first_product", {"r", "first.weight"}, {"p"});
    lopsided_weight(b, "w", {8, 6}, 0);
    b.weight("bias", {6});
}

void last_product(ModelBuilder& b) {
    b.weight("last.weight", {6, 4});
    b.node("MatMul", "last", {"m", "last.weight"}, {"y"});
}
void product(ModelBuilder& b) {
    rows(b, {-1, 8});
    b.node("Gemm", "middle", {"p", "w", "bias"}, {"m"});
    last_product(b);
}
void product_and_sum(ModelBuilder& b) {
    rows(b, {-1, 8});
    b.node("MatMul", "middle", {"p", "w"}, {"q"});
    b.node("Add", "add", {"q", "bias"}, {"m"});
    last_product(b);
}
void product_of_batches(ModelBuilder& b) {
    rows(b, {2, -1, 8});
    b.node("MatMul", "middle", {"p", "w"}, {"q"});
    b.node("Add", "add", {"q", "bias"}, {"m"});
    last_product(b);
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
    b.weight("first.kernel", {8, 3, 3, 3});
    // The first channel is always zero behind the Relu.
    b.weight("first.bias", {8}, std::vector<float>{-100, .1f, .2f, 0, -.1f, .3f, 0, .1f});
    auto& first = b.node("Conv", "first", {"x", "first.kernel", "first.bias"}, {"c"});
    set_attribute(first, "pads", Sizes{1, 1, 1, 1});
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
        QVERIFY2(wanted > 25, qPrintable(QString::number(wanted)));
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

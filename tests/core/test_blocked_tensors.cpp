// Observing tensors as the runtime's convolutions keep them, in blocks of channels, finds what observing them
// row-major does.
#include <QTemporaryDir>
#include <QtTest>
#include <cmath>
#include <fstream>
#include <functional>
#include <limits>

#include "core/calibrate/observed_graph.h"
#include "core/calibrate/observed_session.h"
#include "core/runtime/channel_blocks.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using quantwright::testing::ModelBuilder;
namespace qt = quantwright::testing;

namespace {

using Build = std::function<void(ModelBuilder&)>;

std::vector<float> values(std::size_t count, unsigned seed, bool relu) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal(0.1f, 1);
    std::vector<float> result(count);
    for (float& x : result)
        x = relu ? std::max(normal(random), 0.0f) : normal(random);
    return result;
}

/// What core/runtime/channel_blocks.h says, element by element; NaN where a block is filled up.
std::vector<float> in_blocks(const std::vector<float>& from, const Shape& shape, std::size_t block) {
    const auto images = static_cast<std::size_t>(shape[0]), channels = static_cast<std::size_t>(shape[1]),
               pixels = static_cast<std::size_t>(shape[2] * shape[3]);
    std::vector<float> to;
    for (std::size_t n = 0; n < images; ++n)
        for (std::size_t first = 0; first < channels; first += block)
            for (std::size_t p = 0; p < pixels; ++p)
                for (std::size_t c = first; c < first + block; ++c)
                    to.push_back(c < channels ? from[(n * channels + c) * pixels + p] : std::nanf(""));
    return to;
}

bool near(double a, double b) {
    return std::fabs(a - b) <= 1e-12 * (std::fabs(a) + std::fabs(b)) + 1e-12;
}

/// Everything but the sums' last bits.
void compare(const ImageSummary& a, const ImageSummary& b) {
    const auto exact = [](const ImageSummary& s) {
        return std::vector{s.min, s.max, s.count, s.not_finite, s.nan};  // QCOMPARE of doubles is not
    };
    QVERIFY(exact(a) == exact(b));
    QCOMPARE(a.channels, b.channels);
    QVERIFY(near(a.sum, b.sum));
    QVERIFY(near(a.squares, b.squares));
}

}  // namespace

Q_DECLARE_METATYPE(Build)

class TestBlockedTensors : public QObject {
    Q_OBJECT

private slots:
    void a_tensor_data() {
        QTest::addColumn<QList<int>>("shape");
        for (const QList<int>& shape : {QList<int>{1, 16, 5, 7},
                                        {1, 8, 1, 1},
                                        {1, 24, 13, 13},
                                        {2, 40, 7, 9},
                                        {1, 1, 3, 3},
                                        {3, 15, 2, 2},
                                        {1, 17, 70, 70},
                                        {1, 32, 112, 112},
                                        {1, 4100, 1, 2},
                                        {1, 24, 0, 3}})
            for (const int block : {8, 16})
                for (const char* kind : {"signed", "relu", "infinity"})
                    QTest::addRow("%dx%dx%dx%d in %d %s", shape[0], shape[1], shape[2], shape[3], block, kind)
                        << shape;
    }
    void a_tensor() {
        QFETCH(QList<int>, shape);
        const QString row = QTest::currentDataTag();
        const std::size_t block = row.contains("in 8") ? 8 : 16;
        const Shape dimensions(shape.begin(), shape.end());
        Observation plain(dimensions), blocked(dimensions);
        for (const unsigned image : {1u, 2u}) {
            auto x = values(static_cast<std::size_t>(element_count(dimensions)), image, row.endsWith("relu"));
            if (row.endsWith("infinity") && !x.empty())
                x[x.size() / 2] = -std::numeric_limits<float>::infinity();
            compare(blocked.observe(in_blocks(x, dimensions, block), dimensions, block),
                    plain.observe(x, dimensions));
        }
        const Histogram expected = plain.take_histogram();
        QVERIFY(blocked.take_histogram() == expected);
    }

    void nan_is_told() {
        Observation observation({1, 24, 4, 4});
        auto x = values(24 * 16, 1, false);
        x[20 * 16] = std::nanf("");  // in the part of a block
        const ImageSummary summary = observation.observe(in_blocks(x, {1, 24, 4, 4}, 16), {1, 24, 4, 4}, 16);
        QCOMPARE(summary.nan, 1.0);
        QCOMPARE(summary.not_finite, 1.0);
        QVERIFY(observation.take_histogram().empty());
    }

    /// Every kind of layer, and channels that fill no block: both sessions see the same numbers.
    void a_model_data() {
        QTest::addColumn<Build>("build");
        const auto row = [](const char* name, Build build) { QTest::newRow(name) << build; };
        row("channels that fill no block", [](ModelBuilder& b) {
            b.input("x", {1, 3, 16, 16}).output("y");
            b.conv("a", "x", "a", 3, 20);
            b.node("Relu", "relu", {"a"}, {"r"});
            b.conv("b", "r", "b", 20, 36, 1);
            b.conv("c", "b", "y", 36, 5);
        });
        row("depthwise with Clip and Add", [](ModelBuilder& b) {
            b.input("x", {1, 3, 17, 15}).output("y");
            b.conv("a", "x", "a", 3, 24);
            b.weight("zero", {}, std::vector<float>{0}).weight("six", {}, std::vector<float>{6});
            b.conv("b", "a", "b", 24, 24, 5, 24);
            b.node("Clip", "clip", {"b", "zero", "six"}, {"c"});
            b.conv("d", "c", "d", 24, 24, 1);
            b.node("Add", "add", {"d", "a"}, {"y"});
        });
        row("groups", [](ModelBuilder& b) {
            b.input("x", {1, 32, 9, 9}).output("y");
            b.conv("a", "x", "a", 32, 64, 3, 2);
            b.conv("b", "a", "b", 64, 16, 3, 16);
            b.node("Sigmoid", "sigmoid", {"b"}, {"y"});
        });
        row("a batch, pools and Concat", [](ModelBuilder& b) {
            b.input("x", {3, 4, 12, 12}).output("y");
            b.conv("a", "x", "a", 4, 32);
            b.conv("b", "x", "b", 4, 40);
            set_attribute(b.node("Concat", "concat", {"a", "b"}, {"c"}), "axis", std::int64_t(1));
            auto& pool = b.node("MaxPool", "pool", {"c"}, {"p"});
            set_attribute(pool, "kernel_shape", std::vector<std::int64_t>{2, 2});
            b.node("GlobalAveragePool", "average", {"p"}, {"g"});
            b.node("Flatten", "flatten", {"g"}, {"f"});
            b.weight("w", {72, 10});
            b.node("Gemm", "gemm", {"f", "w"}, {"y"});
        });
        row("one dimension", [](ModelBuilder& b) {
            b.input("x", {1, 6, 50}).output("y").weight("w", {20, 6, 3});
            b.node("Conv", "a", {"x", "w"}, {"a"});
            b.node("Relu", "relu", {"a"}, {"y"});
        });
        row("three dimensions", [](ModelBuilder& b) {
            b.input("x", {1, 2, 6, 7, 8}).output("y").weight("w", {16, 2, 3, 3, 3});
            b.node("Conv", "a", {"x", "w"}, {"a"});
            b.node("Relu", "relu", {"a"}, {"y"});
        });
        row("tokens of a patch embedding", [](ModelBuilder& b) {
            b.input("x", {1, 3, 16, 16}).output("y").weight("w", {24, 3, 4, 4});
            auto& conv = b.node("Conv", "patches", {"x", "w"}, {"a"});
            set_attribute(conv, "strides", std::vector<std::int64_t>{4, 4});
            b.weight("shape", {3}, std::vector<std::int64_t>{1, 24, 16});
            b.node("Reshape", "reshape", {"a", "shape"}, {"r"});
            set_attribute(b.node("Transpose", "transpose", {"r"}, {"t"}), "perm",
                          std::vector<std::int64_t>{0, 2, 1});
            b.weight("q", {24, 24});
            b.node("MatMul", "product", {"t", "q"}, {"p"});
            b.node("Softmax", "softmax", {"p"}, {"y"});
        });
    }
    void a_model() {
        QFETCH(Build, build);
        ModelBuilder builder;
        build(builder);
        const auto model = builder.build();
        const auto prepared = prepare(model);
        QVERIFY2(prepared, prepared ? "" : prepared.error().detail.c_str());
        const auto tensors = observed_tensors(**prepared);
        std::vector<std::shared_ptr<Observations>> observations;
        std::vector<std::unique_ptr<Session>> sessions;
        for (const auto blocked : {BlockedTensors::reordered, BlockedTensors::as_they_lie}) {
            auto& seen = observations.emplace_back(std::make_shared<Observations>());
            for (const TensorId id : tensors)
                seen->push_back(std::make_unique<Observation>(
                    (*prepared)->tensor_types[static_cast<std::size_t>(id)].shape));
            auto session = observed_session(**prepared, tensors, seen, true, blocked);
            QVERIFY2(session, session ? "" : session.error().detail.c_str());
            sessions.push_back(std::move(*session));
        }
        QCOMPARE(sessions[1]->output_names(), sessions[0]->output_names());
        for (const auto& inputs : qt::random_inputs(*model, 3)) {
            const auto plain = sessions[0]->run(inputs), blocked = sessions[1]->run(inputs);
            QVERIFY(plain && blocked);
            for (std::size_t i = 0; i < tensors.size(); ++i)
                compare(unpack((*blocked)[i].as<double>()), unpack((*plain)[i].as<double>()));
            QVERIFY(std::ranges::equal(blocked->back().floats(), plain->back().floats()));
        }
        for (std::size_t i = 0; i < tensors.size(); ++i)
            QVERIFY2((*observations[1])[i]->take_histogram() == (*observations[0])[i]->take_histogram(),
                     (*prepared)->model->graph()[tensors[i]].name.c_str());
    }

    /// Else the comparison above compares nothing.
    void convolutions_are_read_in_blocks() {
        if (channels_in_block() == 0)
            QSKIP("this machine's runtime has no blocks of channels");
        const auto prepared = prepare(qt::small_cnn());
        QVERIFY(prepared);
        const auto tensors = observed_tensors(**prepared);
        const auto observations = std::make_shared<Observations>();
        for (const TensorId id : tensors)
            observations->push_back(
                std::make_unique<Observation>((*prepared)->tensor_types[static_cast<std::size_t>(id)].shape));
        QTemporaryDir folder;
        SessionOptions options{1, Optimizations::standard, {make_observe_domain(observations)}};
        options.optimized_file = folder.filePath("optimized.onnx").toStdString();
        QVERIFY(Session::create(observed_model(**prepared, tensors), (*prepared)->model.get(), options));
        onnx::ModelProto optimized;
        std::ifstream in(options.optimized_file, std::ios::binary);
        QVERIFY(optimized.ParseFromIstream(&in));
        QVERIFY(read_blocks(optimized, channels_in_block()));
        int blocked = 0;
        for (const auto& node : optimized.graph().node())
            if (node.op_type() == k_observe && int_attribute(node, "block", 0) > 0)
                ++blocked;
        QVERIFY(blocked >= 3);
        QVERIFY(!read_blocks(optimized, channels_in_block()));
    }

    /// A second session costs more than reordering a few images does.
    void few_images_are_reordered() {
        const auto prepared = prepare(qt::small_cnn());
        QVERIFY(prepared);
        QCOMPARE(faster_for(**prepared, 0), BlockedTensors::reordered);
        QCOMPARE(faster_for(**prepared, 100000), BlockedTensors::as_they_lie);
    }
};

QTEST_GUILESS_MAIN(TestBlockedTensors)
#include "test_blocked_tensors.moc"

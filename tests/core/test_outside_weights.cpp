// Weights outside of the file are weights: what is done to one inside is done to one outside, and the file
// written computes the same.
#include <onnx/onnx_pb.h>

#include <QTemporaryDir>
#include <QtTest>

#include "core/export/export_qdq.h"
#include "core/model/proto_helpers.h"
#include "core/number/convert.h"
#include "core/runtime/session.h"
#include "tests/support/reference_statistics.h"
#include "tests/support/small_models.h"

using namespace quantwright;
using testing::ModelBuilder;

namespace {

/// x → product with the weight "w" of 64 x 64, which reaches it in one way or another → y.
std::shared_ptr<const Model> model_of(const std::string& way) {
    ModelBuilder b(17, 5);
    b.input("x", {2, 64}).output("y");
    if (way == "half") {
        b.weight("whole", {64, 64});
        auto& whole = *b.proto().mutable_graph()->mutable_initializer(0);
        whole = proto_from("w", convert(tensor_from(whole), ElementType::float16));
        set_attribute(b.node("Cast", "widen", {"w"}, {"v"}), "to", std::int64_t{1});
    } else if (way == "reshaped") {
        b.weight("w", {4096}).weight("shape", {2}, std::vector<std::int64_t>{64, 64});
        b.node("Reshape", "reshape", {"w", "shape"}, {"v"});
    } else if (way == "normalized") {
        b.weight("w", {64, 64, 1, 1});
    } else {
        b.weight("w", {64, 64});
        if (way == "transposed")
            set_attribute(b.node("Transpose", "turn", {"w"}, {"v"}), "perm", std::vector<std::int64_t>{1, 0});
        else
            b.node("Identity", "same", {"w"}, {"v"});
    }
    if (way == "normalized") {
        b.weight("four", {4}, std::vector<std::int64_t>{2, 64, 1, 1})
            .weight("two", {2}, std::vector<std::int64_t>{2, 64});
        for (const char* name : {"scale", "shift", "mean"})
            b.weight(name, {64});
        b.weight("var", {64}, std::vector<float>(64, 1.5f));
        b.node("Reshape", "image", {"x", "four"}, {"i"});
        b.node("Conv", "product", {"i", "w"}, {"c"});
        b.node("BatchNormalization", "norm", {"c", "scale", "shift", "mean", "var"}, {"n"});
        b.node("Reshape", "rows", {"n", "two"}, {"y"});
        return b.build();
    }
    if (way == "shared") {
        b.node("MatMul", "product", {"x", "v"}, {"m"});
        b.node("Relu", "relu", {"m"}, {"r"});
        b.node("MatMul", "again", {"r", "v"}, {"y"});
    } else {
        b.node("MatMul", "product", {"x", "v"}, {"y"});
    }
    return b.build();
}

Tensor run(const onnx::ModelProto& file, const Model* weights, const Tensor& input) {
    const auto session = Session::create(file, weights, {1, Optimizations::off, {}});
    if (!session)
        qFatal("%s", session.error().detail.c_str());
    return (*session)->run({input}).value().front();
}

}  // namespace

class TestOutsideWeights : public QObject {
    Q_OBJECT
private slots:
    void as_inside_data() {
        QTest::addColumn<QString>("way");
        QTest::addColumn<QString>("mode");
        for (const char* way : {"plain", "transposed", "reshaped", "half", "shared", "normalized"})
            for (const char* mode : {"static", "dynamic", "weight-only", "fp16"})
                QTest::addRow("%s %s", way, mode) << QString(way) << QString(mode);
    }
    void as_inside() {
        QFETCH(QString, way);
        QFETCH(QString, mode);
        const QTemporaryDir folder;
        const std::filesystem::path path = folder.filePath(QStringLiteral("m.onnx")).toStdString();
        const auto inside = model_of(way.toStdString());
        QVERIFY(save_model(inside->proto(), path, 0));
        const auto outside = *Model::load(path);
        QCOMPARE(outside->external_weights(), (std::vector<std::string>{"w"}));
        const Tensor input = testing::random_inputs(*inside, 1).front().front();
        std::vector<onnx::ModelProto> files;
        std::vector<std::shared_ptr<const Prepared>> prepared;
        for (const auto& model : {inside, outside}) {
            prepared.push_back(*prepare(model));
            auto statistics =
                std::make_shared<Statistics>(*testing::reference_statistics(*prepared.back(), {{input}}));
            statistics->model_sha256 = model->sha256();
            Plan plan;
            plan.defaults.set(Field::mode, mode.toStdString());
            const auto resolved = *resolve(prepared.back(), statistics, plan);
            QVERIFY(resolved->layers[0].quantized() || resolved->layers[1].quantized());
            files.push_back(*build_qdq(*resolved, ExportOptions{}));
        }
        const Tensor expected = run(files[0], nullptr, input);
        const Tensor given = run(files[1], prepared[1]->model.get(), input);
        for (std::size_t i = 0; i < expected.floats().size(); ++i)
            QCOMPARE(given.floats()[i], expected.floats()[i]);
    }
};

QTEST_GUILESS_MAIN(TestOutsideWeights)
#include "test_outside_weights.moc"

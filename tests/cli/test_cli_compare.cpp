// compare: two models tensor by tensor, against the same errors worked out here.
#include <onnx/onnx_pb.h>

#include <QDir>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include <cmath>

#include "core/model/proto_helpers.h"
#include "core/number/metrics.h"
#include "core/runtime/session.h"
#include "tests/cli/cli_run.h"
#include "tests/support/sample_files.h"
#include "tests/support/small_models.h"

using namespace quantwright;

class TestCliCompare : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    [[nodiscard]] QString path(const char* name) const { return m_folder.filePath(name); }

private slots:
    void initTestCase() {
        const auto model = testing::small_cnn();
        QVERIFY(save_model(model->proto(), path("a.onnx").toStdString()));
        QDir(m_folder.path()).mkdir("in");
        testing::write_samples(path("in").toStdString(), testing::random_inputs(*model, 3));
    }

    void a_model_equals_itself() {
        const CliRun run =
            run_cli({"compare", path("a.onnx"), path("a.onnx"), "--images", path("in"), "--json"});
        QVERIFY2(run.code == 0, run.err);
        const QJsonArray tensors = run.json()["tensors"].toArray();
        QVERIFY(tensors.size() > 5);
        for (const auto& tensor : tensors) {
            QVERIFY(tensor.toObject()["snr_db"].isNull());
            QCOMPARE(tensor.toObject()["max_abs"].toDouble(), 0.0);
            QCOMPARE(tensor.toObject()["cosine"].toDouble(), 1.0);
        }
        QCOMPARE(run.json()["only_a"].toInt(), 0);
        QCOMPARE(run.json()["images"].toInt(), 3);
    }

    void a_quantized_file_against_its_model() {
        const CliRun made =
            run_cli({"quantize", path("a.onnx"), "--images", path("in"), "--out", path("q.onnx"), "--json"});
        QVERIFY2(made.code == 0, made.err);
        const CliRun run =
            run_cli({"compare", path("a.onnx"), path("q.onnx"), "--images", path("in"), "--json"});
        QVERIFY2(run.code == 0, run.err);
        // The output, worked out here.
        const auto a = Model::load(path("a.onnx").toStdString()),
                   b = Model::load(path("q.onnx").toStdString());
        QVERIFY(a && b);
        const auto x = Session::create(**a, {1, Optimizations::off, {}});
        const auto y = Session::create(**b, {1, Optimizations::off, {}});
        const auto reader = testing::reader_of(path("in").toStdString(), **a);
        ErrorSums sums;
        for (std::int64_t i = 0; i < reader->size(); ++i)
            sums.add((*(*x)->run(*reader->load(i)))[0].floats(), (*(*y)->run(*reader->load(i)))[0].floats());
        const std::string output = (*a)->outputs()[0].name;
        bool found = false;
        for (const auto& tensor : run.json()["tensors"].toArray())
            if (tensor.toObject()["name"].toString().toStdString() == output) {
                found = true;
                QVERIFY(std::abs(tensor.toObject()["snr_db"].toDouble() - *sums.snr_db()) < 1e-6);
                QVERIFY(std::abs(tensor.toObject()["max_abs"].toDouble() - sums.max_abs_error()) < 1e-6);
            }
        QVERIFY(found);
        QVERIFY(run.json()["only_b"].toInt() > 0);
    }

    void other_inputs_are_refused() {
        testing::ModelBuilder b;
        b.input("other", {1, 3, 16, 16}).output("y");
        b.node("Relu", "relu", {"other"}, {"y"});
        QVERIFY(save_model(b.build()->proto(), path("other.onnx").toStdString()));
        const CliRun run =
            run_cli({"compare", path("a.onnx"), path("other.onnx"), "--images", path("in"), "--json"});
        QCOMPARE(run.code, 1);
        QCOMPARE(run.error_code(), QString("model.no_quantizable_input"));
        QCOMPARE(run.json()["error"].toObject()["subject"].toString(), QString("other"));
    }
};

QTEST_GUILESS_MAIN(TestCliCompare)
#include "test_cli_compare.moc"

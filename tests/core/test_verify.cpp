// A written file is run in a process of its own: what it says of one that runs, that is refused, that crashes
// or hangs; and which layers are kept float where that cures it.
#include <onnx/onnx_pb.h>

#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QtTest>

#include "core/verify/export_verified.h"
#include "tests/core/files.h"
#include "tests/support/prepared_models.h"
#include "tests/support/pretended_checker.h"
#include "tests/support/reference_statistics.h"

using namespace quantwright;
using testing::ModelBuilder;

namespace {

namespace fs = std::filesystem;

/// Convolutions one after the other, "c0" to "c7".
std::shared_ptr<const Model> chain() {
    ModelBuilder b(17);
    b.input("x", {1, 4, 6, 6}).output("t8");
    for (int i = 0; i < 8; ++i)
        b.conv("c" + std::to_string(i), "t" + std::to_string(i), "t" + std::to_string(i + 1), 4, 4);
    b.proto().mutable_graph()->mutable_node(0)->set_input(0, "x");
    return b.build();
}

std::shared_ptr<const Resolved> quantized(const std::shared_ptr<const Model>& model) {
    const auto prepared = testing::prepared(model);
    return *resolve(prepared,
                    testing::reference_statistics(*prepared, testing::random_inputs(*prepared->model, 2)),
                    Plan());
}

}  // namespace

class TestVerify : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    [[nodiscard]] fs::path place(const std::string& name) const {
        return fs::path(m_folder.path().toStdString()) / name;
    }

    void pretend(const QString& script) const {
        testing::pretend_checker(m_folder.path().toStdString(), script.toStdString());
    }

    /// A writer whose files do not load while `breaks` says so of the quantized layers.
    [[nodiscard]] WriteFile breaking(std::function<bool(const std::set<std::string>&)> breaks) {
        m_written = 0;
        return [this, breaks = std::move(breaks)](const Resolved& resolved) -> Result<Exported> {
            ++m_written;
            std::set<std::string> integers;
            for (std::size_t i = 0; i < resolved.layers.size(); ++i)
                if (resolved.layers[i].quantized())
                    integers.insert(resolved.prepared->layers[i].name);
            auto exported = export_qdq(resolved, place("out.onnx"));
            if (exported && breaks(integers))
                testing::write(place("out.onnx"), "broken");
            return exported;
        };
    }
    int m_written = 0;

private slots:
    void init() { testing::real_checker(); }

    void runs() {
        const auto resolved = quantized(testing::small_cnn());
        QVERIFY(export_qdq(*resolved, place("good.onnx")));
        const auto inputs = verify_inputs(*resolved->prepared, nullptr);
        QVERIFY(inputs);
        const auto verified = verify_file(place("good.onnx"), *inputs);
        QVERIFY(verified);
        QVERIFY(!verified->failed());
        QCOMPARE(verified->runs.size(), std::size_t{2});
        QCOMPARE(verified->runs[0].optimizations, Optimizations::off);
        QCOMPARE(verified->runs[1].optimizations, Optimizations::standard);
        for (const CheckedRun& run : verified->runs) {
            QCOMPARE(run.outputs.size(), std::size_t{1});
            QCOMPARE(run.outputs[0].name, std::string("logits"));
            QCOMPARE(run.outputs[0].shape, (Shape{1, 10}));
            QVERIFY(run.outputs[0].finite);
        }
        QVERIFY(verified->peak_memory_bytes > 1 << 20);
    }

    void says_what_is_not_finite() {
        ModelBuilder b(17);
        b.input("x", {2}).output("y").weight("zero", {1}, std::vector<float>{0});
        b.node("Div", "div", {"x", "zero"}, {"y"});
        QVERIFY(save_model(b.proto(), place("infinite.onnx")));
        const auto verified =
            verify_file(place("infinite.onnx"), {{"x", make_tensor(Shape{2}, std::vector<float>{1, 2})}});
        QVERIFY(verified && !verified->failed());
        QVERIFY(!verified->runs[0].outputs[0].finite);
    }

    /// The sizes are those of the value, and its type becomes the file's.
    void open_sizes_and_other_floats() {
        ModelBuilder b(17);
        b.input("x", {1, 3}, ElementType::float16).output("y", ElementType::float16);
        b.node("Identity", "same", {"x"}, {"y"});
        b.proto()
            .mutable_graph()
            ->mutable_input(0)
            ->mutable_type()
            ->mutable_tensor_type()
            ->mutable_shape()
            ->mutable_dim(0)
            ->set_dim_param("N");
        QVERIFY(save_model(b.proto(), place("open.onnx")));
        const auto verified =
            verify_file(place("open.onnx"), {{"x", make_tensor(Shape{4, 3}, std::vector<float>(12, 1.5f))}});
        QVERIFY(verified);
        QVERIFY2(!verified->failed(), verified->failed() ? verified->failed()->failure.c_str() : "");
        QCOMPARE(verified->runs[0].outputs[0].shape, (Shape{4, 3}));
    }

    void is_refused() {
        testing::write(place("bad.onnx"), "no model");
        const auto verified = verify_file(place("bad.onnx"), {});
        QVERIFY(verified);
        QVERIFY(verified->failed());
        QVERIFY(!verified->failed()->loaded);
        QVERIFY2(QString::fromStdString(verified->failed()->failure).contains("rotobuf"),
                 verified->failed()->failure.c_str());
    }

    void crashes_data() {
        QTest::addColumn<QString>("script");
        QTest::addColumn<QString>("said");
        QTest::addColumn<int>("runs");
        QTest::newRow("while loading") << R"(echo '{"run":"off"}'; kill -SEGV $$)"
                                       << "SIGSEGV, segmentation fault) while loading" << 1;
        QTest::newRow("while running")
            << R"(echo '{"run":"off"}'; echo '{"run":"off","loaded":0.1}'; kill -ABRT $$)"
            << "SIGABRT, abort) while running" << 1;
        QTest::newRow("between")
            << R"(echo '{"run":"off"}'; echo '{"run":"off","ran":0.1,"outputs":[]}'; kill -BUS $$)"
            << "SIGBUS" << 2;
        QTest::newRow("with last words") << R"(echo '{"run":"off"}'; echo std::bad_alloc >&2; kill -ABRT $$)"
                                         << "std::bad_alloc" << 1;
        QTest::newRow("out of memory") << R"(echo '{"run":"off"}'; kill -KILL $$)"
                                       << "memory" << 1;
    }
    void crashes() {
        QFETCH(QString, script);
        QFETCH(QString, said);
        QFETCH(int, runs);
        pretend(script);
        const auto verified = verify_file(place("any.onnx"), {});
        QVERIFY(verified);
        QVERIFY(verified->failed());
        QCOMPARE(int(verified->runs.size()), runs);
        QVERIFY2(QString::fromStdString(verified->failed()->failure).contains(said),
                 verified->failed()->failure.c_str());
    }

    void hangs() {
        pretend(R"(echo '{"run":"off"}'; exec sleep 600)");
        VerifyOptions options;
        options.limit = std::chrono::seconds(1);
        const auto verified = verify_file(place("any.onnx"), {}, options);
        QVERIFY(verified && verified->failed());
        QVERIFY2(verified->failed()->failure.starts_with("no end after 1 s"),
                 verified->failed()->failure.c_str());
    }

    void is_cancelled() {
        pretend(R"(echo '{"run":"off"}'; exec sleep 600)");
        CancelToken token;
        token.cancel();
        QElapsedTimer timer;
        timer.start();
        const auto verified = verify_file(place("any.onnx"), {}, {}, JobContext(token));
        QVERIFY(!verified);
        QCOMPARE(verified.error().code, ErrorCode::cancelled);
        QVERIFY(timer.elapsed() < 60'000);
    }

    void without_a_checker() {
        qputenv("QUANTWRIGHT_CHECKER", place("nowhere").c_str());
        const auto verified = verify_file(place("any.onnx"), {});
        QVERIFY(!verified);
        QCOMPARE(verified.error().code, ErrorCode::output_not_checked);
    }

    void culprits_data() {
        QTest::addColumn<QStringList>("culprits");
        QTest::addColumn<bool>("together");
        QTest::addColumn<QStringList>("kept");
        QTest::newRow("none") << QStringList{} << false << QStringList{};
        QTest::newRow("the first") << QStringList{"c0"} << false << QStringList{"c0"};
        QTest::newRow("the last") << QStringList{"c7"} << false << QStringList{"c7"};
        QTest::newRow("one") << QStringList{"c5"} << false << QStringList{"c5"};
        QTest::newRow("three") << QStringList{"c1", "c2", "c6"} << false << QStringList{"c1", "c2", "c6"};
        // Any of the two helps; one is enough.
        QTest::newRow("two together") << QStringList{"c2", "c5"} << true << QStringList{"c5"};
        QTest::newRow("more than are looked for") << QStringList{"c0", "c1", "c2", "c3", "c4", "c6"} << false
                                                  << QStringList{"c0", "c1", "c2", "c3", "c4", "c6"};
    }
    void culprits() {
        QFETCH(QStringList, culprits);
        QFETCH(bool, together);
        QFETCH(QStringList, kept);
        const auto resolved = quantized(chain());
        const auto inputs = *verify_inputs(*resolved->prepared, nullptr);
        const auto result =
            export_verified(resolved, breaking([&](const std::set<std::string>& integers) {
                                const auto is_integer = [&](const QString& one) {
                                    return integers.contains(one.toStdString());
                                };
                                return !culprits.isEmpty() &&
                                       (together ? std::all_of(culprits.begin(), culprits.end(), is_integer)
                                                 : std::any_of(culprits.begin(), culprits.end(), is_integer));
                            }),
                            inputs, {}, {});
        QVERIFY2(result, result ? "" : result.error().detail.c_str());
        QStringList found;
        for (const std::string& layer : result->kept_float)
            found << QString::fromStdString(layer);
        QCOMPARE(found, kept);
        // What is at the place runs, and is what the plan says.
        QVERIFY(!verify_file(place("out.onnx"), inputs)->failed());
        QVERIFY(!result->verified.failed());
        QCOMPARE(int(result->exported.problems.size()), int(kept.size()));
        for (const QString& layer : kept) {
            QCOMPARE(result->resolved->plan.layers.at(layer.toStdString())[Field::mode],
                     std::optional<std::string>("float"));
            for (std::size_t i = 0; i < resolved->layers.size(); ++i)
                if (QString::fromStdString(resolved->prepared->layers[i].name) == layer)
                    QCOMPARE(result->resolved->layers[i].kept_float, KeptFloat::does_not_run);
        }
        if (kept.isEmpty()) {
            QCOMPARE(m_written, 1);
            QCOMPARE(result->resolved, resolved);
        } else if (kept.size() == 1 && !together) {
            QVERIFY2(m_written <= 1 + 1 + 3 + 1, QByteArray::number(m_written).constData());
        }
    }

    void nothing_helps() {
        const auto resolved = quantized(chain());
        const auto result = export_verified(resolved, breaking([](const auto&) { return true; }),
                                            *verify_inputs(*resolved->prepared, nullptr), {}, {});
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::output_does_not_run);
        QVERIFY2(!result.error().detail.empty(), "what the runtime said");
    }
};

QTEST_GUILESS_MAIN(TestVerify)
#include "test_verify.moc"

// Every network of ONNX's backend test set and of the random graphs that has something to quantize, as
// files of other kinds (types, open batch, outside weights, IR and opset versions): the written file loads
// and runs by default optimizations and without, and computes what the simulation says.
// QUANTWRIGHT_BACKEND_MODELS names other folders of models; QUANTWRIGHT_KEEP_FILES a folder that keeps the
// files, to load them with other versions of the runtime.
#include <onnx/onnx_pb.h>

#include <QDir>
#include <QDirIterator>
#include <QTemporaryDir>
#include <QtTest>

#include "core/export/export_qdq.h"
#include "core/number/metrics.h"
#include "tests/support/model_cases.h"
#include "tests/support/model_kinds.h"
#include "tests/support/random_graphs.h"
#include "tests/support/small_models.h"

using namespace quantwright;

namespace {

constexpr const char* k_data = "/usr/lib/python3/dist-packages/onnx/backend/test/data";
constexpr unsigned k_graphs = 100;

struct Form {
    const char* name;
    const char* target;
    const char* mode;
};
constexpr Form k_forms[] = {{"x86", "onnxruntime-x86", "static"},
                            {"K1", "spacemit-k1", "static"},
                            {"dynamic", "onnxruntime-x86", "dynamic"},
                            {"weight-only", "onnxruntime-x86", "weight-only"},
                            {"fp16", "onnxruntime-x86", "fp16"}};

/// The tensor twice, one behind the other along the first axis.
Tensor twice(const Tensor& tensor) {
    Shape shape = tensor.shape;
    shape[0] *= 2;
    std::vector<std::byte> bytes(tensor.bytes.begin(), tensor.bytes.end());
    bytes.insert(bytes.end(), tensor.bytes.begin(), tensor.bytes.end());
    return make_tensor(tensor.type, std::move(shape), std::move(bytes));
}

/// Whether `large` is `small` twice, as a network gives it that computes each sample by itself.
bool doubled(const Tensor& small, const Tensor& large) {
    if (small.type != ElementType::float32 || small.shape.empty() || small.shape[0] < 1 ||
        large.shape != twice(small).shape)
        return false;
    ErrorSums error;
    error.add(twice(small).floats(), large.floats());
    return error.snr_db().value_or(999) > 80;
}

}  // namespace

class TestModelKinds : public QObject {
    Q_OBJECT

    struct Counts {
        int models = 0, files = 0, batches = 0;
    };
    std::map<std::string, Counts> m_counts;
    std::map<std::string, int> m_refused;
    testing::Agreement m_agreement;
    QTemporaryDir m_folder;
    QString m_kept = qEnvironmentVariable("QUANTWRIGHT_KEEP_FILES");

    static QString said(const char* step, const Error& error) {
        return QString("%1: %2 %3 %4")
            .arg(step, QString::fromUtf8(name_of(error.code).data()), QString::fromStdString(error.subject),
                 QString::fromStdString(error.detail));
    }

    /// The file at twice the batch, where the float model computes each sample by itself: as good as at one.
    QString check_batch(const testing::ModelCase& one, const std::filesystem::path& file, Counts& counts) {
        const auto original = Session::create(*one.model, {1, Optimizations::off, {}});
        if (!original || one.inputs.front().shape.empty())
            return {};
        const std::vector<Tensor> pair = {twice(one.inputs.front())};
        const auto single = (*original)->run(one.inputs), large = (*original)->run(pair);
        if (!single || !large || !doubled(single->front(), large->front()))
            return {};
        const auto session = Session::open(file, {1, Optimizations::off, {}});
        if (!session)
            return said("the file at batch 2", session.error());
        const auto a = (*session)->run(one.inputs), b = (*session)->run(pair);
        if (!a || !b)
            return said("the file at batch 2", (a ? b : a).error());
        ++counts.batches;
        ErrorSums error;
        if (twice(a->front()).shape != b->front().shape)
            return "the file at batch 2 gives another shape";
        error.add(twice(a->front()).floats(), b->front().floats());
        return error.snr_db().value_or(999) > 40 ? QString() : "the file at batch 2 gives other values";
    }

    QString check(const testing::ModelKind& kind, const Form& form, const testing::ModelCase& one,
                  const QString& name, bool& anything) {
        Plan plan;
        plan.target = form.target;
        plan.defaults.set(Field::mode, form.mode);
        const auto resolved = resolve(one.prepared, one.statistics, plan);
        if (!resolved)
            return said("resolve", resolved.error());
        if (std::none_of((*resolved)->layers.begin(), (*resolved)->layers.end(),
                         [](const ResolvedLayer& layer) { return layer.quantized(); }))
            return {};
        anything = true;
        Counts& counts = m_counts[kind.name];
        const auto both = testing::run_both(*resolved, one.inputs);
        if (!both)
            return said("simulation and file", both.error());
        if (const auto wrong = testing::disagreement(**resolved, *both, m_agreement);
            !wrong.empty() &&
            !(testing::half(**resolved) &&
              testing::no_worse(testing::snr(one, both->simulated), testing::snr(one, both->file))))
            return QString::fromStdString(wrong);
        const QString folder = m_kept.isEmpty() ? m_folder.path() : m_kept;
        const QString file = QString("%1/%2-%3-%4.onnx")
                                 .arg(folder, name, QString::fromStdString(kind.name), form.name)
                                 .replace(' ', '_');
        const auto written = export_qdq(**resolved, file.toStdString());
        if (!written)
            return said("export", written.error());
        ++counts.files;
        QString wrong;
        for (const auto optimizations : {Optimizations::off, Optimizations::standard}) {
            const auto session = Session::open(file.toStdString(), {1, optimizations, {}});
            const auto run =
                session ? (*session)->run(one.inputs) : Result<std::vector<Tensor>>(fail(session));
            if (!run) {
                wrong = said("the file", run.error());
                break;
            }
            testing::Values values;
            for (std::size_t i = 0; i < run->size(); ++i)
                values[(*session)->output_names()[i]] = (*run)[i];
            const bool saturates = std::any_of((*resolved)->layers.begin(), (*resolved)->layers.end(),
                                               testing::this_processor_saturates);
            if (!saturates && !testing::same(one, **resolved, both->simulated, values))
                wrong = QString("the file, optimizations %1: %2 dB, simulated %3")
                            .arg(QString::fromUtf8(name_of(optimizations).data()))
                            .arg(testing::snr(one, values).value_or(999))
                            .arg(testing::snr(one, both->simulated).value_or(999));
        }
        const bool by_sample = std::string(form.mode) != "dynamic";
        if (wrong.isEmpty() && kind.open_batch && by_sample && std::string(form.target) != "spacemit-k1")
            wrong = check_batch(one, file.toStdString(), counts);
        if (m_kept.isEmpty()) {
            QFile::remove(file);
            QFile::remove(file + ".data");
        }
        return wrong;
    }

    int check_kind(const testing::ModelKind& kind, const Model& model, testing::Values given,
                   const QString& name) {
        onnx::ModelProto proto = model.proto();
        if (!kind.make(proto, given))
            return 0;
        const auto loaded = testing::load_kind(kind, proto, m_folder.path().toStdString());
        std::string reason;
        const auto one = loaded ? testing::open_case(*loaded, given, reason) : std::nullopt;
        if (!one) {
            ++m_refused[kind.name + ": " + (loaded ? reason : std::string(name_of(loaded.error().code)))];
            return 0;
        }
        int failed = 0;
        bool anything = false;
        for (const Form& form : k_forms)
            if (const QString wrong = check(kind, form, *one, name, anything); !wrong.isEmpty()) {
                qWarning("%s as %s, %s: %s", qPrintable(name), kind.name.c_str(), form.name,
                         qPrintable(wrong));
                ++failed;
            }
        m_counts[kind.name].models += anything ? 1 : 0;
        return failed;
    }

    int check_kinds(const Model& model, const testing::Values& given, const QString& name) {
        // What has nothing to quantize, or doesn't run, as it is, has it in no other form.
        std::string reason;
        const auto plain = Model::from_proto(model.proto());
        if (!plain || !testing::open_case(*plain, given, reason))
            return 0;
        int failed = 0;
        for (const testing::ModelKind& kind : testing::model_kinds())
            failed += check_kind(kind, model, given, name);
        return failed;
    }

private slots:
    void backend_models() {
        QStringList folders;
        for (const QString& root : qEnvironmentVariable("QUANTWRIGHT_BACKEND_MODELS", k_data).split(':'))
            for (QDirIterator files(root, {"model.onnx"}, QDir::Files, QDirIterator::Subdirectories);
                 files.hasNext();)
                folders << QFileInfo(files.next()).path();
        if (folders.isEmpty())
            QSKIP("ONNX's backend test set is not installed (libonnx-testdata)");
        folders.sort();
        int failed = 0;
        for (const QString& folder : folders) {
            const auto model = Model::load((folder + "/model.onnx").toStdString());
            if (!model)
                continue;
            const auto given = testing::backend_inputs(folder.toStdString(), **model);
            const QString name = QFileInfo(folder).fileName();
            const auto constants = testing::with_constants(**model, given);
            const bool whole = constants && *constants;
            failed += check_kinds(whole ? **constants : **model, given, name);
        }
        QCOMPARE(failed, 0);
    }

    void random_graphs() {
        int failed = 0;
        for (unsigned seed = 1; seed <= k_graphs; ++seed) {
            const auto model = testing::random_model(seed);
            testing::Values given;
            const auto inputs = testing::random_inputs(*model, 1, seed).front();
            for (std::size_t i = 0; i < inputs.size(); ++i)
                given[model->inputs()[i].name] = inputs[i];
            failed += check_kinds(*model, given, QString("random-%1").arg(seed));
        }
        QCOMPARE(failed, 0);
    }

    void every_kind_was_seen() {
        for (const auto& [reason, count] : m_refused)
            qInfo("not run: %d, %s", count, reason.c_str());
        for (const auto& [kind, counts] : m_counts)
            qInfo("%s: %d models, %d files, %d at twice the batch", kind.c_str(), counts.models, counts.files,
                  counts.batches);
        for (const testing::ModelKind& kind : testing::model_kinds())
            QVERIFY2(m_counts[kind.name].models > 50, kind.name.c_str());
        QVERIFY(m_counts["open batch"].batches > 50);
        QVERIFY(m_agreement.compared > m_agreement.skipped);
    }
};

QTEST_GUILESS_MAIN(TestModelKinds)
#include "test_model_kinds.moc"

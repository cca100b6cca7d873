// ONNX's own backend test set (Debian's libonnx-testdata), every model in it that has something to quantize,
// in every form: the file is valid, runs, and computes what the simulation says, layer by layer and as a
// whole. QUANTWRIGHT_BACKEND_MODELS names other folders of the same kind, separated by ':'.
#include <onnx/onnx_pb.h>

#include <QDir>
#include <QDirIterator>
#include <QtTest>

#include "core/export/export_qdq.h"
#include "core/export/export_qoperator.h"
#include "tests/support/model_cases.h"

using namespace quantwright;

namespace {

constexpr const char* k_data = "/usr/lib/python3/dist-packages/onnx/backend/test/data";

struct Form {
    const char* name;
    const char* target;
    std::vector<std::pair<Field, std::string>> chosen;
    bool integers = false;  ///< also as a QOperator file
};

const std::vector<Form>& forms() {
    static const std::vector<Form> table = {
        {"x86", "onnxruntime-x86", {}, true},
        {"arm", "onnxruntime-arm", {}, true},
        {"K1", "spacemit-k1", {}, true},
        {"TensorRT", "tensorrt", {}},
        {"int8, symmetric",
         "onnxruntime-x86",
         {{Field::activation_format, "int8"}, {Field::activation_symmetric, "true"}},
         true},
        {"per tensor", "onnxruntime-x86", {{Field::weight_granularity, "tensor"}}, true},
        {"uint16", "onnxruntime-x86", {{Field::activation_format, "uint16"}}},
        {"int16 on K1", "spacemit-k1", {{Field::activation_format, "int16"}}},
        {"dynamic", "onnxruntime-x86", {{Field::mode, "dynamic"}}},
        {"dynamic on K1", "spacemit-k1", {{Field::mode, "dynamic"}}},
        {"weight-only", "onnxruntime-x86", {{Field::mode, "weight-only"}}},
        {"weight-only, per tensor",
         "onnxruntime-x86",
         {{Field::mode, "weight-only"}, {Field::weight_granularity, "tensor"}}},
        {"weight-only int4 in 32",
         "onnxruntime-x86",
         {{Field::mode, "weight-only"},
          {Field::weight_format, "int4"},
          {Field::weight_granularity, "group"}}},
        {"fp16", "onnxruntime-x86", {{Field::mode, "fp16"}}},
    };
    return table;
}

}  // namespace

class TestBackendModels : public QObject {
    Q_OBJECT

    testing::Agreement m_agreement;
    std::map<std::string, int> m_refused;
    int m_models = 0, m_files = 0;

    static QString said(const char* step, const Error& error) {
        return QString("%1: %2 %3 %4")
            .arg(step, QString::fromUtf8(name_of(error.code).data()), QString::fromStdString(error.subject),
                 QString::fromStdString(error.detail));
    }

    /// What is wrong with this model in this form; empty: nothing.
    QString check(const testing::ModelCase& one, const Form& form, bool& anything) {
        Plan plan;
        plan.target = form.target;
        for (const auto& [field, value] : form.chosen)
            plan.defaults.set(field, value);
        const auto resolved = resolve(one.prepared, one.statistics, plan);
        if (!resolved)
            return said("resolve", resolved.error());
        if (std::none_of((*resolved)->layers.begin(), (*resolved)->layers.end(),
                         [](const ResolvedLayer& layer) { return layer.quantized(); }))
            return {};
        anything = true;
        const auto both = testing::run_both(*resolved, one.inputs);
        if (!both)
            return said("simulation and file", both.error());
        if (const auto wrong = testing::disagreement(**resolved, *both, m_agreement);
            !wrong.empty() &&
            !(testing::half(**resolved) &&
              testing::no_worse(testing::snr(one, both->simulated), testing::snr(one, both->file))))
            return QString::fromStdString(wrong);
        const bool saturates = std::any_of((*resolved)->layers.begin(), (*resolved)->layers.end(),
                                           testing::this_processor_saturates);
        const onnx::ModelProto file = build_qdq(**resolved);
        if (const QString wrong = compare_file("file", file, one, **resolved, *both, saturates);
            !wrong.isEmpty())
            return wrong;
        if (form.integers)
            return compare_file("integer file", build_qoperator(**resolved), one, **resolved, *both,
                                saturates);
        return {};
    }

    QString compare_file(const char* what, const onnx::ModelProto& file, const testing::ModelCase& one,
                         const Resolved& resolved, const testing::BothValues& both, bool saturates) {
        ++m_files;
        for (const auto optimizations : {Optimizations::off, Optimizations::standard}) {
            const auto values = testing::run_file(file, one, optimizations);
            if (!values)
                return said(what, values.error());
            if (saturates || testing::same(one, resolved, both.simulated, *values))
                continue;
            return QString("%1, optimizations %2: %3 dB, simulated %4")
                .arg(what, optimizations == Optimizations::off ? "off" : "default")
                .arg(testing::snr(one, *values).value_or(999))
                .arg(testing::snr(one, both.simulated).value_or(999));
        }
        return {};
    }

    static std::optional<testing::ModelCase> open(const QString& folder, bool constants,
                                                  std::string& reason) {
        auto model = Model::load((folder + "/model.onnx").toStdString());
        const auto given = model ? testing::backend_inputs(folder.toStdString(), **model) : testing::Values();
        if (model && constants)
            model = testing::with_constants(**model, given);
        if (!model || !*model) {
            reason = model ? "one input" : std::string(name_of(model.error().code));
            return {};
        }
        return testing::open_case(*model, given, reason);
    }

    /// How many forms failed.
    int check_folder(const QString& folder, bool constants) {
        std::string reason;
        const auto one = open(folder, constants, reason);
        if (!one) {
            ++m_refused[reason];
            return 0;
        }
        int failed = 0;
        bool anything = false;
        for (const Form& form : forms())
            if (const QString wrong = check(*one, form, anything); !wrong.isEmpty()) {
                qWarning("%s%s, %s: %s", qPrintable(folder.section('/', -2)), constants ? " (constants)" : "",
                         form.name, qPrintable(wrong));
                ++failed;
            }
        m_models += anything ? 1 : 0;
        return failed;
    }

private slots:
    void every_model_in_every_form() {
        QStringList roots = qEnvironmentVariable("QUANTWRIGHT_BACKEND_MODELS", k_data).split(':');
        QStringList folders;
        for (const QString& root : roots)
            for (QDirIterator files(root, {"model.onnx"}, QDir::Files, QDirIterator::Subdirectories);
                 files.hasNext();)
                folders << QFileInfo(files.next()).path();
        if (folders.isEmpty())
            QSKIP("ONNX's backend test set is not installed (libonnx-testdata)");
        folders.sort();
        int failed = 0;
        for (const QString& folder : folders) {
            failed += check_folder(folder, false) + check_folder(folder, true);
        }
        for (const auto& [code, count] : m_refused)
            qInfo("not run: %d, %s", count, code.c_str());
        qInfo(
            "%d models, %d with something to quantize, %d files; %d tensors compared, %d not (their inputs "
            "differ "
            "already)",
            int(folders.size()), m_models, m_files, m_agreement.compared, m_agreement.skipped);
        QCOMPARE(failed, 0);
        QVERIFY(m_models > 100);
        QVERIFY(m_agreement.compared > m_agreement.skipped);
    }
};

QTEST_GUILESS_MAIN(TestBackendModels)
#include "test_backend_models.moc"

// ONNX's own backend test set (Debian's libonnx-testdata), every model in it that has something to quantize,
// in every form: the file is valid, runs, and computes what the simulation says, layer by layer and as a
// whole. QUANTWRIGHT_BACKEND_MODELS names other folders of the same kind, separated by ':'.
#include <onnx/onnx_pb.h>

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QtTest>

#include <cmath>

#include "core/export/export_qdq.h"
#include "core/export/export_qoperator.h"
#include "core/model/proto_helpers.h"
#include "core/number/metrics.h"
#include "core/runtime/session.h"
#include "tests/support/agreement.h"
#include "tests/support/reference_statistics.h"

using namespace quantwright;

namespace {

constexpr const char* k_data = "/usr/lib/python3/dist-packages/onnx/backend/test/data";
/// Whole networks: what cli.md calls snr_db, of the file and of the simulation.
constexpr double k_snr_apart = 0.3;

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

struct Case {
    std::shared_ptr<const Model> model;
    std::vector<Tensor> inputs;  ///< in the order of the prepared model's
    std::shared_ptr<const Prepared> prepared;
    std::shared_ptr<const Statistics> statistics;
    std::map<std::string, Tensor> floats;  ///< every tensor of the float model
};

std::optional<Tensor> read_tensor(const QString& path) {
    QFile file(path);
    onnx::TensorProto proto;
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray bytes = file.readAll();
    if (!proto.ParseFromArray(bytes.constData(), static_cast<int>(bytes.size())))
        return {};
    Tensor tensor = tensor_from(proto);
    if (tensor.type == ElementType::undefined)
        return {};
    return make_tensor(tensor.type, tensor.shape,
                       std::vector<std::byte>(tensor.bytes.begin(), tensor.bytes.end()));
}

/// The data of a case's inputs, by name.
std::map<std::string, Tensor> read_inputs(const QString& folder, const onnx::GraphProto& graph) {
    std::map<std::string, Tensor> given;
    for (int i = 0; i < graph.input_size(); ++i)
        if (const auto tensor = read_tensor(QString("%1/test_data_set_0/input_%2.pb").arg(folder).arg(i)))
            given[graph.input(i).name()] = *tensor;
    return given;
}

/// The case as a network has it: what comes in second and later (a convolution's weights, say) is constant.
/// Empty where there is nothing that could be.
Result<std::shared_ptr<const Model>> with_constants(const Model& model,
                                                    const std::map<std::string, Tensor>& given) {
    onnx::ModelProto proto = model.proto();
    auto& graph = *proto.mutable_graph();
    if (model.inputs().size() < 2)
        return std::shared_ptr<const Model>();
    for (std::size_t i = 1; i < model.inputs().size(); ++i) {
        const std::string& name = model.inputs()[i].name;
        const auto tensor = given.find(name);
        if (tensor == given.end())
            return std::shared_ptr<const Model>();
        *graph.add_initializer() = proto_from(name, tensor->second);
        auto& inputs = *graph.mutable_input();
        inputs.erase(
            std::remove_if(inputs.begin(), inputs.end(), [&](const auto& one) { return one.name() == name; }),
            inputs.end());
    }
    proto.set_ir_version(std::max<std::int64_t>(proto.ir_version(), 4));
    return Model::from_proto(std::move(proto));
}

/// Empty, with the reason, where there is nothing to quantize or the float model itself can't be run.
std::optional<Case> open_case(const QString& folder, bool constants, std::string& reason) {
    const auto refuse = [&](const std::string& why) {
        reason = why;
        return std::optional<Case>();
    };
    Case result;
    auto model = Model::load((folder + "/model.onnx").toStdString());
    if (!model)
        return refuse(std::string(name_of(model.error().code)));
    const auto given = read_inputs(folder, (*model)->proto().graph());
    if (constants)
        model = with_constants(**model, given);
    if (!model)
        return refuse(std::string(name_of(model.error().code)));
    if (!*model)
        return refuse("one input");
    result.model = *model;
    PrepareOptions options;
    for (const auto& [name, tensor] : given)
        options.input_shapes[name] = tensor.shape;
    const auto& inputs = (*model)->inputs();
    std::erase_if(options.input_shapes, [&](const auto& shape) {
        return std::none_of(inputs.begin(), inputs.end(),
                            [&](const ValueInfo& input) { return input.name == shape.first; });
    });
    const auto prepared = prepare(*model, options);
    if (!prepared)
        return refuse(std::string(name_of(prepared.error().code)));
    result.prepared = *prepared;
    for (const ValueInfo& input : (*prepared)->model->inputs()) {
        const auto found = given.find(input.name);
        if (found == given.end())
            return refuse("no data for an input");
        result.inputs.push_back(found->second);
    }
    const auto floats = testing::activations_of(**prepared, result.inputs);
    if (!floats)
        return refuse(std::string(name_of(floats.error().code)));
    result.floats = *floats;
    for (const auto& [name, value] : *floats)
        if (value.type == ElementType::float32)
            for (const float x : value.floats())
                if (std::isnan(x))
                    return refuse("NaN");
    // Dropout that trains, and random numbers: two runs have nothing in common.
    const auto session = Session::create(*(*prepared)->model);
    const auto again = session ? (*session)->run(result.inputs) : Result<std::vector<Tensor>>(fail(session));
    if (!again)
        return refuse(std::string(name_of(again.error().code)));
    ErrorSums repeated;
    for (std::size_t i = 0; i < again->size(); ++i)
        if (const auto found = result.floats.find((*session)->output_names()[i]);
            found != result.floats.end() && (*again)[i].type == ElementType::float32)
            repeated.add(found->second.floats(), (*again)[i].floats());
    if (repeated.snr_db().value_or(999) < 60)
        return refuse("no two runs are alike");
    result.statistics = testing::statistics_from(**prepared, {result.floats});
    return result;
}

/// Signal to noise over the model's float outputs, against the float model.
std::optional<double> snr(const Case& one, const testing::Values& values) {
    ErrorSums sums;
    for (const ValueInfo& output : one.prepared->model->outputs()) {
        const auto a = one.floats.find(output.name);
        const auto b = values.find(output.name);
        if (a != one.floats.end() && b != values.end() && a->second.type == ElementType::float32)
            sums.add(a->second.floats(), b->second.floats());
    }
    return sums.snr_db();
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

    static Result<testing::Values> run_file(const onnx::ModelProto& file, const Case& one,
                                            Optimizations optimizations) {
        const auto session = Session::create(file, one.prepared->model.get(), {1, optimizations, {}});
        if (!session)
            return fail(session);
        const auto run = (*session)->run(one.inputs);
        if (!run)
            return fail(run);
        testing::Values values;
        for (std::size_t i = 0; i < run->size(); ++i)
            values[(*session)->output_names()[i]] = (*run)[i];
        return values;
    }

    static bool half(const Resolved& resolved) {
        return std::any_of(resolved.layers.begin(), resolved.layers.end(),
                           [](const ResolvedLayer& layer) { return layer.mode == LayerMode::fp16; });
    }

    /// What ONNX Runtime has no float16 kernel for it computes in float between two casts, and it drops casts
    /// there and back: files in half precision may be closer to the float model than was simulated.
    static bool no_worse(std::optional<double> simulated, std::optional<double> file) {
        return !file || (simulated && *file >= *simulated - k_snr_apart);
    }

    /// Every element within one step of the last layer, or the whole within 0.3 dB.
    static bool same(const Case& one, const Resolved& resolved, const testing::Values& a,
                     const testing::Values& b) {
        const auto x = snr(one, a), y = snr(one, b);
        if (x.has_value() == y.has_value() && (!x || std::abs(*x - *y) <= k_snr_apart))
            return true;
        if (half(resolved) && no_worse(x, y))
            return true;
        const Graph& graph = one.prepared->model->graph();
        for (const ValueInfo& output : one.prepared->model->outputs()) {
            const auto left = a.find(output.name), right = b.find(output.name);
            if (left == a.end() || right == b.end() || left->second.type != ElementType::float32)
                continue;
            double largest = 0, difference = 0, step = 0;
            for (std::size_t i = 0; i < left->second.floats().size(); ++i) {
                const double p = left->second.floats()[i], q = right->second.floats()[i];
                largest = std::max(largest, std::isfinite(p) ? std::abs(p) : 0);
                difference = std::max(difference, p == q ? 0 : std::abs(p - q));
            }
            if (const auto id = graph.find_tensor(output.name))
                if (const auto& tensor = resolved.tensors[static_cast<std::size_t>(*id)])
                    step = tensor->parameters.scale.front();
            if (!(difference <= std::max(step * 1.0001, largest * 1e-3)))
                return false;
        }
        return true;
    }

    /// What is wrong with this model in this form; empty: nothing.
    QString check(const Case& one, const Form& form, bool& anything) {
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
            !(half(**resolved) && no_worse(snr(one, both->simulated), snr(one, both->file))))
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

    QString compare_file(const char* what, const onnx::ModelProto& file, const Case& one,
                         const Resolved& resolved, const testing::BothValues& both, bool saturates) {
        ++m_files;
        for (const auto optimizations : {Optimizations::off, Optimizations::standard}) {
            const auto values = run_file(file, one, optimizations);
            if (!values)
                return said(what, values.error());
            if (saturates || same(one, resolved, both.simulated, *values))
                continue;
            return QString("%1, optimizations %2: %3 dB, simulated %4")
                .arg(what, optimizations == Optimizations::off ? "off" : "default")
                .arg(snr(one, *values).value_or(999))
                .arg(snr(one, both.simulated).value_or(999));
        }
        return {};
    }

    /// How many forms failed.
    int check_folder(const QString& folder, bool constants) {
        std::string reason;
        const auto one = open_case(folder, constants, reason);
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

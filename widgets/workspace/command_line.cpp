#include "widgets/workspace/command_line.h"

#include <QRegularExpression>
#include <QStringList>
#include <algorithm>

#include "core/plan/target.h"

namespace quantwright {
namespace {

QString quoted(const QString& word) {
    static const QRegularExpression plain(QStringLiteral("^[A-Za-z0-9_@%+=:,./-]+$"));
    if (plain.match(word).hasMatch())
        return word;
    QString inside = word;
    return QLatin1Char('\'') + inside.replace(QLatin1Char('\''), QLatin1String("'\\''")) + QLatin1Char('\'');
}

QString quoted(const std::filesystem::path& path) {
    return quoted(QString::fromStdString(path.string()));
}

QStringList start(const char* command, const std::filesystem::path& model) {
    return {QStringLiteral("quantwright-cli"), QLatin1String(command), quoted(model)};
}

void addText(QStringList& words, const char* option, const std::string& value) {
    words << QLatin1String(option) << quoted(QString::fromStdString(value));
}

/// Preprocessing as options: a file of its own is named by what has to be in it.
void addSamples(QStringList& words, const SampleRequest& samples) {
    if (!samples.images.path.empty())
        addText(words, "--images", samples.images.path.string());
    for (const auto& [input, files] : samples.inputs) {
        addText(words, "--input", input + "=" + files.path.string());
        if (files.raw_type != ElementType::float32)
            addText(words, "--dtype", input + "=" + std::string(name_of(files.raw_type)));
    }
    if (samples.any_source() && samples.preprocess.recorded)
        words << QStringLiteral("--preprocess") << QStringLiteral("preprocess.json");
    if (!samples.labels.empty())
        addText(words, "--labels", samples.labels.string());
}

void addTask(QStringList& words, const TaskChoice& task) {
    if (task.kind)
        addText(words, "--task", std::string(name_of(*task.kind)));
    for (const auto& [key, value] : task.options.items()) {
        // What reads as JSON goes as that: a text "8" is not the number.
        const bool plain = value.is_string() &&
                           Json::parse(value.get_ref<const std::string&>(), nullptr, false).is_discarded();
        addText(words, "--task-set", key + "=" + (plain ? value.get<std::string>() : value.dump()));
    }
}

/// Choices as --set options; as a file where what was improved goes with it. Clip ranges belong to tensors,
/// which --set doesn't reach: then the plan is a file.
void addPlan(QStringList& words, const Plan& plan, const Prepared& prepared, bool as_file = false) {
    words << QStringLiteral("--target") << quoted(QString::fromStdString(plan.target));
    if (plan.preset != Plan{}.preset)
        words << QStringLiteral("--preset") << quoted(QString::fromStdString(plan.preset));
    QStringList sets;
    const auto add = [&sets](const std::string& layer, const Settings& settings) {
        for (const FieldInfo& field : fields())
            if (const auto& value = settings[field.field])
                sets << QStringLiteral("--set")
                     << quoted(QStringLiteral("%1:%2=%3")
                                   .arg(QString::fromStdString(layer),
                                        QString::fromUtf8(field.path.data(),
                                                          static_cast<qsizetype>(field.path.size())),
                                        QString::fromStdString(*value)));
    };
    // A group before its parts: the later option is the stronger one.
    const auto is_group = [&prepared](const std::string& name) {
        return std::any_of(prepared.groups.begin(), prepared.groups.end(),
                           [&](const LayerGroup& group) { return group.name == name; });
    };
    for (const bool groups : {true, false})
        for (const auto& [layer, settings] : plan.layers)
            if (is_group(layer) == groups)
                add(layer, settings);
    for (const std::string& tensor : plan.truncate)
        sets << QStringLiteral("--truncate") << quoted(QString::fromStdString(tensor));
    constexpr int readable_words = 16;
    if (as_file || !plan.tensors.empty() || !plan.rules.empty() || !plan.defaults.empty() ||
        sets.size() > readable_words)
        words << QStringLiteral("--plan") << QStringLiteral("plan.qwplan");
    else
        words << sets;
}

}  // namespace

QString inspectCommand(const std::filesystem::path& model, const Plan& plan) {
    QStringList words = start("inspect", model);
    words << QStringLiteral("--target") << quoted(QString::fromStdString(plan.target));
    return words.join(QLatin1Char(' '));
}

QString calibrateCommand(const std::filesystem::path& model, const ImageSettings& images) {
    QStringList words = start("calibrate", model);
    addSamples(words, calibration_request(images));
    words << QStringLiteral("--out")
          << quoted(std::filesystem::path(model).replace_extension(".qwstats").filename());
    return words.join(QLatin1Char(' '));
}

QString analyzeCommand(const Prepared& prepared, const ImageSettings& images, const Plan& plan,
                       bool improved) {
    QStringList words = start("analyze", prepared.original->path());
    addSamples(words, calibration_request(images));
    if (!images.evaluation.empty())
        addText(words, "--eval-images", images.evaluation.string());
    addPlan(words, plan, prepared, improved);
    return words.join(QLatin1Char(' '));
}

QString quantizeCommand(const Prepared& prepared, const ImageSettings& images, const Plan& plan,
                        const ExportRequest& request, const std::filesystem::path& report,
                        const Improved* improved) {
    QStringList words = start("quantize", prepared.original->path());
    addSamples(words, calibration_request(images));
    // What was cancelled can't be made anew, but saved with the plan.
    const bool cancelled = improved && !improved->complete;
    addPlan(words, plan, prepared, cancelled);
    if (improved && !cancelled)
        addText(words, "--improve", improved->level);
    const auto target = find_target(plan.target);
    const bool ncnn = target && (*target)->sidecar == "ncnn";
    if (request.form == ExportRequest::Form::qoperator)
        words << QStringLiteral("--format") << QStringLiteral("qoperator");
    else if (ncnn)  // whose own form is the table, which comes with the others, too
        words << QStringLiteral("--format") << QStringLiteral("qdq");
    if (request.shapes != FileShapes::by_target)
        words << QStringLiteral("--shapes")
              << (request.shapes == FileShapes::open ? QStringLiteral("open") : QStringLiteral("fixed"));
    if (request.opset_max > 0)
        words << QStringLiteral("--opset-max") << QString::number(request.opset_max);
    if (ncnn && !request.ncnn_param.empty())
        words << QStringLiteral("--ncnn-param") << quoted(request.ncnn_param);
    if (!report.empty()) {
        if (!images.evaluation.empty())
            addText(words, "--eval-images", images.evaluation.string());
        if (!images.labels.empty())
            addText(words, "--labels", images.labels.string());
        addTask(words, images.task);
        addText(words, "--report", report.string());
    }
    words
        << QStringLiteral("--out")
        << quoted(
               request.path.empty()
                   ? std::filesystem::path(prepared.original->path()).replace_extension(".q.onnx").filename()
                   : request.path);
    return words.join(QLatin1Char(' '));
}

QString evaluateCommand(const std::filesystem::path& model, const std::filesystem::path& reference,
                        const ImageSettings& images) {
    QStringList words = start("evaluate", model);
    addSamples(words, evaluation_request(images));
    addTask(words, images.task);
    words << QStringLiteral("--against") << quoted(reference);
    return words.join(QLatin1Char(' '));
}

QString deployCommand(const std::filesystem::path& model, const std::filesystem::path& reference,
                      const ImageSettings& images, const BoardRequest& request) {
    QStringList words = start("board deploy", model);
    words << QStringLiteral("--host") << quoted(QString::fromStdString(request.address));
    if (!request.identity.empty())
        words << QStringLiteral("--identity") << quoted(request.identity);
    if (images.any()) {
        addSamples(words, evaluation_request(images));
        if (request.images > 0)
            words << QStringLiteral("--count") << QString::number(request.images);
        addTask(words, images.task);
        words << QStringLiteral("--against") << quoted(reference);
    }
    if (!request.runtime.empty())
        words << QStringLiteral("--runtime") << quoted(QString::fromStdString(request.runtime));
    if (request.threads > 0)
        words << QStringLiteral("--board-threads") << QString::number(request.threads);
    if (request.runs > 0)
        words << QStringLiteral("--runs") << QString::number(request.runs);
    words << QStringLiteral("--profile");
    return words.join(QLatin1Char(' '));
}

}  // namespace quantwright

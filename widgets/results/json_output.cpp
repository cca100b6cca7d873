#include "widgets/results/json_output.h"

#include "widgets/results/text.h"
#include "widgets/words/words.h"

namespace quantwright::results {

Json error_json(const Error& error) {
    return {{"error",
             {{"code", std::string(name_of(error.code))},
              {"subject", error.subject},
              {"message", utf8(words::message(error))},
              {"hint", utf8(words::hint(error))}}}};
}

Json error_json(const Problem& problem) {
    return {{"error",
             {{"code", problem.code},
              {"subject", problem.layer},
              {"message", utf8(words::message(problem))},
              {"hint", utf8(words::hint(problem))}}}};
}

Json problems_json(const std::vector<Problem>& problems) {
    Json list = Json::array();
    for (const Problem& problem : problems) {
        Json one = {{"code", problem.code}, {"severity", std::string(name_of(problem.severity))}};
        if (!problem.layer.empty())
            one["layer"] = problem.layer;
        one["message"] = utf8(words::message(problem));
        one["hint"] = utf8(words::hint(problem));
        list.push_back(std::move(one));
    }
    return list;
}

Json skipped_json(const std::vector<SkippedImage>& skipped) {
    Json list = Json::array();
    for (const SkippedImage& image : skipped)
        list.push_back(
            {{"path", image.path}, {"code", std::string(name_of(image.code))}, {"reason", image.reason}});
    return list;
}

Json value_json(const ValueInfo& value) {
    Json json = {{"name", value.name}, {"dtype", std::string(name_of(value.type))}};
    if (!value.has_shape)
        return json;
    json["shape"] = Json::array();
    for (const auto& dimension : value.shape) {
        if (dimension.value >= 0)
            json["shape"].push_back(dimension.value);
        else
            json["shape"].push_back(dimension.name.empty() ? std::string("?") : dimension.name);
    }
    return json;
}

Json latency_json(const Latency& latency) {
    return {
        {"p50", latency.p50_ms}, {"p90", latency.p90_ms}, {"p99", latency.p99_ms}, {"min", latency.min_ms}};
}

void put(Json& object, const char* key, const std::optional<double>& value) {
    if (value)
        object[key] = *value;
}

Json snr_json(const std::optional<double>& snr_db) {
    return snr_db ? Json(*snr_db) : Json(nullptr);
}

namespace {
void put_part(Json& object, const OutputPart& part) {
    object["name"] = part.name;
    if (part.axis >= 0) {
        object["axis"] = part.axis;
        object["range"] = {part.from, part.to};
    }
}
}  // namespace

Json outputs_json(const std::vector<OutputError>& outputs) {
    Json list = Json::array();
    for (const OutputError& output : outputs) {
        Json one = {{"name", output.name}};
        if (output.known)
            one["snr_db"] = snr_json(output.snr_db);
        one["cosine"] = output.cosine;
        one["parts"] = Json::array();
        for (const PartError& error : output.parts) {
            Json part;
            put_part(part, error.part);
            if (error.known)
                part["snr_db"] = snr_json(error.snr_db);
            one["parts"].push_back(std::move(part));
        }
        list.push_back(std::move(one));
    }
    return list;
}

Json worst_part_json(const WorstPart& worst) {
    Json json = {{"output", worst.output}, {"name", worst.output}};
    if (worst.part)
        put_part(json, *worst.part);
    json["snr_db"] = snr_json(worst.snr_db);
    return json;
}

void put_outputs(Json& object, const std::vector<OutputError>& outputs) {
    if (outputs.empty())
        return;
    object["outputs"] = outputs_json(outputs);
    if (const auto worst = worst_part(outputs))
        object["worst_part"] = worst_part_json(*worst);
}

void put_evaluation(Json& object, const Evaluation& evaluation, bool has_reference, bool by_scores) {
    object["images"] = evaluation.images;
    object["measured_on"] = fields_to_json(evaluation.measured_on);
    if (by_scores) {
        object["labelled"] = evaluation.labelled;
        put(object, "top1", evaluation.top1);
        put(object, "top5", evaluation.top5);
    }
    if (has_reference && by_scores) {
        put(object, "reference_top1", evaluation.reference_top1);
        put(object, "reference_top5", evaluation.reference_top5);
        if (evaluation.top1 && evaluation.reference_top1)
            object["drop"] = 100 * (*evaluation.reference_top1 - *evaluation.top1);
        put(object, "agreement", evaluation.agreement);
    }
    if (has_reference) {
        // Without a cosine nothing was compared: then the SNR isn't known either, rather than free of noise.
        if (evaluation.cosine)
            object["snr_db"] = snr_json(evaluation.snr_db);
        put(object, "cosine", evaluation.cosine);
        put(object, "mean_abs_error", evaluation.mean_abs_error);
        put_outputs(object, evaluation.outputs);
    }
    object["latency_ms"] = latency_json(evaluation.latency);
    if (evaluation.not_finite > 0)
        object["not_finite"] = evaluation.not_finite;
}

namespace {

void put_figures(Json& object, const std::vector<Figure>& figures) {
    for (const Figure& figure : figures)
        object[figure.name] = figure.value;
}

Json changes_json(const Judgement& judgement) {
    Json list = Json::array();
    for (const Change& change : judgement.changes) {
        Json one = {{"image", change.image}, {"amount", change.amount}};
        if (judgement.task.kind == TaskKind::detection) {
            one["appeared"] = change.appeared;
            one["vanished"] = change.vanished;
            one["moved"] = change.moved;
        }
        if (!change.now.empty() || !change.before.empty()) {
            one["now"] = change.now;
            one["float"] = change.before;
        }
        list.push_back(std::move(one));
    }
    return list;
}

}  // namespace

Json task_json(const Judgement& judgement) {
    const Task& task = judgement.task;
    Json json = {{"name", std::string(name_of(task.kind))}};
    if (task.kind == TaskKind::none)
        return json;
    json["decoder"] = task.decoder;
    json["why"] = Json::array();
    for (const Evidence& evidence : task.why)
        json["why"].push_back(utf8(words::sentence(evidence)));
    if (judgement.labels && judgement.labelled > 0)
        json["labels"] = std::string(name_of(*judgement.labels));
    json["images"] = judgement.images;
    json["labelled"] = judgement.labelled;
    put_figures(json, judgement.figures);
    put_figures(json, judgement.agreement);
    if (!judgement.reference.empty())
        put_figures(json["reference"], judgement.reference);
    if (!judgement.classes.empty()) {
        json["per_class"] = Json::array();
        for (const ClassFigures& one : judgement.classes) {
            Json figures = {{"name", one.name}};
            put_figures(figures, one.figures);
            json["per_class"].push_back(std::move(figures));
        }
    }
    if (!judgement.agreement.empty())
        json["changed"] = changes_json(judgement);
    return json;
}

}  // namespace quantwright::results

#include "app/cli/quantize_findings.h"

#include <algorithm>

#include "app/cli/cli.h"
#include "app/cli/sensitivity_output.h"
#include "widgets/results/evaluation_text.h"
#include "widgets/results/format.h"
#include "widgets/results/improve_text.h"
#include "widgets/results/json_output.h"
#include "widgets/results/report.h"
#include "widgets/words/words.h"

namespace quantwright::cli {

namespace {

Json verified_json(const Verified& verified) {
    Json json = {{"seconds", verified.seconds}, {"peak_memory_bytes", verified.peak_memory_bytes}};
    for (const CheckedRun& run : verified.runs) {
        Json& one = json[std::string(name_of(run.optimizations))];
        one = {{"load_seconds", run.load_seconds}, {"run_seconds", run.run_seconds}};
        for (const CheckedOutput& output : run.outputs)
            one["outputs"].push_back(
                {{"name", output.name}, {"shape", output.shape}, {"finite", output.finite}});
    }
    return json;
}

const Judgement* judgement_of(const Findings& found) {
    return found.judgement ? &*found.judgement : nullptr;
}

}  // namespace

std::vector<std::pair<QString, QString>> finding_rows(const Findings& found, const Resolved& resolved) {
    auto rows = exported_rows(found.exported);
    if (found.max_difference)
        rows.emplace_back(
            Cli::tr("Preparation"),
            Cli::tr("changes the float outputs by at most %1").arg(*found.max_difference, 0, 'g', 3));
    if (found.evaluation) {
        const auto figures = evaluation_rows(*found.evaluation, true, judgement_of(found));
        rows.insert(rows.end(), figures.begin(), figures.end());
    }
    if (resolved.improved) {
        const auto steps = improve_rows(*resolved.improved);
        rows.insert(rows.end(), steps.begin(), steps.end());
    }
    return rows;
}

Json findings_json(const QuantizeOptions& options, const Findings& found, const Judged& judged,
                   const Started& started, const Resolved& resolved,
                   const std::vector<SkippedImage>& skipped) {
    Json json = exported_json(found.exported, options.out, resolved);
    if (!found.sidecar.empty())
        json["sidecar"] = found.sidecar.string();
    put(json, "prepare_max_difference", found.max_difference);
    if (found.evaluation) {
        json["evaluated_on"] = judged.source;
        put_evaluation(json, *found.evaluation, true, is_by_scores(judgement_of(found)));
        if (found.judgement)
            json["task"] = task_json(*found.judgement);
        auto all_skipped = skipped;
        if (judged.source == "evaluation")
            all_skipped.insert(all_skipped.end(), found.evaluation->skipped.begin(),
                               found.evaluation->skipped.end());
        json["skipped"] = skipped_json(all_skipped);
    } else {
        json["skipped"] = skipped_json(skipped);
    }
    if (started.inputs && started.inputs->preprocess)
        json["preprocess"] = *started.inputs->preprocess;
    else if (judged.inputs && judged.inputs->preprocess)
        json["preprocess"] = *judged.inputs->preprocess;
    else if (started.statistics && !started.statistics->preprocess.is_null())
        json["preprocess"] = started.statistics->preprocess;
    if (resolved.improved)
        json["improve"] = improve_json(*resolved.improved);
    if (found.sensitivity) {
        json["sensitivity_measured_on"] = fields_to_json(found.sensitivity->measured_on);
        json["most_sensitive"] = sensitivity_json(*found.sensitivity, *resolved.prepared, 3);
    }
    if (!found.verified.runs.empty())
        json["verified"] = verified_json(found.verified);
    json["seconds"] = found.seconds;
    json["problems"] = problems_json(found.problems);
    return json;
}

QString findings_text(const QuantizeOptions& options, const Findings& found, const Resolved& resolved) {
    Table table({{}, {}});
    table.add({Cli::tr("Model"), text(options.model)});
    table.add({Cli::tr("Target"), text(resolved.target->label)});
    for (const auto& [label, value] : finding_rows(found, resolved))
        table.add({label, value});
    table.add({Cli::tr("Time"), duration(found.seconds)});
    const bool float_model = found.exported.bytes == found.exported.float_bytes && !found.sidecar.empty();
    table.add({float_model ? Cli::tr("Float model") : Cli::tr("Quantized model"), text(options.out)});
    if (!found.sidecar.empty())
        table.add({Cli::tr("Goes with it"), text(found.sidecar.string())});
    if (!options.save_plan.empty())
        table.add({Cli::tr("Plan"), text(options.save_plan)});
    if (!options.report.empty())
        table.add(
            {Cli::tr("Report"), text((std::filesystem::path(options.report) / "report.html").string())});
    QString result = table.text();
    if (found.sensitivity && !found.sensitivity->layers.empty())
        result += u'\n' + Cli::tr("Most sensitive layers") + u'\n' +
                  words::measuredOn(found.sensitivity->measured_on) + u'\n' +
                  sensitivity_table(*found.sensitivity, *resolved.prepared, 3).text();
    return result;
}

}  // namespace quantwright::cli

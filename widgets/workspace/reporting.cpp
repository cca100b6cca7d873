#include "widgets/workspace/reporting.h"

#include "core/analyze/lost_parts.h"
#include "widgets/results/evaluation_text.h"
#include "widgets/results/improve_text.h"
#include "widgets/results/json_output.h"
#include "widgets/results/report.h"
#include "widgets/words/report_words.h"

namespace quantwright {

Result<Reported> reportExport(const ExportedFiles& files, const ImageSettings& images,
                              std::shared_ptr<const Sensitivity> sensitivity,
                              const std::optional<Evaluation>& known_float,
                              const std::filesystem::path& folder, const JobContext& job) {
    const Resolved& resolved = *files.resolved;
    const std::string model = resolved.prepared->original->path().string();
    results::ReportFacts facts{
        model, &resolved, nullptr, results::exported_rows(files.model), resolved.problems, {}};
    facts.json = results::exported_json(files.model, files.model.path.string(), resolved);
    if (files.sidecar)
        facts.json["sidecar"] = files.sidecar->path.string();
    if (resolved.improved) {
        const auto steps = results::improve_rows(*resolved.improved);
        facts.rows.insert(facts.rows.end(), steps.begin(), steps.end());
        facts.json["improve"] = results::improve_json(*resolved.improved);
    }
    Reported reported;
    const auto say = [&](const std::vector<Problem>& problems) {
        facts.problems.insert(facts.problems.end(), problems.begin(), problems.end());
    };
    say(files.model.problems);
    if (files.sidecar)
        say(files.sidecar->problems);
    std::vector<SkippedImage> skipped;
    if (resolved.statistics)
        skipped = resolved.statistics->skipped;
    if (images.any()) {
        const auto judge = evaluationJudge(*resolved.prepared, images, resolved.plan.excluded_images);
        if (!judge)
            return fail(judge);
        const InputReader& reader = *judge->reader;
        auto comparison = compareModels(resolved, files.model.path, *judge, known_float, job);
        if (!comparison)
            return fail(comparison);
        if (!sensitivity && resolved.quantized_layers() > 0) {
            AnalyzeOptions alone;
            alone.apart = alone.without = alone.accumulated = false;
            auto analyzed = analyze_sensitivity(files.resolved, reader, alone, job);
            if (!analyzed)
                return fail(analyzed);
            sensitivity = std::move(*analyzed);
        }
        const Evaluation& evaluation = comparison->quantized;
        const Judgement* judgement = &*comparison->judgement;
        const auto figures = results::evaluation_rows(evaluation, true, judgement);
        facts.rows.insert(facts.rows.end(), figures.begin(), figures.end());
        facts.json["evaluated_on"] = images.own_evaluation() ? "evaluation" : "calibration";
        results::put_evaluation(facts.json, evaluation, true, results::is_by_scores(judgement));
        facts.json["task"] = results::task_json(*judgement);
        if (images.own_evaluation())
            skipped.insert(skipped.end(), evaluation.skipped.begin(), evaluation.skipped.end());
        say(comparison->problems);
        say(lost_parts(evaluation.outputs, &resolved));
        if (const InputSource& named = reader.named(); holds_images(named))
            facts.json["preprocess"] = to_json(named.preprocess);
        reported.comparison = std::make_shared<const Comparison>(std::move(*comparison));
    }
    facts.sensitivity = sensitivity.get();
    if (sensitivity)
        facts.json["sensitivity_measured_on"] = fields_to_json(sensitivity->measured_on);
    facts.json["skipped"] = results::skipped_json(skipped);
    facts.json["problems"] = results::problems_json(facts.problems);
    const auto written = write_report(results::make_report(facts), folder, words::reportText);
    if (!written)
        return fail(written);
    reported.html = written->html;
    return reported;
}

}  // namespace quantwright

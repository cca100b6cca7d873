#include "widgets/workspace/kept_results.h"

#include "core/analyze/sensitivity_json.h"
#include "core/board/result_json.h"
#include "core/task/judgement_json.h"

namespace quantwright {

namespace {

/// Of results, in a project file: some thousands of boxes, or hundreds of masks.
constexpr std::int64_t k_kept_bytes = std::int64_t(4) << 20;

/// What is shown of the samples goes beside the figures.
Json with_shown(Json figures, const std::optional<Judgement>& judgement) {
    if (!judgement)
        return figures;
    std::vector<ShownResult> kept = judgement->shown;
    keep_within(kept, k_kept_bytes);
    figures["shown"] = Json::array();
    for (const ShownResult& one : kept)
        figures["shown"].push_back(to_json(one));
    return figures;
}

void take_shown(const Json& figures, std::optional<Judgement>& judgement) {
    if (judgement && figures.contains("shown"))
        for (const Json& one : figures["shown"])
            judgement->shown.push_back(shown_from_json(one));
}

}  // namespace

template <class Visitor>
void describe(Visitor& visit, Comparison& comparison) {
    std::string file = comparison.file.string();
    visit("float", comparison.float_model);
    visit("quantized", comparison.quantized);
    visit("judgement", comparison.judgement);
    visit("kernel_gap", comparison.gap);
    visit("float_bytes", comparison.float_bytes);
    visit("bytes", comparison.bytes);
    visit("file", file);
    visit("problems", comparison.problems);
    comparison.file = file;
}

template <class Visitor>
void describe(Visitor& visit, BoardRequest& request) {
    visit("name", request.name);
    visit("address", request.address);
    visit("runtime", request.runtime);
    visit("threads", request.threads);
    visit("images", request.images);
    visit("runs", request.runs);
    visit("layer_images", request.layer_images);
    visit("compare_float", request.compare_float);
}

template <class Visitor>
void describe(Visitor& visit, Deployed& deployed) {
    visit("board", deployed.request);
    visit("result", deployed.result);
}

void keepResults(const KeptResults& results, const Prepared& prepared, Project& project) {
    if (results.sensitivity)
        project.analysis = {results.analyzed, to_json(*results.sensitivity, prepared)};
    if (results.comparison)
        project.comparison = {results.compared,
                              with_shown(fields_to_json(*results.comparison), results.comparison->judgement)};
    for (const auto& deployed : results.deployments) {
        Deployed shown = *deployed;
        for (auto* evaluation : {&shown.result.accuracy, &shown.result.host})
            if (*evaluation)
                (*evaluation)->per_image.clear();
        project.deployments.push_back({deployed->made_from, fields_to_json(shown)});
    }
}

Result<KeptResults> resultsOf(const Project& project, const Prepared& prepared, const std::string& subject) {
    KeptResults results;
    if (const auto& analysis = project.analysis) {
        auto sensitivity = sensitivity_from_json(analysis->figures, prepared, subject);
        if (!sensitivity)
            return fail(sensitivity);
        results.sensitivity = std::move(*sensitivity);
        results.analyzed = analysis->made_from;
    }
    const char* part = "comparison: ";
    try {
        if (const auto& kept = project.comparison) {
            auto comparison = std::make_shared<Comparison>();
            fields_from_json(kept->figures, *comparison);
            take_shown(kept->figures, comparison->judgement);
            results.comparison = std::move(comparison);
            results.compared = kept->made_from;
        }
        part = "deployments: ";
        for (const Project::Result& kept : project.deployments) {
            auto deployed = std::make_shared<Deployed>();
            fields_from_json(kept.figures, *deployed);
            deployed->made_from = kept.made_from;
            results.deployments.push_back(std::move(deployed));
        }
    } catch (const std::exception& e) {
        return fail(ErrorCode::project_invalid, subject, part + std::string(e.what()));
    }
    return results;
}

}  // namespace quantwright

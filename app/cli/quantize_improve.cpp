#include "app/cli/quantize_improve.h"

#include "app/cli/cli.h"
#include "app/cli/format.h"
#include "app/cli/json_output.h"

namespace quantwright::cli {

namespace {

QString step_name(const std::string& step) {
    if (step == "ranges")
        return Cli::tr("Ranges chosen");
    if (step == "bias")
        return Cli::tr("Biases corrected");
    return Cli::tr("Weights rounded");
}

}  // namespace

ImproveLevel improve_level(const std::string& option, const XslimConfig* config) {
    if (!option.empty() || !config)
        return find_improve_level(option).value_or(ImproveLevel::none);
    return find_improve_level(name_of(config->improve())).value_or(ImproveLevel::none);
}

Result<std::shared_ptr<const Resolved>> improved_as_asked(const std::shared_ptr<const Resolved>& resolved,
                                                          ImproveLevel level, const InputReader* reader,
                                                          bool float_file, int threads, const JobContext& job,
                                                          std::vector<Problem>& problems) {
    if (level == ImproveLevel::none)
        return resolved;
    if (!reader || float_file) {
        problems.push_back(
            {float_file ? "improve.float_file" : "improve.no_images", Severity::warning, {}, {}});
        return resolved;
    }
    ImproveOptions how;
    how.level = level;
    how.threads = threads;
    auto improved = improve(resolved, *reader, how, job);
    if (!improved)
        return fail(improved);
    if ((*improved)->steps.empty() && reader->size() < k_fewest_improve_runs)
        problems.push_back({"improve.few_images",
                            Severity::warning,
                            {},
                            {std::to_string(reader->size()), std::to_string(k_fewest_improve_runs)}});
    return resolve(resolved->prepared, resolved->statistics, resolved->plan, job, std::move(*improved));
}

Json improve_json(const Improved& improved) {
    Json json = {{"level", improved.level},
                 {"images_fit", improved.images_fit},
                 {"images_judged", improved.images_judged},
                 {"steps", Json::array()}};
    for (const ImprovementStep& step : improved.steps) {
        Json one = {
            {"name", step.name}, {"kept", step.kept}, {"changed", step.changed}, {"seconds", step.seconds}};
        put(one, "snr_db_before", step.before_db);
        put(one, "snr_db_after", step.after_db);
        json["steps"].push_back(std::move(one));
    }
    return json;
}

std::vector<std::pair<QString, QString>> improve_rows(const Improved& improved) {
    std::vector<std::pair<QString, QString>> rows;
    for (const ImprovementStep& step : improved.steps) {
        const QString change = Cli::tr("%1 → %2 on %n image(s) that it was not made from", nullptr,
                                       static_cast<int>(improved.images_judged))
                                   .arg(decibels(step.before_db), decibels(step.after_db));
        rows.emplace_back(step_name(step.name), step.kept ? change : Cli::tr("%1: not kept").arg(change));
    }
    return rows;
}

}  // namespace quantwright::cli

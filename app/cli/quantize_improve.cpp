#include "app/cli/quantize_improve.h"

#include "app/cli/cli.h"

namespace quantwright::cli {

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
        problems.push_back(few_images(*reader));
    return resolve(resolved->prepared, resolved->statistics, resolved->plan, job, std::move(*improved));
}

}  // namespace quantwright::cli

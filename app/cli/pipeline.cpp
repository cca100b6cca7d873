#include "app/cli/pipeline.h"

#include <algorithm>

#include "app/cli/cli.h"
#include "core/base/atomic_file.h"

namespace quantwright::cli {

Result<std::shared_ptr<const Prepared>> open_prepared(const std::string& path, const InputOptions& options,
                                                      Context& context) {
    auto shapes = parse_input_shapes(options);
    if (!shapes)
        return fail(shapes);
    auto model = Model::load(path, context.job());
    if (!model)
        return fail(model);
    for (const auto& [name, shape] : *shapes)
        if (std::none_of((*model)->inputs().begin(), (*model)->inputs().end(),
                         [&](const ValueInfo& input) { return input.name == name; }))
            return wrong_usage("--input-shape " + name, Cli::tr("the model has no input of that name"));
    return prepare(std::move(*model), {std::move(*shapes), options.threads}, context.job());
}

Result<Started> start(const std::string& model, const InputOptions& input_options,
                      const PlanOptions& plan_options, const std::string& statistics_file, bool with_labels,
                      Context& context) {
    Started started;
    if (!input_options.any_source() && statistics_file.empty())
        return wrong_usage("--images", Cli::tr("the images to calibrate on are missing"));
    auto prepared = open_prepared(model, input_options, context);
    if (!prepared)
        return fail(prepared);
    started.prepared = std::move(*prepared);
    auto plan = make_plan(plan_options, *started.prepared, started.problems);
    if (!plan)
        return fail(plan);
    started.plan = std::move(*plan);
    // A target or preset that isn't there is found before anything takes long.
    if (auto possible = resolve(started.prepared, nullptr, started.plan); !possible)
        return fail(possible);
    if (!statistics_file.empty()) {
        auto statistics = load_statistics(statistics_file);
        if (!statistics)
            return fail(statistics);
        if ((*statistics)->model_sha256 != started.prepared->original->sha256())
            return fail(ErrorCode::stats_other_model, model, statistics_file);
        started.statistics = std::move(*statistics);
    }
    if (input_options.any_source()) {
        InputsRequest request{input_options.images, with_labels, false, started.plan.excluded_images, {}};
        if (started.statistics)
            request.preprocess = started.statistics->preprocess;
        auto inputs = open_inputs(*started.prepared->model, input_options, request);
        if (!inputs)
            return fail(inputs);
        started.inputs = std::move(*inputs);
        if (!started.inputs->preprocess_text.isEmpty())
            context.say(Cli::tr("Preprocessing: %1").arg(started.inputs->preprocess_text));
    }
    return started;
}

Result<Chosen> choose(const Started& started, const InputOptions& options, Context& context) {
    Chosen chosen;
    auto statistics = started.statistics;
    if (!statistics) {
        auto calibration =
            calibrate(*started.prepared, *started.inputs->reader, {options.threads, 1, 1}, context.job());
        if (!calibration)
            return fail(calibration);
        statistics = calibration->statistics;
    }
    chosen.skipped = statistics->skipped;
    auto resolved = resolve(started.prepared, std::move(statistics), started.plan);
    if (!resolved)
        return fail(resolved);
    chosen.resolved = std::move(*resolved);
    chosen.problems = started.problems;
    chosen.problems.insert(chosen.problems.end(), chosen.resolved->problems.begin(),
                           chosen.resolved->problems.end());
    if (chosen.resolved->quantized_layers() == 0)
        chosen.problems.push_back({"layers.none_quantized", Severity::warning, {}, {}});
    return chosen;
}

const Problem* first_error(const std::vector<Problem>& problems) {
    const auto found = std::find_if(problems.begin(), problems.end(),
                                    [](const Problem& one) { return one.severity == Severity::error; });
    return found == problems.end() ? nullptr : &*found;
}

Result<Runner> runner_for(const Session& session, const Model& from, const std::string& subject) {
    std::vector<std::size_t> order;
    for (const std::string& name : session.input_names()) {
        const auto& inputs = from.inputs();
        const auto found = std::find_if(inputs.begin(), inputs.end(),
                                        [&](const ValueInfo& input) { return input.name == name; });
        if (found == inputs.end())
            return wrong_usage("--against " + subject,
                               Cli::tr("its input %1 is none of the model's").arg(text(name)));
        order.push_back(static_cast<std::size_t>(found - inputs.begin()));
    }
    return Runner(
        [&session, order = std::move(order)](const std::vector<Tensor>& inputs, const CancelToken& cancel) {
            std::vector<Tensor> ordered;
            for (const std::size_t i : order)
                ordered.push_back(inputs[i]);
            return session.run(ordered, cancel);
        });
}

Status check_output(const std::string& output, const std::vector<std::filesystem::path>& inputs) {
    if (auto other = refuse_overwriting(output, inputs); !other)
        return other;
    AtomicFiles probe;
    if (auto place = probe.reserve(output); !place)
        return fail(place);
    return {};
}

std::vector<std::filesystem::path> files_read(const Model& model, const InputOptions& options,
                                              const std::vector<std::string>& others) {
    std::vector<std::filesystem::path> files = model.files();
    for (const std::string& path : others)
        if (!path.empty())
            files.emplace_back(path);
    for (const std::string* path : {&options.images, &options.labels, &options.preprocess})
        if (!path->empty())
            files.emplace_back(*path);
    return files;
}

}  // namespace quantwright::cli

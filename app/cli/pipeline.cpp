#include "app/cli/pipeline.h"

#include <QStandardPaths>
#include <algorithm>

#include "app/cli/cli.h"
#include "app/cli/unused_options.h"
#include "core/base/atomic_file.h"
#include "core/project/improved_file.h"
#include "core/xslim/inputs.h"
#include "core/xslim/to_plan.h"

namespace quantwright::cli {

Result<std::shared_ptr<const Prepared>> open_prepared(const std::string& path, const InputOptions& options,
                                                      Context& context, const XslimConfig* config) {
    auto shapes = parse_input_shapes(options);
    if (!shapes)
        return fail(shapes);
    auto model = Model::load(path, context.job());
    if (!model)
        return fail(model);
    for (const auto& shape : *shapes)
        if (std::none_of((*model)->inputs().begin(), (*model)->inputs().end(),
                         [&](const ValueInfo& input) { return input.name == shape.first; }))
            return wrong_usage("--input-shape " + shape.first,
                               Cli::tr("the model has no input of that name"));
    if (config) {
        auto said = xslim_shapes(*config, **model);
        if (!said)
            return fail(said);
        shapes->merge(*said);
    }
    PrepareOptions how{std::move(*shapes), options.threads, {}};
    std::map<std::string, SampleFiles> files;
    std::vector<std::string> names;
    for (const ValueInfo& input : (*model)->inputs())
        names.push_back(input.name);
    for (const std::string& one : options.inputs)
        if (const auto parts = parse_assignment(one, "--input", names))
            files[parts->first].path = parts->second;
    how.samples = first_values(**model, files);
    return prepare(std::move(*model), how, context.job());
}

namespace {

Status open_data(Started& started, const InputOptions& options, bool with_labels, Context& context,
                 const XslimConfig* config) {
    const Model& model = *started.prepared->model;
    if (options.any_source()) {
        InputsRequest request{options.images, with_labels, false, started.plan.excluded_images, {}};
        if (started.statistics)
            request.preprocess = started.statistics->preprocess;
        if (config) {
            const auto preprocess = xslim_preprocess(*config, model, started.problems);
            if (!preprocess)
                return fail(preprocess);
            if (*preprocess)
                request.preprocess = to_json(**preprocess);
        }
        auto inputs = open_inputs(model, options, request);
        if (!inputs)
            return fail(inputs);
        started.inputs = std::move(*inputs);
    } else if (config && has_data(*config) && config->precision_level != 100) {
        auto sources = xslim_sources(*config, model, started.problems);
        if (!sources)
            return fail(sources);
        auto samples = samples_of(std::move(*sources));
        if (!samples)
            return fail(samples);
        started.inputs = told(std::move(*samples));
    }
    if (started.inputs)
        started.problems.insert(started.problems.end(), started.inputs->problems.begin(),
                                started.inputs->problems.end());
    if (started.inputs && !started.inputs->preprocess_text.isEmpty())
        context.say(Cli::tr("Preprocessing: %1").arg(started.inputs->preprocess_text));
    return {};
}

}  // namespace

Result<Started> start(const std::string& model, const InputOptions& input_options,
                      const PlanOptions& plan_options, const std::string& statistics_file, bool with_labels,
                      Context& context, const XslimConfig* config) {
    Started started;
    auto prepared = open_prepared(model, input_options, context, config);
    if (!prepared)
        return fail(prepared);
    started.prepared = std::move(*prepared);
    std::optional<Plan> base;
    if (config)
        base = plan_from_xslim(*config, started.prepared.get(), started.problems);
    auto plan = make_plan(plan_options, *started.prepared, started.problems, std::move(base));
    if (!plan)
        return fail(plan);
    started.plan = std::move(*plan);
    if (!plan_options.plan.empty()) {
        auto improved = load_improved(plan_options.plan);
        if (!improved)
            return fail(improved);
        started.improved = std::move(*improved);
    }
    // A target or preset that isn't there is found before anything takes long.
    const auto possible = resolve(started.prepared, nullptr, started.plan);
    if (!possible)
        return fail(possible);
    started.possible = *possible;
    started.needs_data =
        std::any_of((*possible)->layers.begin(), (*possible)->layers.end(),
                    [](const ResolvedLayer& layer) { return layer.kept_float == KeptFloat::no_statistics; });
    if (started.needs_data && !input_options.any_source() && statistics_file.empty()) {
        if (!config)
            return wrong_usage("--images", Cli::tr("the images to calibrate on are missing"));
        if (auto data = check_data(*config); !data)
            return fail(data);
    }
    const auto unused = unused_options(plan_options, **possible);
    started.problems.insert(started.problems.end(), unused.begin(), unused.end());
    if (!statistics_file.empty()) {
        auto statistics = load_statistics(statistics_file);
        if (!statistics)
            return fail(statistics);
        if ((*statistics)->model_sha256 != started.prepared->original->sha256())
            return fail(ErrorCode::stats_other_model, model, statistics_file);
        started.statistics = std::move(*statistics);
    }
    if (auto data = open_data(started, input_options, with_labels, context, config); !data)
        return fail(data);
    return started;
}

Result<Chosen> choose(const Started& started, const InputOptions& options, Context& context,
                      bool keep_outputs) {
    constexpr std::int64_t most_kept_bytes = std::int64_t(128) << 20;
    Chosen chosen;
    auto statistics = started.statistics;
    // Half precision needs no data, but with data it is known what would overflow.
    const auto mode = started.plan.defaults[Field::mode];
    if (!statistics && started.inputs && (started.needs_data || mode == "fp16")) {
        auto calibration =
            calibrate(*started.prepared, *started.inputs->reader,
                      {options.threads, 1, 1, keep_outputs ? most_kept_bytes : 0}, context.job());
        if (!calibration)
            return fail(calibration);
        statistics = calibration->statistics;
        chosen.float_outputs = std::move(calibration->outputs);
    }
    if (statistics)
        chosen.skipped = statistics->skipped;
    auto resolved = resolve(started.prepared, std::move(statistics), started.plan, {}, started.improved);
    if (!resolved)
        return fail(resolved);
    chosen.take(std::move(*resolved), started);
    return chosen;
}

void Chosen::take(std::shared_ptr<const Resolved> what, const Started& started) {
    resolved = std::move(what);
    problems = started.problems;
    problems.insert(problems.end(), resolved->problems.begin(), resolved->problems.end());
    if (resolved->quantized_layers() == 0)
        problems.push_back({"layers.none_quantized", Severity::warning, {}, {}});
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

Status check_report(const std::string& report, const std::vector<std::filesystem::path>& inputs) {
    if (report.empty())
        return {};
    for (const char* name : {"report.html", "report.md", "report.csv", "report.json"})
        if (auto other = refuse_overwriting(std::filesystem::path(report) / name, inputs); !other)
            return other;
    std::error_code error;
    auto folder = std::filesystem::absolute(report, error).lexically_normal();
    if (!folder.has_filename())
        folder = folder.parent_path();
    while (folder.has_parent_path() && folder != folder.parent_path() &&
           !std::filesystem::exists(folder, error))
        folder = folder.parent_path();
    if (!std::filesystem::is_directory(folder, error))
        return fail(ErrorCode::output_unwritable, report,
                    utf8(Cli::tr("%1 is no folder").arg(text(folder.string()))));
    AtomicFiles probe;
    if (auto place = probe.reserve(folder / "report.html");
        !place && !std::filesystem::is_directory(folder / "report.html", error))
        return fail(ErrorCode::output_unwritable, report, place.error().detail);
    return {};
}

std::filesystem::path memory_folder(const char* name) {
    return std::filesystem::path(
               QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation).toStdString()) /
           "quantwright" / name;
}

std::vector<std::filesystem::path> files_read(const Model& model, const InputOptions& options,
                                              const std::vector<std::string>& others) {
    std::vector<std::filesystem::path> files = model.files();
    for (const std::string& path : others)
        if (!path.empty())
            files.emplace_back(path);
    for (const std::string* path : {&options.images, &options.labels, &options.classes, &options.preprocess})
        if (!path->empty())
            files.emplace_back(*path);
    return files;
}

}  // namespace quantwright::cli

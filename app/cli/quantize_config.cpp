#include "app/cli/quantize_config.h"

#include <algorithm>

#include "app/cli/cli.h"
#include "core/base/atomic_file.h"
#include "core/export/sidecar_tensorrt.h"
#include "widgets/results/report.h"
#include "widgets/words/report_words.h"
#include "widgets/words/words.h"

namespace quantwright::cli {

namespace {

namespace fs = std::filesystem;

/// xslim analyzes on 16 batches.
constexpr std::int64_t k_samples = 16;
constexpr std::int64_t k_random_samples = 8;

QString inputs_note(const Findings& found) {
    if (found.random_inputs)
        return Cli::tr(
            "Measured on %n random input(s), normally distributed: there were no images. The figures "
            "show which layers round most, not how accurate the model is.",
            nullptr, static_cast<int>(found.comparison->samples));
    return Cli::tr("Measured on %n sample(s).", nullptr, static_cast<int>(found.comparison->samples));
}

}  // namespace

Result<std::optional<XslimConfig>> adopt_config(QuantizeOptions& options) {
    if (options.config.empty()) {
        if (options.model.empty())
            return wrong_usage("MODEL", Cli::tr("it is missing"));
        if (options.out.empty())
            return wrong_usage("--out", Cli::tr("it is missing"));
        return std::nullopt;
    }
    if (!options.plan.plan.empty())
        return wrong_usage("--plan " + options.plan.plan, Cli::tr("the plan comes from --config"));
    auto config = read_xslim(options.config);
    if (!config)
        return fail(config);
    if (!options.model.empty())
        config->model = options.model;
    place_files(*config, {fs::path(), fs::path(options.config).parent_path()});
    if (config->model.empty())
        return fail(ErrorCode::config_invalid, options.config,
                    utf8(Cli::tr("%1 is missing").arg(QStringLiteral("model_parameters.onnx_model"))));
    options.model = config->model.string();
    if (!options.out.empty()) {
        config->working_dir = fs::path(options.out).parent_path();
        if (config->working_dir.empty())
            config->working_dir = ".";
        config->output_prefix = fs::path(options.out).stem().string();
    } else {
        options.out = config->output().string();
    }
    return std::optional(std::move(*config));
}

OutputFolder::~OutputFolder() {
    std::error_code error;
    if (!m_made.empty())
        fs::remove(m_made, error);  // not if there is something in it
}

Status OutputFolder::make_for(const fs::path& file) {
    std::error_code error;
    const fs::path folder = file.parent_path();
    if (folder.empty() || fs::exists(folder, error))
        return {};
    if (!fs::create_directories(folder, error) && error)
        return fail(ErrorCode::output_unwritable, file.string(), error.message());
    m_made = folder;
    return {};
}

ExportRequest export_request(const QuantizeOptions& options, const Deliverable& wanted,
                             const XslimConfig* config) {
    ExportRequest request(options.out);
    if (options.format == "qoperator")
        request.form = ExportRequest::Form::qoperator;
    request.opset_max = options.opset_max;
    if (config && config->opset && options.opset_max == 0)
        request.opset = config->opset;
    if (!options.shapes.empty())
        request.shapes = options.shapes == "open" ? FileShapes::open : FileShapes::fixed;
    request.sidecar = !wanted.sidecar.empty();
    request.float_model = wanted.float_model;
    request.ncnn_param = options.ncnn_param;
    if (!options.tensorrt_version.empty())
        request.tensorrt_version = *tensorrt_version(options.tensorrt_version);
    return request;
}

Status analyze_for_config(const Resolved& resolved, const fs::path& exported, const Inputs* inputs,
                          int threads, Context& context, Findings& found) {
    const auto quantized = Model::load(exported, context.job());
    if (!quantized)
        return fail(quantized);
    const Model& model = *resolved.prepared->model;
    Sampler sampler = random_sampler(model);
    std::int64_t samples = k_random_samples;
    found.random_inputs = inputs == nullptr;
    if (inputs) {
        const auto reader = inputs->reader;
        samples = std::min(k_samples, reader->size());
        // What fills up a batch can't be taken out of inner tensors: such a batch is left out like a file
        // that can't be read, unless it is the only one.
        sampler = [reader, samples](std::int64_t i) -> Result<std::vector<Tensor>> {
            auto batch = reader->load_batch(i * reader->size() / samples);
            if (!batch)
                return fail(batch);
            if (batch->samples.empty() || (!batch->complete() && reader->size() > 1))
                return fail(ErrorCode::images_unreadable, reader->sources().front().list.source,
                            "a batch that is not full");
            return std::move(batch->inputs);
        };
    }
    auto comparison = compare_tensors(resolved, **quantized, sampler, samples, threads, context.job());
    if (!comparison)
        return fail(comparison);
    found.comparison = std::move(*comparison);
    if (found.random_inputs)
        found.problems.push_back(
            {"analysis.random_inputs", Severity::warning, {}, {std::to_string(found.comparison->samples)}});
    return {};
}

Status write_config_reports(const XslimConfig& config, const QuantizeOptions& options,
                            const Resolved& resolved, const Judged& judged, const Findings& found,
                            Json& json) {
    if (!found.comparison)
        return {};
    std::vector<std::string> notes = {
        utf8(inputs_note(found)), utf8(Cli::tr("SNR is noise power over signal power, as xslim prints it: "
                                               "lower is better. Red: above 0.1, or a cosine below 0.99."))};
    auto rows = finding_rows(found, resolved);
    rows.emplace_back(Cli::tr("Analysis"), inputs_note(found));
    const ReportFacts facts{options.model,   &resolved,      found.sensitivity.get(),
                            std::move(rows), found.problems, json};
    const fs::path markdown = config.report(".md"), html = config.report(".html");
    AtomicFiles files;
    for (const auto& [path, content] : {std::pair{markdown, comparison_markdown(*found.comparison, notes)},
                                        {html, report_html_text(make_report(facts), words::reportText)}})
        if (auto added = files.add(path, content); !added)
            return added;
    if (auto written = files.commit(); !written)
        return written;
    json["report"]["md"] = markdown.string();
    json["report"]["html"] = html.string();
    json["analysis"] = {{"inputs", found.random_inputs ? "random" : judged.source},
                        {"samples", found.comparison->samples}};
    return {};
}

}  // namespace quantwright::cli

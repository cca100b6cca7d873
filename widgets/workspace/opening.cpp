#include "widgets/workspace/opening.h"

#include <QCoreApplication>
#include <QDir>

#include "core/base/atomic_file.h"
#include "core/project/improved_file.h"
#include "widgets/workspace/opening_xslim.h"

namespace quantwright {

namespace {

Status takeImproved(const Project& project, const std::filesystem::path& path, Improvement& improvement) {
    if (!project.improved)
        return {};
    auto value = improved_from_json(project.improved->figures, path.string());
    if (!value)
        return fail(ErrorCode::project_invalid, path.string(), "improved: " + value.error().detail);
    improvement.sha256 = improved_sha256(**value);
    improvement.value = std::move(*value);
    improvement.made_from = project.improved->made_from;
    return {};
}

}  // namespace

Result<Opened> openDocument(const OpenRequest& request, const JobContext& job) {
    Opened opened;
    OpenRequest from = request;
    std::optional<XslimConfig> config;
    std::optional<Project> saved;
    if (!request.project.empty()) {
        auto project = load_project(request.project);
        if (!project)
            return fail(project);
        opened.project = request.project;
        from.model = project->model;
        from.input_shapes = project->input_shapes;
        from.images = project->images;
        if (!request.images.calibration.empty())  // asked for beside the project
            calibrateOn(request.images.calibration, from.images);
        opened.plan = project->plan;
        opened.statistics = project->statistics;
        saved = std::move(*project);
    } else if (!request.config.empty()) {
        auto read = readXslim(request.config);
        if (!read)
            return fail(read);
        config = std::move(*read);
        from.model = config->model;
    } else {
        opened.plan.target = from.target;
    }
    opened.model = from.model;
    const auto model = Model::load(from.model, job);
    if (!model)
        return fail(model);
    if (request.project.empty())
        opened.plan.model_sha256 = (*model)->sha256();
    if (config) {
        auto said = xslim_shapes(*config, **model);
        if (!said)
            return fail(said);
        from.input_shapes.merge(*said);
    }
    opened.input_shapes = from.input_shapes;
    opened.images = from.images;

    PrepareOptions options;
    options.input_shapes = from.input_shapes;
    options.samples = first_values(**model, calibration_request(from.images).inputs);
    auto prepared = prepare(*model, options, job);
    if (!prepared) {
        if (prepared.error().code != ErrorCode::model_shape_unknown)
            return fail(prepared);
        opened.open_inputs = (*model)->inputs();
        opened.missing_shape = prepared.error();
        return opened;
    }
    opened.prepared = std::move(*prepared);
    if (config)
        if (auto taken = takeXslim(*config, opened); !taken)
            return fail(taken);
    if (job.cancelled())
        return JobContext::cancelled_error();
    if (saved) {
        opened.improve = find_improve_level(saved->improve).value_or(ImproveLevel::none);
        if (auto taken = takeImproved(*saved, request.project, opened.improvement); !taken)
            return fail(taken);
    }
    auto resolved = resolve(opened.prepared, opened.statistics, opened.plan, {}, opened.improvement.value);
    if (!resolved)
        return fail(resolved);
    opened.resolved = std::move(*resolved);
    if (opened.statistics)
        opened.statistics_sha256 = statistics_sha256(*opened.statistics);
    if (saved) {
        auto results = resultsOf(*saved, *opened.prepared, request.project.string());
        if (!results)
            return fail(results);
        opened.results = std::move(*results);
    }
    return opened;
}

std::optional<std::filesystem::path> sampleFolder() {
    const QString program = QCoreApplication::applicationDirPath();
    for (const QString& folder :
         {program + "/../share/quantwright/sample", QString(QUANTWRIGHT_SOURCE_SAMPLE)})
        if (QDir(folder).exists())
            return std::filesystem::path(QDir::cleanPath(folder).toStdString());
    return {};
}

Result<OpenRequest> sampleRequest() {
    const auto folder = sampleFolder();
    if (!folder)
        return fail(ErrorCode::model_not_found, "resources/sample");
    OpenRequest request;
    request.model = *folder / "fashion-dscnn.onnx";
    request.images.calibration = *folder / "calibration";
    request.images.evaluation = *folder / "evaluation";
    const std::string file = (*folder / "preprocess.json").string();
    const auto text = read_file(file, ErrorCode::preprocess_invalid);
    if (!text)
        return fail(text);
    const auto json = parse_json(*text, ErrorCode::preprocess_invalid, file);
    if (!json)
        return fail(json);
    auto preprocess = preprocess_from_json(*json, file);
    if (!preprocess)
        return fail(preprocess);
    request.images.preprocess = std::move(*preprocess);
    return request;
}

}  // namespace quantwright

#include "widgets/workspace/deploying.h"

#include <QTemporaryDir>

#include "core/board/history.h"
#include "core/prepare/reference.h"
#include "core/verify/export_files.h"

namespace quantwright {
namespace {

Result<std::unique_ptr<Connection>> connectTo(const BoardRequest& request, const ConnectQuestions& questions,
                                              const JobContext& job) {
    const auto address = parse_board_address(request.address);
    if (!address)
        return fail(address);
    ConnectOptions options;
    options.address = *address;
    options.identity = request.identity;
    options.known_hosts = request.known_hosts;
    return connect(options, questions, job);
}

}  // namespace

Result<Deployed> deployPlan(std::shared_ptr<const Resolved> resolved, const ImageSettings& images,
                            const BoardRequest& request, const ConnectQuestions& questions,
                            const JobContext& job) {
    job.report(Stage::board_check, 0, 0);
    DeployRequest deployment;
    if (images.any()) {
        auto judge = evaluationJudge(*resolved->prepared, images, resolved->plan.excluded_images);
        if (!judge)
            return fail(judge);
        deployment.reader = std::exchange(judge->reader, nullptr);
        deployment.judge = std::move(*judge);
    }
    const auto connection = connectTo(request, questions, job);
    if (!connection)
        return fail(connection);

    job.report(Stage::export_model, 0, 0);
    const QTemporaryDir folder;
    if (!folder.isValid())
        return fail(ErrorCode::output_unwritable, folder.path().toStdString(),
                    folder.errorString().toStdString());
    const auto& original = resolved->prepared->original;
    deployment.file =
        std::filesystem::path(folder.path().toStdString()) / (original->path().stem().string() + ".q.onnx");
    auto exported = export_files(std::move(resolved), deployment.reader.get(), deployment.file, job);
    if (!exported)
        return fail(exported);
    auto model = Model::load(deployment.file, job);
    if (!model)
        return fail(model);
    deployment.model = std::move(*model);
    deployment.reference = reference_model(*exported->resolved->prepared);
    if (request.compare_float)
        deployment.other = original->path();

    DeployOptions options;
    options.runtime = request.runtime;
    options.board_threads = request.threads;
    options.profile = true;
    options.max_images = request.images;
    options.layer_images = request.layer_images;
    options.benchmark.runs = request.runs;
    auto result = deploy(**connection, deployment, options, job);
    if (!result)
        return fail(result);
    for (const Problem& problem : exported->model.problems)
        if (problem.code == "export.kept_float")
            result->problems.push_back(problem);
    MadeFrom made_from;
    made_from.plan = exported->resolved->plan;
    return Deployed{request, std::move(made_from), std::move(*result), std::move(exported->resolved),
                    std::move(exported->kept_float)};
}

void keepRecord(Deployed& deployed, const std::filesystem::path& history) {
    const BoardRequest& request = deployed.request;
    keep_record(make_record(*deployed.resolved, deployed.result, request.board(), request.threads), history,
                deployed.result.problems);
}

}  // namespace quantwright

#include "widgets/workspace/comparison.h"

#include <onnx/onnx_pb.h>

#include "core/evaluate/exact_integers.h"
#include "core/export/export_qdq.h"
#include "core/prepare/reference.h"

namespace quantwright {
namespace {

/// Part `index` of `parts` equal ones of a job, so that progress runs through once.
JobContext part(const JobContext& job, int index, int parts) {
    return JobContext(job.token(), [&job, index, parts](const Progress& progress) {
        if (progress.total > 0)
            job.report(Stage::evaluate, progress.done + index * progress.total, progress.total * parts);
    });
}

}  // namespace

Result<Comparison> compareModels(const Resolved& resolved, const std::filesystem::path& exported,
                                 const JudgeRequest& request, const std::optional<Evaluation>& known_float,
                                 const JobContext& job) {
    const InputReader& reader = *request.reader;
    const int parts = known_float ? 2 : 3;
    int next = 0;
    Comparison result;
    result.file = exported;
    // What is wrong with the labels is said beside the figures that rest on them.
    result.problems = label_problems(reader.named().list, class_count(*resolved.prepared->model));
    const auto batches = batch_problems(reader);
    result.problems.insert(result.problems.end(), batches.begin(), batches.end());
    result.float_bytes = resolved.prepared->original->file_bytes();

    auto model = exported.empty() ? Model::from_proto(build_qdq(resolved)) : Model::load(exported, job);
    if (!model)
        return fail(model);
    result.bytes = exported.empty() ? static_cast<std::int64_t>((*model)->proto().ByteSizeLong())
                                    : (*model)->file_bytes();

    const auto reference = Session::create(*reference_model(*resolved.prepared));
    if (!reference)
        return fail(reference);
    const auto judge =
        open_judge(*resolved.prepared->original, request,
                   [&](const std::vector<Tensor>& inputs) { return (*reference)->run(inputs, job.token()); });
    if (!judge)
        return fail(judge);
    (*judge)->keep_shown();
    EvaluateOptions options;
    options.by_scores = (*judge)->task().kind == TaskKind::classification;
    if (known_float) {
        result.float_model = *known_float;
    } else {
        auto evaluation = evaluate(runner(**reference), {}, reader, options, part(job, next++, parts));
        if (!evaluation)
            return fail(evaluation);
        result.float_model = std::move(*evaluation);
    }
    {
        // A file for another machine is judged by its pure arithmetic: this one's kernels say nothing about
        // it.
        const auto session = resolved.target->runs_on_host ? Session::create(**model) : pure_session(**model);
        if (!session)
            return fail(session);
        options.judge = [&](std::int64_t sample, const std::vector<Tensor>& outputs,
                            const std::vector<Tensor>& expected) {
            return (*judge)->add(sample, outputs, expected);
        };
        options.arithmetic = resolved.target->runs_on_host ? Arithmetic::file : Arithmetic::file_off;
        options.outputs = output_parts(*resolved.prepared);
        auto evaluation =
            evaluate(runner(**session), runner(**reference), reader, options, part(job, next++, parts));
        if (!evaluation)
            return fail(evaluation);
        result.quantized = std::move(*evaluation);
        result.judgement = (*judge)->judgement();
        result.problems.insert(result.problems.end(), result.judgement->problems.begin(),
                               result.judgement->problems.end());
    }
    auto gap = kernel_gap(**model, runner(**reference), reader, 0, part(job, next, parts));
    if (!gap)
        return fail(gap);
    result.gap = *gap;
    return result;
}

}  // namespace quantwright

#include "core/task/open_judge.h"

#include "core/base/atomic_file.h"
#include "core/images/text_lines.h"
#include "core/task/recognise.h"

namespace quantwright {
namespace {

struct First {
    std::int64_t sample = 0;
    std::vector<Tensor> outputs;  ///< of this sample alone
};

Result<First> first_outputs(
    const InputReader& reader,
    const std::function<Result<std::vector<Tensor>>(const std::vector<Tensor>&)>& run) {
    std::vector<SkippedImage> skipped;
    for (std::int64_t i = 0; i < reader.size(); ++i) {
        const auto batch = reader.load_batch(i);
        const auto some = usable(batch, skipped);
        if (!some)
            return fail(some);
        if (!*some)
            continue;
        auto outputs = run(batch->inputs);
        if (!outputs)
            return fail(outputs);
        if (batch->rows > 1)
            if (auto row = outputs_of_row(*outputs, batch->rows, 0))
                *outputs = std::move(*row);
        return First{batch->samples.front(), std::move(*outputs)};
    }
    return none_left(reader, skipped);
}

Result<std::vector<std::string>> class_names(const std::filesystem::path& file) {
    if (file.empty())
        return std::vector<std::string>();
    const auto text = read_file(file, ErrorCode::images_labels_match_nothing);
    if (!text)
        return fail(text);
    return text_lines(utf8_text(*text));
}

}  // namespace

Result<bool> are_class_labels(const std::filesystem::path& labels, const TaskChoice& choice) {
    if (labels.empty())
        return true;
    std::error_code error;
    if (!std::filesystem::exists(labels, error))
        return true;  // whoever reads them says so
    const auto kind = kind_of_labels(labels);
    if (!kind)
        return fail(kind);
    if (choice.kind && *choice.kind != TaskKind::classification && *choice.kind != TaskKind::none)
        return false;
    return !*kind || **kind == TaskKind::classification;
}

Result<std::unique_ptr<Judge>> open_judge(
    const Model& model, const JudgeRequest& request,
    const std::function<Result<std::vector<Tensor>>(const std::vector<Tensor>& inputs)>& run) {
    const auto first = first_outputs(*request.reader, run);
    if (!first)
        return fail(first);
    return open_judge(model, request, first->sample, first->outputs);
}

Result<std::unique_ptr<Judge>> open_judge(const Model& model, const JudgeRequest& request,
                                          std::int64_t sample, const std::vector<Tensor>& outputs) {
    const auto geometry = request.reader->geometry(sample);
    if (!geometry)
        return fail(geometry);
    TaskFacts facts = facts_of(model, outputs, geometry->input);
    auto classes = class_names(request.classes);
    if (!classes)
        return fail(classes);
    facts.classes = std::move(*classes);
    if (!request.labels.empty()) {
        const auto kind = kind_of_labels(request.labels);
        if (!kind)
            return fail(kind);
        facts.labels = *kind;
    }
    auto task = recognise(facts, request.choice);
    if (!task)
        return fail(task);
    if (const auto read = decode(*task, facts.outputs, *geometry); !read) {
        if (!request.choice.empty() || facts.labels)
            return fail(read);
        *task = Task();
    }
    std::shared_ptr<const Labels> labels;
    if (!request.labels.empty() && request.truth) {
        auto loaded = load_labels(request.labels, *task, *request.reader);
        if (!loaded)
            return fail(loaded);
        labels = std::move(*loaded);
    } else if (task->kind == TaskKind::embedding && request.truth) {
        labels = identity_pairs(*request.reader);
    }
    std::vector<std::string> names;
    for (const NamedOutput& output : facts.outputs)
        names.push_back(output.name);
    return Judge::create(std::move(*task), std::move(names), request.reader, std::move(labels));
}

}  // namespace quantwright

#pragma once
// From what a user gave (labels, class names, choices) and a model to a judge of its samples.
#include <filesystem>
#include <functional>

#include "core/model/model.h"
#include "core/task/judge.h"

namespace quantwright {

struct JudgeRequest {
    std::shared_ptr<const InputReader> reader;
    std::filesystem::path labels;   ///< of any task but classification, whose labels the reader has
    std::filesystem::path classes;  ///< names, one a line
    TaskChoice choice;
    bool truth = true;  ///< false: labels only tell which task it is, nothing is judged by them
};

/// What labels of a path are for: those of classes belong to the reader's files, all others to the judge.
/// Errors: labels.unreadable.
Result<bool> are_class_labels(const std::filesystem::path& labels, const TaskChoice& choice);

/// Runs the model once, on the first sample that can be read, to see what it gives. A task that was not
/// chosen, and whose outputs its decoder can't read after all, is none. Errors: those of recognise(),
/// load_labels() and of the run; images.none_left.
Result<std::unique_ptr<Judge>> open_judge(
    const Model& model, const JudgeRequest& request,
    const std::function<Result<std::vector<Tensor>>(const std::vector<Tensor>& inputs)>& run);
/// The same by what the model gave for a sample, alone.
Result<std::unique_ptr<Judge>> open_judge(const Model& model, const JudgeRequest& request,
                                          std::int64_t sample, const std::vector<Tensor>& outputs);

}  // namespace quantwright

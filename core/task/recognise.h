#pragma once
// What a model is for, told by its outputs, its metadata and the labels that came with it.
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/model/model.h"
#include "core/task/decode.h"
#include "core/task/task.h"

namespace quantwright {

/// What there is to go by.
struct TaskFacts {
    std::map<std::string, std::string> metadata;  ///< metadata_props
    bool selects = false;                         ///< the graph has NonMaxSuppression
    std::vector<NamedOutput> outputs;             ///< of one sample
    Size input;                                   ///< of the image input; 0 where there is none
    int input_channels = 0;
    std::optional<TaskKind> labels;    ///< what the labels can only be for
    std::vector<std::string> classes;  ///< --classes
};
/// `outputs` of a run of `model`, in the model's order.
[[nodiscard]] TaskFacts facts_of(const Model& model, const std::vector<Tensor>& outputs, Size input);

/// The first of the known kinds that fits, with what spoke for it; TaskKind::none where none does. What the
/// user chose is stronger. Errors: task.invalid; task.outputs where the user's choice, or the labels, ask for
/// a task that no decoder fits.
Result<Task> recognise(const TaskFacts& facts, const TaskChoice& choice = {});

/// Class names in metadata as Ultralytics writes them ({0: 'person', 1: "dog"}), or a JSON list.
[[nodiscard]] std::vector<std::string> names_in(const std::string& metadata);

}  // namespace quantwright

#pragma once
// What a network is for: the task, and the decoder that turns its outputs into results. Both are data
// (resources/tasks/*.json); a decoder names one of the algorithms of core/task/decode.h.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/task/task_options.h"

namespace quantwright {

enum class TaskKind { none, classification, detection, segmentation, text, embedding, regression };
[[nodiscard]] std::string_view name_of(TaskKind kind);
[[nodiscard]] std::optional<TaskKind> find_task(std::string_view name);
[[nodiscard]] std::vector<std::string> task_names();  ///< "none" last

/// What speaks for a task.
struct Evidence {
    enum class Kind {
        chosen,    ///< the user says so
        metadata,  ///< what: "task = detect"
        labels,    ///< what: their format
        output,    ///< what: an output with its shape
        node,      ///< what: an operator of the graph
    };
    Kind kind = Kind::output;
    std::string what;
};

[[nodiscard]] std::string_view name_of(Evidence::Kind kind);

struct Task {
    TaskKind kind = TaskKind::none;
    std::string decoder;    ///< name of a description; empty for none
    std::string algorithm;  ///< what the description names
    TaskOptions options;
    std::vector<Evidence> why = {};
};

/// A description of resources/tasks.
struct TaskDescription {
    std::string name;
    TaskKind kind = TaskKind::none;
    std::string algorithm;
    TaskOptions options;
};
[[nodiscard]] const std::vector<TaskDescription>& task_descriptions();
/// The description of this name. Errors: task.invalid (detail: the names there are).
Result<TaskDescription> find_decoder(const std::string& name);
/// A task without evidence. Errors: task.invalid.
Result<Task> task_of(const std::string& decoder);

/// What the user says of the task: --task, --task-options, --task-set.
struct TaskChoice {
    std::optional<TaskKind> kind;
    Json options = Json::object();  ///< keys of TaskOptions, "decoder", "characters" also as a file's path

    [[nodiscard]] bool empty() const { return !kind && options.empty(); }
    [[nodiscard]] bool operator==(const TaskChoice&) const = default;
};
/// As a project keeps it: {"task": "detection", "options": {…}}. Errors: task.invalid.
[[nodiscard]] Json to_json(const TaskChoice& choice);
Result<TaskChoice> task_choice_from_json(const Json& json, const std::string& subject);
/// Errors: task.invalid: an unknown task, decoder or key, a value that its key can't have, a file that can't
/// be read.
Status check(const TaskChoice& choice);
/// "key=value": the value is JSON where it is that, else a text. Errors: task.invalid.
Status set_option(TaskChoice& choice, const std::string& assignment);
/// The keys of a JSON file. Errors: task.invalid.
Status load_options(TaskChoice& choice, const std::string& file);
/// Options that the user chose over what was recognised. "characters" may be a file, one a line. Errors:
/// task.invalid.
Status apply(const TaskChoice& choice, Task& task);

}  // namespace quantwright

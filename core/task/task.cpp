#include "core/task/task.h"

#include <algorithm>
#include <array>

#include "core/base/atomic_file.h"
#include "core/images/text_lines.h"
#include "core/task/builtin_tasks.h"

namespace quantwright {
namespace {

struct Named {
    TaskKind kind;
    std::string_view name;
};
constexpr std::array names = {Named{TaskKind::classification, "classification"},
                              Named{TaskKind::detection, "detection"},
                              Named{TaskKind::segmentation, "segmentation"},
                              Named{TaskKind::text, "text"},
                              Named{TaskKind::embedding, "embedding"},
                              Named{TaskKind::regression, "regression"},
                              Named{TaskKind::none, "none"}};

/// A description that ships with the program is right, or its test fails.
TaskDescription read_description(std::string_view text) {
    const Json json = Json::parse(text);
    TaskDescription description{
        json.at("name"), *find_task(json.at("task").get<std::string>()), json.at("decoder"), {}};
    if (json.contains("options"))
        static_cast<void>(set_options(description.options, json["options"], description.name));
    return description;
}

Result<std::vector<std::string>> characters_of(const std::string& file) {
    const auto text = read_file(file, ErrorCode::task_invalid);
    if (!text)
        return fail(text);
    std::vector<std::string> characters;
    // Not text_lines(): a line may be a blank, which is a character.
    const std::string utf8 = utf8_text(*text);
    for (std::size_t begin = 0; begin < utf8.size();) {
        const std::size_t end = std::min(utf8.find('\n', begin), utf8.size());
        std::string line = utf8.substr(begin, end - begin);
        if (line.ends_with('\r'))
            line.pop_back();
        characters.push_back(std::move(line));
        begin = end + 1;
    }
    return characters;
}

}  // namespace

std::string_view name_of(TaskKind kind) {
    return std::find_if(names.begin(), names.end(), [&](const Named& one) { return one.kind == kind; })->name;
}

std::string_view name_of(Evidence::Kind kind) {
    constexpr std::array<std::string_view, 5> kinds = {"chosen", "metadata", "labels", "output", "node"};
    return kinds[static_cast<std::size_t>(kind)];
}

std::optional<TaskKind> find_task(std::string_view name) {
    for (const Named& one : names)
        if (one.name == name)
            return one.kind;
    return std::nullopt;
}

std::vector<std::string> task_names() {
    std::vector<std::string> result;
    for (const Named& one : names)
        result.emplace_back(one.name);
    return result;
}

const std::vector<TaskDescription>& task_descriptions() {
    static const std::vector<TaskDescription> all = [] {
        std::vector<TaskDescription> descriptions;
        for (const std::string_view text : builtin_tasks())
            descriptions.push_back(read_description(text));
        return descriptions;
    }();
    return all;
}

Result<TaskDescription> find_decoder(const std::string& name) {
    std::string known;
    for (const TaskDescription& one : task_descriptions()) {
        if (one.name == name)
            return one;
        known += (known.empty() ? "" : ", ") + one.name;
    }
    return fail(ErrorCode::task_invalid, name, "there is no such decoder; there are: " + known);
}

Result<Task> task_of(const std::string& decoder) {
    const auto description = find_decoder(decoder);
    if (!description)
        return fail(description);
    return Task{description->kind, description->name, description->algorithm, description->options, {}};
}

Status set_option(TaskChoice& choice, const std::string& assignment) {
    const auto equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0)
        return fail(ErrorCode::task_invalid, assignment, "key=value is wanted");
    const std::string value = assignment.substr(equals + 1);
    const Json json = Json::parse(value, nullptr, false);
    choice.options[assignment.substr(0, equals)] = json.is_discarded() ? Json(value) : json;
    return {};
}

Json to_json(const TaskChoice& choice) {
    Json json = Json::object();
    if (choice.kind)
        json["task"] = std::string(name_of(*choice.kind));
    if (!choice.options.empty())
        json["options"] = choice.options;
    return json;
}

Result<TaskChoice> task_choice_from_json(const Json& json, const std::string& subject) {
    if (auto known = only_keys(json, {"task", "options"}, ErrorCode::task_invalid, subject, "task"); !known)
        return fail(known);
    TaskChoice choice;
    if (const auto name = json.find("task"); name != json.end()) {
        choice.kind = find_task(name->is_string() ? name->get<std::string>() : name->dump());
        if (!choice.kind)
            return fail(ErrorCode::task_invalid, subject, "there is no task " + name->dump());
    }
    choice.options = json.value("options", Json::object());
    if (!choice.options.is_object())
        return fail(ErrorCode::task_invalid, subject, "an object of options is wanted");
    return choice;
}

Status check(const TaskChoice& choice) {
    Task task;
    if (const auto decoder = choice.options.find("decoder"); decoder != choice.options.end()) {
        const auto known = find_decoder(decoder->is_string() ? decoder->get<std::string>() : decoder->dump());
        if (!known)
            return fail(known);
        if (choice.kind && *choice.kind != known->kind)
            return fail(ErrorCode::task_invalid, known->name,
                        "it is a decoder of " + std::string(name_of(known->kind)));
        task.options = known->options;
    }
    return apply(choice, task);
}

Status load_options(TaskChoice& choice, const std::string& file) {
    const auto text = read_file(file, ErrorCode::task_invalid);
    if (!text)
        return fail(text);
    const auto json = parse_json(*text, ErrorCode::task_invalid, file, JsonComments::skipped);
    if (!json)
        return fail(json);
    if (!json->is_object())
        return fail(ErrorCode::task_invalid, file, "an object of options is wanted");
    for (const auto& [key, value] : json->items())
        choice.options[key] = value;
    return {};
}

Status apply(const TaskChoice& choice, Task& task) {
    Json options = choice.options;
    options.erase("decoder");
    if (const auto file = options.find("characters"); file != options.end() && file->is_string()) {
        auto characters = characters_of(file->get<std::string>());
        if (!characters)
            return fail(characters);
        *file = std::move(*characters);
    }
    return set_options(task.options, options, "--task-set");
}

}  // namespace quantwright

#include "core/project/project.h"

#include <span>

#include "core/base/atomic_file.h"
#include "core/base/sha256.h"
#include "core/project/base64.h"
#include "core/project/project_paths.h"

namespace quantwright {

namespace {

namespace fs = std::filesystem;

constexpr int k_version = 1;

fs::path folder_of(const fs::path& path) {
    return fs::absolute(path).parent_path();
}

void put_images(Json& json, const ImageSettings& images, const fs::path& folder) {
    json["images"] = {{"calibration", path_to_save(images.calibration, folder)},
                      {"evaluation", path_to_save(images.evaluation, folder)},
                      {"labels", path_to_save(images.labels, folder)}};
    if (images.at_most >= 0)
        json["images"]["calibration_at_most"] = images.at_most;
    for (const auto& [name, input] : images.inputs) {
        Json& one = json["images"]["inputs"][name];
        one = {{"calibration", path_to_save(input.calibration.path, folder)},
               {"evaluation", path_to_save(input.evaluation, folder)}};
        if (input.calibration.read_as != ReadAs::by_extension)
            one["read_as"] = std::string(name_of(input.calibration.read_as));
        if (input.calibration.raw_type != ElementType::float32)
            one["dtype"] = std::string(name_of(input.calibration.raw_type));
    }
    if (images.preprocess)
        json["preprocess"] = to_json(*images.preprocess);
    if (!images.task.empty())
        json["task"] = to_json(images.task);
}

Json to_json(const Project::Result& result, const fs::path& folder) {
    Json from = {{"model_sha256", result.made_from.model_sha256}};
    put_images(from, result.made_from.images, folder);
    from["plan"] = to_json(result.made_from.plan);
    from["statistics_sha256"] = result.made_from.statistics_sha256;
    from["improved_sha256"] = result.made_from.improved_sha256;
    return {{"made_from", std::move(from)}, {"figures", result.figures}};
}

Json to_json(const Project& project, const fs::path& folder) {
    Json shapes = Json::object();
    for (const auto& [input, shape] : project.input_shapes)
        shapes[input] = shape;
    Json json = {{"quantwright_project", k_version},
                 {"model",
                  {{"path", path_to_save(project.model, folder)},
                   {"sha256", project.model_sha256},
                   {"input_shapes", std::move(shapes)}}}};
    put_images(json, project.images, folder);
    json["plan"] = to_json(project.plan);
    if (project.statistics)
        json["statistics"] = base64_encode(serialize(*project.statistics));
    if (project.improve != "none")
        json["improve"] = project.improve;
    if (project.improved)
        json["improved"] = to_json(*project.improved, folder);
    if (project.analysis)
        json["analysis"] = to_json(*project.analysis, folder);
    if (project.comparison)
        json["comparison"] = to_json(*project.comparison, folder);
    for (const Project::Result& deployment : project.deployments)
        json["deployments"].push_back(to_json(deployment, folder));
    return json;
}

/// Reads one file; a Json access that doesn't fit throws.
class Reader {
public:
    Reader(std::string subject, fs::path folder)
        : m_subject(std::move(subject)), m_folder(std::move(folder)) {}

    Result<Project> read(const Json& json) const {
        if (auto known = keys(json,
                              {"quantwright_project", "model", "images", "preprocess", "task", "plan",
                               "statistics", "improve", "improved", "analysis", "comparison", "deployments"},
                              "project");
            !known)
            return fail(known);
        if (json.at("quantwright_project").get<int>() != k_version)
            return fail(ErrorCode::project_invalid, m_subject, "unknown version");
        Project project;
        if (auto read = read_model(json.at("model"), project); !read)
            return fail(read);
        if (auto read = read_images(json, project.images); !read)
            return fail(read);
        auto plan = plan_from_json(json.at("plan"), m_subject);
        if (!plan)
            return part_of_project(plan.error());
        project.plan = std::move(*plan);
        if (json.contains("statistics")) {
            const auto bytes = base64_decode(json["statistics"].get_ref<const std::string&>());
            if (!bytes)
                return fail(ErrorCode::project_invalid, m_subject, "statistics: no base64");
            auto statistics = deserialize_statistics(*bytes, m_subject);
            if (!statistics)
                return part_of_project(statistics.error());
            project.statistics = std::move(*statistics);
        }
        project.improve = json.value("improve", project.improve);
        if (project.improve != "none" && project.improve != "fast" && project.improve != "best")
            return fail(ErrorCode::project_invalid, m_subject, "improve: " + project.improve);
        for (const auto& [key, result] : {std::pair{"improved", &project.improved},
                                          {"analysis", &project.analysis},
                                          {"comparison", &project.comparison}})
            if (json.contains(key)) {
                auto read = read_result(json[key], key);
                if (!read)
                    return fail(read);
                *result = std::move(*read);
            }
        for (const Json& one : json.value("deployments", Json::array())) {
            auto read = read_result(one, "deployments");
            if (!read)
                return fail(read);
            project.deployments.push_back(std::move(*read));
        }
        return project;
    }

private:
    Status keys(const Json& object, std::initializer_list<std::string_view> names,
                const std::string& where) const {
        return only_keys(object, names, ErrorCode::project_invalid, m_subject, where);
    }

    /// What is wrong with a part is wrong with the file.
    [[nodiscard]] tl::unexpected<Error> part_of_project(const Error& error) const {
        const std::string about = error.subject == m_subject ? std::string() : error.subject + ": ";
        return fail(ErrorCode::project_invalid, m_subject,
                    std::string(name_of(error.code)) + ": " + about + error.detail);
    }

    Status read_model(const Json& json, Project& project) const {
        if (auto known = keys(json, {"path", "sha256", "input_shapes"}, "model"); !known)
            return known;
        project.model = path_from_saved(json.at("path").get<std::string>(), m_folder);
        project.model_sha256 = json.at("sha256").get<std::string>();
        for (const auto& [input, shape] : json.at("input_shapes").items())
            project.input_shapes[input] = shape.get<Shape>();
        return {};
    }

    /// `images`, `preprocess` and `task` of the object.
    Status read_images(const Json& json, ImageSettings& images) const {
        const Json& sources = json.at("images");
        if (auto known = keys(
                sources, {"calibration", "evaluation", "labels", "calibration_at_most", "inputs"}, "images");
            !known)
            return known;
        images.calibration = path_from_saved(sources.at("calibration").get<std::string>(), m_folder);
        images.evaluation = path_from_saved(sources.at("evaluation").get<std::string>(), m_folder);
        images.labels = path_from_saved(sources.at("labels").get<std::string>(), m_folder);
        images.at_most = sources.value("calibration_at_most", std::int64_t{-1});
        if (sources.contains("inputs"))
            for (const auto& [name, files] : sources["inputs"].items())
                if (auto read = read_input(files, images.inputs[name], "images.inputs." + name); !read)
                    return read;
        if (json.contains("preprocess")) {
            auto preprocess = preprocess_from_json(json["preprocess"], m_subject);
            if (!preprocess)
                return part_of_project(preprocess.error());
            images.preprocess = std::move(*preprocess);
        }
        if (json.contains("task")) {
            auto task = task_choice_from_json(json["task"], m_subject);
            if (!task)
                return part_of_project(task.error());
            images.task = std::move(*task);
        }
        return {};
    }

    Status read_input(const Json& json, InputSettings& input, const std::string& where) const {
        if (auto known = keys(json, {"calibration", "evaluation", "read_as", "dtype"}, where); !known)
            return known;
        input.calibration.path = path_from_saved(json.at("calibration").get<std::string>(), m_folder);
        input.evaluation = path_from_saved(json.at("evaluation").get<std::string>(), m_folder);
        const auto read_as = read_as_named(json.value("read_as", std::string(name_of(ReadAs::by_extension))));
        const auto type = raw_type_named(json.value("dtype", std::string(name_of(ElementType::float32))));
        if (!read_as || !type)
            return fail(ErrorCode::project_invalid, m_subject, where);
        input.calibration.read_as = *read_as;
        input.calibration.raw_type = *type;
        return {};
    }

    Result<Project::Result> read_result(const Json& json, const std::string& where) const {
        if (auto known = keys(json, {"made_from", "figures"}, where); !known)
            return fail(known);
        const Json& from = json.at("made_from");
        if (auto known = keys(from,
                              {"model_sha256", "images", "preprocess", "task", "plan", "statistics_sha256",
                               "improved_sha256"},
                              where + ".made_from");
            !known)
            return fail(known);
        Project::Result result;
        result.made_from.model_sha256 = from.at("model_sha256").get<std::string>();
        result.made_from.statistics_sha256 = from.at("statistics_sha256").get<std::string>();
        result.made_from.improved_sha256 = from.value("improved_sha256", std::string());
        if (auto read = read_images(from, result.made_from.images); !read)
            return fail(read);
        auto plan = plan_from_json(from.at("plan"), m_subject);
        if (!plan)
            return part_of_project(plan.error());
        result.made_from.plan = std::move(*plan);
        result.figures = json.at("figures");
        return result;
    }

    const std::string m_subject;
    const fs::path m_folder;
};

}  // namespace

bool MadeFrom::same_but_task(const MadeFrom& other) const {
    MadeFrom same = other;
    same.images.task = images.task;
    return *this == same;
}

std::string statistics_sha256(const Statistics& statistics) {
    const std::string bytes = serialize(statistics);
    return sha256_hex(std::as_bytes(std::span(bytes)));
}

Status save_project(const Project& project, const fs::path& path) {
    try {
        return write_file(path, to_text(to_json(project, folder_of(path))));
    } catch (const std::exception& e) {
        return fail(ErrorCode::output_unwritable, path.string(), e.what());
    }
}

Result<Project> load_project(const fs::path& path) {
    try {
        const auto text = read_file(path, ErrorCode::project_invalid);
        if (!text)
            return fail(text);
        const auto json = parse_json(*text, ErrorCode::project_invalid, path.string());
        if (!json)
            return fail(json);
        return Reader(path.string(), folder_of(path)).read(*json);
    } catch (const std::exception& e) {
        return fail(ErrorCode::project_invalid, path.string(), e.what());
    }
}

}  // namespace quantwright

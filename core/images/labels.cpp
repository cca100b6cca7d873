#include "core/images/labels.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <unordered_map>
#include <unordered_set>

#include "core/base/atomic_file.h"
#include "core/images/array_file.h"
#include "core/images/input_reader.h"
#include "core/images/text_lines.h"
#include "core/number/convert.h"

namespace quantwright {
namespace {

std::string normal(const std::string& path) {
    return std::filesystem::path(path).lexically_normal().generic_string();
}

std::string file_name(const std::string& path) {
    return std::filesystem::path(path).filename().string();
}

/// A whole number.
std::optional<int> number_in(std::string_view text) {
    int number = 0;
    const auto [at, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool good = error == std::errc() && at == text.data() + text.size();
    return good ? std::optional(number) : std::nullopt;
}

/// The labels of a file by what the lines name.
class LabelTable {
public:
    void add(const std::string& path, int label) {
        const std::string slashed = with_slashes(path);
        m_by_path[normal(path)] = label;
        if (slashed != path)
            m_by_path.try_emplace(normal(slashed), label);
        Named& named = m_by_name[file_name(slashed)];
        named = {label, named.lines + 1};
    }

    /// True if one of the files was found.
    bool apply(ImageList& list) const {
        std::unordered_map<std::string, int> files_with_name;
        for (const ImageFile& file : list.files)
            ++files_with_name[file_name(file.relative)];
        bool matched = false;
        for (ImageFile& file : list.files) {
            file.label.reset();
            std::optional<int> found;
            const std::string name = file_name(file.relative);
            if (const auto path = m_by_path.find(normal(file.relative)); path != m_by_path.end())
                found = path->second;
            else if (const auto named = m_by_name.find(name);
                     named != m_by_name.end() && named->second.lines == 1 && files_with_name[name] == 1)
                found = named->second.label;
            matched = matched || found;
            if (found && *found >= 0)
                file.label = found;
        }
        return matched;
    }

private:
    struct Named {
        int label = 0;
        int lines = 0;
    };
    std::unordered_map<std::string, int> m_by_path;
    std::unordered_map<std::string, Named> m_by_name;
};

Status put_in_order(ImageList& list, const std::vector<std::int64_t>& labels, const std::string& subject) {
    if (labels.size() != list.files.size())
        return fail(
            ErrorCode::images_labels_match_nothing, subject,
            std::to_string(labels.size()) + " labels for " + std::to_string(list.files.size()) + " samples");
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const bool is_label = labels[i] >= 0 && labels[i] <= std::numeric_limits<int>::max();
        list.files[i].label = is_label ? std::optional(static_cast<int>(labels[i])) : std::nullopt;
    }
    return {};
}

Status apply_label_array(ImageList& list, const std::filesystem::path& path) {
    const auto refuse = [&](const std::string& detail) {
        return fail(ErrorCode::images_labels_match_nothing, path.string(), detail);
    };
    const auto array = read_npy(path);
    if (!array)
        return refuse(array.error().detail);
    const auto wide = std::count_if(array->shape.begin(), array->shape.end(),
                                    [](std::int64_t dimension) { return dimension != 1; });
    if (wide > 1)
        return refuse("one label per sample is wanted");
    const Tensor numbers = convert(*array, ElementType::int64);
    const auto values = numbers.as<std::int64_t>();
    return put_in_order(list, {values.begin(), values.end()}, path.string());
}

/// A line about one of the files, not a heading.
bool names_a_file(const std::string& line, const std::unordered_set<std::string>& names) {
    const auto pairs = column_pairs(line);
    return std::any_of(pairs.begin(), pairs.end(), [&](const std::pair<std::string, std::string>& columns) {
        return names.contains(file_name(with_slashes(columns.first)));
    });
}

bool is_class_number(const std::string& folder) {
    return number_in(folder).value_or(-1) >= 0;
}

std::string folder_of(const ImageFile& file) {
    return file.relative.substr(0, file.relative.find('/'));
}

}  // namespace

Result<ClassNames> ClassNames::load(const std::filesystem::path& file) {
    const Result<std::string> text = read_file(file, ErrorCode::images_labels_match_nothing);
    if (!text)
        return fail(text);
    ClassNames names;
    names.m_lines = text_lines(utf8_text(*text));
    if (names.empty())
        return fail(ErrorCode::images_labels_match_nothing, file.string(), "no names in it");
    return names;
}

std::optional<int> ClassNames::find(const std::string& name) const {
    if (name.empty())
        return std::nullopt;
    auto found = std::find(m_lines.begin(), m_lines.end(), name);
    if (found == m_lines.end())
        found = std::find_if(m_lines.begin(), m_lines.end(), [&](const std::string& line) {
            return line.substr(0, line.find_first_of(" \t,;")) == name;
        });
    return found == m_lines.end() ? std::nullopt : std::optional(static_cast<int>(found - m_lines.begin()));
}

std::optional<std::pair<std::string, int>> named_label(const std::string& line, const ClassNames& classes) {
    for (const auto& [path, name] : column_pairs(line))
        if (const auto label = classes.find(name))
            return std::pair(path, *label);
    return std::nullopt;
}

Status apply_label_file(ImageList& list, const std::filesystem::path& labels, const ClassNames& classes) {
    list.labels_from = LabelsFrom::file;
    list.class_folders.clear();
    if (labels.extension() == ".npy")
        return apply_label_array(list, labels);
    const Result<std::string> text = read_file(labels, ErrorCode::images_labels_match_nothing);
    if (!text)
        return fail(text);
    std::unordered_set<std::string> names;
    for (const ImageFile& file : list.files)
        names.insert(file_name(file.relative));
    LabelTable table;
    std::vector<std::int64_t> alone;
    std::vector<std::string> unknown;
    const std::vector<PathLine> lines = path_lines(utf8_text(*text));
    for (const PathLine& line : lines) {
        if (const auto named = classes.empty() ? std::nullopt : named_label(line.text, classes)) {
            table.add(named->first, named->second);
            continue;
        }
        if (const auto number = number_in(line.path); number && !line.number)
            alone.push_back(*number);
        if (line.number)
            table.add(line.path, *line.number);
        else if (!classes.empty() && names_a_file(line.text, names))
            unknown.push_back(line.text);
    }
    if (!lines.empty() && alone.size() == lines.size())
        return put_in_order(list, alone, labels.string());
    list.unknown_names = std::move(unknown);
    if (!table.apply(list))
        return fail(ErrorCode::images_labels_match_nothing, labels.string());
    return {};
}

Status apply_class_folders(ImageList& list, const ClassNames& classes, const std::filesystem::path& file) {
    std::vector<std::string> folders;
    for (const ImageFile& image : list.files) {
        if (image.relative.find('/') == std::string::npos)
            return {};  // a file outside the folders: they are no classes
        if (folders.empty() || folders.back() != folder_of(image))
            folders.push_back(folder_of(image));
    }
    if (folders.size() < 2 && classes.empty())
        return {};
    std::sort(folders.begin(), folders.end());
    folders.erase(std::unique(folders.begin(), folders.end()), folders.end());
    const bool numbers = std::all_of(folders.begin(), folders.end(), is_class_number);
    std::unordered_map<std::string, std::optional<int>> label_of;
    bool known = false;
    for (std::size_t i = 0; i < folders.size(); ++i) {
        std::optional<int> label = classes.find(folders[i]);
        known = known || label;
        if (!label && numbers)
            label = number_in(folders[i]);
        else if (!label && classes.empty())
            label = static_cast<int>(i);
        if (!label)
            list.unknown_names.push_back(folders[i]);
        label_of[folders[i]] = label;
    }
    if (!classes.empty() && !known && !numbers)
        return fail(ErrorCode::images_labels_match_nothing, file.string(),
                    "none of its names is a folder's; the first folder is " + folders.front());
    for (ImageFile& image : list.files)
        image.label = label_of[folder_of(image)];
    list.labels_from = known     ? LabelsFrom::named_folders
                       : numbers ? LabelsFrom::numbered_folders
                                 : LabelsFrom::sorted_folders;
    list.class_folders = std::move(folders);
    return {};
}

std::vector<Problem> label_problems(const ImageList& list, std::optional<std::int64_t> classes) {
    std::vector<Problem> problems;
    if (!list.unknown_names.empty())
        problems.push_back({"labels.unknown_names",
                            Severity::warning,
                            {},
                            {std::to_string(list.unknown_names.size()), list.unknown_names.front()}});
    if (!classes || !list.has_labels)
        return problems;
    const auto folders = static_cast<std::int64_t>(list.class_folders.size());
    const std::vector<std::string> counts = {std::to_string(folders), std::to_string(*classes)};
    if (list.labels_from == LabelsFrom::sorted_folders && folders != *classes)
        problems.push_back({"labels.folder_count", Severity::warning, {}, counts});
    else if (folders > 0 && folders < *classes)
        problems.push_back({"labels.classes_missing", Severity::info, {}, counts});
    std::int64_t beyond = 0, largest = 0;
    for (const ImageFile& file : list.files)
        if (file.label && *file.label >= *classes) {
            ++beyond;
            largest = std::max<std::int64_t>(largest, *file.label);
        }
    if (beyond > 0)
        problems.push_back({"labels.beyond_outputs",
                            Severity::warning,
                            {},
                            {std::to_string(beyond), std::to_string(largest), std::to_string(*classes)}});
    return problems;
}

}  // namespace quantwright

#include "core/images/labels.h"

#include <algorithm>
#include <unordered_map>

#include "core/base/atomic_file.h"
#include "core/images/text_lines.h"

namespace quantwright {
namespace {

std::string normal(const std::string& path) {
    return std::filesystem::path(path).lexically_normal().generic_string();
}

std::string file_name(const std::string& path) {
    return std::filesystem::path(path).filename().string();
}

}  // namespace

Status apply_label_file(ImageList& list, const std::filesystem::path& labels) {
    const Result<std::string> text = read_file(labels, ErrorCode::images_labels_match_nothing);
    if (!text)
        return fail(text);
    struct Named {
        int label = 0;
        int lines = 0;
    };
    std::unordered_map<std::string, int> by_path;
    std::unordered_map<std::string, Named> by_name;
    for (const PathLine& line : path_lines(*text)) {
        if (!line.number)
            continue;  // a heading
        by_path[normal(line.path)] = *line.number;
        Named& named = by_name[file_name(line.path)];
        named = {*line.number, named.lines + 1};
    }
    std::unordered_map<std::string, int> images_with_name;
    for (const ImageFile& file : list.files)
        ++images_with_name[file_name(file.relative)];

    bool matched = false;
    for (ImageFile& file : list.files) {
        file.label.reset();
        std::optional<int> found;
        const std::string name = file_name(file.relative);
        if (const auto path = by_path.find(normal(file.relative)); path != by_path.end())
            found = path->second;
        else if (const auto named = by_name.find(name);
                 named != by_name.end() && named->second.lines == 1 && images_with_name[name] == 1)
            found = named->second.label;
        matched = matched || found;
        if (found && *found >= 0)
            file.label = found;
    }
    if (!matched)
        return fail(ErrorCode::images_labels_match_nothing, labels.string());
    return {};
}

void apply_class_folders(ImageList& list, const std::vector<std::string>& folders) {
    const auto folder_of = [](const std::string& relative) { return relative.substr(0, relative.find('/')); };
    const bool all_inside = std::all_of(list.files.begin(), list.files.end(), [](const ImageFile& file) {
        return file.relative.find('/') != std::string::npos;
    });
    if (!all_inside || folders.size() < 2)
        return;
    for (ImageFile& file : list.files) {
        const auto at = std::lower_bound(folders.begin(), folders.end(), folder_of(file.relative));
        file.label = static_cast<int>(at - folders.begin());
    }
}

}  // namespace quantwright

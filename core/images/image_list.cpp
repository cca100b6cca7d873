#include "core/images/image_list.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <random>
#include <set>
#include <unordered_set>

#include "core/base/atomic_file.h"
#include "core/images/labels.h"
#include "core/images/text_lines.h"

namespace quantwright {
namespace {

namespace fs = std::filesystem;

bool known_extension(const fs::path& path) {
    constexpr std::array<std::string_view, 9> known = {".png", ".jpg",  ".jpeg", ".bmp", ".webp",
                                                       ".tif", ".tiff", ".npy",  ".raw"};
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return std::find(known.begin(), known.end(), extension) != known.end();
}

/// Walks a folder and what it links to. Folders that can't be read count as empty.
class FolderWalk {
public:
    explicit FolderWalk(const fs::path& root) { walk(root, "", 0); }

    std::vector<ImageFile> files;
    std::vector<std::string> folders;  ///< of the first level

private:
    void walk(const fs::path& folder, const std::string& prefix, int depth) {
        std::error_code error;
        const fs::path real = fs::canonical(folder, error);
        if (error || !m_inside.insert(real).second)
            return;  // a link that leads back into a folder that is being walked
        for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
             entry.increment(error)) {
            const std::string name = entry->path().filename().string();
            std::error_code unknown;
            if (name.empty() || name.front() == '.')
                continue;
            if (entry->is_directory(unknown)) {
                if (depth == 0)
                    folders.push_back(name);
                walk(entry->path(), prefix + name + "/", depth + 1);
            } else if (entry->is_regular_file(unknown) && known_extension(entry->path())) {
                files.push_back({entry->path(), prefix + name, std::nullopt});
            }
        }
        m_inside.erase(real);
    }

    std::set<fs::path> m_inside;
};

ImageList from_folder(const fs::path& folder) {
    FolderWalk walk(folder);
    ImageList list{folder.string(), std::move(walk.files), false};
    std::sort(list.files.begin(), list.files.end(),
              [](const ImageFile& a, const ImageFile& b) { return a.relative < b.relative; });
    std::sort(walk.folders.begin(), walk.folders.end());
    apply_class_folders(list, walk.folders);
    return list;
}

Result<ImageList> from_list_file(const fs::path& path) {
    const Result<std::string> text = read_file(path, ErrorCode::images_none_left);
    if (!text)
        return fail(text);
    ImageList list{path.string(), {}, false};
    for (PathLine& line : path_lines(*text)) {
        const std::optional<int> label = line.number && *line.number >= 0 ? line.number : std::nullopt;
        list.files.push_back({path.parent_path() / line.path, std::move(line.path), label});
    }
    return list;
}

/// `count` of `size` indices, in order. Fisher-Yates by hand: the standard library's shuffle differs between
/// implementations, and the same seed must choose the same images everywhere.
std::vector<std::size_t> chosen_indices(std::size_t size, std::size_t count, std::uint64_t seed) {
    std::vector<std::size_t> indices(size);
    std::iota(indices.begin(), indices.end(), std::size_t{0});
    std::mt19937_64 random(seed);
    for (std::size_t i = size; i-- > 1;)
        std::swap(indices[i], indices[static_cast<std::size_t>(random() % (i + 1))]);
    indices.resize(count);
    std::sort(indices.begin(), indices.end());
    return indices;
}

void take_some(std::vector<ImageFile>& files, std::int64_t count, std::uint64_t seed) {
    if (count < 0 || static_cast<std::size_t>(count) >= files.size())
        return;
    std::vector<ImageFile> taken;
    for (const std::size_t index : chosen_indices(files.size(), static_cast<std::size_t>(count), seed))
        taken.push_back(std::move(files[index]));
    files = std::move(taken);
}

}  // namespace

Result<ImageList> list_images(const fs::path& folder_or_list, const ImageListOptions& options) {
    try {
        std::error_code error;
        const fs::file_status status = fs::status(folder_or_list, error);
        Result<ImageList> list;
        if (fs::is_directory(status))
            list = from_folder(folder_or_list);
        else if (fs::is_regular_file(status) && known_extension(folder_or_list))
            list = ImageList{
                folder_or_list.string(), {{folder_or_list, folder_or_list.filename().string(), {}}}, false};
        else
            list = from_list_file(folder_or_list);
        if (!list)
            return list;
        if (!options.labels.empty() && !list->files.empty())
            if (const Status labelled = apply_label_file(*list, options.labels); !labelled)
                return fail(labelled);
        const std::unordered_set<std::string> excluded(options.excluded.begin(), options.excluded.end());
        std::erase_if(list->files, [&](const ImageFile& file) { return excluded.contains(file.relative); });
        take_some(list->files, options.count, options.seed);
        if (list->files.empty())
            return fail(ErrorCode::images_none_left, folder_or_list.string());
        list->has_labels = std::any_of(list->files.begin(), list->files.end(),
                                       [](const ImageFile& file) { return file.label.has_value(); });
        return list;
    } catch (const std::exception& failure) {  // bad_alloc, a path that can't be converted
        return fail(ErrorCode::images_none_left, folder_or_list.string(), failure.what());
    }
}

}  // namespace quantwright

#include "core/images/image_list.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <random>
#include <set>
#include <unordered_set>

#include "core/base/atomic_file.h"
#include "core/images/array_file.h"
#include "core/images/labels.h"
#include "core/images/sample_fit.h"
#include "core/images/text_lines.h"

namespace quantwright {
namespace {

namespace fs = std::filesystem;

std::string lower_extension(const fs::path& path) {
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return extension;
}

bool known_extension(const fs::path& path) {
    constexpr std::array<std::string_view, 10> known = {".png", ".jpg",  ".jpeg", ".bmp", ".webp",
                                                        ".tif", ".tiff", ".npy",  ".npz", ".raw"};
    const std::string extension = lower_extension(path);
    return std::find(known.begin(), known.end(), extension) != known.end();
}

/// Walks a folder and what it links to. Folders that can't be read count as empty.
class FolderWalk {
public:
    explicit FolderWalk(const fs::path& root) { walk(root, ""); }

    std::vector<ImageFile> files;

private:
    void walk(const fs::path& folder, const std::string& prefix) {
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
                walk(entry->path(), prefix + name + "/");
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
    return list;
}

Result<ImageList> from_list_file(const fs::path& path, const ClassNames& classes) {
    const Result<std::string> text = read_file(path, ErrorCode::images_none_left);
    if (!text)
        return fail(text);
    ImageList list{path.string(), {}, false};
    for (PathLine& line : path_lines(utf8_text(*text))) {
        std::optional<int> label = line.number && *line.number >= 0 ? line.number : std::nullopt;
        if (auto named = classes.empty() ? std::nullopt : named_label(line.text, classes)) {
            line.path = std::move(named->first);
            label = named->second;
        }
        std::error_code error;
        // A backslash may be part of a name here, but hardly ever is.
        if (line.path.find('\\') != std::string::npos && !fs::exists(path.parent_path() / line.path, error))
            line.path = with_slashes(line.path);
        list.files.push_back({path.parent_path() / line.path, std::move(line.path), label});
    }
    list.labels_from = LabelsFrom::list;
    return list;
}

/// The arrays of an archive that are samples of the input: the one of its name, else all that fit.
std::vector<std::size_t> chosen_arrays(const ArrayFile& file, const ImageListOptions& options) {
    std::vector<std::size_t> fitting;
    for (std::size_t i = 0; i < file.arrays().size(); ++i) {
        if (!options.input.empty() && file.arrays()[i].name == options.input)
            return {i};
        if (fit_sample(file.arrays()[i].header.shape, options.shape))
            fitting.push_back(i);
    }
    return fitting;
}

/// The samples in one array file. What can't be opened or does not fit stays one entry: loading it says why.
void append_samples(std::vector<ImageFile>& samples, ImageFile file, const ImageListOptions& options) {
    const auto opened = ArrayFile::open(file.path);
    const std::vector<std::size_t> chosen =
        opened ? chosen_arrays(**opened, options) : std::vector<std::size_t>();
    if (chosen.empty())
        return samples.push_back(std::move(file));
    for (const std::size_t index : chosen) {
        const ArrayFile::Array& array = (*opened)->arrays()[index];
        const auto fit = fit_sample(array.header.shape, options.shape);
        const std::string name = array.name.empty() || chosen.size() == 1 ? std::string() : ":" + array.name;
        const bool rows = fit && fit->count > 0 && array.complete;
        if (!rows) {
            ImageFile& sample = samples.emplace_back(file);
            sample.relative += name;
            sample.part = ArrayPart{array.name, -1, !fit || fit->whole};
        }
        for (std::int64_t row = 0; rows && row < fit->count; ++row) {
            ImageFile& sample = samples.emplace_back(file);
            sample.relative += name + "[" + std::to_string(row) + "]";
            sample.part = ArrayPart{array.name, row, fit->whole};
        }
    }
}

/// Where some samples are rows of a batch, arrays that hold a whole one are as many rows.
void split_batches(std::vector<ImageFile>& samples, std::int64_t batch) {
    const auto is_whole = [](const ImageFile& file) {
        return file.part ? file.part->whole : lower_extension(file.path) == ".raw";
    };
    if (batch < 2 || std::all_of(samples.begin(), samples.end(), is_whole))
        return;
    std::vector<ImageFile> rows;
    for (ImageFile& file : samples) {
        const bool split = file.part && file.part->whole && file.part->row < 0;
        for (std::int64_t row = 0; split && row < batch; ++row) {
            ImageFile& sample = rows.emplace_back(file);
            sample.relative += "[" + std::to_string(row) + "]";
            sample.part = ArrayPart{file.part->array, row, false};
        }
        if (!split)
            rows.push_back(std::move(file));
    }
    samples = std::move(rows);
}

void expand_arrays(ImageList& list, const ImageListOptions& options) {
    if (options.input.empty() && options.shape.empty())
        return;
    const auto is_array = [](const ImageFile& file) {
        const std::string extension = lower_extension(file.path);
        return extension == ".npy" || extension == ".npz";
    };
    std::vector<ImageFile> samples;
    for (ImageFile& file : list.files)
        if (is_array(file))
            append_samples(samples, std::move(file), options);
        else
            samples.push_back(std::move(file));
    if (!options.shape.empty())
        split_batches(samples, options.shape.front());
    list.files = std::move(samples);
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

}  // namespace

void take_some(std::vector<ImageFile>& files, std::int64_t count, std::uint64_t seed) {
    if (count < 0 || static_cast<std::size_t>(count) >= files.size())
        return;
    std::vector<ImageFile> taken;
    for (const std::size_t index : chosen_indices(files.size(), static_cast<std::size_t>(count), seed))
        taken.push_back(std::move(files[index]));
    files = std::move(taken);
}

Result<ImageList> list_images(const fs::path& folder_or_list, const ImageListOptions& options) {
    try {
        std::error_code error;
        Result<ClassNames> classes =
            options.classes.empty() ? Result<ClassNames>() : ClassNames::load(options.classes);
        if (!classes)
            return fail(classes);
        const fs::file_status status = fs::status(folder_or_list, error);
        Result<ImageList> list;
        if (fs::is_directory(status))
            list = from_folder(folder_or_list);
        else if (fs::is_regular_file(status) && known_extension(folder_or_list))
            list = ImageList{
                folder_or_list.string(), {{folder_or_list, folder_or_list.filename().string(), {}}}, false};
        else
            list = from_list_file(folder_or_list, *classes);
        if (!list)
            return list;
        expand_arrays(*list, options);
        if (!options.labels.empty() && !list->files.empty()) {
            if (const Status labelled = apply_label_file(*list, options.labels, *classes); !labelled)
                return fail(labelled);
        } else if (fs::is_directory(status)) {
            if (const Status labelled = apply_class_folders(*list, *classes, options.classes); !labelled)
                return fail(labelled);
        }
        const std::unordered_set<std::string> excluded(options.excluded.begin(), options.excluded.end());
        std::erase_if(list->files, [&](const ImageFile& file) { return excluded.contains(file.relative); });
        list->found = std::ssize(list->files);
        if (options.count >= 0)
            list->seed = options.seed;
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

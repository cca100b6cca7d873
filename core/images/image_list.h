#pragma once
// Which samples an input consists of: the files of a folder (recursive, sorted, class subfolders allowed) or
// of a list, and the rows of arrays that hold several.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/result.h"
#include "core/model/tensor.h"

namespace quantwright {

/// Which part of a .npy or .npz file a sample is.
struct ArrayPart {
    std::string array;      ///< in an archive
    std::int64_t row = -1;  ///< of the first axis; -1: all of it
    bool whole = true;      ///< all of the input, not one row of a batch of several

    [[nodiscard]] bool operator==(const ArrayPart&) const = default;
};

/// One sample of one input: a file, or a part of one.
struct ImageFile {
    std::filesystem::path path;
    std::string
        relative;  ///< to the folder or list: what label files and reports name; "a.npy[3]" for a part
    std::optional<int> label;
    std::optional<ArrayPart> part = std::nullopt;
};

/// A file that was left out, and why.
struct SkippedImage {
    std::string path;
    ErrorCode code = ErrorCode::images_unreadable;
    std::string reason = {};  ///< Error::detail
};
[[nodiscard]] inline SkippedImage skipped_image(const Error& error) {
    return {error.subject, error.code, error.detail};
}

enum class LabelsFrom {
    nothing,
    list,              ///< the numbers of the list file
    file,              ///< --labels
    sorted_folders,    ///< class subfolders in sorted order
    numbered_folders,  ///< class subfolders whose names are numbers
    named_folders,     ///< class subfolders by the names of --classes
};

struct ImageList {
    std::string source;            ///< folder or list, as given
    std::vector<ImageFile> files;  ///< candidates: not yet decoded
    bool has_labels = false;
    LabelsFrom labels_from = LabelsFrom::nothing;
    std::vector<std::string> class_folders = {};  ///< those with images, sorted; where they give the labels
    std::vector<std::string> unknown_names = {};  ///< of folders and labels, that --classes does not have
    std::int64_t found = 0;  ///< entries there are; `files` may be only the first of them, or …
    std::optional<std::uint64_t> seed = {};  ///< … those that a shuffle with this seed took
};

struct ImageListOptions {
    /// --labels: `path index` lines; empty: class subfolders where there are any.
    std::filesystem::path labels;
    std::int64_t count = -1;  ///< N after a seeded shuffle (then sorted again); -1: all
    std::uint64_t seed = 0;
    std::vector<std::string> excluded;   ///< relative names to leave out
    std::filesystem::path classes = {};  ///< --classes: a name per line, the first is class 0
    /// The input that the files are for, and its fixed shape: arrays that hold several samples then become as
    /// many entries.
    std::string input = {};
    Shape shape = {};
};

/// Image, .npy, .npz and .raw files of a folder: recursive, links followed, hidden ones left out, sorted by
/// the bytes of the relative path. First-level folders with such files are classes: by their number where all
/// names are numbers, by --classes where that is given, else in sorted order. A list file keeps its order: a
/// path per line, relative to the list's folder, perhaps a label, '#' begins a comment; UTF-16 and
/// backslashes are fine. A single file is a list of one. Errors: images.none_left,
/// images.labels_match_nothing (subject: the folder, label or class file).
Result<ImageList> list_images(const std::filesystem::path& folder_or_list,
                              const ImageListOptions& options = {});

/// `count` of them, in their order; -1: all. The same seed and number of files choose the same everywhere.
void take_some(std::vector<ImageFile>& files, std::int64_t count, std::uint64_t seed);

/// What is doubtful about labels of a model that tells `classes` classes apart (empty: not known):
/// labels.folder_count, labels.classes_missing, labels.beyond_outputs, labels.unknown_names.
[[nodiscard]] std::vector<Problem> label_problems(const ImageList& list, std::optional<std::int64_t> classes);

}  // namespace quantwright

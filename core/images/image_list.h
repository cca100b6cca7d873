#pragma once
// Which files an input consists of: a folder (recursive, sorted, class subfolders allowed) or a list file.
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/result.h"

namespace quantwright {

struct ImageFile {
    std::filesystem::path path;
    std::string relative;  ///< to the folder or list: what label files and reports name
    std::optional<int> label;
};

/// A file that was left out, and why.
struct SkippedImage {
    std::string path;
    ErrorCode code = ErrorCode::images_unreadable;
};

struct ImageList {
    std::string source;            ///< folder or list, as given
    std::vector<ImageFile> files;  ///< candidates: not yet decoded
    bool has_labels = false;
};

struct ImageListOptions {
    /// --labels: `path index` lines; empty: class subfolders where there are any.
    std::filesystem::path labels;
    std::int64_t count = -1;  ///< N after a seeded shuffle (then sorted again); -1: all
    std::uint64_t seed = 0;
    std::vector<std::string> excluded;  ///< relative names to leave out
};

/// Image, .npy and .raw files of a folder: recursive, links followed, hidden ones left out, sorted by the
/// bytes of the relative path. Class subfolders label by the index of the first-level folder in that order
/// ("10" comes before "9"). A list file keeps its order: a path per line, relative to the list's folder,
/// perhaps a label, '#' begins a comment. A single image is a list of one. Errors: images.none_left,
/// images.labels_match_nothing (subject: the folder or label file).
Result<ImageList> list_images(const std::filesystem::path& folder_or_list,
                              const ImageListOptions& options = {});

}  // namespace quantwright

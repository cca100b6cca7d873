#pragma once
#include "core/images/image_list.h"

namespace quantwright {

/// Labels from a file of `relative/path index` lines; a file name alone matches where it is unique on both
/// sides. Negative indices mean: no label. Errors: images.labels_match_nothing.
Status apply_label_file(ImageList& list, const std::filesystem::path& labels);

/// Labels from class subfolders: the index of the first-level folder in sorted order (as strings: "10" before
/// "9"), if every file lies in one and there are at least two.
void apply_class_folders(ImageList& list, const std::vector<std::string>& folders);

}  // namespace quantwright

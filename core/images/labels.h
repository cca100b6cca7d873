#pragma once
#include "core/images/image_list.h"

namespace quantwright {

/// Names of classes, in their order. A label is found by the whole line or by its first column ("n01440764
/// tench, Tinca tinca").
class ClassNames {
public:
    /// Errors: images.labels_match_nothing (subject: the file).
    static Result<ClassNames> load(const std::filesystem::path& file);
    [[nodiscard]] bool empty() const { return m_lines.empty(); }
    [[nodiscard]] std::optional<int> find(const std::string& name) const;

private:
    std::vector<std::string> m_lines;
};

/// A line whose label is a name: path and label, by the first way to read it that `classes` knows.
[[nodiscard]] std::optional<std::pair<std::string, int>> named_label(const std::string& line,
                                                                     const ClassNames& classes);

/// Labels from a file of `relative/path index` lines, or `relative/path name` with `classes`; a file name
/// alone matches where it is unique on both sides. Numbers alone, as many as there are files, are the labels
/// in the files' order; so are the integers of a .npy file. Negative indices mean: no label. Errors:
/// images.labels_match_nothing.
Status apply_label_file(ImageList& list, const std::filesystem::path& labels, const ClassNames& classes);

/// Labels from first-level folders, if every file lies in one and there are at least two. Errors:
/// images.labels_match_nothing where no folder is one of `classes`.
Status apply_class_folders(ImageList& list, const ClassNames& classes, const std::filesystem::path& file);

}  // namespace quantwright

#pragma once
// What readers of labels are written with. Private to core/task.
#include <map>
#include <unordered_map>

#include "core/task/labels.h"

namespace quantwright::labels {

/// Finds the sample that a label names: by its path below the image folder, by the end of its path, or by the
/// file's name alone where only one sample has it.
class Samples {
public:
    /// `stems`: names are compared without their extensions.
    Samples(const InputReader& reader, bool stems);
    [[nodiscard]] std::optional<std::int64_t> find(const std::string& name) const;
    [[nodiscard]] std::int64_t count() const { return m_count; }

private:
    [[nodiscard]] std::string key(const std::string& name) const;
    bool m_stems;
    std::int64_t m_count = 0;
    std::unordered_map<std::string, std::int64_t> m_by_path, m_by_name;  ///< -1: several
};

struct Request {
    const std::filesystem::path& path;
    const Task& task;
    const InputReader& reader;
};

[[nodiscard]] tl::unexpected<Error> unreadable(const std::filesystem::path& file, const std::string& where);
[[nodiscard]] tl::unexpected<Error> unreadable_line(const std::filesystem::path& file, std::size_t line,
                                                    const std::string& what);
[[nodiscard]] std::optional<double> number_in(std::string_view text);
/// Between commas, semicolons, tabs or blanks: the first of these that the line has.
[[nodiscard]] std::vector<std::string> columns_of(std::string_view line);
/// The number of each of the labels' categories in the task's classes, where all of them have names there;
/// else as they are counted. Those that some of the names lack are a problem, labels.unknown_categories.
[[nodiscard]] std::vector<int> class_numbers(const std::vector<std::string>& categories,
                                             const std::vector<std::string>& classes, Labels& labels);

Status read_coco(const Request& request, Labels& labels);
Status read_yolo(const Request& request, Labels& labels);
Status read_voc(const Request& request, Labels& labels);
Status read_masks(const Request& request, Labels& labels);
Status read_lines(const Request& request, Labels& labels);
Status read_pairs(const Request& request, Labels& labels);
Status read_table(const Request& request, Labels& labels);

}  // namespace quantwright::labels

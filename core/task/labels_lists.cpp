// Labels that are lines of one file.
#include <cmath>

#include "core/base/atomic_file.h"
#include "core/images/text_lines.h"
#include "core/task/label_parts.h"

namespace quantwright::labels {
namespace {

struct Line {
    std::size_t number = 0;  ///< from 1
    std::string text;
};

/// Without blank lines and comments.
Result<std::vector<Line>> lines_of(const std::filesystem::path& file) {
    const auto text = read_file(file, ErrorCode::labels_unreadable);
    if (!text)
        return fail(text);
    std::vector<Line> lines;
    std::size_t number = 0;
    for (std::string& line : text_lines(utf8_text(*text))) {
        ++number;
        if (!line.empty() && line.front() != '#')
            lines.push_back({number, std::move(line)});
    }
    if (lines.empty())
        return unreadable(file, "nothing in it");
    return lines;
}

}  // namespace

Status read_lines(const Request& request, Labels& labels) {
    const auto lines = lines_of(request.path);
    if (!lines)
        return fail(lines);
    const Samples samples(request.reader, false);
    for (const Line& line : *lines) {
        const auto tab = line.text.find('\t');
        if (tab == std::string::npos)
            return unreadable_line(request.path, line.number, "name, a tab and a text are wanted");
        if (const auto sample = samples.find(line.text.substr(0, tab)))
            labels.of[static_cast<std::size_t>(*sample)] = line.text.substr(tab + 1);
    }
    return {};
}

Status read_pairs(const Request& request, Labels& labels) {
    const auto lines = lines_of(request.path);
    if (!lines)
        return fail(lines);
    const Samples samples(request.reader, false);
    for (const Line& line : *lines) {
        const auto columns = columns_of(line.text);
        if (columns.size() != 3 || (columns[2] != "0" && columns[2] != "1"))
            return unreadable_line(request.path, line.number, "two names and 0 or 1 are wanted");
        const auto first = samples.find(columns[0]), second = samples.find(columns[1]);
        if (first && second)
            labels.pairs.push_back({*first, *second, columns[2] == "1"});
    }
    return {};
}

Status read_table(const Request& request, Labels& labels) {
    const auto lines = lines_of(request.path);
    if (!lines)
        return fail(lines);
    const Samples samples(request.reader, false);
    std::size_t width = 0;
    for (const Line& line : *lines) {
        const auto columns = columns_of(line.text);
        std::vector<double> values;
        for (std::size_t i = 1; i < columns.size(); ++i)
            if (const auto value = number_in(columns[i]))
                values.push_back(*value);
        if (&line == &lines->front() && values.size() + 1 != columns.size())
            continue;  // a heading
        if (values.empty() || values.size() + 1 != columns.size())
            return unreadable_line(request.path, line.number, "a name and numbers are wanted");
        if (width != 0 && values.size() != width)
            return unreadable_line(request.path, line.number,
                                   std::to_string(values.size()) + " numbers, and " + std::to_string(width) +
                                       " in the lines before");
        width = values.size();
        if (const auto sample = samples.find(columns[0]))
            labels.of[static_cast<std::size_t>(*sample)] = std::move(values);
    }
    return {};
}

}  // namespace quantwright::labels

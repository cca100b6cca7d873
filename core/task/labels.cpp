#include "core/task/labels.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <random>

#include "core/base/atomic_file.h"
#include "core/images/text_lines.h"
#include "core/task/label_parts.h"

namespace quantwright {
namespace labels {
namespace fs = std::filesystem;

Samples::Samples(const InputReader& reader, bool stems) : m_stems(stems), m_count(reader.samples()) {
    for (std::int64_t i = 0; i < m_count; ++i) {
        const std::string path = key(reader.file(i).relative);
        m_by_path.emplace(path, i);
        const auto named = m_by_name.emplace(fs::path(path).filename().generic_string(), i);
        if (!named.second)
            named.first->second = -1;
    }
}

std::string Samples::key(const std::string& name) const {
    fs::path path = fs::path(with_slashes(name)).lexically_normal();
    if (m_stems)
        path.replace_extension();
    return path.generic_string();
}

std::optional<std::int64_t> Samples::find(const std::string& name) const {
    std::string path = key(name);
    // From the whole path to what is behind its last '/'.
    for (;;) {
        if (const auto found = m_by_path.find(path); found != m_by_path.end())
            return found->second;
        const auto slash = path.find('/');
        if (slash == std::string::npos)
            break;
        path.erase(0, slash + 1);
    }
    const auto found = m_by_name.find(path);
    return found == m_by_name.end() || found->second < 0 ? std::nullopt : std::optional(found->second);
}

tl::unexpected<Error> unreadable(const fs::path& file, const std::string& where) {
    return fail(ErrorCode::labels_unreadable, file.string(), where);
}

tl::unexpected<Error> unreadable_line(const fs::path& file, std::size_t line, const std::string& what) {
    return unreadable(file, "line " + std::to_string(line) + ": " + what);
}

std::optional<double> number_in(std::string_view text) {
    double number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool good = parsed.ec == std::errc() && parsed.ptr == text.data() + text.size();
    return good && std::isfinite(number) ? std::optional(number) : std::nullopt;
}

std::vector<std::string> columns_of(std::string_view line) {
    constexpr std::string_view separators = ",;\t";
    const auto found = std::find_if(separators.begin(), separators.end(),
                                    [&](char c) { return line.find(c) != std::string_view::npos; });
    const bool blanks = found == separators.end();
    std::vector<std::string> columns;
    for (std::size_t begin = 0; begin <= line.size();) {
        std::size_t end = blanks ? line.find_first_of(" \t", begin) : line.find(*found, begin);
        end = std::min(end, line.size());
        const std::string_view column = trimmed(line.substr(begin, end - begin));
        if (!blanks || !column.empty())
            columns.emplace_back(column);
        begin = end + 1;
    }
    return columns;
}

std::vector<int> class_numbers(const std::vector<std::string>& categories,
                               const std::vector<std::string>& classes, Labels& labels) {
    std::vector<int> numbers(categories.size());
    std::vector<std::string> unknown;
    for (std::size_t i = 0; i < categories.size(); ++i) {
        const auto found = std::find(classes.begin(), classes.end(), categories[i]);
        if (found == classes.end())
            unknown.push_back(categories[i]);
        numbers[i] = static_cast<int>(found - classes.begin());
    }
    if (unknown.empty() || classes.empty()) {
        labels.names = classes.empty() ? categories : classes;
        if (classes.empty())
            for (std::size_t i = 0; i < numbers.size(); ++i)
                numbers[i] = static_cast<int>(i);
        return numbers;
    }
    if (unknown.size() < categories.size() || categories.size() != classes.size()) {
        // Some have the classes' names: the others are none of them, and nothing can find them.
        labels.problems.push_back({"labels.unknown_categories",
                                   Severity::warning,
                                   {},
                                   {std::to_string(unknown.size()), unknown.front()}});
        int next = static_cast<int>(classes.size());
        labels.names = classes;
        for (std::size_t i = 0; i < numbers.size(); ++i)
            if (std::find(unknown.begin(), unknown.end(), categories[i]) != unknown.end()) {
                numbers[i] = next++;
                labels.names.push_back(categories[i]);
            }
        return numbers;
    }
    // As many as there are classes, in other words (another language): in their order.
    labels.names = categories;
    for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = static_cast<int>(i);
    return numbers;
}

namespace {

std::string extension_of(const fs::path& path) {
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return extension;
}

/// How many files of each extension a folder has, below it too.
std::map<std::string, int> extensions_in(const fs::path& folder) {
    std::map<std::string, int> counts;
    std::error_code error;
    for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
        if (it->is_regular_file(error) && !it->path().filename().string().starts_with('.'))
            ++counts[extension_of(it->path())];
    return counts;
}

Result<std::optional<LabelFormat>> format_of(const fs::path& path) {
    std::error_code error;
    if (!fs::exists(path, error))
        return unreadable(path, "it is not there");
    if (fs::is_directory(path, error)) {
        const auto counts = extensions_in(path);
        const auto has = [&](const char* extension) { return counts.contains(extension); };
        if (has(".xml"))
            return LabelFormat::voc;
        if (has(".txt"))
            return LabelFormat::yolo;
        if (has(".png"))
            return LabelFormat::masks;
        return unreadable(path, "no .xml, .txt or .png files in it");
    }
    if (extension_of(path) == ".json")
        return LabelFormat::coco;
    if (extension_of(path) == ".npy")
        return std::optional<LabelFormat>();
    const auto text = read_file(path, ErrorCode::labels_unreadable);
    if (!text)
        return fail(text);
    // By its lines: three columns whose last is 0 or 1 are pairs; a tab and then no number is a text; several
    // numbers, or one with a point, are values.
    bool pairs = true, texts = true, values = true, whole = true, any = false, first = true;
    for (const std::string& line : text_lines(utf8_text(*text))) {
        if (trimmed(line).empty() || line.starts_with('#'))
            continue;
        const auto columns = columns_of(line);
        const std::string& last = columns.back();
        const bool numbers =
            columns.size() >= 2 && std::all_of(columns.begin() + 1, columns.end(),
                                               [](const auto& one) { return number_in(one).has_value(); });
        if (first && !numbers && line.find('\t') == std::string::npos && columns.size() > 1) {
            first = false;  // a heading, perhaps
            if (!(columns.size() == 3 && (last == "0" || last == "1")))
                continue;
        }
        first = false;
        any = true;
        pairs = pairs && columns.size() == 3 && (last == "0" || last == "1") && !number_in(columns[1]);
        texts = texts && line.find('\t') != std::string::npos;
        values = values && numbers;
        whole = whole && columns.size() == 2 && last.find_first_of(".eE") == std::string::npos &&
                number_in(last).has_value();
    }
    if (any && pairs)
        return LabelFormat::pairs;
    if (any && texts && !whole)
        return LabelFormat::lines;
    if (any && values && !whole)
        return LabelFormat::table;
    return std::optional<LabelFormat>();
}

TaskKind kind_of(LabelFormat format) {
    switch (format) {
        case LabelFormat::coco:
        case LabelFormat::yolo:
        case LabelFormat::voc:
            return TaskKind::detection;
        case LabelFormat::masks:
            return TaskKind::segmentation;
        case LabelFormat::lines:
            return TaskKind::text;
        case LabelFormat::pairs:
        case LabelFormat::folders:
            return TaskKind::embedding;
        case LabelFormat::table:
            return TaskKind::regression;
        case LabelFormat::classes:
            break;
    }
    return TaskKind::classification;
}

/// What a task reads from a file whose lines alone don't tell.
std::optional<LabelFormat> usual_format(TaskKind kind) {
    switch (kind) {
        case TaskKind::text:
            return LabelFormat::lines;
        case TaskKind::embedding:
            return LabelFormat::pairs;
        case TaskKind::regression:
            return LabelFormat::table;
        default:
            return std::nullopt;
    }
}

struct Reader {
    LabelFormat format;
    Status (*read)(const Request& request, Labels& labels);
};
constexpr std::array readers = {
    Reader{LabelFormat::coco, read_coco},   Reader{LabelFormat::yolo, read_yolo},
    Reader{LabelFormat::voc, read_voc},     Reader{LabelFormat::masks, read_masks},
    Reader{LabelFormat::lines, read_lines}, Reader{LabelFormat::pairs, read_pairs},
    Reader{LabelFormat::table, read_table}};

}  // namespace
}  // namespace labels

std::string_view name_of(LabelFormat format) {
    constexpr std::array<std::string_view, 9> names = {"coco",  "yolo",    "voc",   "masks",  "lines",
                                                       "pairs", "folders", "table", "classes"};
    return names[static_cast<std::size_t>(format)];
}

std::int64_t Labels::labelled() const {
    return std::count_if(of.begin(), of.end(), [](const One& one) { return one.index() != 0; });
}

Result<std::optional<TaskKind>> kind_of_labels(const std::filesystem::path& path) {
    const auto format = labels::format_of(path);
    if (!format)
        return fail(format);
    return *format ? std::optional(labels::kind_of(**format)) : std::nullopt;
}

Result<std::shared_ptr<const Labels>> load_labels(const std::filesystem::path& path, const Task& task,
                                                  const InputReader& reader) {
    return guarded(path.string(), [&]() -> Result<std::shared_ptr<const Labels>> {
        auto format = labels::format_of(path);
        if (!format)
            return fail(format);
        // Texts may all be numbers, and values whole ones.
        if (const auto usual = labels::usual_format(task.kind);
            usual && (!*format || labels::kind_of(**format) != task.kind) &&
            !std::filesystem::is_directory(path) && **format != LabelFormat::coco)
            *format = usual;
        if (!*format || labels::kind_of(**format) != task.kind)
            return fail(ErrorCode::labels_other_task, path.string(),
                        std::string(*format ? name_of(**format) : "classes") + ", " +
                            std::string(name_of(task.kind)));
        auto labels = std::make_shared<Labels>();
        labels->kind = task.kind;
        labels->format = **format;
        labels->of.resize(static_cast<std::size_t>(reader.samples()));
        const auto* of_format =
            std::find_if(labels::readers.begin(), labels::readers.end(),
                         [&](const labels::Reader& one) { return one.format == labels->format; });
        if (auto read = of_format->read({path, task, reader}, *labels); !read)
            return fail(read);
        if (labels->labelled() == 0 && labels->pairs.empty())
            return fail(ErrorCode::images_labels_match_nothing, path.string());
        return labels;
    });
}

std::shared_ptr<const Labels> identity_pairs(const InputReader& reader, std::int64_t most) {
    const std::int64_t count = reader.samples();
    auto labels = std::make_shared<Labels>();
    labels->kind = TaskKind::embedding;
    labels->format = LabelFormat::folders;
    labels->of.resize(static_cast<std::size_t>(count));
    std::vector<Pair> same;
    std::int64_t different = 0;
    const auto each = [&](const auto& take) {
        for (std::int64_t a = 0; a < count; ++a)
            for (std::int64_t b = a + 1; b < count && reader.file(a).label; ++b)
                if (reader.file(b).label)
                    take(a, b, *reader.file(a).label == *reader.file(b).label);
    };
    each([&](std::int64_t a, std::int64_t b, bool is_same) {
        if (is_same)
            same.push_back({a, b, true});
        else
            ++different;
    });
    if (same.empty() || different == 0)
        return nullptr;
    const auto thinned = [](std::int64_t have, std::int64_t wanted, std::int64_t at) {
        return at * wanted / have != (at + 1) * wanted / have;  // evenly spread
    };
    const auto have = static_cast<std::int64_t>(same.size());
    const std::int64_t of_same = std::min(have, std::max(most / 2, most - different));
    const std::int64_t of_different = std::min(different, most - of_same);
    for (std::int64_t i = 0; i < have; ++i)
        if (thinned(have, of_same, i))
            labels->pairs.push_back(same[static_cast<std::size_t>(i)]);
    std::int64_t at = 0;
    each([&](std::int64_t a, std::int64_t b, bool is_same) {
        if (!is_same && thinned(different, of_different, at++))
            labels->pairs.push_back({a, b, false});
    });
    return labels;
}

}  // namespace quantwright

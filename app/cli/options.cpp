// Options of the input data.
#include "app/cli/options.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "app/cli/cli.h"

namespace quantwright::cli {

namespace {

std::vector<std::string> split(const std::string& text, char separator) {
    std::vector<std::string> parts;
    std::size_t begin = 0;
    for (std::size_t end = 0; end != std::string::npos; begin = end + 1) {
        end = text.find(separator, begin);
        parts.push_back(text.substr(begin, end == std::string::npos ? end : end - begin));
    }
    return parts;
}

template <class Number>
std::optional<Number> parse_number(const std::string& text) {
    Number number{};
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(number) : std::nullopt;
}

Result<std::optional<std::vector<double>>> parse_numbers(const std::string& text, const std::string& option) {
    if (text.empty())
        return std::nullopt;
    std::vector<double> numbers;
    for (const std::string& part : split(text, ',')) {
        const auto number = parse_number<double>(part);
        if (!number)
            return wrong_usage(std::string(option).append(" ").append(text),
                               Cli::tr("numbers with commas between them are wanted"));
        numbers.push_back(*number);
    }
    return numbers;
}

CLI::Validator whole_number(int least) {
    const auto check = [least](const std::string& typed) {
        const auto number = parse_number<std::int64_t>(typed);
        return number && *number >= least && *number <= INT32_MAX
                   ? std::string()
                   : utf8(Cli::tr("a whole number from %1 is wanted").arg(least));
    };
    return {check, {}};
}

}  // namespace

Status check_choice(const std::string& option, const std::string& value,
                    const std::vector<std::string>& allowed, const std::vector<std::string>& later) {
    if (value.empty() || std::find(allowed.begin(), allowed.end(), value) != allowed.end())
        return {};
    QStringList names;
    for (const std::string& name : allowed)
        names.append(text(name));
    const QString list = names.join(QStringLiteral(", "));
    const bool known = std::find(later.begin(), later.end(), value) != later.end();
    return wrong_usage(option + " " + value,
                       known ? Cli::tr("this version does not have it yet; there are: %1").arg(list)
                             : Cli::tr("there are: %1").arg(list));
}

void add_shape_option(CLI::App& app, InputOptions& options) {
    app.add_option("--input-shape", options.input_shapes,
                   utf8(Cli::tr("Shape of an input whose dimensions are open, such as 1,3,224,224")))
        ->type_name("NAME=SHAPE")
        ->allow_extra_args(false);
}

void add_input_options(CLI::App& app, InputOptions& options) {
    const auto group = utf8(Cli::tr("Input data"));
    app.add_option("--images", options.images,
                   utf8(Cli::tr("Folder (with subfolders) or list file of images")))
        ->type_name("DIR|LIST")
        ->group(group);
    app.add_option("--input", options.inputs,
                   utf8(Cli::tr("Data of one input: images, .npy, .npz or .raw files; repeatable")))
        ->type_name("NAME=DIR|LIST")
        ->allow_extra_args(false)
        ->group(group);
    app.add_option("--count", options.count,
                   utf8(Cli::tr("Take this many, chosen by a seeded shuffle (default: all)")))
        ->type_name("N")
        ->check(whole_number(1))
        ->group(group);
    app.add_option("--seed", options.seed, utf8(Cli::tr("Seed of the shuffle (default: 0)")))
        ->type_name("N")
        ->group(group);
    add_shape_option(app, options);
    app.get_option("--input-shape")->group(group);
    app.add_option("--labels", options.labels,
                   utf8(Cli::tr("Lines \"relative/path index\", or a .npy of indices (default: class "
                                "subfolders, by number where all names are numbers, else sorted)")))
        ->type_name("FILE")
        ->group(group);
    app.add_option("--classes", options.classes,
                   utf8(Cli::tr("Class names, one a line: names of labels and class subfolders are looked up "
                                "there")))
        ->type_name("FILE")
        ->group(group);
    app.add_option("--dtype", options.dtypes,
                   utf8(Cli::tr("Element type of .raw files, such as float32 or uint8")))
        ->type_name("[NAME=]DTYPE")
        ->allow_extra_args(false)
        ->group(group);
    app.add_option("--shape", options.shapes, utf8(Cli::tr("Shape of .raw files (default: the input's)")))
        ->type_name("[NAME=]SHAPE")
        ->allow_extra_args(false)
        ->group(group);
    app.add_option("--threads", options.threads, utf8(Cli::tr("Threads (default: all cores)")))
        ->type_name("N")
        ->check(whole_number(0))
        ->group(group);

    const auto images = utf8(Cli::tr("Preprocessing"));
    app.add_option("--preprocess", options.preprocess,
                   utf8(Cli::tr("imagenet, opencv-imagenet, stretch, letterbox, or a JSON file (default: "
                                "imagenet for three channels, else stretch)")))
        ->type_name("NAME|FILE")
        ->group(images);
    app.add_option("--mean", options.mean, utf8(Cli::tr("Mean of each channel")))
        ->type_name("A,B,C")
        ->group(images);
    app.add_option("--std", options.std, utf8(Cli::tr("Standard deviation of each channel")))
        ->type_name("A,B,C")
        ->group(images);
    app.add_option("--color", options.color, utf8(Cli::tr("Channel order: rgb, bgr, gray, rgba or bgra")))
        ->type_name("ORDER")
        ->group(images);
    app.add_option("--size", options.size, utf8(Cli::tr("Size the images are resized to")))
        ->type_name("N")
        ->check(whole_number(1))
        ->group(images);
}

Status check(const InputOptions& options) {
    if (auto color = check_choice("--color", options.color, {"rgb", "bgr", "gray", "rgba", "bgra"}); !color)
        return color;
    if (auto overrides = parse_overrides(options); !overrides)
        return fail(overrides);
    if (auto shapes = parse_input_shapes(options); !shapes)
        return fail(shapes);
    for (const std::string& input : options.inputs)
        if (auto parsed = parse_assignment(input, "--input"); !parsed)
            return fail(parsed);
    return {};
}

Result<Shape> parse_shape(const std::string& text, const std::string& subject) {
    Shape shape;
    for (const std::string& part : split(text, ',')) {
        const auto number = parse_number<std::int64_t>(part);
        if (!number || *number <= 0)
            return wrong_usage(
                subject, Cli::tr("a shape is whole numbers with commas between them, such as 1,3,224,224"));
        shape.push_back(*number);
    }
    return shape;
}

Result<std::pair<std::string, std::string>> parse_assignment(const std::string& text,
                                                             const std::string& subject,
                                                             const std::vector<std::string>& names) {
    auto equals = text.find('=');
    std::size_t longest = 0;
    for (const std::string& name : names)
        if (name.size() >= longest && text.starts_with(name + "="))
            equals = longest = name.size();
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
        return wrong_usage(subject + " " + text, Cli::tr("NAME=VALUE is wanted"));
    return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

std::optional<std::pair<std::string, std::string>> split_assignment(const std::string& text) {
    const auto equals = text.rfind('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
        return std::nullopt;
    return std::pair(text.substr(0, equals), text.substr(equals + 1));
}

Result<std::map<std::string, Shape>> parse_input_shapes(const InputOptions& options) {
    std::map<std::string, Shape> shapes;
    for (const std::string& one : options.input_shapes) {
        const auto parts = split_assignment(one);
        if (!parts)
            return wrong_usage("--input-shape " + one, Cli::tr("NAME=VALUE is wanted"));
        auto shape = parse_shape(parts->second, "--input-shape " + one);
        if (!shape)
            return fail(shape);
        shapes[parts->first] = std::move(*shape);
    }
    return shapes;
}

Result<PreprocessOverrides> parse_overrides(const InputOptions& options) {
    PreprocessOverrides overrides;
    auto mean = parse_numbers(options.mean, "--mean");
    if (!mean)
        return fail(mean);
    auto deviation = parse_numbers(options.std, "--std");
    if (!deviation)
        return fail(deviation);
    overrides.mean = std::move(*mean);
    overrides.std = std::move(*deviation);
    if (!options.color.empty())
        overrides.color = options.color == "bgr"    ? ColorFormat::bgr
                          : options.color == "gray" ? ColorFormat::gray
                          : options.color == "rgba" ? ColorFormat::rgba
                          : options.color == "bgra" ? ColorFormat::bgra
                                                    : ColorFormat::rgb;
    overrides.size = options.size;
    return overrides;
}

}  // namespace quantwright::cli

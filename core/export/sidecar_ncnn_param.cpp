#include "core/export/sidecar_ncnn_param.h"

#include <charconv>
#include <set>
#include <sstream>

#include "core/base/atomic_file.h"

namespace quantwright {

namespace {

template <class Number>
std::optional<Number> whole(const std::string& text) {
    Number number{};
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    return parsed.ec == std::errc() && parsed.ptr == end ? std::optional(number) : std::nullopt;
}

std::vector<std::string> words_of(const std::string& line) {
    std::istringstream stream(line);
    std::vector<std::string> words;
    for (std::string word; stream >> word;)
        words.push_back(word);
    return words;
}

/// "type name inputs outputs blobs… key=value…"; what is wrong with it, or nothing.
std::string read_layer(const std::vector<std::string>& words, NcnnLayer& layer) {
    if (words.size() < 4)
        return "a layer has a type, a name and two numbers of blobs";
    layer.type = words[0];
    layer.name = words[1];
    const auto inputs = whole<std::uint32_t>(words[2]), outputs = whole<std::uint32_t>(words[3]);
    if (!inputs || !outputs)
        return "the numbers of blobs are wrong";
    const std::size_t blobs = std::size_t(*inputs) + *outputs;
    if (words.size() - 4 < blobs)
        return "there are fewer blobs than it says";
    const auto first = words.begin() + 4;
    layer.inputs.assign(first, first + *inputs);
    layer.outputs.assign(first + *inputs, first + static_cast<std::ptrdiff_t>(blobs));
    for (std::size_t i = 4 + blobs; i < words.size(); ++i) {
        const auto equals = words[i].find('=');
        const auto key = whole<int>(words[i].substr(0, equals));
        if (equals == std::string::npos || !key)
            return "\"" + words[i] + "\" is no key=value pair";
        layer.values[*key] = words[i].substr(equals + 1);
    }
    return {};
}

}  // namespace

bool NcnnLayer::has_table_row() const {
    return type == "Convolution" || type == "ConvolutionDepthWise" || type == "InnerProduct";
}

std::int64_t NcnnLayer::value(int key, std::int64_t otherwise) const {
    const auto found = values.find(key);
    return found == values.end() ? otherwise : whole<std::int64_t>(found->second).value_or(otherwise);
}

Result<std::vector<NcnnLayer>> parse_ncnn_param(const std::string& text, const std::string& subject) {
    std::istringstream lines(text);
    std::vector<NcnnLayer> layers;
    std::set<std::string> names, blobs;
    std::size_t layer_count = 0, blob_count = 0, filled = 0, number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        const auto words = words_of(line);
        if (words.empty())
            continue;
        const auto wrong = [&](const std::string& what) {
            return fail(ErrorCode::ncnn_param_invalid, subject,
                        "line " + std::to_string(number) + ": " + what);
        };
        ++filled;
        if (filled == 1) {
            if (words.size() != 1 || words[0] != "7767517")
                return wrong("the magic number 7767517 is wanted (the text form, not .param.bin)");
            continue;
        }
        if (filled == 2) {
            const auto layer_number = words.size() == 2 ? whole<std::uint32_t>(words[0]) : std::nullopt;
            const auto blob_number = words.size() == 2 ? whole<std::uint32_t>(words[1]) : std::nullopt;
            if (!layer_number || !blob_number)
                return wrong("the numbers of layers and blobs are wanted");
            layer_count = *layer_number;
            blob_count = *blob_number;
            continue;
        }
        NcnnLayer layer;
        if (const std::string what = read_layer(words, layer); !what.empty())
            return wrong(what);
        if (!names.insert(layer.name).second)
            return wrong("a second layer has the name \"" + layer.name + "\"");
        for (const std::string& blob : layer.outputs)
            if (!blobs.insert(blob).second)
                return wrong("a second layer gives the blob \"" + blob + "\"");
        layers.push_back(std::move(layer));
    }
    if (filled < 2 || layers.size() != layer_count || blobs.size() > blob_count)
        return fail(ErrorCode::ncnn_param_invalid, subject,
                    "it has " + std::to_string(layers.size()) + " layers and " +
                        std::to_string(blobs.size()) + " blobs, its head says " +
                        std::to_string(layer_count) + " and " + std::to_string(blob_count));
    return layers;
}

Result<std::vector<NcnnLayer>> read_ncnn_param(const std::filesystem::path& path) {
    const auto text = read_file(path, ErrorCode::ncnn_param_invalid);
    if (!text)
        return fail(text);
    return parse_ncnn_param(*text, path.string());
}

}  // namespace quantwright

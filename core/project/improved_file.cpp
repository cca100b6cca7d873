#include "core/project/improved_file.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <span>
#include <stdexcept>

#include "core/base/atomic_file.h"
#include "core/base/json_fields.h"
#include "core/base/sha256.h"
#include "core/project/base64.h"

namespace quantwright {

template <class Visitor>
void describe(Visitor& visit, ImprovementStep& step) {
    visit("name", step.name);
    visit("before_db", step.before_db);
    visit("after_db", step.after_db);
    visit("seconds", step.seconds);
    visit("kept", step.kept);
    visit("changed", step.changed);
}

namespace {

constexpr int k_version = 1;
static_assert(std::endian::native == std::endian::little, "numbers are written as they lie in memory");

template <class T>
std::string packed(const std::vector<T>& values) {
    return base64_encode({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)});
}

/// Throws where it is no base64.
std::string bytes_of(const Json& json) {
    auto bytes = base64_decode(json.get_ref<const std::string&>());
    if (!bytes)
        throw std::invalid_argument("no base64");
    return std::move(*bytes);
}

template <class T>
std::vector<T> unpacked(const Json& json) {
    const std::string bytes = bytes_of(json);
    if (bytes.size() % sizeof(T) != 0)
        throw std::invalid_argument("a number is cut off");
    std::vector<T> values(bytes.size() / sizeof(T));
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}

std::vector<float> finite_floats(const Json& json) {
    auto values = unpacked<float>(json);
    if (!std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); }))
        throw std::invalid_argument("a number is not finite");
    return values;
}

/// Bits of a format's codes in the file; a byte holds two of 4 bits, the first one in its lower half.
std::string packed_codes(const std::vector<std::int32_t>& codes, int bits) {
    std::string bytes((codes.size() * static_cast<std::size_t>(bits) + 7) / 8, '\0');
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const std::size_t at = i * static_cast<std::size_t>(bits);
        const auto code = static_cast<std::uint32_t>(codes[i]) & ((1u << bits) - 1);
        for (std::size_t byte = at / 8, shift = 0; shift < static_cast<std::size_t>(bits); ++byte, shift += 8)
            bytes[byte] = static_cast<char>(static_cast<std::uint8_t>(bytes[byte]) |
                                            (code >> shift << (at % 8) & 0xff));
    }
    return base64_encode(bytes);
}

std::vector<std::int32_t> unpacked_codes(const Json& json, std::size_t count, const Parameters& parameters) {
    const auto bits = static_cast<std::size_t>(parameters.format->bits);
    const std::string bytes = bytes_of(json);
    if (count > bytes.size() * 8 / bits || bytes.size() != (count * bits + 7) / 8)
        throw std::invalid_argument("codes: another count than it says");
    std::vector<std::int32_t> codes(count);
    for (std::size_t i = 0; i < count; ++i) {
        std::uint32_t code = 0;
        for (std::size_t byte = i * bits / 8, shift = 0; shift < bits; ++byte, shift += 8)
            code |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[byte]) >> (i * bits % 8))
                    << shift;
        code &= (1u << bits) - 1;
        const bool negative = parameters.format->qmin < 0 && (code >> (bits - 1)) != 0;
        codes[i] = static_cast<std::int32_t>(code) - (negative ? 1 << bits : 0);
        if (codes[i] < parameters.qmin || codes[i] > parameters.qmax)
            throw std::invalid_argument("a code is out of its range");
    }
    return codes;
}

Json parameters_json(const Parameters& parameters) {
    Json json = {{"format", std::string(parameters.format->name)},
                 {"codes", {parameters.qmin, parameters.qmax}},
                 {"rounding", std::string(name_of(parameters.rounding))},
                 {"axis", parameters.axis},
                 {"block_size", parameters.block_size},
                 {"scale", packed(parameters.scale)}};
    if (std::any_of(parameters.zero_point.begin(), parameters.zero_point.end(), [](int z) { return z != 0; }))
        json["zero_point"] = packed(parameters.zero_point);
    return json;
}

/// Reads one document; what doesn't fit throws.
class Reader {
public:
    explicit Reader(const std::string& subject) : m_subject(subject) {}

    Result<std::shared_ptr<const Improved>> read(const Json& json) const {
        if (auto known = keys(json,
                              {"quantwright_improved", "model_sha256", "level", "complete", "images_fit",
                               "images_judged", "steps", "ranges", "weights"},
                              "improved");
            !known)
            return fail(known);
        if (json.at("quantwright_improved").get<int>() != k_version)
            return fail(ErrorCode::plan_invalid, m_subject, "unknown version");
        auto improved = std::make_shared<Improved>();
        improved->model_sha256 = json.at("model_sha256").get<std::string>();
        improved->level = json.at("level").get<std::string>();
        improved->complete = json.at("complete").get<bool>();
        improved->images_fit = json.at("images_fit").get<std::int64_t>();
        improved->images_judged = json.at("images_judged").get<std::int64_t>();
        fields_from_json(json.at("steps"), improved->steps);
        for (const auto& [tensor, range] : json.at("ranges").items())
            improved->ranges[tensor] = {range_of(range.at("plain")), range_of(range.at("range"))};
        for (const auto& [layer, weight] : json.at("weights").items()) {
            if (auto known = keys(weight, {"plain", "parameters", "count", "codes", "bias"}, layer); !known)
                return fail(known);
            improved->weights[layer] = weight_of(weight);
        }
        return std::shared_ptr<const Improved>(std::move(improved));
    }

private:
    Status keys(const Json& object, std::initializer_list<std::string_view> names,
                const std::string& where) const {
        return only_keys(object, names, ErrorCode::plan_invalid, m_subject, where);
    }

    static Range range_of(const Json& json) {
        const Range range{json.at(0).get<float>(), json.at(1).get<float>()};
        if (!std::isfinite(range.min) || !std::isfinite(range.max) || range.min > range.max)
            throw std::invalid_argument("a range is none");
        return range;
    }

    static Parameters parameters_of(const Json& json) {
        Parameters parameters;
        const Format* format = find_format(json.at("format").get_ref<const std::string&>());
        const auto rounding = json.at("rounding").get<std::string>();
        if (!format || !format->is_integer || format->bits > 16)
            throw std::invalid_argument("unknown format");
        parameters.format = format;
        parameters.qmin = json.at("codes").at(0).get<std::int32_t>();
        parameters.qmax = json.at("codes").at(1).get<std::int32_t>();
        parameters.rounding =
            rounding == name_of(Rounding::half_away) ? Rounding::half_away : Rounding::half_even;
        parameters.axis = json.at("axis").get<int>();
        parameters.block_size = json.at("block_size").get<int>();
        parameters.scale = finite_floats(json.at("scale"));
        parameters.zero_point.assign(parameters.scale.size(), 0);
        if (json.contains("zero_point"))
            parameters.zero_point = unpacked<std::int32_t>(json["zero_point"]);
        const auto in_use = [&](std::int32_t code) {
            return code >= parameters.qmin && code <= parameters.qmax;
        };
        if (rounding != name_of(parameters.rounding) || parameters.qmin < format->qmin ||
            parameters.qmax > format->qmax || parameters.scale.empty() ||
            parameters.zero_point.size() != parameters.scale.size() ||
            !std::all_of(parameters.scale.begin(), parameters.scale.end(), [](float x) { return x > 0; }) ||
            !std::all_of(parameters.zero_point.begin(), parameters.zero_point.end(), in_use))
            throw std::invalid_argument("wrong parameters");
        return parameters;
    }

    static std::shared_ptr<const ImprovedWeight> weight_of(const Json& json) {
        auto weight = std::make_shared<ImprovedWeight>();
        weight->plain = parameters_of(json.at("plain"));
        weight->parameters = json.contains("parameters") ? parameters_of(json["parameters"]) : weight->plain;
        const Parameters &plain = weight->plain, &better = weight->parameters;
        if (better.format != plain.format || better.axis != plain.axis ||
            better.block_size != plain.block_size || better.scale.size() != plain.scale.size())
            throw std::invalid_argument("improved parameters of another kind than the plain ones");
        weight->codes = unpacked_codes(json.at("codes"), json.at("count").get<std::size_t>(), better);
        if (json.contains("bias"))
            weight->bias = finite_floats(json["bias"]);
        return weight;
    }

    const std::string& m_subject;
};

}  // namespace

Json to_json(const Improved& improved) {
    Json json = {{"quantwright_improved", k_version},
                 {"model_sha256", improved.model_sha256},
                 {"level", improved.level},
                 {"complete", improved.complete},
                 {"images_fit", improved.images_fit},
                 {"images_judged", improved.images_judged},
                 {"steps", fields_to_json(improved.steps)},
                 {"ranges", Json::object()},
                 {"weights", Json::object()}};
    const auto pair = [](Range range) { return Json{shortest(range.min), shortest(range.max)}; };
    for (const auto& [tensor, range] : improved.ranges)
        json["ranges"][tensor] = {{"plain", pair(range.plain)}, {"range", pair(range.range)}};
    for (const auto& [layer, weight] : improved.weights) {
        Json& one = json["weights"][layer];
        one["plain"] = parameters_json(weight->plain);
        if (weight->parameters != weight->plain)
            one["parameters"] = parameters_json(weight->parameters);
        one["count"] = weight->codes.size();
        one["codes"] = packed_codes(weight->codes, weight->parameters.format->bits);
        if (!weight->bias.empty())
            one["bias"] = packed(weight->bias);
    }
    return json;
}

Result<std::shared_ptr<const Improved>> improved_from_json(const Json& json, const std::string& subject) {
    try {
        return Reader(subject).read(json);
    } catch (const std::exception& e) {
        return fail(ErrorCode::plan_invalid, subject, e.what());
    }
}

std::string improved_sha256(const Improved& improved) {
    const std::string text = to_text(to_json(improved));
    return sha256_hex(std::as_bytes(std::span(text)));
}

std::filesystem::path improved_path(std::filesystem::path plan) {
    return plan.empty() ? plan : plan += ".improved";
}

Status save_plan(const Plan& plan, const Improved* improved, const std::filesystem::path& path) {
    const auto beside = improved_path(path);
    const bool any = improved && !improved->empty();
    AtomicFiles files;
    if (auto added = files.add(path, to_text(to_json(plan))); !added)
        return added;
    if (any)
        if (auto added = files.add(beside, to_text(to_json(*improved))); !added)
            return added;
    if (auto placed = files.commit(); !placed || any)
        return placed;
    std::error_code error;
    std::filesystem::remove(beside, error);
    if (error)
        return fail(ErrorCode::output_unwritable, beside.string(), error.message());
    return {};
}

Result<std::shared_ptr<const Improved>> load_improved(const std::filesystem::path& plan) {
    const auto path = improved_path(plan);
    std::error_code error;
    if (!std::filesystem::exists(path, error))
        return std::shared_ptr<const Improved>();
    const auto text = read_file(path, ErrorCode::plan_invalid);
    if (!text)
        return fail(text);
    const auto json = parse_json(*text, ErrorCode::plan_invalid, path.string());
    if (!json)
        return fail(json);
    return improved_from_json(*json, path.string());
}

}  // namespace quantwright

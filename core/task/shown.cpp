#include "core/task/shown.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/base/json_fields.h"

namespace quantwright {
namespace {

constexpr std::size_t k_most_values = 16;

std::int64_t bytes_of(const Shown& shown) {
    struct Count {
        std::int64_t operator()(std::monostate) const { return 0; }
        std::int64_t operator()(const Ranking& r) const { return 12 * std::ssize(r.classes); }
        std::int64_t operator()(const Detections& d) const {
            return static_cast<std::int64_t>(sizeof(Detection)) * std::ssize(d);
        }
        std::int64_t operator()(const RunMask& m) const { return 8 * std::ssize(m.runs); }
        std::int64_t operator()(const std::string& s) const { return std::ssize(s); }
        std::int64_t operator()(const Values& v) const { return 4 * std::ssize(v); }
    };
    return std::visit(Count{}, shown);
}
std::int64_t bytes_of(const ShownResult& result) {
    return bytes_of(result.found) + bytes_of(result.reference);
}

bool changed_more(const ShownResult& a, const ShownResult& b) {
    return a.amount > b.amount || (a.amount == b.amount && a.sample < b.sample);
}

/// Four digits behind the point are a ten thousandth of a pixel, or of a score.
Json rounded(double value) {
    return number_to_json(std::round(value * 1e4) / 1e4);
}

/// Files are not trusted with masks of any size: reading one takes four bytes a pixel.
bool can_be_kept(const RunMask& mask) {
    constexpr int most = 1 << 14;
    return mask.height >= 0 && mask.width >= 0 && mask.height <= most && mask.width <= most;
}

Json shown_json(const Shown& shown) {
    struct Write {
        Json operator()(std::monostate) const { return nullptr; }
        Json operator()(const Ranking& ranking) const {
            Json shares = Json::array();
            for (const double share : ranking.shares)
                shares.push_back(rounded(share));
            return {{"classes", ranking.classes}, {"shares", std::move(shares)}};
        }
        Json operator()(const Detections& detections) const {
            Json boxes = Json::array();
            for (const Detection& one : detections)
                boxes.push_back({rounded(one.box.x), rounded(one.box.y), rounded(one.box.width),
                                 rounded(one.box.height), rounded(one.score), one.category});
            return {{"boxes", std::move(boxes)}};
        }
        Json operator()(const RunMask& mask) const {
            if (!can_be_kept(mask))
                return nullptr;
            Json runs = Json::array();
            for (const auto& run : mask.runs) {
                runs.push_back(run.length);
                runs.push_back(run.category);
            }
            return {{"mask", {mask.height, mask.width}}, {"runs", std::move(runs)}};
        }
        Json operator()(const std::string& text) const { return {{"text", text}}; }
        Json operator()(const Values& values) const {
            Json list = Json::array();
            for (const float value : values)
                list.push_back(std::isfinite(value) ? Json(shortest(value)) : Json(nullptr));
            return {{"values", std::move(list)}};
        }
    };
    return std::visit(Write{}, shown);
}

RunMask mask_from(const Json& json) {
    RunMask mask{json.at("mask").at(0).get<int>(), json.at("mask").at(1).get<int>(), {}};
    const auto numbers = json.at("runs").get<std::vector<std::int32_t>>();
    std::int64_t pixels = 0;
    for (std::size_t i = 0; i + 1 < numbers.size(); i += 2) {
        mask.runs.push_back({numbers[i], numbers[i + 1]});
        if (numbers[i] <= 0)
            throw std::invalid_argument("a run of no pixels");
        pixels += numbers[i];
    }
    if (!can_be_kept(mask) || pixels != std::int64_t{mask.height} * mask.width)
        throw std::invalid_argument("a mask whose runs are not its pixels");
    return mask;
}

Shown shown_from(const Json& json) {
    if (json.is_null())
        return {};
    if (json.contains("classes")) {
        Ranking ranking{json["classes"].get<std::vector<int>>(), {}};
        for (const Json& share : json.at("shares"))
            ranking.shares.push_back(number_from_json(share));
        return ranking;
    }
    if (json.contains("boxes")) {
        Detections detections;
        for (const Json& box : json["boxes"])
            detections.push_back({{number_from_json(box.at(0)), number_from_json(box.at(1)),
                                   number_from_json(box.at(2)), number_from_json(box.at(3))},
                                  number_from_json(box.at(4)),
                                  box.at(5)});
        return detections;
    }
    if (json.contains("mask"))
        return mask_from(json);
    if (json.contains("values")) {
        Values values;
        for (const Json& value : json["values"])
            values.push_back(value.is_null() ? std::nanf("") : value.get<float>());
        return values;
    }
    return json.at("text").get<std::string>();
}

}  // namespace

RunMask run_mask(const Mask& mask) {
    RunMask packed{mask.height, mask.width, {}};
    for (const std::int32_t category : mask.classes) {
        if (packed.runs.empty() || packed.runs.back().category != category)
            packed.runs.push_back({0, category});
        ++packed.runs.back().length;
    }
    return packed;
}

Mask unpacked(const RunMask& packed) {
    Mask mask{packed.height, packed.width, {}};
    mask.classes.reserve(static_cast<std::size_t>(packed.height) * static_cast<std::size_t>(packed.width));
    for (const RunMask::Run& run : packed.runs)
        mask.classes.insert(mask.classes.end(), static_cast<std::size_t>(run.length), run.category);
    return mask;
}

Shown to_show(const Prediction& prediction, double score) {
    struct Take {
        double score;
        Shown operator()(std::monostate) const { return {}; }
        Shown operator()(const Ranking& ranking) const { return ranking; }
        Shown operator()(const Detections& detections) const {
            Detections shown;
            for (const Detection& one : detections)
                if (one.score >= score)
                    shown.push_back(one);
            return shown;
        }
        Shown operator()(const Mask& mask) const { return run_mask(mask); }
        Shown operator()(const std::string& text) const { return text; }
        Shown operator()(const Values& values) const {
            return Values(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(
                                                               std::min(values.size(), k_most_values)));
        }
    };
    return std::visit(Take{score}, prediction);
}

void ShownResults::add(ShownResult result) {
    m_bytes += bytes_of(result);
    m_results.push_back(std::move(result));
    if (m_bytes > m_most)
        make_room();
}

void ShownResults::make_room() {
    // To half, so that it is seldom done.
    std::stable_sort(m_results.begin(), m_results.end(), changed_more);
    keep_within(m_results, m_most / 2);
    m_bytes = 0;
    for (const ShownResult& one : m_results)
        m_bytes += bytes_of(one);
}

std::vector<ShownResult> ShownResults::sorted() const {
    std::vector<ShownResult> results = m_results;
    std::stable_sort(results.begin(), results.end(), changed_more);
    return results;
}

void keep_within(std::vector<ShownResult>& results, std::int64_t bytes) {
    for (ShownResult& one : results) {
        bytes -= bytes_of(one);
        if (bytes < 0)
            one.found = one.reference = {};
    }
}

Json to_json(const ShownResult& result) {
    const Geometry& g = result.geometry;
    return {{"sample", result.sample},
            {"image", result.image},
            {"amount", number_to_json(result.amount)},
            {"size", {g.image.height, g.image.width, g.input.height, g.input.width}},
            {"placed", {g.scale_x, g.scale_y, g.shift_x, g.shift_y}},
            {"found", shown_json(result.found)},
            {"float", shown_json(result.reference)}};
}

ShownResult shown_from_json(const Json& json) {
    ShownResult result;
    result.sample = json.at("sample");
    result.image = json.at("image").get<std::string>();
    result.amount = number_from_json(json.at("amount"));
    const auto size = json.at("size").get<std::array<int, 4>>();
    const auto placed = json.at("placed").get<std::array<double, 4>>();
    result.geometry = {{size[0], size[1]}, {size[2], size[3]}, placed[0], placed[1], placed[2], placed[3]};
    if (result.geometry.scale_x <= 0 || result.geometry.scale_y <= 0)
        throw std::invalid_argument("an image of no size");
    result.found = shown_from(json.at("found"));
    result.reference = shown_from(json.at("float"));
    return result;
}

}  // namespace quantwright

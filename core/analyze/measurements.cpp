#include "core/analyze/measurements.h"

#include "core/base/json_fields.h"

namespace quantwright {

namespace {

Json to_json(const ErrorSums& sums) {
    Json json = Json::array({sums.count()});
    for (const double value : sums.kept())
        json.push_back(number_to_json(value));
    return json;
}

ErrorSums sums_from(const Json& json) {
    ErrorSums::Kept kept{};
    for (std::size_t i = 0; i < kept.size(); ++i)
        kept[i] = number_from_json(json.at(i + 1));
    return ErrorSums::from(kept, json.at(0).get<std::int64_t>());
}

Json to_json(const PartSums& sums) {
    return Json::array({to_json(sums.errors), number_to_json(sums.largest)});
}

PartSums part_from(const Json& json) {
    return {sums_from(json.at(0)), static_cast<float>(number_from_json(json.at(1)))};
}

Json to_json(const ProbeError& error) {
    Json outputs = Json::array();
    for (const auto& output : error.outputs) {
        Json one;  // null: an output of another size
        if (output) {
            one = Json::array({to_json(output->whole)});
            for (const PartSums& part : output->parts)
                one.push_back(to_json(part));
        }
        outputs.push_back(std::move(one));
    }
    return Json::array({to_json(error.sums), error.images, std::move(outputs)});
}

ProbeError error_from(const Json& json) {
    ProbeError error;
    error.sums = sums_from(json.at(0));
    error.images = json.at(1).get<std::int64_t>();
    for (const Json& one : json.at(2)) {
        auto& output = error.outputs.emplace_back();
        if (one.is_null())
            continue;
        output.emplace().whole = part_from(one.at(0));
        for (std::size_t i = 1; i < one.size(); ++i)
            output->parts.push_back(part_from(one[i]));
    }
    return error;
}

}  // namespace

Measurements::Measurements(std::size_t groups) {
    for (auto& kind : m_errors)
        kind.resize(std::max<std::size_t>(1, groups));
}

const std::vector<ProbeError>& Measurements::of(Kind kind, std::size_t group) const {
    return m_errors[static_cast<std::size_t>(kind)][group];
}

void Measurements::add(Kind kind, std::size_t group, ProbeError error) {
    if (added)
        added(Json::array({static_cast<int>(kind), group, to_json(error)}));
    m_errors[static_cast<std::size_t>(kind)][group].push_back(std::move(error));
}

std::size_t Measurements::size() const {
    std::size_t size = 0;
    for (const auto& kind : m_errors)
        for (const auto& group : kind)
            size += group.size();
    return size;
}

bool Measurements::restore(const Json& json) {
    try {
        m_errors.at(json.at(0).get<std::size_t>())
            .at(json.at(1).get<std::size_t>())
            .push_back(error_from(json.at(2)));
        return true;
    } catch (const std::exception&) {
        return false;
    }
}

}  // namespace quantwright

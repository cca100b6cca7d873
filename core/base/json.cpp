#include "core/base/json.h"

#include <algorithm>
#include <charconv>

namespace quantwright {

Result<Json> parse_json(std::string_view text, ErrorCode code, const std::string& subject,
                        JsonComments comments) {
    try {
        return Json::parse(text, nullptr, true, comments == JsonComments::skipped);
    } catch (const std::exception& e) {
        return fail(code, subject, e.what());
    }
}

Status only_keys(const Json& object, std::initializer_list<std::string_view> keys, ErrorCode code,
                 const std::string& subject, const std::string& where) {
    if (!object.is_object())
        return fail(code, subject, where + ": not an object");
    for (const auto& [key, value] : object.items())
        if (std::find(keys.begin(), keys.end(), key) == keys.end())
            return fail(code, subject,
                        std::string(where).append(": unknown key \"").append(key).append("\""));
    return {};
}

std::string to_text(const Json& json) {
    return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

double shortest(float value) {
    char text[32];
    const auto written = std::to_chars(text, text + sizeof text, value);
    double result = value;
    std::from_chars(text, written.ptr, result);
    return result;
}

}  // namespace quantwright

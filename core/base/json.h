#pragma once
// JSON as the project reads and writes it: canonical (given key order kept, two spaces, shortest numbers
// that read back the same), unknown keys refused where a schema says so.
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace quantwright {

using Json = nlohmann::ordered_json;

enum class JsonComments { refused, skipped };
/// `code` and `subject` go into the error; its detail says line and column. A byte order mark is skipped.
Result<Json> parse_json(std::string_view text, ErrorCode code, const std::string& subject,
                        JsonComments comments = JsonComments::refused);

/// Fails if `object` is no object or has a key that is not listed; `where` is the JSON path for the message.
Status only_keys(const Json& object, std::initializer_list<std::string_view> keys, ErrorCode code,
                 const std::string& subject, const std::string& where);

[[nodiscard]] std::string to_text(const Json& json);

/// The shortest decimal that reads back as the same float; a double of JSON would show float noise.
[[nodiscard]] double shortest(float value);

}  // namespace quantwright

#pragma once
#include <nlohmann/json.hpp>

namespace quantwright::agent {

using Json = nlohmann::ordered_json;

}  // namespace quantwright::agent

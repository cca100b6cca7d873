#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace quantwright {

/// The operator ("domain:Name", "Name" of ONNX itself) that ONNX Runtime says it does not know in this
/// message of its own; empty for every other message.
[[nodiscard]] std::optional<std::string> unknown_operator_in(std::string_view message);

}  // namespace quantwright

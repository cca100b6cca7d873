#pragma once
// Number formats as data: adding one is adding a row of the table.
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/model/tensor.h"

namespace quantwright {

struct Format {
    std::string_view name;   ///< as plans and the command line spell it: "int8"
    std::string_view label;  ///< as badges show it: "INT8"
    int bits = 32;
    bool is_integer = false;          ///< false: float, fp16
    std::int32_t qmin = 0, qmax = 0;  ///< codes of the full range, both included
    ElementType storage = ElementType::float32;
};

/// Formats live as long as the program; compare them by address.
[[nodiscard]] const std::vector<Format>& formats();
[[nodiscard]] const Format* find_format(std::string_view name);  ///< nullptr if there is none
[[nodiscard]] const Format& format_float();
[[nodiscard]] const Format& format_int8();
[[nodiscard]] const Format& format_uint8();
[[nodiscard]] const Format& format_int32();  ///< biases

}  // namespace quantwright

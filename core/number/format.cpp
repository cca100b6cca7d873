#include "core/number/format.h"

#include <limits>

namespace quantwright {
namespace {

constexpr std::int32_t int32_min = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t int32_max = std::numeric_limits<std::int32_t>::max();

}  // namespace

const std::vector<Format>& formats() {
    static const std::vector<Format> table = {
        {"float", "FP32", 32, false, 0, 0, ElementType::float32},
        {"fp16", "FP16", 16, false, 0, 0, ElementType::float16},
        {"int8", "INT8", 8, true, -128, 127, ElementType::int8},
        {"uint8", "UINT8", 8, true, 0, 255, ElementType::uint8},
        {"int16", "INT16", 16, true, -32768, 32767, ElementType::int16},
        {"uint16", "UINT16", 16, true, 0, 65535, ElementType::uint16},
        {"int4", "INT4", 4, true, -8, 7, ElementType::int4},
        {"uint4", "UINT4", 4, true, 0, 15, ElementType::uint4},
        {"int32", "INT32", 32, true, int32_min, int32_max, ElementType::int32},
    };
    return table;
}

const Format* find_format(std::string_view name) {
    for (const Format& format : formats())
        if (format.name == name)
            return &format;
    return nullptr;
}

const Format& format_float() {
    static const Format& format = *find_format("float");
    return format;
}

const Format& format_int8() {
    static const Format& format = *find_format("int8");
    return format;
}

const Format& format_uint8() {
    static const Format& format = *find_format("uint8");
    return format;
}

const Format& format_int32() {
    static const Format& format = *find_format("int32");
    return format;
}

}  // namespace quantwright

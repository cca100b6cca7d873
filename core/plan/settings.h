#pragma once
// What can be chosen for a layer, as data: a field has a JSON path (the same in plan files, in --set and in
// edits) and allowed values. A Settings is a partial choice: fields that are not set come from a weaker
// source.
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"
#include "core/number/parameters.h"

namespace quantwright {

enum class Field {
    mode,                    ///< "static", "dynamic", "weight-only", "fp16", "float"
    activation_format,       ///< a format's name; "float": activations stay as they are
    activation_symmetric,    ///< "true", "false"
    activation_granularity,  ///< "tensor"
    activation_range,        ///< which codes: "full", "restricted", "reduced"
    activation_scale,        ///< "free", "power-of-two"
    activation_divisor,      ///< symmetric scale: "qmax", "half-span", "half-levels"
    threshold_method,        ///< "minmax", "moving-average", "percentile", "mse", "kl", "histogram"
    threshold_percentile,    ///< a number in (50, 100]
    weight_format,           ///< "float": weights stay as they are
    weight_symmetric,
    weight_granularity,  ///< "tensor", "channel", "group": convolution groups, else blocks of block_size
    weight_block_size,   ///< elements along the reduction axis, 16 or more
    weight_range,
    weight_scale,
    weight_divisor,
    weight_storage,  ///< "int8", "uint8": how the codes lie in the file, not which values they stand for
    rounding,        ///< "half-even", "half-away"
    clip,            ///< of a tensor only: "min,max"
};
inline constexpr std::size_t field_count = 19;

/// How a field's value is written.
enum class FieldKind {
    name,    ///< one of FieldInfo::values
    flag,    ///< "true", "false"; bare in JSON
    number,  ///< between FieldInfo::low and high
    range,   ///< "min,max"; an array in JSON
};

struct FieldInfo {
    Field field;
    std::string_view path;  ///< "activation.threshold.method"
    FieldKind kind = FieldKind::name;
    std::vector<std::string_view> values;  ///< allowed, of names and flags
    double low = 0, high = 0;              ///< of numbers, both included
    bool whole = false;                    ///< numbers: integers only
};
[[nodiscard]] const std::vector<FieldInfo>& fields();
[[nodiscard]] const FieldInfo& info(Field field);
[[nodiscard]] std::optional<Field> find_field(std::string_view path);
/// plan.invalid with the field's path as subject if `value` is none that the field takes.
Status check_value(Field field, std::string_view value);
/// A `clip` value as a range, and back (shortest text that reads back the same floats).
[[nodiscard]] std::optional<Range> clip_range(std::string_view value);
[[nodiscard]] std::string clip_text(Range range);

class Settings {
public:
    [[nodiscard]] const std::optional<std::string>& operator[](Field field) const {
        return m_values[index(field)];
    }
    void set(Field field, std::optional<std::string> value) { m_values[index(field)] = std::move(value); }
    [[nodiscard]] bool empty() const;
    /// Every field that `stronger` sets.
    void override_with(const Settings& stronger);
    [[nodiscard]] bool operator==(const Settings&) const = default;

private:
    static std::size_t index(Field field) { return static_cast<std::size_t>(field); }
    std::array<std::optional<std::string>, field_count> m_values;
};

/// Nested JSON by path, in the fields' order. Unknown keys and values are plan.invalid.
[[nodiscard]] Json to_json(const Settings& settings);
Result<Settings> settings_from_json(const Json& json, const std::string& subject, const std::string& where);

}  // namespace quantwright

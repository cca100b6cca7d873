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
    mode,                    ///< "static", "float"
    activation_format,       ///< a format's name
    activation_symmetric,    ///< "true", "false"
    activation_granularity,  ///< "tensor"
    threshold_method,        ///< "minmax", "percentile", "mse", "kl"
    threshold_percentile,    ///< a number in (50, 100]
    weight_format,
    weight_symmetric,
    weight_granularity,  ///< "tensor", "channel"
    weight_storage,      ///< "int8", "uint8": how the codes lie in the file, not which values they stand for
    clip,                ///< of a tensor only: "min,max"
};
inline constexpr std::size_t field_count = 11;

struct FieldInfo {
    Field field;
    std::string_view path;                 ///< "activation.threshold.method"
    std::vector<std::string_view> values;  ///< allowed; empty: a number or a range
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

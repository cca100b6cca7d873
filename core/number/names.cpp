// The words of the choices, as plans, targets and presets spell them.
#include "core/number/parameters.h"

namespace quantwright {
namespace {

constexpr std::string_view granularities[] = {"tensor", "channel", "group"};
constexpr std::string_view code_ranges[] = {"full", "restricted", "reduced"};
constexpr std::string_view divisors[] = {"qmax", "half-span", "half-levels"};
constexpr std::string_view roundings[] = {"half-even", "half-away"};

/// The names stand in the order of the enumerators.
template <class Choice, std::size_t count>
std::optional<Choice> find_choice(std::string_view name, const std::string_view (&names)[count]) {
    for (std::size_t i = 0; i < count; ++i)
        if (names[i] == name)
            return static_cast<Choice>(i);
    return std::nullopt;
}

}  // namespace

std::string_view name_of(Granularity granularity) {
    return granularities[static_cast<std::size_t>(granularity)];
}

std::string_view name_of(CodeRange range) {
    return code_ranges[static_cast<std::size_t>(range)];
}

std::string_view name_of(Divisor divisor) {
    return divisors[static_cast<std::size_t>(divisor)];
}

std::string_view name_of(Rounding rounding) {
    return roundings[static_cast<std::size_t>(rounding)];
}

std::optional<CodeRange> find_code_range(std::string_view name) {
    return find_choice<CodeRange>(name, code_ranges);
}

std::optional<Divisor> find_divisor(std::string_view name) {
    return find_choice<Divisor>(name, divisors);
}

std::optional<Rounding> find_rounding(std::string_view name) {
    return find_choice<Rounding>(name, roundings);
}

}  // namespace quantwright

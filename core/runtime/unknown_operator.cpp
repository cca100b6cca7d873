#include "core/runtime/unknown_operator.h"

namespace quantwright {

namespace {

/// What stands between the two, the first time they come.
std::optional<std::string> between(std::string_view text, std::string_view before, std::string_view after) {
    const std::size_t start = text.find(before);
    if (start == std::string_view::npos)
        return std::nullopt;
    const std::size_t from = start + before.size();
    const std::size_t end = text.find(after, from);
    return end == std::string_view::npos ? std::nullopt
                                         : std::optional(std::string(text.substr(from, end - from)));
}

}  // namespace

std::optional<std::string> unknown_operator_in(std::string_view message) {
    // "Fatal error: my.ops:Foo(-1) is not a registered function/op"
    if (message.find(" is not a registered function/op") != std::string_view::npos)
        return between(message, "Fatal error: ", "(");
    // "... Error No Op registered for Foo with domain_version of 17"
    if (auto name = between(message, "No Op registered for ", " with domain_version"))
        return name;
    // "In Node, ("name", Foo, "my.ops", -1) : ... Error No opset import for domain 'my.ops'"
    if (const auto domain = between(message, "No opset import for domain '", "'")) {
        const auto described = between(message, "In Node, (\"", ") :");
        const auto name = described ? between(*described, "\", ", ", ") : std::nullopt;
        return name ? *domain + ":" + *name : *domain;
    }
    return std::nullopt;
}

}  // namespace quantwright

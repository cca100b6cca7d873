#pragma once
// A script in place of quantwright-checker, for what no runtime does on demand.
#include <filesystem>
#include <string>

namespace quantwright::testing {

/// From now on `script` (sh) is the checker; its first argument is the request's folder.
void pretend_checker(const std::filesystem::path& folder, const std::string& script);

/// A runtime that refuses files in which `text` occurs, by default optimizations, with the words "Tilt in
/// kernel".
void pretend_refusal(const std::filesystem::path& folder, const std::string& text);

void real_checker();

}  // namespace quantwright::testing

#pragma once
// Files of /proc and /sys. None of them is there on every machine.
#include <cstdint>
#include <optional>
#include <string>

namespace quantwright::agent {

/// What is in it, 1 MiB at most.
[[nodiscard]] std::optional<std::string> read_small_file(const std::string& path);
/// The first line without white space at its end.
[[nodiscard]] std::optional<std::string> read_line(const std::string& path);
[[nodiscard]] std::optional<double> read_number(const std::string& path);
/// What follows "key" and a colon in a file of such lines; the first of them.
[[nodiscard]] std::optional<std::string> value_after(const std::string& text, const std::string& key);
/// The number of kilobytes that follows it, in bytes.
[[nodiscard]] std::optional<std::uint64_t> bytes_after(const std::string& text, const std::string& key);
/// VmHWM, the most memory that this process had at a time.
[[nodiscard]] std::uint64_t peak_memory_bytes();

}  // namespace quantwright::agent

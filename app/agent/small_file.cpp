#include "small_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace quantwright::agent {

namespace {

std::string trimmed(std::string_view text) {
    constexpr std::string_view space(" \t\r\n\0", 5);
    const std::size_t begin = text.find_first_not_of(space);
    if (begin == std::string_view::npos)
        return {};
    return std::string(text.substr(begin, text.find_last_not_of(space) - begin + 1));
}

}  // namespace

std::optional<std::string> read_small_file(const std::string& path) {
    const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0)
        return std::nullopt;
    constexpr std::size_t most = std::size_t{1} << 20;
    std::string text;
    char buffer[4096];
    ssize_t count = 0;
    while (text.size() < most && (count = read(file, buffer, sizeof buffer)) > 0)
        text.append(buffer, static_cast<std::size_t>(count));
    close(file);
    if (count < 0)
        return std::nullopt;
    return text;
}

std::optional<std::string> read_line(const std::string& path) {
    const auto text = read_small_file(path);
    if (!text)
        return std::nullopt;
    return trimmed(std::string_view(*text).substr(0, text->find('\n')));
}

std::optional<double> read_number(const std::string& path) {
    const auto text = read_line(path);
    if (!text)
        return std::nullopt;
    char* end = nullptr;
    const double number = std::strtod(text->c_str(), &end);
    if (end == text->c_str())
        return std::nullopt;
    return number;
}

std::optional<std::string> value_after(const std::string& text, const std::string& key) {
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end);
        const std::size_t colon = line.find(':');
        if (colon != std::string_view::npos && trimmed(line.substr(0, colon)) == key)
            return trimmed(line.substr(colon + 1));
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return std::nullopt;
}

std::optional<std::uint64_t> bytes_after(const std::string& text, const std::string& key) {
    const auto value = value_after(text, key);
    if (!value)
        return std::nullopt;
    return std::strtoull(value->c_str(), nullptr, 10) * 1024;
}

std::uint64_t peak_memory_bytes() {
    return bytes_after(read_small_file("/proc/self/status").value_or(""), "VmHWM").value_or(0);
}

}  // namespace quantwright::agent

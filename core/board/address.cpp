#include "core/board/address.h"

#include <algorithm>
#include <charconv>

namespace quantwright {

namespace {

/// Nothing that a log line, a known_hosts line or a command could be broken with.
bool is_plain(std::string_view text) {
    return !text.empty() && text.front() != '-' && std::none_of(text.begin(), text.end(), [](char c) {
        return static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '@' || c == '[' || c == ']';
    });
}

bool read_port(std::string_view text, int& port) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && port > 0 && port < 65536;
}

}  // namespace

std::string BoardAddress::text() const {
    std::string result = user.empty() ? std::string() : user + "@";
    const bool brackets = port != 0 && host.find(':') != std::string::npos;
    result += brackets ? "[" + host + "]" : host;
    if (port != 0)
        result += ":" + std::to_string(port);
    return result;
}

Result<BoardAddress> parse_board_address(std::string_view text) {
    const auto wrong = [&] { return fail(ErrorCode::board_address, std::string(text)); };
    BoardAddress address;
    std::string_view rest = text;
    if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
        address.user = rest.substr(0, at);
        rest.remove_prefix(at + 1);
        if (!is_plain(address.user))
            return wrong();
    }
    std::string_view port;
    bool with_port = false;
    if (!rest.empty() && rest.front() == '[') {
        const auto end = rest.find(']');
        if (end == std::string_view::npos)
            return wrong();
        address.host = rest.substr(1, end - 1);
        rest.remove_prefix(end + 1);
        with_port = !rest.empty();
        if (with_port && rest.front() != ':')
            return wrong();
        port = with_port ? rest.substr(1) : rest;
    } else if (const auto colon = rest.find(':');
               colon != std::string_view::npos && colon == rest.rfind(':')) {
        address.host = rest.substr(0, colon);
        port = rest.substr(colon + 1);
        with_port = true;
    } else {
        address.host = rest;  // more than one colon: an IPv6 address alone
    }
    if (!is_plain(address.host) || (with_port && !read_port(port, address.port)))
        return wrong();
    return address;
}

}  // namespace quantwright

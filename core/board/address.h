#pragma once
// Where a board is: what the user typed, and nothing else yet.
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace quantwright {

/// Empty user and port 0: what ~/.ssh/config says for the host, else the login name and 22.
struct BoardAddress {
    std::string user;
    std::string host;  ///< name, address or alias of ~/.ssh/config; an IPv6 address without brackets
    int port = 0;

    /// "user@host:port", as far as known; brackets around an IPv6 address.
    [[nodiscard]] std::string text() const;
    friend bool operator==(const BoardAddress&, const BoardAddress&) = default;
};

/// "host", "user@host", "user@host:port", "[fe80::1]:22". A host that starts with '-' or holds spaces,
/// control characters or '@' is refused. Errors: board.address.
Result<BoardAddress> parse_board_address(std::string_view text);

}  // namespace quantwright

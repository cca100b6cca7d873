#pragma once
// The text of an authorized_keys file (sshd(8), "AUTHORIZED_KEYS FILE FORMAT"). Private to core/board.
#include <string>
#include <string_view>

#include "core/board/key_pair.h"

namespace quantwright {

/// Whether a line of it lets this key in, with options or without. A line for a certificate authority does
/// not.
[[nodiscard]] bool lets_in(std::string_view text, const PublicKey& key);

/// The text with a line for the key at its end; what is there stays as it is, byte for byte.
[[nodiscard]] std::string with_key(std::string text, const PublicKey& key);

}  // namespace quantwright

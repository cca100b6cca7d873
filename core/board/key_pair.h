#pragma once
// A key to log in to boards with: made once on this computer, in the form that OpenSSH's programs read.
#include <filesystem>
#include <string>

#include "core/base/result.h"

namespace quantwright {

/// The half of a key that may be shown.
struct PublicKey {
    std::string type;         ///< "ssh-ed25519"
    std::string base64;       ///< the key itself
    std::string comment;      ///< whose it is; may be empty
    std::string fingerprint;  ///< "SHA256:…", as ssh-keygen prints it

    /// As a line of authorized_keys, without its end.
    [[nodiscard]] std::string line() const;
};

/// Makes an ed25519 key in `file` (0600) and its public half in `file`.pub (0644); the folder is made (0700)
/// if it is missing. Both appear whole or not at all, and never in place of a file that is there. With a
/// passphrase the private half is encrypted. The comment stands in the public half, control characters
/// removed. Errors: output.unwritable, output.disk_full (subject: the path).
Result<PublicKey> create_key_pair(const std::filesystem::path& file, const std::string& comment,
                                  const char* passphrase = nullptr);

/// The public half of a private key that is there: out of the key, as far as it is open without its
/// passphrase, else from `file`.pub. Errors: board.key_unreadable.
Result<PublicKey> read_public_key(const std::filesystem::path& file);

}  // namespace quantwright

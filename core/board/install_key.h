#pragma once
// A key instead of a password: what ssh-copy-id does, through SFTP alone, so that no shell reads any name.
#include "core/base/job.h"
#include "core/board/connection.h"
#include "core/board/key_pair.h"

namespace quantwright {

struct InstalledKey {
    bool added = false;     ///< false: it was there already
    bool too_open = false;  ///< others may write to the home folder, ~/.ssh or the file: sshd heeds it not
};

/// Adds the key to ~/.ssh/authorized_keys of the connected user. Folder (0700) and file (0600) are made if
/// they are missing; of a file that is there all lines and the mode are kept, and a link to it stays one. A
/// file of more than 1 MiB, or one that is no file, is left alone (board.bad_answer, board.not_writable).
/// Other errors: board.no_sftp, board.disk_full, board.connection_lost, board.silent, cancelled.
Result<InstalledKey> install_key(Connection& connection, const PublicKey& key, const JobContext& job = {});

/// Logs in anew with `identity` and nothing else: of `questions` only trust and passphrases are asked.
/// Errors: those of connect(); board.denied where the board does not take the key.
Result<std::unique_ptr<Connection>> connect_with_key(ConnectOptions options,
                                                     const std::filesystem::path& identity,
                                                     const ConnectQuestions& questions,
                                                     const JobContext& job = {});

}  // namespace quantwright

#pragma once
#include "core/board/ssh_session.h"

namespace quantwright {

/// Is it the machine it says it is? Asks for an unknown key and writes it to known_hosts. Errors:
/// board.host_key_unknown, board.host_key_changed (detail: type and fingerprint of the key it has now).
Status check_host_key(SshSession& session, const ConnectQuestions& questions);

}  // namespace quantwright

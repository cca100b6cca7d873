#pragma once
// Which cores a session's threads may use. The runtime's threads inherit it when the session is made; the
// thread that calls run() takes part in the work and changes over with the session.
#include <vector>

namespace quantwright::agent {

/// Those that the process was started with.
[[nodiscard]] const std::vector<int>& allowed_cores();
/// Of the calling thread; empty: allowed_cores(). Throws Failure board.bad_answer if it may not use them.
void use_cores(const std::vector<int>& cores);

}  // namespace quantwright::agent

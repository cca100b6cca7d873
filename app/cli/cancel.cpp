#include "app/cli/cancel.h"

#include <unistd.h>

#include <csignal>

#include "app/cli/cli.h"

namespace quantwright::cli {

namespace {

volatile std::sig_atomic_t g_signalled = 0;
// Never deleted: the handler may run until the very end. Its flag is a lock-free atomic, so setting it is
// safe there.
CancelToken* g_token = nullptr;

void on_signal(int) {
    if (g_signalled)
        ::_exit(exit_cancelled);
    g_signalled = 1;
    g_token->cancel();
}

}  // namespace

CancelToken cancel_on_signals() {
    static_assert(std::atomic<bool>::is_always_lock_free);
    if (!g_token)
        g_token = new CancelToken;
    struct sigaction action = {};
    action.sa_handler = on_signal;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    return *g_token;
}

}  // namespace quantwright::cli

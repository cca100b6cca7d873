// quantwright-agent serve: runs models on a board for Quantwright. docs/board-protocol.md says how it is
// spoken to.
#include <unistd.h>

#include <cstdio>
#include <cstring>

#include "affinity.h"
#include "output.h"
#include "requests.h"
#include "temporary.h"
#include "watch.h"

using namespace quantwright::agent;

int main(int argc, char** argv) {
    if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
        std::puts("quantwright-agent " QUANTWRIGHT_VERSION);
        return 0;
    }
    if (argc != 2 || std::strcmp(argv[1], "serve") != 0) {
        std::fputs("usage: quantwright-agent serve\n", stderr);
        return 2;
    }
    Watch::block_signals();
    static_cast<void>(allowed_cores());  // read before any thread changes its own
    Output output;
    remove_left_over();
    output.line({{"quantwright_agent", 1}, {"version", QUANTWRIGHT_VERSION}, {"pid", getpid()}});
    output.start_heartbeat();
    Watch watch(output);
    Requests requests(output);
    for (;;)
        requests.handle(watch.next());
}

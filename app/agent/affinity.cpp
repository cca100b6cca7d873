#include "affinity.h"

#include <sched.h>

#include <cerrno>
#include <cstring>

#include <string>

#include "failure.h"

namespace quantwright::agent {

namespace {

std::string list_of(const std::vector<int>& cores) {
    std::string text;
    for (const int core : cores)
        text += (text.empty() ? "" : ",") + std::to_string(core);
    return text;
}

std::vector<int> current_cores() {
    cpu_set_t set;
    CPU_ZERO(&set);
    std::vector<int> cores;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        for (int core = 0; core < CPU_SETSIZE; ++core)
            if (CPU_ISSET(core, &set))
                cores.push_back(core);
    return cores;
}

}  // namespace

const std::vector<int>& allowed_cores() {
    static const std::vector<int> cores = current_cores();
    return cores;
}

void use_cores(const std::vector<int>& cores) {
    const std::vector<int>& wanted = cores.empty() ? allowed_cores() : cores;
    static std::vector<int> used = allowed_cores();
    if (wanted == used || wanted.empty())
        return;
    cpu_set_t set;
    CPU_ZERO(&set);
    for (const int core : wanted)
        CPU_SET(core, &set);
    // The kernel takes a set with one usable core and forgets the others; here each must be.
    if (sched_setaffinity(0, sizeof set, &set) != 0)
        throw Failure{"board.cores", list_of(wanted), std::strerror(errno)};
    used = wanted;
    if (current_cores().size() != wanted.size()) {
        use_cores({});
        throw Failure{"board.cores", list_of(wanted), "it has " + list_of(allowed_cores())};
    }
}

}  // namespace quantwright::agent

#pragma once
// Many addresses at once: which of them greets as an SSH server. Private to core/board.
#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "core/base/job.h"

namespace quantwright {

struct GreetingOptions {
    int port = 22;
    std::chrono::milliseconds connect_wait{400}, banner_wait{1500};
};

/// IPv4 addresses, 64 under way at a time. The greeting of each in the same order, fit to be shown; empty
/// where none came. Errors: cancelled.
Result<std::vector<std::string>> ssh_greetings(const std::vector<std::string>& addresses,
                                               const GreetingOptions& options,
                                               const std::function<void(std::size_t)>& asked,
                                               const JobContext& job);

}  // namespace quantwright

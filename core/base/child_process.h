#pragma once
// A program that is started, heard out and, where it takes too long or nobody wants it any more, killed.
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/job.h"

namespace quantwright {

struct ProcessEnd {
    std::string errors;  ///< the last of what it wrote to stderr
    int exit_code = 0;
    int signal = 0;  ///< that ended it; 0: it ended by itself
    bool timed_out = false;
};

/// `line` is called with each line of its standard output as it comes; what is longer than 1 MiB in parts.
/// When it is killed, so is what it started. Errors: output.not_checked (it can't
/// be started; subject: the program), cancelled.
Result<ProcessEnd> run_process(const std::filesystem::path& program,
                               const std::vector<std::string>& arguments, std::chrono::seconds limit,
                               const std::function<void(std::string_view)>& line, const JobContext& job);

}  // namespace quantwright

#pragma once
// Is this board ready? Each point with the command that mends it on Bianbu.
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/board/agent.h"
#include "core/board/connection.h"

namespace quantwright {

struct BoardPoint {
    std::string code;  ///< login, sftp, arch, agent, memory, disk, runtime, provider, governor
    bool ok = true;
    bool needed = true;                  ///< false: advice; a check without it still passes
    std::vector<std::string> arguments;  ///< what was found
    std::string remedy;  ///< a shell command for the user to type on the board; empty without one
};

struct BoardCheck {
    BoardFacts facts;
    std::vector<BoardPoint> points;
    [[nodiscard]] bool ok() const;
};

/// A failed point is an answer, not an error. Errors: those of the connection once it is made; cancelled.
Result<BoardCheck> check_board(Connection& connection, const std::string& runtime,
                               const JobContext& job = {});

}  // namespace quantwright

#pragma once
// What became of the open document on each board.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "widgets/workspace/deploying.h"

namespace quantwright {

struct BoardOutcome {
    std::optional<Error> error;                ///< of the last try
    std::shared_ptr<const Deployed> deployed;  ///< the last that succeeded
};

/// Boards go by BoardRequest::board().
class Deployments {
public:
    void clear() { m_boards.clear(); }
    /// `alone`: no other board is at work, so what went wrong on others is over and done with.
    void begin(const std::string& board, bool alone);
    void fail(const std::string& board, const Error& error);
    void finish(std::shared_ptr<const Deployed> deployed);
    void rename(const std::string& from, const std::string& to);
    void remove(const std::string& board) { m_boards.erase(board); }

    [[nodiscard]] BoardOutcome of(const std::string& board) const;
    /// The last that succeeded on each board, the newest at the end.
    [[nodiscard]] std::vector<std::shared_ptr<const Deployed>> succeeded() const;
    /// The newest of those that were at work together.
    [[nodiscard]] std::optional<Error> error() const;

private:
    struct Entry : BoardOutcome {
        int failed_as = 0;    ///< orders the errors; 0: of earlier tries, or none
        int finished_as = 0;  ///< orders what succeeded
    };
    std::map<std::string, Entry> m_boards;
    int m_failures = 0, m_successes = 0;
};

}  // namespace quantwright

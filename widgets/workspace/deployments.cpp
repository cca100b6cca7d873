#include "widgets/workspace/deployments.h"

#include <utility>

namespace quantwright {

void Deployments::begin(const std::string& board, bool alone) {
    if (alone)
        for (auto& [name, entry] : m_boards)
            entry.failed_as = 0;
    Entry& entry = m_boards[board];
    entry.error.reset();
    entry.failed_as = 0;
}

void Deployments::fail(const std::string& board, const Error& error) {
    Entry& entry = m_boards[board];
    entry.error = error;
    entry.failed_as = ++m_failures;
}

void Deployments::finish(std::shared_ptr<const Deployed> deployed) {
    Entry& entry = m_boards[deployed->request.board()];
    entry.error.reset();
    entry.failed_as = 0;
    entry.deployed = std::move(deployed);
    entry.finished_as = ++m_successes;
}

void Deployments::rename(const std::string& from, const std::string& to) {
    if (auto entry = m_boards.extract(from); !entry.empty()) {
        m_boards.erase(to);
        entry.key() = to;
        m_boards.insert(std::move(entry));
    }
}

BoardOutcome Deployments::of(const std::string& board) const {
    const auto found = m_boards.find(board);
    if (found == m_boards.end())
        return {};
    return found->second;
}

std::vector<std::shared_ptr<const Deployed>> Deployments::succeeded() const {
    std::map<int, std::shared_ptr<const Deployed>> in_order;
    for (const auto& [name, entry] : m_boards)
        if (entry.deployed)
            in_order[entry.finished_as] = entry.deployed;
    std::vector<std::shared_ptr<const Deployed>> result;
    for (auto& [order, deployed] : in_order)
        result.push_back(std::move(deployed));
    return result;
}

std::optional<Error> Deployments::error() const {
    const Entry* newest = nullptr;
    for (const auto& [name, entry] : m_boards)
        if (entry.failed_as > (newest ? newest->failed_as : 0))
            newest = &entry;
    return newest ? newest->error : std::nullopt;
}

}  // namespace quantwright

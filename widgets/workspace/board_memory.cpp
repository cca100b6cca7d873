#include "widgets/workspace/board_memory.h"

#include <QStandardPaths>

namespace quantwright {
namespace {

const QString read_slot = QStringLiteral("board-history");

std::filesystem::path usersFolder() {
    return std::filesystem::path(
               QStandardPaths::writableLocation(QStandardPaths::AppDataLocation).toStdString()) /
           "board-history";
}

}  // namespace

BoardMemory::BoardMemory(JobRunner* jobs, QObject* parent)
    : QObject(parent), m_jobs(jobs), m_folder(usersFolder()) {}

void BoardMemory::setFolder(const std::filesystem::path& folder) {
    m_folder = folder;
    reload();
}

void BoardMemory::setBoard(const std::string& board) {
    if (board == m_board)
        return;
    m_board = board;
    // Nothing of another board is shown as this one's for a moment.
    take({});
    reload();
}

void BoardMemory::reload() {
    if (m_board.empty()) {
        m_jobs->cancel(read_slot);
        return;
    }
    m_jobs->start(
        read_slot,
        [history = BoardHistory(m_folder), board = m_board](const JobContext&) -> Result<Known> {
            auto read = history.read(board);
            if (!read)
                return fail(read);
            MeasuredCosts costs(read->records);
            return Known{std::move(read->records), std::move(costs)};
        },
        [this, board = m_board](Result<Known> known) {
            if (board != m_board)
                return;
            if (known)
                take(std::move(*known));
            else if (known.error().code != ErrorCode::cancelled)
                emit failed(known.error());
        });
}

void BoardMemory::take(Known known) {
    m_known = std::move(known);
    emit changed();
}

void BoardMemory::remove(const std::string& id) {
    if (const auto removed = BoardHistory(m_folder).remove(m_board, id); !removed)
        emit failed(removed.error());
    reload();
}

void BoardMemory::rename(const std::string& from, const std::string& to) {
    if (const auto renamed = BoardHistory(m_folder).rename(from, to); !renamed)
        emit failed(renamed.error());
    if (m_board == from)
        m_board = to;
    reload();
}

void BoardMemory::setAside(const std::string& board) {
    if (const auto done = BoardHistory(m_folder).set_aside(board); !done)
        emit failed(done.error());
    reload();
}

std::vector<const BoardRecord*> BoardMemory::recordsOf(const std::string& model_sha256) const {
    std::vector<const BoardRecord*> found;
    for (const BoardRecord& record : m_known.records)
        if (record.model_sha256 == model_sha256)
            found.push_back(&record);
    return found;
}

bool BoardMemory::emulated() const {
    return !m_known.records.empty() && m_known.records.back().emulated;
}

}  // namespace quantwright

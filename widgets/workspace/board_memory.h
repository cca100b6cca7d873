#pragma once
// What was measured before on the board that is looked at: past deployments, and what layers would take
// there.
#include <QObject>
#include <filesystem>
#include <string>
#include <vector>

#include "core/board/history.h"
#include "core/board/measured_costs.h"
#include "widgets/jobs/job_runner.h"

namespace quantwright {

class BoardMemory : public QObject {
    Q_OBJECT
public:
    explicit BoardMemory(JobRunner* jobs, QObject* parent = nullptr);

    /// Where records are kept; the user's unless it is set.
    void setFolder(const std::filesystem::path& folder);
    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder; }

    /// As BoardRequest::board() says it; empty: none. What is known of it comes by changed().
    void setBoard(const std::string& board);
    [[nodiscard]] const std::string& board() const { return m_board; }
    /// Another record was added.
    void reload();
    void remove(const std::string& id);
    void rename(const std::string& from, const std::string& to);
    /// The board is gone, and nothing of it is taken for another one's of that name.
    void setAside(const std::string& board);

    /// Of that board, oldest first, of whichever models.
    [[nodiscard]] const std::vector<BoardRecord>& records() const { return m_known.records; }
    /// Of them, those of a model.
    [[nodiscard]] std::vector<const BoardRecord*> recordsOf(const std::string& model_sha256) const;
    [[nodiscard]] const MeasuredCosts& costs() const { return m_known.costs; }
    /// Its times are an emulator's.
    [[nodiscard]] bool emulated() const;

signals:
    void changed();
    void failed(const quantwright::Error& error);

private:
    struct Known {
        std::vector<BoardRecord> records;
        MeasuredCosts costs;
    };
    void take(Known known);

    JobRunner* m_jobs;
    std::filesystem::path m_folder;
    std::string m_board;
    Known m_known;
};

}  // namespace quantwright

#pragma once
// Past deployments, one JSON line each, a file for every board in a folder of the caller's. A line that is
// cut off or makes no sense is skipped and counted; a program that dies while it adds one loses that one at
// most. Several programs may use a folder at once.
#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/board/record.h"

namespace quantwright {

class BoardHistory {
public:
    static constexpr std::size_t k_most_records = 300;  ///< of a board; older ones go

    explicit BoardHistory(std::filesystem::path folder) : m_folder(std::move(folder)) {}

    struct Read {
        std::vector<BoardRecord> records;  ///< oldest first
        int skipped = 0;                   ///< lines that are no records
    };
    /// Without a file it is empty. Errors: board.history.
    [[nodiscard]] Result<Read> read(const std::string& board) const;
    /// Makes the folder if need be. Errors: board.history, output.*.
    [[nodiscard]] Status add(const BoardRecord& record) const;
    /// Does nothing if it is gone already. Errors: as add().
    [[nodiscard]] Status remove(const std::string& board, const std::string& id) const;

    /// The board goes by another name from now on, with everything that is known of it.
    [[nodiscard]] Status rename(const std::string& from, const std::string& to) const;

    /// The board is gone: the next of that name begins anew. The file is kept beside, as *.removedN.jsonl.
    /// Errors: as add().
    [[nodiscard]] Status set_aside(const std::string& board) const;

    /// Of a board's records.
    [[nodiscard]] std::filesystem::path file(const std::string& board) const;

private:
    std::filesystem::path m_folder;
};

/// Adds it to the history in that folder; what is in the way of that becomes a problem.
void keep_record(const Result<BoardRecord>& record, const std::filesystem::path& folder,
                 std::vector<Problem>& problems);

}  // namespace quantwright

#pragma once
// A file of JSON lines that outlives the program that writes it: a line for what it is, then one for each
// thing that was measured. A line that is cut off is where the writer died.
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>

#include "core/base/json.h"

namespace quantwright {

class KeptLines {
public:
    /// Makes the folder where it is not there, and removes files of the same extension that nobody touched
    /// for 30 days. Null where the file can't be had for itself: another program is at the same, or the
    /// folder can't be written.
    static std::unique_ptr<KeptLines> open(const std::filesystem::path& path);
    ~KeptLines();
    KeptLines(const KeptLines&) = delete;
    KeptLines& operator=(const KeptLines&) = delete;

    /// Gives the lines behind the first to `take`, up to one that it refuses or that is cut off: what stands
    /// from there on is removed. A file that begins otherwise than with `header` begins anew, and with
    /// `fresh` every one.
    void read(const Json& header, bool fresh, const std::function<bool(const Json&)>& take);
    /// From any thread. What can't be written is as if it were not there.
    void write(const Json& line);

private:
    explicit KeptLines(std::filesystem::path path) : m_path(std::move(path)) {}
    const std::filesystem::path m_path;
    int m_file = -1;
    bool m_usable = true;
    std::mutex m_mutex;
};

}  // namespace quantwright

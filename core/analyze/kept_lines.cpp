#include "core/analyze/kept_lines.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>

#include "core/base/atomic_file.h"

namespace quantwright {

namespace {

namespace fs = std::filesystem;

/// Nobody goes on with what is older.
constexpr auto k_kept_for = std::chrono::hours(24 * 30);

void remove_old(const fs::path& folder, const fs::path& extension) {
    std::error_code error;
    const auto now = fs::file_time_type::clock::now();
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (entry.path().extension() == extension && now - entry.last_write_time(error) > k_kept_for)
            fs::remove(entry.path(), error);
}

}  // namespace

std::unique_ptr<KeptLines> KeptLines::open(const fs::path& path) {
    std::error_code error;
    fs::create_directories(path.parent_path(), error);
    remove_old(path.parent_path(), path.extension());
    auto file = std::unique_ptr<KeptLines>(new KeptLines(path));
    file->m_file = ::open(file->m_path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (file->m_file < 0 || ::flock(file->m_file, LOCK_EX | LOCK_NB) != 0)
        return nullptr;
    return file;
}

KeptLines::~KeptLines() {
    if (m_file >= 0)
        ::close(m_file);
}

void KeptLines::read(const Json& header, bool fresh, const std::function<bool(const Json&)>& take) {
    const auto text = read_file(m_path, ErrorCode::output_unwritable);
    const std::string all = text && !fresh ? *text : std::string();
    std::size_t good = 0;
    for (std::size_t end = all.find('\n'); end != std::string::npos; end = all.find('\n', good)) {
        const Json line = Json::parse(all.begin() + static_cast<std::ptrdiff_t>(good),
                                      all.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
        if (good == 0 ? line != header : !take(line))
            break;
        good = end + 1;
    }
    m_usable = ::ftruncate(m_file, static_cast<off_t>(good)) == 0;
    if (good == 0)
        write(header);
}

void KeptLines::write(const Json& line) {
    const std::string text = line.dump() + '\n';
    const std::lock_guard lock(m_mutex);
    // A line that is written in part ends what can be read, so nothing goes behind it.
    m_usable = m_usable && ::write(m_file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

}  // namespace quantwright

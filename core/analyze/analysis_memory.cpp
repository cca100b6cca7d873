#include "core/analyze/analysis_memory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "core/base/atomic_file.h"

namespace quantwright {

namespace {

namespace fs = std::filesystem;

constexpr int k_version = 2;
constexpr std::string_view k_extension = ".analysis";
/// Nobody goes on with what is older.
constexpr auto k_kept_for = std::chrono::hours(24 * 30);

void remove_old(const fs::path& folder) {
    std::error_code error;
    const auto now = fs::file_time_type::clock::now();
    for (const auto& entry : fs::directory_iterator(folder, error))
        if (entry.path().extension() == k_extension && now - entry.last_write_time(error) > k_kept_for)
            fs::remove(entry.path(), error);
}

}  // namespace

/// A line for what it is, then one for each measurement. A line that is cut off is where the writer died.
class AnalysisMemory::File {
public:
    /// Null where the file can't be had for itself.
    static std::unique_ptr<File> open(const fs::path& path) {
        std::error_code error;
        fs::create_directories(path.parent_path(), error);
        remove_old(path.parent_path());
        auto file = std::unique_ptr<File>(new File(path));
        file->m_file = ::open(file->m_path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (file->m_file < 0 || ::flock(file->m_file, LOCK_EX | LOCK_NB) != 0)
            return nullptr;  // another program is at the same analysis
        return file;
    }
    ~File() {
        if (m_file >= 0)
            ::close(m_file);
    }

    void read(const std::string& key, bool fresh, Measurements& measurements) {
        const Json header = {{"quantwright_analysis", k_version}, {"key", key}};
        const auto text = read_file(m_path, ErrorCode::output_unwritable);
        const std::string all = text && !fresh ? *text : std::string();
        std::size_t good = 0;
        for (std::size_t end = all.find('\n'); end != std::string::npos; end = all.find('\n', good)) {
            const Json line = Json::parse(all.begin() + static_cast<std::ptrdiff_t>(good),
                                          all.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
            if (good == 0 ? line != header : !measurements.restore(line))
                break;
            good = end + 1;
        }
        m_usable = ::ftruncate(m_file, static_cast<off_t>(good)) == 0;
        if (good == 0)
            write(header);
    }

    void write(const Json& line) {
        const std::string text = line.dump() + '\n';
        const std::lock_guard lock(m_mutex);
        // A line that is written in part ends what can be read, so nothing goes behind it.
        m_usable = m_usable && ::write(m_file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    }

private:
    explicit File(fs::path path) : m_path(std::move(path)) {}
    const fs::path m_path;
    int m_file = -1;
    bool m_usable = true;
    std::mutex m_mutex;
};

AnalysisMemory::AnalysisMemory(fs::path folder) : m_folder(std::move(folder)) {}

AnalysisMemory::~AnalysisMemory() = default;

Result<AnalysisMemory::Lease> AnalysisMemory::take(const std::string& key, std::size_t groups,
                                                   const JobContext& job, bool fresh) {
    std::unique_lock lock(m_mutex);
    // The one before was cancelled, and is about to end.
    while (!m_free.wait_for(lock, std::chrono::milliseconds(50), [this] { return !m_taken; }))
        if (job.cancelled())
            return JobContext::cancelled_error();
    auto measurements = m_key == key && m_kept ? std::move(m_kept) : std::make_unique<Measurements>(groups);
    m_kept.reset();
    if (fresh)
        measurements = std::make_unique<Measurements>(groups);
    if (!m_folder.empty() && (m_file = File::open(path(key)))) {
        m_file->read(key, fresh, *measurements);
        measurements->added = [file = m_file.get()](const Json& line) { file->write(line); };
    }
    m_taken = true;
    return Lease(this, key, std::move(measurements));
}

void AnalysisMemory::clear() {
    const std::lock_guard lock(m_mutex);
    m_kept.reset();
    std::error_code error;
    if (!m_folder.empty() && !m_key.empty())
        fs::remove(path(m_key), error);
}

fs::path AnalysisMemory::path(const std::string& key) const {
    return m_folder / (key + std::string(k_extension));
}

void AnalysisMemory::give_back(const std::string& key, std::unique_ptr<Measurements> measurements) {
    {
        const std::lock_guard lock(m_mutex);
        measurements->added = {};
        m_key = key;
        m_file.reset();
        if (m_folder.empty())
            m_kept = std::move(measurements);
        m_taken = false;
    }
    m_free.notify_one();
}

AnalysisMemory::Lease::Lease(AnalysisMemory* memory, std::string key,
                             std::unique_ptr<Measurements> measurements)
    : m_memory(memory), m_key(std::move(key)), m_measurements(std::move(measurements)) {}

AnalysisMemory::Lease::Lease(Lease&& other) noexcept
    : m_memory(std::exchange(other.m_memory, nullptr)),
      m_key(std::move(other.m_key)),
      m_measurements(std::move(other.m_measurements)) {}

AnalysisMemory::Lease::~Lease() {
    if (m_memory)
        m_memory->give_back(m_key, std::move(m_measurements));
}

}  // namespace quantwright

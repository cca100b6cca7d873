#include "core/analyze/analysis_memory.h"

#include <chrono>
#include <utility>

namespace quantwright {

namespace {

namespace fs = std::filesystem;

constexpr int k_version = 2;
constexpr std::string_view k_extension = ".analysis";

}  // namespace

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
    if (!m_folder.empty() && (m_file = KeptLines::open(path(key)))) {
        m_file->read({{"quantwright_analysis", k_version}, {"key", key}}, fresh,
                     [&](const Json& line) { return measurements->restore(line); });
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

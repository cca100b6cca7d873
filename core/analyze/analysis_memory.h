#pragma once
// Where an analysis leaves what it measured, so that the next one of the same goes on there when it was
// cancelled: the same model, plan, ranges and images, which is what the key stands for. In memory, or in a
// folder, where even what a killed program measured is kept.
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

#include "core/analyze/kept_lines.h"
#include "core/analyze/measurements.h"
#include "core/base/job.h"

namespace quantwright {

class AnalysisMemory {
public:
    /// In a folder, made when it is needed; empty: in memory. What can't be read or written there is as if it
    /// were not: nothing is kept.
    explicit AnalysisMemory(std::filesystem::path folder = {});
    ~AnalysisMemory();

    /// One analysis' hold on its measurements; another of the same waits until it is given back.
    class Lease {
    public:
        Lease(AnalysisMemory* memory, std::string key, std::unique_ptr<Measurements> measurements);
        Lease(Lease&& other) noexcept;
        Lease& operator=(Lease&&) = delete;
        ~Lease();  ///< kept for the next
        Measurements* operator->() const { return m_measurements.get(); }

    private:
        AnalysisMemory* m_memory;
        std::string m_key;
        std::unique_ptr<Measurements> m_measurements;
    };

    /// What is known under this key; nothing yet, or with `fresh`. Errors: cancelled.
    Result<Lease> take(const std::string& key, std::size_t groups, const JobContext& job, bool fresh = false);
    /// The result has arrived: the next analysis measures everything anew. Not while one has its lease.
    void clear();

private:
    void give_back(const std::string& key, std::unique_ptr<Measurements> measurements);
    [[nodiscard]] std::filesystem::path path(const std::string& key) const;

    const std::filesystem::path m_folder;
    mutable std::mutex m_mutex;
    std::condition_variable m_free;
    bool m_taken = false;
    std::string m_key;  ///< of what was given back last
    std::unique_ptr<Measurements> m_kept;
    std::unique_ptr<KeptLines> m_file;
};

}  // namespace quantwright

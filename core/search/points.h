#pragma once
// Measuring plans for a search, each once: what this search or an earlier one of the same has measured is
// known. Private to core/search.
#include <deque>
#include <map>

#include "core/analyze/kept_lines.h"
#include "core/analyze/quality_meter.h"
#include "core/search/search.h"

namespace quantwright {

/// A group in the order of the sensitivity analysis.
struct Ranked {
    int group = -1;
    /// With it alone quantized, noise over signal at the outputs; where they have several parts, and a task
    /// reads them, at the worst.
    double noise = 0;
    std::optional<double> snr_db;  ///< pooled
};

class Points {
public:
    struct Tried {
        SearchPoint point;
        /// What a search goes by between points: noise over signal, pooled where an SNR is promised, else the
        /// mean over the parts of the outputs: a detector's scores count as much as its boxes.
        double noise = 0;
        bool possible = true;  ///< the target takes the plan, and each raise is what it says
    };

    Points(const std::shared_ptr<const Resolved>& resolved, const InputReader& reader,
           const SearchOptions& options, const JobContext& job)
        : m_resolved(resolved), m_reader(reader), m_options(options), m_job(job), m_quiet(job.token()) {}

    Status open();
    /// On all images, or on a few (`screen`). The reference stays valid.
    Result<const Tried*> measure(const std::vector<Raise>& raised, bool screen);
    /// What these exceptions by themselves add to the given plan's cost, about.
    Result<double> cost_of(const std::vector<Raise>& raised);
    /// Most sensitive first: on a few images, or on all. From memory or from the analysis.
    Result<std::vector<Ranked>> rank(bool on_all);

    [[nodiscard]] const std::deque<Tried>& all() const { return m_all; }
    [[nodiscard]] const Tried* find(const std::vector<Raise>& raised) const;
    [[nodiscard]] bool keeps(const SearchPoint& point) const;
    [[nodiscard]] const std::shared_ptr<const Sensitivity>& sensitivity() const { return m_sensitivity; }
    [[nodiscard]] std::size_t known() const { return m_known.size(); }
    [[nodiscard]] const std::string& metric() const { return m_metric; }
    [[nodiscard]] std::optional<double> float_figure() const { return m_float_figure; }
    [[nodiscard]] MeasuredOn measured_on() const;
    /// Progress in measured images.
    void expect(std::int64_t total) { m_total = m_done + total; }
    [[nodiscard]] std::int64_t full_images() const { return m_full_runs; }
    [[nodiscard]] std::int64_t screen_images() const { return m_screen_runs; }

private:
    using Key = std::pair<std::vector<Raise>, bool>;
    Result<std::shared_ptr<const Resolved>> resolve_with(const std::vector<Raise>& raised) const;
    [[nodiscard]] bool possible(const Resolved& resolved, const std::vector<Raise>& raised) const;
    Result<Tried> run(const std::shared_ptr<const Resolved>& resolved, bool screen);
    Status judge_figure(const Judge& judge, SearchPoint& point);
    [[nodiscard]] double noise_of(const Quality& quality) const;
    void remember();
    bool restore(const Json& line);
    void keep(const Key& key, const Tried& tried);
    void advance(std::int64_t images);

    std::shared_ptr<const Resolved> m_resolved;
    const InputReader& m_reader;
    const SearchOptions& m_options;
    const JobContext& m_job;
    const JobContext m_quiet;  ///< the same token; what is done for one point tells no progress
    std::shared_ptr<QualityMeter> m_full, m_screen;
    std::int64_t m_full_runs = 0, m_screen_runs = 0, m_done = 0, m_total = 0;
    std::deque<Tried> m_all;
    std::map<Key, std::size_t> m_index;
    std::map<std::vector<Raise>, double> m_costs;
    std::map<Key, Tried> m_known;  ///< of earlier searches
    std::unique_ptr<KeptLines> m_lines;
    std::map<std::string, int> m_groups;               ///< by name
    std::shared_ptr<const Sensitivity> m_rankings[2];  ///< on a few images, on all
    std::shared_ptr<const Sensitivity> m_sensitivity;  ///< the one that was asked for last
    std::string m_metric = "snr";
    std::optional<double> m_float_figure;
    double m_base_parameters = 0;
};

}  // namespace quantwright

#pragma once
// The fewest costly exceptions with which a plan keeps a promised accuracy: groups of layers that get a next
// better precision (another range, per channel, 16-bit activations, fp16, float), each because the promise is
// measured to fail without it. All that was tried is kept: the trade-off between accuracy and cost.
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/analyze/sensitivity.h"
#include "core/plan/edit.h"
#include "core/task/judge.h"

namespace quantwright {

/// One exception: what a group of layers gets that the plan does not give it.
struct Raise {
    int group = -1;  ///< index into Prepared::groups
    Field field = Field::mode;
    std::string value;
    [[nodiscard]] bool operator==(const Raise&) const = default;
    [[nodiscard]] auto operator<=>(const Raise&) const = default;
};

/// What is promised; exactly one of the two.
struct Promise {
    std::optional<double> min_snr_db;  ///< at the model's outputs, pooled
    /// Of SearchOptions::metric, in percentage points (figures that are no fractions: hundredths) below
    /// float.
    std::optional<double> max_drop;
};

/// A plan that was tried.
struct SearchPoint {
    std::vector<Raise> raised;     ///< by group, ascending; none: the plan as it was given
    std::int64_t images = 0;       ///< that the figures are of
    bool screened = false;         ///< of a few images only, to compare candidates: nothing is promised by it
    std::optional<double> snr_db;  ///< empty: no noise at all
    std::optional<double> figure;  ///< of the metric
    std::optional<double> drop;    ///< of the metric below float, in percentage points
    double cost = 0;               ///< as SearchOptions::cost says
    std::optional<std::int64_t> bytes;  ///< of the file; empty for models so large that counting takes long
    bool keeps = false;                 ///< the promise
};

/// Why an exception is one of the chosen: what was measured without it, all others in place.
struct Needed {
    Raise raise;
    std::optional<double> snr_db_without, drop_without;
    int rank = 0;                        ///< in the sensitivity analysis, 1 the most sensitive
    std::optional<double> snr_db_alone;  ///< with only this group quantized
};

struct SearchResult {
    std::vector<SearchPoint> points;  ///< in the order of trying, the given plan first
    bool reached = false;             ///< a point keeps the promise
    std::size_t chosen = 0;  ///< index into `points`: the fewest exceptions that keep it, of as many the
                             ///< cheapest; else the nearest
    std::vector<Needed> exceptions;  ///< of the chosen one, the most sensitive first; empty where not reached
    std::string metric;              ///< "snr", or the figure's name
    std::optional<double> float_figure;              ///< of the metric; empty without one
    MeasuredOn measured_on;                          ///< of all points that were not only screened
    std::shared_ptr<const Sensitivity> sensitivity;  ///< null where the plan itself keeps the promise
    std::size_t known = 0;                           ///< points that an earlier search had measured
};

struct SearchOptions {
    Promise promise;
    /// Cost of a plan, in any unit; null: bytes of the file.
    std::function<double(const Resolved&)> cost = {};
    /// Judges the metric: nothing added yet, over the reader's samples. Null where the promise is an SNR.
    std::shared_ptr<const Judge> judge = {};
    /// A figure of the judge, of those against labels first, then of the agreement with float; empty: its
    /// first.
    std::string metric = {};
    std::int64_t images = 0;  ///< runs of the model; 0: probe_count(), with a judge as many as 1 GiB holds
    int most = 0;             ///< exceptions; 0: as many as it takes
    int threads = 0;
    /// What is measured is kept there, for a search of the same with any promise; empty: nowhere.
    std::filesystem::path memory = {};
    std::string judged_by = {};  ///< what else figures follow from: labels, options of the task
    bool fresh = false;          ///< what is there is thrown away
    /// Each point that was measured on all images, and the best so far (null: none keeps the promise); from
    /// the calling thread.
    std::function<void(const SearchPoint& point, const SearchPoint* best)> tried = {};
};

/// `resolved` is the plan to begin with, with what was improved. Points are measured with the simulation, as
/// QualityMeter does. Deterministic: the same points in the same order on any number of threads, also when a
/// search goes on where one was cancelled or killed. Errors: images.none_left, runtime.failed, task.*,
/// search.no_metric (the judge has no such figure), cancelled. A promise that can't be kept is no error.
Result<std::shared_ptr<const SearchResult>> search(const std::shared_ptr<const Resolved>& resolved,
                                                   const InputReader& reader, const SearchOptions& options,
                                                   const JobContext& job = {});

/// The edit that makes the point's plan of the one that the search began with.
[[nodiscard]] Edit edit_of(const Resolved& resolved, const std::vector<Raise>& raised);

/// What the raises of a group can be, cheapest precision first: nothing that the target refuses, that means
/// nothing for the group, or that its runtime makes slower without being more right.
[[nodiscard]] std::vector<Raise> candidates(const Resolved& resolved, int group);

/// Bytes of parameters in the file.
[[nodiscard]] double parameter_bytes(const Resolved& resolved);
/// Elements that a run converts between integers and floats: at pairs whose one side is a float layer.
[[nodiscard]] double converted_elements(const Resolved& resolved);
/// Multiply-accumulates weighted by the widest bit width that a layer reads, holds or writes, over 8; a
/// conversion between integers and floats counts as one of 32 bits for each element.
[[nodiscard]] double weighted_macs(const Resolved& resolved);

/// {points[], chosen, reached, exceptions[] …}: docs/formats.md.
[[nodiscard]] Json to_json(const SearchResult& result, const Resolved& resolved);
/// One line for each point.
[[nodiscard]] std::string to_csv(const SearchResult& result, const Resolved& resolved);

}  // namespace quantwright

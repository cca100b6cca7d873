#pragma once
// What calibration knows of each activation. Values; mergeable, so many machines can each do a share.
#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/calibrate/moving_ranges.h"
#include "core/calibrate/threshold_memo.h"
#include "core/images/image_list.h"
#include "core/number/parameters.h"

namespace quantwright {

/// Exact counts in bins of width 2^exponent whose edges are multiples of that width: bin i of `counts` is
/// [(i - half) * width, (i - half + 1) * width). Growing the range merges neighbours, so the result does not
/// depend on the order of the data, and two histograms merge exactly.
class Histogram {
public:
    static constexpr int half_bits = 12;
    static constexpr int half = 1 << half_bits;  ///< bins on each side of zero
    static constexpr int min_exponent = -100;    ///< finer bins than that are never needed
    /// The exponent of the narrowest bins that hold values up to |x|.
    [[nodiscard]] static int exponent_for(float max_abs);

    /// Makes sure values up to |x| fit. Zero and non-finite values change nothing.
    void cover(float max_abs);
    void add(std::span<const float> values);  ///< NaN and infinities are left out; calls cover()
    void merge(const Histogram& other);

    [[nodiscard]] bool empty() const { return m_counts.empty(); }
    [[nodiscard]] double width() const;
    [[nodiscard]] int exponent() const { return m_exponent; }
    [[nodiscard]] std::int64_t total() const;
    [[nodiscard]] const std::vector<std::uint64_t>& counts() const {
        return m_counts;
    }  ///< 2 * half entries, or none
    [[nodiscard]] double edge(int bin) const { return (bin - half) * width(); }  ///< lower edge
    [[nodiscard]] std::int64_t count_outside(
        Range range) const;  ///< elements in bins that lie outside as a whole

    static Histogram from(int exponent, std::vector<std::uint64_t> counts);
    [[nodiscard]] bool operator==(const Histogram&) const = default;

private:
    friend class BinCounter;
    void coarsen(int exponent);
    std::vector<std::uint64_t> m_counts;
    int m_exponent = 0;
};

/// Everything but `count` and `not_finite` is of the finite elements alone.
struct TensorStatistics {
    std::string name;
    Range range;  ///< exact, over all images
    double mean = 0, std = 0;
    std::int64_t count = 0;
    std::int64_t not_finite = 0;  ///< infinities (NaN is an error): no codes can stand for them
    int channel_axis = -1;        ///< axis of `channels`; -1: none kept, as where there are infinities
    std::vector<Range> channels;
    /// Of the whole tensor (one range) and of `channels`. images 0: not known, in files of version 1 and what
    /// was merged with one.
    MovingRanges moving, moving_channels;
    Histogram histogram;
    struct ImageExtreme {
        std::string image;
        float max_abs = 0;
    };
    std::vector<ImageExtreme> worst_images;  ///< largest |x| first; at most 6
};

/// Immutable once handed out.
struct Statistics {
    std::string model_sha256;
    std::string source;  ///< folder or list
    std::int64_t images = 0;
    std::vector<SkippedImage> skipped;
    Json preprocess;  ///< as used
    std::vector<TensorStatistics> tensors;

    ThresholdMemo thresholds;

    [[nodiscard]] const TensorStatistics* find(const std::string& tensor) const {
        return thresholds.named(tensors, tensor);
    }
};

/// Counts, ranges, histograms and worst images are those of one run over all images, in whatever order the
/// parts come; mean and std but for rounding. The moving averages are those of the parts' images one part
/// after the other as they are given: for parts that are contiguous stretches of a list, in its order, that
/// is the whole list's average; for CalibrateOptions' shards, which are strided, it is the average of the
/// list in another order (all of shard 1, all of shard 2 …), as good as any order but not the unsharded
/// run's. Errors: stats.other_model if they are of different models.
Result<std::shared_ptr<const Statistics>> merge(const std::vector<std::shared_ptr<const Statistics>>& parts);

/// .qwstats: JSON header and zstd-packed counts. Errors: output.*; stats.invalid.
Status save_statistics(const Statistics& statistics, const std::filesystem::path& path);
Result<std::shared_ptr<const Statistics>> load_statistics(const std::filesystem::path& path);
/// The same bytes, for embedding in a project.
[[nodiscard]] std::string serialize(const Statistics& statistics);
Result<std::shared_ptr<const Statistics>> deserialize_statistics(std::string_view bytes,
                                                                 const std::string& subject);

}  // namespace quantwright

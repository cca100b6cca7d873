#pragma once
// What is gathered of one activation while the images run: counts and ranges that don't depend on the order
// of the images are shared; sums, which do, are given per image and added up by whoever knows the order.
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "core/calibrate/statistics.h"
#include "core/model/tensor.h"

namespace quantwright {

/// Of one tensor in one image. min and max mean nothing where no element is counted or one is not finite.
struct ImageSummary {
    double min = 0, max = 0, sum = 0, squares = 0;
    double not_finite = 0, count = 0;
};
inline constexpr std::size_t k_summary_size = 6;
[[nodiscard]] std::array<double, k_summary_size> pack(const ImageSummary& summary);
[[nodiscard]] ImageSummary unpack(std::span<const double> values);

/// The axis whose indices get a range each: 1 for images (rank 4 and more), the last one for rows and tokens;
/// -1 for scalars, vectors, and where there would be too many.
[[nodiscard]] int channel_axis_of(const Shape& shape);

/// Shared by all runs; any thread may observe.
class Observation {
public:
    explicit Observation(const Shape& shape);

    /// Adds one image's values. Not if one of them is not finite: then the summary says so, and that is all.
    ImageSummary observe(std::span<const float> values, const Shape& shape);

    /// Not while anybody observes.
    [[nodiscard]] Histogram take_histogram() { return std::move(m_histogram); }
    /// -1 where no ranges were kept, or where an image's shape had another number of channels.
    [[nodiscard]] int channel_axis() const { return m_channels_fit ? m_axis : -1; }
    [[nodiscard]] std::vector<Range> channels() const;

private:
    class Pass;

    const int m_axis;
    const std::size_t m_channel_count;
    std::atomic<int> m_exponent{Histogram::min_exponent};  // a hint: the histogram's
    std::mutex m_mutex;
    Histogram m_histogram;
    std::vector<float> m_low, m_high;  // by channel; infinite until an element was seen
    bool m_channels_fit = true;
};

}  // namespace quantwright

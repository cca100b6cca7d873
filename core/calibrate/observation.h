#pragma once
// What is gathered of one activation while the images run: counts, which don't depend on the order of the
// images, are shared; all else is given per image and added up by whoever knows the order (tensor_sums.h).
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "core/calibrate/bin_counter.h"
#include "core/calibrate/statistics.h"
#include "core/model/tensor.h"

namespace quantwright {

/// Of one tensor in one image: `min` to `squares` are those of its finite elements, and mean nothing where it
/// has none or one is NaN.
struct ImageSummary {
    double min = 0, max = 0, sum = 0, squares = 0;
    double not_finite = 0;  ///< infinities and NaN
    double nan = 0;
    double count = 0;             ///< all elements
    std::vector<Range> channels;  ///< empty where there is no axis, not all is finite, or the image has other
                                  ///< channels
};
/// As an operator's output: all numbers one after another.
[[nodiscard]] std::vector<double> pack(const ImageSummary& summary);
[[nodiscard]] ImageSummary unpack(std::span<const double> values);

/// The axis whose indices get a range each: 1 for images (rank 4 and more), the last one for rows and tokens;
/// -1 for scalars, vectors, and where there would be too many.
[[nodiscard]] int channel_axis_of(const Shape& shape);

/// Shared by all runs; any thread may observe.
class Observation {
public:
    explicit Observation(const Shape& shape);

    /// Adds one image's values, without infinities. If one of them is NaN the summary says so, and there is
    /// no histogram any more. They lie row-major or, four axes with `block` 8 or 16, in blocks of so many
    /// channels (core/runtime/channel_blocks.h): `values` are then with those that fill up, `shape` is
    /// without. The layout changes the sums' last bits, nothing else.
    ImageSummary observe(std::span<const float> values, const Shape& shape, std::size_t block = 0);

    /// Not while anybody observes.
    [[nodiscard]] Histogram take_histogram();
    /// -1 where no ranges are kept by channel.
    [[nodiscard]] int channel_axis() const { return m_axis; }
    [[nodiscard]] std::size_t channel_count() const { return m_channel_count; }

private:
    class Pass;

    const int m_axis;
    const std::size_t m_channel_count;
    std::atomic<int> m_exponent{Histogram::min_exponent};  // a hint: the counter's
    std::atomic<bool> m_nan = false;
    std::mutex m_mutex;
    BinCounter m_counter;
};

}  // namespace quantwright

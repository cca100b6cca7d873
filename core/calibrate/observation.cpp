#include "core/calibrate/observation.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/calibrate/bin_counter.h"
#include "core/calibrate/observe_kernels.h"
#include "core/number/vector_kernels.h"

namespace quantwright {

namespace {

constexpr std::size_t k_block =
    4096;  ///< elements that stay in the first-level cache while all loops see them
constexpr std::size_t k_few = 8192;
constexpr std::int64_t k_most_channels = 4096;
constexpr float k_infinity = std::numeric_limits<float>::infinity();

std::size_t product(const Shape& shape, std::size_t begin, std::size_t end) {
    std::size_t result = 1;
    for (std::size_t i = begin; i < end; ++i)
        result *= static_cast<std::size_t>(shape[i]);
    return result;
}

}  // namespace

std::vector<double> pack(const ImageSummary& s) {
    std::vector<double> values = {s.min, s.max, s.sum, s.squares, s.not_finite, s.nan, s.count};
    values.reserve(values.size() + 2 * s.channels.size());
    for (const Range& range : s.channels) {
        values.push_back(range.min);
        values.push_back(range.max);
    }
    return values;
}

ImageSummary unpack(std::span<const double> values) {
    constexpr std::size_t head = 7;
    ImageSummary s{values[0], values[1], values[2], values[3], values[4], values[5], values[6], {}};
    s.channels.reserve((values.size() - head) / 2);
    for (std::size_t i = head; i < values.size(); i += 2)
        s.channels.push_back({static_cast<float>(values[i]), static_cast<float>(values[i + 1])});
    return s;
}

int channel_axis_of(const Shape& shape) {
    if (shape.size() < 2)
        return -1;
    const std::size_t axis = shape.size() >= 4 ? 1 : shape.size() - 1;
    return shape[axis] > 0 && shape[axis] <= k_most_channels ? static_cast<int>(axis) : -1;
}

Observation::Observation(const Shape& shape)
    : m_axis(channel_axis_of(shape)),
      m_channel_count(m_axis < 0 ? 0 : static_cast<std::size_t>(shape[static_cast<std::size_t>(m_axis)])) {}

/// One image's walk over the values, block by block.
class Observation::Pass {
public:
    Pass(std::size_t channel_count, BinCounter& counter) : m_counter(counter) {
        static thread_local std::vector<float> low, high;
        low.assign(channel_count, k_infinity);
        high.assign(channel_count, -k_infinity);
        m_low = &low;
        m_high = &high;
    }

    /// `outer` times as many runs of `inner` neighbours as there are channels.
    void walk(const float* values, std::size_t outer, std::size_t inner) {
        const std::size_t channels = m_low->size();
        const std::size_t row = channels * inner;
        if (row <= k_block) {
            const std::size_t rows = k_block / row;
            for (std::size_t o = 0; o < outer; o += rows)
                over_channels(values + o * row, {std::min(rows, outer - o), channels, inner}, 0);
            return;
        }
        const std::size_t group = std::max<std::size_t>(k_block / inner, 1);
        for (std::size_t o = 0; o < outer; ++o, values += row)
            for (std::size_t c = 0; c < channels; c += group)
                if (inner <= k_block)
                    over_channels(values + c * inner, {1, std::min(group, channels - c), inner}, c);
                else
                    for (std::size_t i = 0; i < inner; i += k_block)
                        within_channel(values + c * inner + i, std::min(k_block, inner - i), c);
    }
    void walk(const float* values, std::size_t count) {
        for (std::size_t i = 0; i < count; i += k_block)
            look_at(values + i, std::min(k_block, count - i));
    }
    /// `images` times the blocks of all channels; `size` channels in each.
    void walk_blocks(const float* values, std::size_t images, std::size_t pixels, std::size_t size) {
        const std::size_t channels = m_low->size(), rows = k_block / size;
        for (std::size_t n = 0; n < images; ++n)
            for (std::size_t first = 0; first < channels; first += size)
                for (std::size_t p = 0; p < pixels; p += rows) {
                    const std::size_t count = std::min(rows, pixels - p);
                    if (first + size <= channels)
                        over_lanes(values, count, size, first);
                    else
                        over_part(values, count, size, first);
                    values += count * size;
                }
    }

    ImageSummary summary;  ///< `count` is that of the finite elements here
    /// Where all values were finite; no negative zero.
    std::vector<Range> channels() const {
        std::vector<Range> ranges(m_low->size());
        for (std::size_t c = 0; c < ranges.size(); ++c)
            ranges[c] = {(*m_low)[c] + 0.0f, (*m_high)[c] + 0.0f};
        return ranges;
    }

private:
    observe_kernels::Summary look_at(const float* values, std::size_t count) {
        std::span<const float> finite(values, count);
        auto result = observe_kernels::summarize(values, count);
        if (!std::isfinite(result.squares)) {
            finite = finite_of(finite);
            if (finite.empty())
                return {k_infinity, -k_infinity};
            result = observe_kernels::summarize(finite.data(), finite.size());
        }
        result.min += 0.0f;  // no negative zero
        result.max += 0.0f;
        summary.sum += result.sum;
        summary.squares += result.squares;
        summary.min = summary.count == 0 ? result.min : std::min<double>(summary.min, result.min);
        summary.max = summary.count == 0 ? result.max : std::max<double>(summary.max, result.max);
        summary.count += static_cast<double>(finite.size());
        m_counter.add(finite, result.min, result.max);
        return result;
    }

    /// Counts what it leaves out. Valid until the next call by this thread.
    std::span<const float> finite_of(std::span<const float> values) {
        static thread_local std::vector<float> finite;
        finite.clear();
        for (const float x : values)
            if (std::isfinite(x))
                finite.push_back(x);
            else if (std::isnan(x))
                ++summary.nan;
        summary.not_finite += static_cast<double>(values.size() - finite.size());
        return finite;
    }

    void within_channel(const float* values, std::size_t count, std::size_t channel) {
        const auto result = look_at(values, count);
        (*m_low)[channel] = std::min((*m_low)[channel], result.min);
        (*m_high)[channel] = std::max((*m_high)[channel], result.max);
    }

    void over_channels(const float* values, vector_kernels::Runs runs, std::size_t first) {
        look_at(values, runs.outer * runs.channels * runs.inner);
        vector_kernels::widen_ranges(values, runs, m_low->data() + first, m_high->data() + first);
    }

    /// `count` pixels of as many channels as divide the summary's width.
    void over_lanes(const float* values, std::size_t count, std::size_t channels, std::size_t first) {
        const auto result = look_at(values, count * channels);
        const std::size_t lanes = std::min(result.width, count * channels);
        for (std::size_t i = 0; i < lanes; ++i) {
            const std::size_t channel = first + i % channels;
            (*m_low)[channel] = std::min((*m_low)[channel], result.low[i]);
            (*m_high)[channel] = std::max((*m_high)[channel], result.high[i]);
        }
    }

    /// `count` pixels of a block of `size` channels that is not full.
    void over_part(const float* values, std::size_t count, std::size_t size, std::size_t first) {
        static thread_local std::vector<float> part(k_block + observe_kernels::Summary::width);
        const std::size_t channels = m_low->size() - first;
        // Room for what fills up, which means nothing.
        m_low->resize(first + size, k_infinity);
        m_high->resize(first + size, -k_infinity);
        observe_kernels::take_part(values, count, size, channels, part.data(), m_low->data() + first,
                                   m_high->data() + first);
        m_low->resize(first + channels);
        m_high->resize(first + channels);
        look_at(part.data(), count * channels);
    }

    BinCounter& m_counter;
    std::vector<float>*m_low, *m_high;
};

ImageSummary Observation::observe(std::span<const float> values, const Shape& shape, std::size_t block) {
    const auto axis = static_cast<std::size_t>(std::max(m_axis, 0));
    const bool fits = m_axis >= 0 && shape.size() > axis && channel_axis_of(shape) == m_axis &&
                      static_cast<std::size_t>(shape[axis]) == m_channel_count;
    const std::size_t channels = block > 0 ? static_cast<std::size_t>(shape[1]) : fits ? m_channel_count : 0;
    // Emptying a counter of the thread's own takes as long as counting some thousand elements, so few are
    // counted at once where they belong, unless another thread is at it.
    std::unique_lock lock(m_mutex, std::defer_lock);
    const bool at_once = values.size() <= k_few && lock.try_lock();
    BinCounter& counter = at_once ? m_counter : BinCounter::of_this_thread();
    if (!at_once)
        counter.start(m_exponent.load(std::memory_order_relaxed));
    Pass pass(channels, counter);
    if (block > 0)
        pass.walk_blocks(values.data(), product(shape, 0, 1), product(shape, 2, shape.size()), block);
    else if (fits && !values.empty())
        pass.walk(values.data(), product(shape, 0, axis), product(shape, axis + 1, shape.size()));
    else
        pass.walk(values.data(), values.size());

    ImageSummary summary = pass.summary;
    summary.count = static_cast<double>(block > 0 ? product(shape, 0, shape.size()) : values.size());
    if (summary.nan > 0) {
        m_nan = true;
        return summary;
    }
    // A channel may hold nothing but infinities: there are no ranges by channel then.
    if (fits && !values.empty() && summary.not_finite == 0)
        summary.channels = pass.channels();
    if (!at_once) {
        lock.lock();
        counter.pour_into(m_counter);
    }
    m_exponent.store(m_counter.exponent(), std::memory_order_relaxed);
    return summary;
}

Histogram Observation::take_histogram() {
    Histogram histogram;
    if (!m_nan)
        m_counter.pour_into(histogram);
    m_counter = {};
    return histogram;
}

}  // namespace quantwright

#include "core/calibrate/observe_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/calibrate/observe_kernels.cpp"
#include <hwy/foreach_target.h>  // compiles the rest of this file once per instruction set
#include <hwy/highway.h>

#include <algorithm>

HWY_BEFORE_NAMESPACE();
namespace quantwright::observe_kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Plain loops over a fixed number of sums: the compiler makes vectors of them, and the order of additions is
/// the same everywhere.
Summary summarize_block(const float* values, std::size_t count) {
    constexpr std::size_t width = 16;
    double sum[width] = {}, squares[width] = {};
    float low[width], high[width];
    std::fill(low, low + width, values[0]);
    std::fill(high, high + width, values[0]);
    const std::size_t whole = count / width * width;
    for (std::size_t i = 0; i < whole; i += width)
        for (std::size_t j = 0; j < width; ++j) {
            const float x = values[i + j];
            const double wide = x;
            sum[j] += wide;
            squares[j] += wide * wide;
            low[j] = x < low[j] ? x : low[j];
            high[j] = x > high[j] ? x : high[j];
        }
    for (std::size_t i = whole; i < count; ++i) {
        const double wide = values[i];
        sum[i - whole] += wide;
        squares[i - whole] += wide * wide;
        low[0] = std::min(low[0], values[i]);
        high[0] = std::max(high[0], values[i]);
    }
    Summary result{low[0], high[0], 0, 0};
    for (std::size_t j = 0; j < width; ++j) {
        result.min = std::min(result.min, low[j]);
        result.max = std::max(result.max, high[j]);
        result.sum += sum[j];
        result.squares += squares[j];
    }
    return result;
}

void count_bins(const float* values, std::size_t count, float width, float inverse_width, int half,
                std::uint32_t* counters) {
    constexpr std::size_t block = 1024;
    const hn::ScalableTag<float> f;
    const hn::RebindToSigned<decltype(f)> n;
    const std::size_t vector = hn::Lanes(f);
    HWY_ALIGN std::int32_t index[block + hn::MaxLanes(n)];
    const auto scale = hn::Set(f, inverse_width);
    const auto back_scale = hn::Set(f, width);
    const auto middle = hn::Set(n, half);
    std::size_t done = 0;
    for (; done + vector <= count;) {
        const std::size_t size = std::min(block, (count - done) / vector * vector);
        // What a ReLU gives is zero for the most part: those are counted by the vector, and neighbours in the
        // list are in different bins more often.
        std::size_t listed = 0;
        for (std::size_t i = 0; i < size; i += vector) {
            const auto x = hn::LoadU(f, values + done + i);
            // Truncation, then one less where that was upwards; compared with x itself, since x / width may
            // round to -0.
            const auto truncated = hn::ConvertTo(n, hn::Mul(x, scale));
            const auto upwards = hn::Gt(hn::Mul(hn::ConvertTo(f, truncated), back_scale), x);
            const auto floor = hn::Add(truncated, hn::VecFromMask(n, hn::RebindMask(n, upwards)));
            const auto bin = hn::ShiftLeft<1>(hn::Add(floor, middle));
            const auto not_zero = hn::RebindMask(n, hn::Ne(x, hn::Zero(f)));
            listed += hn::CompressStore(bin, not_zero, n, index + listed);
        }
        static_assert(lanes == 2);
        counters[static_cast<std::size_t>(half) * lanes] += static_cast<std::uint32_t>(size - listed);
        std::size_t i = 0;
        for (; i + 2 <= listed; i += 2) {
            ++counters[index[i]];
            ++counters[index[i + 1] + 1];
        }
        if (i < listed)
            ++counters[index[i]];
        done += size;
    }
    for (; done < count; ++done) {
        const float x = values[done];
        int bin = static_cast<int>(x * inverse_width);
        bin -= static_cast<float>(bin) * width > x ? 1 : 0;
        ++counters[static_cast<std::size_t>(bin + half) * lanes];
    }
}

}  // namespace quantwright::observe_kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantwright::observe_kernels {

HWY_EXPORT(summarize_block);
HWY_EXPORT(count_bins);

Summary summarize(const float* values, std::size_t count) {
    return HWY_DYNAMIC_DISPATCH(summarize_block)(values, count);
}

void count(const float* values, std::size_t count, float width, float inverse_width, int half,
           std::uint32_t* counters) {
    HWY_DYNAMIC_DISPATCH(count_bins)(values, count, width, inverse_width, half, counters);
}

}  // namespace quantwright::observe_kernels
#endif

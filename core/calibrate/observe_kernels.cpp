#include "core/calibrate/observe_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/calibrate/observe_kernels.cpp"
#include <hwy/foreach_target.h>  // compiles the rest of this file once per instruction set
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>

HWY_BEFORE_NAMESPACE();
namespace quantwright::observe_kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Plain loops over a fixed number of sums: the compiler makes vectors of them, and the order of additions is
/// the same everywhere.
Summary summarize_block(const float* values, std::size_t count) {
    constexpr std::size_t width = Summary::width;
    double sum[width] = {}, squares[width] = {};
    float low[width], high[width];
    for (std::size_t j = 0; j < width; ++j)
        low[j] = high[j] = values[j < count ? j : 0];
    const auto take = [&](const float* x, std::size_t j) HWY_ATTR {
        const double wide = x[j];
        sum[j] += wide;
        squares[j] += wide * wide;
        low[j] = x[j] < low[j] ? x[j] : low[j];
        high[j] = x[j] > high[j] ? x[j] : high[j];
    };
    const std::size_t whole = count / width * width;
    for (std::size_t i = 0; i < whole; i += width)
        for (std::size_t j = 0; j < width; ++j)
            take(values + i, j);
    for (std::size_t j = 0; j < count - whole; ++j)
        take(values + whole, j);
    Summary result;
    result.min = *std::min_element(low, low + width);
    result.max = *std::max_element(high, high + width);
    std::copy(low, low + width, result.low);
    std::copy(high, high + width, result.high);
    for (std::size_t j = 0; j < width; ++j) {
        result.sum += sum[j];
        result.squares += squares[j];
    }
    return result;
}

/// What is copied too much of a row is overwritten by the next one.
template <std::size_t width>
HWY_INLINE void take_part_of(const float* values, std::size_t rows, std::size_t kept, float* out, float* low,
                             float* high) {
    for (std::size_t r = 0; r < rows; ++r, values += width, out += kept)
        for (std::size_t i = 0; i < width; ++i) {
            const float x = values[i];
            out[i] = x;
            low[i] = x < low[i] ? x : low[i];
            high[i] = x > high[i] ? x : high[i];
        }
}

void take_part_of_rows(const float* HWY_RESTRICT values, std::size_t rows, std::size_t width,
                       std::size_t kept, float* HWY_RESTRICT out, float* low, float* high) {
    float lowest[Summary::width], highest[Summary::width];
    std::copy_n(low, width, lowest);
    std::copy_n(high, width, highest);
    if (width == 8)
        take_part_of<8>(values, rows, kept, out, lowest, highest);
    else
        take_part_of<16>(values, rows, kept, out, lowest, highest);
    std::copy_n(lowest, width, low);
    std::copy_n(highest, width, high);
}

/// The bins of `count` values, whole vectors of them. Truncation, then one less where that was upwards;
/// compared with x itself, since x / width may round to -0.
template <bool leave_zeros_out>
HWY_INLINE std::size_t list_bins(const float* values, std::size_t count, float width, float inverse_width,
                                 int half, std::uint16_t* bins) {
    const hn::ScalableTag<float> f;
    const hn::RebindToSigned<decltype(f)> n;
    const hn::Rebind<std::uint16_t, decltype(f)> narrow;
    const auto scale = hn::Set(f, inverse_width);
    const auto back_scale = hn::Set(f, width);
    const auto middle = hn::Set(n, half);
    std::size_t listed = 0;
    for (std::size_t i = 0; i < count; i += hn::Lanes(f)) {
        const auto x = hn::LoadU(f, values + i);
        const auto truncated = hn::ConvertTo(n, hn::Mul(x, scale));
        const auto upwards = hn::Gt(hn::Mul(hn::ConvertTo(f, truncated), back_scale), x);
        const auto floor = hn::Add(truncated, hn::VecFromMask(n, hn::RebindMask(n, upwards)));
        auto bin = hn::Add(floor, middle);
        std::size_t taken = hn::Lanes(f);
        if constexpr (leave_zeros_out) {
            const auto not_zero = hn::RebindMask(n, hn::Ne(x, hn::Zero(f)));
            bin = hn::Compress(bin, not_zero);
            taken = hn::CountTrue(n, not_zero);
        }
        hn::StoreU(hn::DemoteTo(narrow, bin), narrow, bins + listed);
        listed += taken;
    }
    return listed;
}

void count_bins(const float* values, std::size_t count, float width, float inverse_width, int half,
                bool many_zeros, std::uint32_t* counters) {
    constexpr std::size_t block = 1024;
    const hn::ScalableTag<float> f;
    const std::size_t vector = hn::Lanes(f);
    HWY_ALIGN std::uint16_t bins[block + hn::MaxLanes(f)];
    std::size_t done = 0;
    for (; done + vector <= count;) {
        const std::size_t size = std::min(block, (count - done) / vector * vector);
        const std::size_t listed =
            many_zeros ? list_bins<true>(values + done, size, width, inverse_width, half, bins)
                       : list_bins<false>(values + done, size, width, inverse_width, half, bins);
        static_assert(lanes == 2);
        counters[static_cast<std::size_t>(half) * lanes] += static_cast<std::uint32_t>(size - listed);
        std::size_t i = 0;
        for (; i + 4 <= listed; i += 4) {
            std::uint64_t four;
            std::memcpy(&four, bins + i, sizeof four);
            ++counters[(four & 0xffff) * lanes];
            ++counters[(four >> 16 & 0xffff) * lanes + 1];
            ++counters[(four >> 32 & 0xffff) * lanes];
            ++counters[(four >> 48) * lanes + 1];
        }
        for (; i < listed; ++i)
            ++counters[bins[i] * lanes];
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
HWY_EXPORT(take_part_of_rows);
HWY_EXPORT(count_bins);

Summary summarize(const float* values, std::size_t count) {
    return HWY_DYNAMIC_DISPATCH(summarize_block)(values, count);
}

void take_part(const float* values, std::size_t rows, std::size_t width, std::size_t kept, float* out,
               float* low, float* high) {
    HWY_DYNAMIC_DISPATCH(take_part_of_rows)(values, rows, width, kept, out, low, high);
}

void count(const float* values, std::size_t count, float width, float inverse_width, int half,
           bool many_zeros, std::uint32_t* counters) {
    HWY_DYNAMIC_DISPATCH(count_bins)(values, count, width, inverse_width, half, many_zeros, counters);
}

}  // namespace quantwright::observe_kernels
#endif

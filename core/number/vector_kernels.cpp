#include "core/number/vector_kernels.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "core/number/vector_kernels.cpp"
#include <hwy/foreach_target.h>  // compiles the rest of this file once per instruction set
#include <hwy/highway.h>

#include <algorithm>
#include <cstring>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace quantwright::vector_kernels::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using Float = hn::ScalableTag<float>;
using Int = hn::RebindToSigned<Float>;
using FloatVector = hn::Vec<Float>;
using IntVector = hn::Vec<Int>;

struct HalfEven {
    HWY_INLINE IntVector operator()(FloatVector quotient) const { return hn::NearestInt(quotient); }
};

/// The largest float below a half is added and the fraction dropped. The sum rounds up to the next integer
/// where the quotient is a tie, and stays below it where the quotient is; from 2^23 on quotients are
/// integers.
struct HalfAway {
    HWY_INLINE IntVector operator()(FloatVector quotient) const {
        const FloatVector below_half = hn::Set(Float(), 0.49999997f);
        return hn::ConvertTo(Int(), hn::Add(quotient, hn::CopySign(below_half, quotient)));
    }
};

/// clamp(x / scale), rounded. The comparisons are written so that NaN becomes `low` everywhere: Highway
/// leaves open what its Max does with NaN.
template <class Round>
HWY_INLINE IntVector rounded_quotient(FloatVector x, FloatVector scale, FloatVector low, FloatVector high,
                                      const Round& round) {
    FloatVector quotient = hn::Div(x, scale);
    quotient = hn::IfThenElse(hn::Gt(quotient, low), quotient, low);
    quotient = hn::IfThenElse(hn::Lt(quotient, high), quotient, high);
    return round(quotient);
}

/// out[i] = step(in[i], i) for a run; the rest that fills no vector goes through a padded copy.
template <class InTag, class OutTag, class In, class Out, class Step>
HWY_INLINE void map_run(const In* in, Out* out, std::size_t count, const Step& step) {
    const InTag in_tag;
    const OutTag out_tag;
    const std::size_t lanes = hn::Lanes(in_tag);
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes)
        hn::StoreU(step(hn::LoadU(in_tag, in + i), i), out_tag, out + i);
    if (i == count)
        return;
    HWY_ALIGN In padded_in[hn::MaxLanes(in_tag)] = {};
    HWY_ALIGN Out padded_out[hn::MaxLanes(out_tag)];
    std::copy(in + i, in + count, padded_in);
    hn::Store(step(hn::Load(in_tag, padded_in), i), out_tag, padded_out);
    std::copy(padded_out, padded_out + (count - i), out + i);
}

/// Loads parameter entries [i, i + lanes) of `count`; past the end it repeats the last one.
template <class Tag, class T>
HWY_INLINE hn::Vec<Tag> load_entries(Tag tag, const T* entries, std::size_t i, std::size_t count) {
    const std::size_t lanes = hn::Lanes(tag);
    if (i + lanes <= count)
        return hn::LoadU(tag, entries + i);
    HWY_ALIGN T padded[hn::MaxLanes(tag)];
    for (std::size_t lane = 0; lane < lanes; ++lane)
        padded[lane] = entries[std::min(i + lane, count - 1)];
    return hn::Load(tag, padded);
}

/// Neighbours that share an entry, uniform(first element, count, entry), or each have the next one,
/// varying(first element, count, first entry), all elements in order.
template <class Uniform, class Varying>
HWY_INLINE void for_each_run(const Runs& runs, const Uniform& uniform, const Varying& varying) {
    for (std::size_t o = 0; o < runs.outer; ++o) {
        const std::size_t at = o * runs.channels * runs.inner;
        if (runs.block == 0 && runs.inner == 1)
            varying(at, runs.channels, std::size_t{0});
        else if (runs.block == 0)
            for (std::size_t c = 0; c < runs.channels; ++c)
                uniform(at + c * runs.inner, runs.inner, c);
        else if (runs.inner == 1)
            for (std::size_t c = 0; c < runs.channels; c += runs.block)
                uniform(at + c, std::min(runs.block, runs.channels - c), runs.entry(o, c, 0));
        else
            for (std::size_t c = 0; c < runs.channels; ++c)
                varying(at + c * runs.inner, runs.inner, runs.entry(o, c, 0));
    }
}

template <class Round>
HWY_INLINE void fake_quantize_rounded(const float* in, float* out, const Runs& runs, const Bounds& bounds,
                                      const Round& round) {
    const Float f;
    const auto uniform = [&](std::size_t first, std::size_t count, std::size_t e) HWY_ATTR {
        const FloatVector scale = hn::Set(f, bounds.scale[e]);
        const FloatVector low = hn::Set(f, bounds.low[e]);
        const FloatVector high = hn::Set(f, bounds.high[e]);
        map_run<Float, Float>(in + first, out + first, count, [&](FloatVector x, std::size_t) HWY_ATTR {
            return hn::Mul(hn::ConvertTo(f, rounded_quotient(x, scale, low, high, round)), scale);
        });
    };
    const auto varying = [&](std::size_t first, std::size_t count, std::size_t e) HWY_ATTR {
        const float *scales = bounds.scale + e, *lows = bounds.low + e, *highs = bounds.high + e;
        map_run<Float, Float>(in + first, out + first, count, [=](FloatVector x, std::size_t i) HWY_ATTR {
            const FloatVector scale = load_entries(f, scales, i, count);
            const IntVector steps = rounded_quotient(x, scale, load_entries(f, lows, i, count),
                                                     load_entries(f, highs, i, count), round);
            return hn::Mul(hn::ConvertTo(f, steps), scale);
        });
    };
    for_each_run(runs, uniform, varying);
}

void fake_quantize_lanes(const float* in, float* out, const Runs& runs, const Bounds& bounds) {
    if (bounds.rounding == Rounding::half_even)
        fake_quantize_rounded(in, out, runs, bounds, HalfEven());
    else
        fake_quantize_rounded(in, out, runs, bounds, HalfAway());
}

template <class Round>
HWY_INLINE void quantize_rounded(const float* in, std::int32_t* out, const Runs& runs, const Bounds& bounds,
                                 const std::int32_t* zero_point, const Round& round) {
    const Float f;
    const Int n;
    const auto uniform = [&](std::size_t first, std::size_t count, std::size_t e) HWY_ATTR {
        const FloatVector scale = hn::Set(f, bounds.scale[e]);
        const FloatVector low = hn::Set(f, bounds.low[e]);
        const FloatVector high = hn::Set(f, bounds.high[e]);
        const IntVector zero = hn::Set(n, zero_point[e]);
        map_run<Float, Int>(in + first, out + first, count, [&](FloatVector x, std::size_t) HWY_ATTR {
            return hn::Add(rounded_quotient(x, scale, low, high, round), zero);
        });
    };
    const auto varying = [&](std::size_t first, std::size_t count, std::size_t e) HWY_ATTR {
        const float *scales = bounds.scale + e, *lows = bounds.low + e, *highs = bounds.high + e;
        const std::int32_t* zeros = zero_point + e;
        map_run<Float, Int>(in + first, out + first, count, [=](FloatVector x, std::size_t i) HWY_ATTR {
            const IntVector steps =
                rounded_quotient(x, load_entries(f, scales, i, count), load_entries(f, lows, i, count),
                                 load_entries(f, highs, i, count), round);
            return hn::Add(steps, load_entries(n, zeros, i, count));
        });
    };
    for_each_run(runs, uniform, varying);
}

void quantize_lanes(const float* in, std::int32_t* out, const Runs& runs, const Bounds& bounds,
                    const std::int32_t* zero_point) {
    if (bounds.rounding == Rounding::half_even)
        quantize_rounded(in, out, runs, bounds, zero_point, HalfEven());
    else
        quantize_rounded(in, out, runs, bounds, zero_point, HalfAway());
}

void dequantize_lanes(const std::int32_t* in, float* out, const Runs& runs, const float* scale,
                      const std::int32_t* zero_point) {
    const Float f;
    const Int n;
    const auto uniform = [&](std::size_t first, std::size_t count, std::size_t e) HWY_ATTR {
        const FloatVector factor = hn::Set(f, scale[e]);
        const IntVector zero = hn::Set(n, zero_point[e]);
        map_run<Int, Float>(in + first, out + first, count, [&](IntVector q, std::size_t) HWY_ATTR {
            return hn::Mul(hn::ConvertTo(f, hn::Sub(q, zero)), factor);
        });
    };
    const auto varying = [&](std::size_t first, std::size_t count, std::size_t e) HWY_ATTR {
        const float* scales = scale + e;
        const std::int32_t* zeros = zero_point + e;
        map_run<Int, Float>(in + first, out + first, count, [=](IntVector q, std::size_t i) HWY_ATTR {
            const IntVector steps = hn::Sub(q, load_entries(n, zeros, i, count));
            return hn::Mul(hn::ConvertTo(f, steps), load_entries(f, scales, i, count));
        });
    };
    for_each_run(runs, uniform, varying);
}

void round_to_half_lanes(const float* in, float* out, std::size_t count) {
    const Float f;
    const Int n;
    const auto nearest = [&](FloatVector x, std::size_t) HWY_ATTR {
        const FloatVector magnitude = hn::Abs(x);
        const IntVector bits = hn::BitCast(n, magnitude);
        // 13 bits of the fraction fall away; from 65520 on that reaches 65536, which no half is.
        const IntVector odd = hn::And(hn::ShiftRight<13>(bits), hn::Set(n, 1));
        IntVector half = hn::Add(hn::Add(bits, hn::Set(n, 0xfff)), odd);
        half = hn::And(half, hn::Set(n, ~0x1fff));
        half = hn::IfThenElse(hn::Gt(half, hn::Set(n, 0x477fffff)), hn::Set(n, 0x7f800000), half);
        half = hn::IfThenElse(hn::Gt(bits, hn::Set(n, 0x7f800000)), hn::Set(n, 0x7fc00000), half);
        // Below 2^-14 a half is a multiple of 2^-24, as floats between 0.5 and 1 are.
        const FloatVector shift = hn::Set(f, 0.5f);
        const FloatVector small = hn::Sub(hn::Add(magnitude, shift), shift);
        half = hn::IfThenElse(hn::Lt(bits, hn::Set(n, 0x38800000)), hn::BitCast(n, small), half);
        return hn::CopySign(hn::BitCast(f, half), x);
    };
    map_run<Float, Float>(in, out, count, nearest);
}

/// `x` where it is finite, else `other`.
HWY_INLINE FloatVector finite_or(FloatVector x, FloatVector other) {
    const FloatVector largest = hn::Set(Float(), std::numeric_limits<float>::max());
    return hn::IfThenElse(hn::Le(hn::Abs(x), largest), x, other);
}

HWY_INLINE void widen_each(const float* in, std::size_t count, float* min, float* max) {
    const Float f;
    map_run<Float, Float>(in, min, count, [&](FloatVector x, std::size_t i) HWY_ATTR {
        const FloatVector old = load_entries(f, min, i, count);
        return hn::Min(old, finite_or(x, old));
    });
    map_run<Float, Float>(in, max, count, [&](FloatVector x, std::size_t i) HWY_ATTR {
        const FloatVector old = load_entries(f, max, i, count);
        return hn::Max(old, finite_or(x, old));
    });
}

HWY_INLINE void widen_by_run(const float* in, std::size_t count, float& min, float& max) {
    const Float f;
    const std::size_t lanes = hn::Lanes(f);
    FloatVector low = hn::Set(f, min);
    FloatVector high = hn::Set(f, max);
    std::size_t i = 0;
    for (; i + lanes <= count; i += lanes) {
        const FloatVector x = hn::LoadU(f, in + i);
        low = hn::Min(low, finite_or(x, low));
        high = hn::Max(high, finite_or(x, high));
    }
    if (i < count) {
        const FloatVector x = load_entries(f, in, i, count);
        low = hn::Min(low, finite_or(x, low));
        high = hn::Max(high, finite_or(x, high));
    }
    min = hn::GetLane(hn::MinOfLanes(f, low));
    max = hn::GetLane(hn::MaxOfLanes(f, high));
}

void widen_ranges_lanes(const float* in, const Runs& runs, float* min, float* max) {
    const auto uniform = [&](std::size_t first, std::size_t count, std::size_t e)
                             HWY_ATTR { widen_by_run(in + first, count, min[e], max[e]); };
    const auto varying = [&](std::size_t first, std::size_t count, std::size_t e)
                             HWY_ATTR { widen_each(in + first, count, min + e, max + e); };
    for_each_run(runs, uniform, varying);
}

}  // namespace quantwright::vector_kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantwright::vector_kernels {

HWY_EXPORT(fake_quantize_lanes);
HWY_EXPORT(quantize_lanes);
HWY_EXPORT(dequantize_lanes);
HWY_EXPORT(round_to_half_lanes);
HWY_EXPORT(widen_ranges_lanes);

void fake_quantize(const float* in, float* out, const Runs& runs, const Bounds& bounds) {
    HWY_DYNAMIC_DISPATCH(fake_quantize_lanes)(in, out, runs, bounds);
}

void quantize(const float* in, std::int32_t* out, const Runs& runs, const Bounds& bounds,
              const std::int32_t* zero_point) {
    HWY_DYNAMIC_DISPATCH(quantize_lanes)(in, out, runs, bounds, zero_point);
}

void dequantize(const std::int32_t* in, float* out, const Runs& runs, const float* scale,
                const std::int32_t* zero_point) {
    HWY_DYNAMIC_DISPATCH(dequantize_lanes)(in, out, runs, scale, zero_point);
}

void widen_ranges(const float* in, const Runs& runs, float* min, float* max) {
    HWY_DYNAMIC_DISPATCH(widen_ranges_lanes)(in, runs, min, max);
}

void round_to_half(const float* in, float* out, std::size_t count) {
    HWY_DYNAMIC_DISPATCH(round_to_half_lanes)(in, out, count);
}

std::vector<std::string> instruction_sets() {
    std::vector<std::string> names;
    for (const auto target : hwy::SupportedAndGeneratedTargets())
        names.emplace_back(hwy::TargetName(target));
    return names;
}

void use_instruction_set(const std::string& name) {
    hwy::SetSupportedTargetsForTest(0);  // all
    for (const auto target : hwy::SupportedAndGeneratedTargets())
        if (name == hwy::TargetName(target))
            hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().Update(hwy::SupportedTargets());
}

}  // namespace quantwright::vector_kernels
#endif

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

/// Round half to even of clamp(x / scale). The comparisons are written so that NaN becomes `low` everywhere:
/// Highway leaves open what its Max does with NaN.
HWY_INLINE IntVector rounded_quotient(FloatVector x, FloatVector scale, FloatVector low, FloatVector high) {
    FloatVector quotient = hn::Div(x, scale);
    quotient = hn::IfThenElse(hn::Gt(quotient, low), quotient, low);
    quotient = hn::IfThenElse(hn::Lt(quotient, high), quotient, high);
    return hn::NearestInt(quotient);
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

void fake_quantize_lanes(const float* in, float* out, Runs runs, Bounds bounds) {
    const Float f;
    if (runs.inner == 1) {  // the channel axis is the last one: parameters change from element to element
        for (std::size_t o = 0; o < runs.outer; ++o, in += runs.channels, out += runs.channels)
            map_run<Float, Float>(in, out, runs.channels, [&](FloatVector x, std::size_t i) HWY_ATTR {
                const FloatVector scale = load_entries(f, bounds.scale, i, runs.channels);
                const IntVector steps =
                    rounded_quotient(x, scale, load_entries(f, bounds.low, i, runs.channels),
                                     load_entries(f, bounds.high, i, runs.channels));
                return hn::Mul(hn::ConvertTo(f, steps), scale);
            });
        return;
    }
    for (std::size_t o = 0; o < runs.outer; ++o)
        for (std::size_t c = 0; c < runs.channels; ++c, in += runs.inner, out += runs.inner) {
            const FloatVector scale = hn::Set(f, bounds.scale[c]);
            const FloatVector low = hn::Set(f, bounds.low[c]);
            const FloatVector high = hn::Set(f, bounds.high[c]);
            map_run<Float, Float>(in, out, runs.inner, [&](FloatVector x, std::size_t) HWY_ATTR {
                return hn::Mul(hn::ConvertTo(f, rounded_quotient(x, scale, low, high)), scale);
            });
        }
}

void quantize_lanes(const float* in, std::int32_t* out, Runs runs, Bounds bounds,
                    const std::int32_t* zero_point) {
    const Float f;
    const Int n;
    if (runs.inner == 1) {
        for (std::size_t o = 0; o < runs.outer; ++o, in += runs.channels, out += runs.channels)
            map_run<Float, Int>(in, out, runs.channels, [&](FloatVector x, std::size_t i) HWY_ATTR {
                const IntVector steps = rounded_quotient(x, load_entries(f, bounds.scale, i, runs.channels),
                                                         load_entries(f, bounds.low, i, runs.channels),
                                                         load_entries(f, bounds.high, i, runs.channels));
                return hn::Add(steps, load_entries(n, zero_point, i, runs.channels));
            });
        return;
    }
    for (std::size_t o = 0; o < runs.outer; ++o)
        for (std::size_t c = 0; c < runs.channels; ++c, in += runs.inner, out += runs.inner) {
            const FloatVector scale = hn::Set(f, bounds.scale[c]);
            const FloatVector low = hn::Set(f, bounds.low[c]);
            const FloatVector high = hn::Set(f, bounds.high[c]);
            const IntVector zero = hn::Set(n, zero_point[c]);
            map_run<Float, Int>(in, out, runs.inner, [&](FloatVector x, std::size_t) HWY_ATTR {
                return hn::Add(rounded_quotient(x, scale, low, high), zero);
            });
        }
}

void dequantize_lanes(const std::int32_t* in, float* out, Runs runs, const float* scale,
                      const std::int32_t* zero_point) {
    const Float f;
    const Int n;
    if (runs.inner == 1) {
        for (std::size_t o = 0; o < runs.outer; ++o, in += runs.channels, out += runs.channels)
            map_run<Int, Float>(in, out, runs.channels, [&](IntVector q, std::size_t i) HWY_ATTR {
                const IntVector steps = hn::Sub(q, load_entries(n, zero_point, i, runs.channels));
                return hn::Mul(hn::ConvertTo(f, steps), load_entries(f, scale, i, runs.channels));
            });
        return;
    }
    for (std::size_t o = 0; o < runs.outer; ++o)
        for (std::size_t c = 0; c < runs.channels; ++c, in += runs.inner, out += runs.inner) {
            const FloatVector factor = hn::Set(f, scale[c]);
            const IntVector zero = hn::Set(n, zero_point[c]);
            map_run<Int, Float>(in, out, runs.inner, [&](IntVector q, std::size_t) HWY_ATTR {
                return hn::Mul(hn::ConvertTo(f, hn::Sub(q, zero)), factor);
            });
        }
}

/// `x` where it is finite, else `other`.
HWY_INLINE FloatVector finite_or(FloatVector x, FloatVector other) {
    const FloatVector largest = hn::Set(Float(), std::numeric_limits<float>::max());
    return hn::IfThenElse(hn::Le(hn::Abs(x), largest), x, other);
}

HWY_INLINE void widen_each(const float* in, std::size_t channels, float* min, float* max) {
    const Float f;
    map_run<Float, Float>(in, min, channels, [&](FloatVector x, std::size_t i) HWY_ATTR {
        const FloatVector old = load_entries(f, min, i, channels);
        return hn::Min(old, finite_or(x, old));
    });
    map_run<Float, Float>(in, max, channels, [&](FloatVector x, std::size_t i) HWY_ATTR {
        const FloatVector old = load_entries(f, max, i, channels);
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

void widen_ranges_lanes(const float* in, Runs runs, float* min, float* max) {
    for (std::size_t o = 0; o < runs.outer; ++o) {
        if (runs.inner == 1) {
            widen_each(in, runs.channels, min, max);
            in += runs.channels;
            continue;
        }
        for (std::size_t c = 0; c < runs.channels; ++c, in += runs.inner)
            widen_by_run(in, runs.inner, min[c], max[c]);
    }
}

}  // namespace quantwright::vector_kernels::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace quantwright::vector_kernels {

HWY_EXPORT(fake_quantize_lanes);
HWY_EXPORT(quantize_lanes);
HWY_EXPORT(dequantize_lanes);
HWY_EXPORT(widen_ranges_lanes);

void fake_quantize(const float* in, float* out, Runs runs, Bounds bounds) {
    HWY_DYNAMIC_DISPATCH(fake_quantize_lanes)(in, out, runs, bounds);
}

void quantize(const float* in, std::int32_t* out, Runs runs, Bounds bounds, const std::int32_t* zero_point) {
    HWY_DYNAMIC_DISPATCH(quantize_lanes)(in, out, runs, bounds, zero_point);
}

void dequantize(const std::int32_t* in, float* out, Runs runs, const float* scale,
                const std::int32_t* zero_point) {
    HWY_DYNAMIC_DISPATCH(dequantize_lanes)(in, out, runs, scale, zero_point);
}

void widen_ranges(const float* in, Runs runs, float* min, float* max) {
    HWY_DYNAMIC_DISPATCH(widen_ranges_lanes)(in, runs, min, max);
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

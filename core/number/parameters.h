#pragma once
// Scale and zero point from a range. Standard form: q = clamp(round_half_even(x / scale) + zero_point, qmin,
// qmax), x' = (q - zero_point) * scale. docs/quantization.md has the formulas and their sources.
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/number/format.h"

namespace quantwright {

struct Range {
    float min = 0, max = 0;
    [[nodiscard]] bool operator==(const Range&) const = default;
};

enum class Granularity { tensor, channel, group };
[[nodiscard]] std::string_view name_of(Granularity granularity);

/// Which of a format's codes are used.
enum class CodeRange {
    full,        ///< all: int8 [-128, 127], uint8 [0, 255]
    restricted,  ///< a signed format without its lowest code: [-127, 127]; unsigned ones stay full
    reduced,     ///< one bit less: int8 [-64, 63], uint8 [0, 127] (PyTorch's and ONNX Runtime's reduce_range)
};
[[nodiscard]] std::string_view name_of(CodeRange range);
[[nodiscard]] std::optional<CodeRange> find_code_range(std::string_view name);

/// What a symmetric range is divided by to give the scale.
enum class Divisor {
    qmax,         ///< absmax / 127: ONNX Runtime, TensorRT, ncnn
    half_span,    ///< 2 absmax / (qmax - qmin), 127.5 for int8: PyTorch, xslim
    half_levels,  ///< 2 absmax / (qmax - qmin + 1), 128 for int8
};
[[nodiscard]] std::string_view name_of(Divisor divisor);  ///< "qmax", "half-span", "half-levels"
[[nodiscard]] std::optional<Divisor> find_divisor(std::string_view name);

enum class Rounding {
    half_even,  ///< IEEE's, ONNX's
    half_away,  ///< half away from zero: ncnn
};
[[nodiscard]] std::string_view name_of(Rounding rounding);  ///< "half-even", "half-away"
[[nodiscard]] std::optional<Rounding> find_rounding(std::string_view name);

/// How a range becomes a scale. Everything that differs between toolchains is a field here.
struct Scheme {
    const Format* format = &format_float();
    bool symmetric = false;
    CodeRange codes = CodeRange::full;
    Divisor divisor = Divisor::qmax;  ///< symmetric only
    bool power_of_two = false;        ///< the scale is raised to the next power of two
    Rounding rounding = Rounding::half_even;
    float scale_floor = 1.17549435e-38f;  ///< no scale below this (K1, PyTorch: 2^-23)

    [[nodiscard]] std::int32_t qmin() const;
    [[nodiscard]] std::int32_t qmax() const;
};

struct ScaleZeroPoint {
    float scale = 1;
    std::int32_t zero_point = 0;
    [[nodiscard]] bool operator==(const ScaleZeroPoint&) const = default;
};

/// Asymmetric: the range is widened to hold 0, scale = (max - min) / (qmax - qmin) in double, rounded to
/// float; zero_point = clamp(round_half_even(qmin - min / scale)), a float quotient as in PyTorch. Symmetric:
/// scale = max(|min|, |max|) / divisor, zero point 0 (unsigned formats: the middle code, 128; reduced 64). A
/// range of zero width gives scale 1; the scale is never zero, denormal or infinite. A range that is not
/// finite or has min > max counts as [0, 0].
[[nodiscard]] ScaleZeroPoint choose_parameters(Range range, const Scheme& scheme);

/// Parameters of one tensor: one scale; or one per index of `axis`; or, with a block size, one per block of
/// that many indices of `axis` and every index of the other axes (opset 21's blocked quantization: scales
/// have the tensor's shape with ceil(n / block_size) in place of the axis' n, row-major).
struct Parameters {
    const Format* format = &format_float();
    std::int32_t qmin = 0, qmax = 0;  ///< codes in use (a restricted or reduced format uses fewer)
    Rounding rounding = Rounding::half_even;
    std::vector<float> scale;
    std::vector<std::int32_t> zero_point;
    int axis = -1;       ///< -1: per tensor
    int block_size = 0;  ///< 0: no blocks

    [[nodiscard]] bool per_channel() const { return axis >= 0 && block_size == 0; }
    [[nodiscard]] bool blocked() const { return block_size > 0; }
    [[nodiscard]] bool operator==(const Parameters&) const = default;
};

[[nodiscard]] Parameters parameters_from(Range range, const Scheme& scheme);
/// One per range, along `axis`.
[[nodiscard]] Parameters parameters_from(std::span<const Range> ranges, int axis, const Scheme& scheme);
/// One per block: `ranges` as ranges_in_blocks() gives them.
[[nodiscard]] Parameters parameters_from(std::span<const Range> ranges, int axis, int block_size,
                                         const Scheme& scheme);
/// Shape of the scales of a tensor of `shape` in blocks.
[[nodiscard]] Shape blocked_shape(const Shape& shape, int axis, int block_size);
/// The values the extreme codes stand for; of channel `index` where per channel.
[[nodiscard]] Range representable(const Parameters& parameters, std::size_t index = 0);

}  // namespace quantwright

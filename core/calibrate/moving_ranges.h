#pragma once
// Moving averages of ranges: PyTorch's MovingAverageMinMaxObserver (one range) and
// MovingAveragePerChannelMinMaxObserver (one per channel), a batch being an image, in list order.
#include <cstdint>
#include <span>
#include <vector>

#include "core/number/parameters.h"

namespace quantwright {

/// The first image's range, then x <- x + c (image - x) for each further one, in float32 as PyTorch computes
/// it, so the result is PyTorch's to the last bit.
struct MovingRanges {
    static constexpr float constant = 0.01f;  ///< c: PyTorch's averaging_constant

    std::int64_t images = 0;            ///< averaged so far; 0: nothing is known
    std::vector<Range> average, first;  ///< of the same size; `first` is what append() needs

    /// One image's ranges, min <= max, always as many.
    void add(std::span<const Range> image);
    /// As if `later`'s images had been added after these: with n images that begin with b, their average m
    /// and the average x before them, m + (1 - c)^n (x - b). Equal to adding them but for rounding to float32
    /// (add() rounds at each image, this once). Sizes must match.
    void append(const MovingRanges& later);

    [[nodiscard]] bool operator==(const MovingRanges&) const = default;
};

}  // namespace quantwright

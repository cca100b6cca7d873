#pragma once
// How an array's shape goes with a model's input: one sample, or several along the first axis.
#include <optional>
#include <string>

#include "core/model/tensor.h"

namespace quantwright {

struct SampleFit {
    bool whole = false;       ///< one sample is all of the input; otherwise one row of its batch axis
    std::int64_t count = -1;  ///< how many along the array's first axis; -1: the array is one
};

/// `want` is the input's fixed shape with the batch first. Where it is 1, whole and row are the same, and
/// `whole` is set. An array of N rows whose input has a single channel may leave out that axis (N x 28 x 28
/// for 1 x 1 x 28 x 28). Empty where the shapes don't go together.
[[nodiscard]] std::optional<SampleFit> fit_sample(const Shape& have, const Shape& want);

/// "10x3x8x9"; "scalar".
[[nodiscard]] std::string shape_text(const Shape& shape);
/// What an input takes: "Nx3x8x8", the batch being any number of samples.
[[nodiscard]] std::string wanted_text(const Shape& want);

}  // namespace quantwright

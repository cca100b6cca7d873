#pragma once
// Two models tensor by tensor: what of the second goes by a name that the first has, too.
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/evaluate/measured_on.h"
#include "core/images/input_reader.h"
#include "core/model/model.h"

namespace quantwright {

struct TensorDifference {
    std::string name, op;          ///< op type of the first model's node
    std::optional<double> snr_db;  ///< of the second against the first, pooled; empty: no noise
    double cosine = 1;             ///< of everything pooled
    double max_abs = 0;
};

struct TensorComparison {
    std::int64_t images = 0;
    MeasuredOn measured_on;
    std::vector<TensorDifference> tensors;  ///< in the first model's order
    /// Tensors that the other model has no floating-point tensor of this name for (or one of another shape).
    std::int64_t only_first = 0, only_second = 0;
    std::vector<SkippedImage> skipped;
};

/// Both run without the runtime's optimizations: every tensor is there. The reader's sources are the inputs
/// of `first`, in its order; those of `second` are found by name. Errors: runtime.failed,
/// model.no_quantizable_input (an input of `second` that `first` doesn't have), images.none_left, cancelled.
Result<TensorComparison> compare_tensors(const Model& first, const Model& second, const InputReader& reader,
                                         int threads = 0, const JobContext& job = {});

}  // namespace quantwright

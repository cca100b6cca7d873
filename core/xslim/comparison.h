#pragma once
// The analysis that xslim prints: every tensor of the quantized file against the float model, operator by
// operator, with xslim's columns.
#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/number/metrics.h"
#include "core/plan/resolve.h"

namespace quantwright {

/// One tensor in all samples.
struct TensorComparison {
    std::string tensor;
    bool constant = false;  ///< a weight
    ErrorSums error;
    Range quantized, original;                     ///< smallest and largest value
    std::array<std::uint64_t, 32> histogram = {};  ///< of the float values, from original.min to original.max
    /// Noise power over signal power, the way xslim prints SNR: lower is better.
    [[nodiscard]] double noise_to_signal() const;
};

/// A quantized layer with those tensors that no layer before it has.
struct LayerComparison {
    std::string name, op;
    std::vector<TensorComparison> tensors;
    double worst = 0;  ///< largest noise over signal of its outputs
};

struct Comparison {
    std::int64_t samples = 0;
    std::vector<LayerComparison> layers;  ///< worst first
};

/// The inputs of one sample, in the order of the prepared model's inputs.
using Sampler = std::function<Result<std::vector<Tensor>>(std::int64_t sample)>;
/// Seeded and normally distributed (mean 0, deviation 1) for float inputs, zeros for others.
[[nodiscard]] Sampler random_sampler(const Model& model);

/// `quantized` is the exported file; both run node by node, without optimizations. Samples that can't be read
/// are left out. Errors: images.none_left, runtime.failed, cancelled.
Result<Comparison> compare_tensors(const Resolved& resolved, const Model& quantized, const Sampler& sampler,
                                   std::int64_t samples, int threads = 0, const JobContext& job = {});

/// A Markdown table with the columns Op, Var, SNR, MSE, Cosine, Q.MinMax, F.MinMax, F.Hist; the notes stand
/// below it.
[[nodiscard]] std::string comparison_markdown(const Comparison& comparison,
                                              const std::vector<std::string>& notes);

}  // namespace quantwright

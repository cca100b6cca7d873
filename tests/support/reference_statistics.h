#pragma once
// Statistics the slow way: every tensor fetched as an output. What calibration is compared with, and what
// tests of later steps start from.
#include <memory>
#include <vector>

#include "core/calibrate/statistics.h"
#include "core/prepare/prepare.h"

namespace quantwright::testing {

/// Every float32 tensor's value for one sample, by name.
[[nodiscard]] Result<std::map<std::string, Tensor>> activations_of(const Prepared& prepared,
                                                                   const std::vector<Tensor>& inputs);
/// The same; aborts the test on an error.
[[nodiscard]] std::map<std::string, Tensor> all_activations(const Prepared& prepared,
                                                            const std::vector<Tensor>& inputs);

/// From what activations_of() gave for each sample; infinities are counted and left out.
[[nodiscard]] std::shared_ptr<const Statistics> statistics_from(
    const Prepared& prepared, const std::vector<std::map<std::string, Tensor>>& samples);

[[nodiscard]] std::shared_ptr<const Statistics> reference_statistics(
    const Prepared& prepared, const std::vector<std::vector<Tensor>>& samples);

}  // namespace quantwright::testing

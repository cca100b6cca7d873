#pragma once
// An export that is only done when its file runs.
#include <functional>
#include <memory>

#include "core/export/export_qdq.h"
#include "core/images/input_reader.h"
#include "core/verify/verify.h"

namespace quantwright {

/// Writes the plan's file to its place, over what was there. May be called several times.
using WriteFile = std::function<Result<Exported>(const Resolved&)>;

struct VerifiedExport {
    /// What the file says: as asked for, or with layers float that would not run.
    std::shared_ptr<const Resolved> resolved;
    std::vector<std::string> kept_float;  ///< those layers, in topological order
    Exported exported;                    ///< with its problems, and those of this
    Verified verified;                    ///< without runs where the runtime doesn't know an operator
};

/// What a file of this model is run with: the first sample that can be read, or values made up (null).
/// Errors: those of reading, runtime.failed (an input that no value can be made up for).
Result<std::vector<NamedTensor>> verify_inputs(const Prepared& prepared, const InputReader* reader);

/// Writes and runs; where that fails, looks for the layers that make it fail (a bisection over the quantized
/// ones, each step an export and a run) and keeps them float: said as problems export.kept_float, in
/// Resolved::plan and as KeptFloat::does_not_run. Files for runtimes other than ONNX Runtime need only run
/// with optimizations off, as they are judged. Errors: output.does_not_run (what is at the place then is of
/// no use), output.not_checked, cancelled, those of `write`.
Result<VerifiedExport> export_verified(std::shared_ptr<const Resolved> resolved, const WriteFile& write,
                                       const std::vector<NamedTensor>& inputs, const VerifyOptions& options,
                                       const JobContext& job);

}  // namespace quantwright

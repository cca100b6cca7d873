#pragma once
// What quantize writes for runtimes that quantize a float model themselves: that model, and a file beside it.
#include <filesystem>

#include "app/cli/quantize_findings.h"
#include "core/plan/target.h"

namespace quantwright::cli {

/// Options that are wrong whatever the target. Errors: usage.
Status check_sidecar(const QuantizeOptions& options);

/// Which files a format and a target mean.
struct Deliverable {
    bool float_model = false;       ///< OUT.onnx is the float model as it came
    std::filesystem::path sidecar;  ///< final place; empty: none
};
/// qdq; with ncnn the float model and OUT.table (with `--format qdq` too: Q/DQ nodes and the table); with
/// tensorrt and `--format cache` the float model and OUT.cache. Errors: usage, model.already_quantized.
Result<Deliverable> deliverable(const QuantizeOptions& options, const Target& target, const Model& original);

}  // namespace quantwright::cli

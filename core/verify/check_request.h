#pragma once
// What the checker is asked, as a folder of two files: request.json and inputs.bin (the tensors' bytes one
// after the other).
#include <filesystem>
#include <vector>

#include "core/verify/verify.h"

namespace quantwright {

struct CheckRequest {
    std::filesystem::path file;
    std::vector<NamedTensor> inputs;
    std::vector<Optimizations> runs;
    int threads = 0;
};

/// Errors: output.*.
Status write_request(const CheckRequest& request, const std::filesystem::path& folder);
/// Errors: output.not_checked.
Result<CheckRequest> read_request(const std::filesystem::path& folder);

[[nodiscard]] Optimizations optimizations_of(std::string_view name);

}  // namespace quantwright

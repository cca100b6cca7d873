#pragma once
// --improve: what is asked for, and doing it.
#include <vector>

#include "core/improve/improve.h"
#include "core/xslim/config.h"

namespace quantwright::cli {

/// Of the option, else of an xslim file's finetune_level.
[[nodiscard]] ImproveLevel improve_level(const std::string& option, const XslimConfig* config);

/// `resolved` with what was found on the reader's samples, and problems where less was done than was asked
/// for. `float_file`: the file will hold the float weights (a calibration cache, a table). Errors: those of
/// improve().
Result<std::shared_ptr<const Resolved>> improved_as_asked(const std::shared_ptr<const Resolved>& resolved,
                                                          ImproveLevel level, const InputReader* reader,
                                                          bool float_file, int threads, const JobContext& job,
                                                          std::vector<Problem>& problems);

}  // namespace quantwright::cli

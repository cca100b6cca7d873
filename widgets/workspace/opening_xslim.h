#pragma once
// What an xslim file says, as a document. Private to widgets/workspace.
#include "core/xslim/config.h"
#include "core/xslim/inputs.h"
#include "widgets/workspace/opening.h"

namespace quantwright {

/// With absolute paths: relative ones are those of the file's folder, else of the current directory. Errors:
/// config.invalid.
Result<XslimConfig> readXslim(const std::filesystem::path& path);

/// Plan, images and output of an `opened` document whose model is prepared; images that were asked for beside
/// the file stay. What has no place in a document is named in its problems. Errors: config.invalid,
/// preprocess.invalid, plan.truncation_unknown.
Status takeXslim(const XslimConfig& config, Opened& opened);

}  // namespace quantwright

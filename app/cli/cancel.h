#pragma once
#include "core/base/job.h"

namespace quantwright::cli {

/// From now on SIGINT and SIGTERM cancel the token it returns; a second one ends the process at once with
/// 130.
CancelToken cancel_on_signals();

}  // namespace quantwright::cli

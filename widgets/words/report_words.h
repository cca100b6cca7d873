#pragma once
// The words of core/export/report.h in the language that is set.
#include <string>

namespace quantwright::words {

/// For write_report(): a heading, the code of a severity or the code of a reason for staying float.
[[nodiscard]] std::string reportText(const char* key);

}  // namespace quantwright::words

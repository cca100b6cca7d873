#pragma once
// The report in each of its languages. Private to core/export.
#include <string>
#include <string_view>

#include "core/export/report.h"

namespace quantwright {

[[nodiscard]] std::string report_html(const Report& report, const Translate& translate);
[[nodiscard]] std::string report_markdown(const Report& report, const Translate& translate);
[[nodiscard]] std::string report_csv(const Report& report);

/// 1234567 → "1,234,567".
[[nodiscard]] std::string grouped(std::int64_t number);
/// With this many decimals, whatever the locale.
[[nodiscard]] std::string fixed(double number, int decimals);
/// A quantized layer's number format in capitals; for a float layer the translated reason why.
[[nodiscard]] std::string precision_text(const ReportLayer& layer, const Translate& translate);
/// Translated "Note", "Warning", "Error" of a severity's code.
[[nodiscard]] std::string severity_text(const std::string& severity, const Translate& translate);

}  // namespace quantwright

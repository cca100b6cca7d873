#pragma once
// The report of a quantization in HTML, Markdown, CSV and JSON. The words come from the caller, translated.
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "core/base/json.h"
#include "core/base/result.h"

namespace quantwright {

struct ReportLayer {
    std::string name, op, format, kept_float_code;
    std::optional<double> snr_db_alone;
    std::int64_t parameters = 0, macs = 0;
};

/// Drawn into the HTML report, with its colours: var(--faint), var(--line), var(--info) …
struct ReportPicture {
    std::string title, svg, note;  ///< translated
};

struct Report {
    std::string model, target, language;
    std::vector<std::pair<std::string, std::string>> summary;   ///< translated label, formatted value
    std::vector<ReportLayer> layers;                            ///< most sensitive first where that is known
    std::vector<std::pair<std::string, std::string>> problems;  ///< severity, translated text
    Json json;                                                  ///< the machine-readable document
    std::vector<ReportPicture> pictures = {};
};

/// Translates the report's own headings: keys are English ("Layer", "Problems", …).
using Translate = std::function<std::string(const char*)>;

/// The HTML file's text alone.
[[nodiscard]] std::string report_html_text(const Report& report, const Translate& translate);

struct ReportFiles {
    std::filesystem::path html, markdown, csv, json;
};
/// Writes report.html, report.md, report.csv, report.json into `folder` (made if missing). Errors: output.*.
Result<ReportFiles> write_report(const Report& report, const std::filesystem::path& folder,
                                 const Translate& translate);

}  // namespace quantwright

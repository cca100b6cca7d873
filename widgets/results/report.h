#pragma once
// The report of a quantization, from what the command or the window has found out.
#include <QString>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/analyze/sensitivity.h"
#include "core/export/export_qdq.h"
#include "core/export/report.h"

namespace quantwright::results {

struct ReportFacts {
    std::string model;
    const Resolved* resolved = nullptr;
    const Sensitivity* sensitivity = nullptr;  ///< null: not analyzed
    std::vector<std::pair<QString, QString>> rows;
    std::vector<Problem> problems;
    Json json;  ///< the command's own; layers are added
};
[[nodiscard]] Report make_report(const ReportFacts& facts);

/// Label and value: how many layers are quantized, and what the file takes.
[[nodiscard]] std::vector<std::pair<QString, QString>> exported_rows(const Exported& exported);
/// The same figures of a file that is called `out`, with its target and how many images its ranges are of.
[[nodiscard]] Json exported_json(const Exported& exported, const std::string& out, const Resolved& resolved);

}  // namespace quantwright::results

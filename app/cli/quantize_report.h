#pragma once
// The report of a quantization, from what the command has found out.
#include <QString>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/analyze/sensitivity.h"
#include "core/export/report.h"

namespace quantwright::cli {

struct ReportFacts {
    std::string model;
    const Resolved* resolved = nullptr;
    const Sensitivity* sensitivity = nullptr;  ///< null: not analyzed
    std::vector<std::pair<QString, QString>> rows;
    std::vector<Problem> problems;
    Json json;  ///< the command's own; layers are added
};
[[nodiscard]] Report make_report(const ReportFacts& facts);

}  // namespace quantwright::cli

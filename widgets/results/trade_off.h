#pragma once
// What a search has found, as people read it: rows, exceptions, and the picture of accuracy against cost.
#include <QString>
#include <functional>
#include <utility>
#include <vector>

#include "core/export/report.h"
#include "core/search/search.h"
#include "widgets/results/table.h"

namespace quantwright::results {

/// How a search is told.
struct TradeOff {
    const SearchResult* result = nullptr;
    const Resolved* resolved = nullptr;  ///< the plan that it began with
    Promise promise;
    QString cost_label;                   ///< "File"
    std::function<QString(double)> cost;  ///< with its unit
};

/// "at least 23 dB", "at most 1 points of top1 below float"
[[nodiscard]] QString promise_text(const TradeOff& told);
/// "23.4 dB" or "0.5 points below float", with what it is of.
[[nodiscard]] QString accuracy_text(const TradeOff& told, const SearchPoint& point);
/// "mode=float", as --set takes it.
[[nodiscard]] QString set_text(const Raise& raise);
/// Why the exception is there: what was measured without it.
[[nodiscard]] QString why_text(const TradeOff& told, const Needed& needed);

[[nodiscard]] std::vector<std::pair<QString, QString>> trade_off_rows(const TradeOff& told);
[[nodiscard]] Table exceptions_table(const TradeOff& told);
/// Every point that was measured on all images; hovering shows its figures. Its colours are the report's.
[[nodiscard]] ReportPicture trade_off_picture(const TradeOff& told);

}  // namespace quantwright::results

#pragma once
// --cost: what a plan costs, and how that is told.
#include <QString>
#include <functional>
#include <string>

#include "app/cli/cli.h"
#include "core/plan/resolve.h"

namespace quantwright::cli {

struct SearchCost {
    std::string name;                           ///< as typed
    std::function<double(const Resolved&)> of;  ///< null: bytes of the file
    std::function<QString(double)> text;        ///< with its unit
    QString label;
};

/// Of "bytes", "macs" or "board:NAME". Errors: usage. Before any work.
Status check_cost(const std::string& option);
/// A board's times are those that its history keeps. Errors: usage (nothing was measured there, or not in
/// float); those of BoardHistory::read().
Result<SearchCost> search_cost(const std::string& option, const Resolved& resolved);

}  // namespace quantwright::cli

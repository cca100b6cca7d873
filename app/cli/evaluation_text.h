#pragma once
// The figures of an evaluation as rows of a table.
#include "app/cli/table.h"
#include "core/evaluate/evaluate.h"

namespace quantwright::cli {

/// Label and value, as reports want them too.
[[nodiscard]] std::vector<std::pair<QString, QString>> evaluation_rows(const Evaluation& evaluation,
                                                                       bool has_reference);
void add_evaluation(Table& table, const Evaluation& evaluation, bool has_reference);

}  // namespace quantwright::cli

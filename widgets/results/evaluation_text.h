#pragma once
// The figures of an evaluation as rows of a table.
#include "core/evaluate/evaluate.h"
#include "widgets/results/table.h"

namespace quantwright::results {

/// Label and value, as reports want them too.
[[nodiscard]] std::vector<std::pair<QString, QString>> evaluation_rows(const Evaluation& evaluation,
                                                                       bool has_reference);
/// "12.3 dB (“p”, 4 … 5 on axis 1 of “y”)"
[[nodiscard]] QString worst_part_text(const WorstPart& worst);
void add_evaluation(Table& table, const Evaluation& evaluation, bool has_reference);

}  // namespace quantwright::results

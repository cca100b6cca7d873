#pragma once
// The figures of an evaluation as rows of a table.
#include "core/evaluate/evaluate.h"
#include "core/task/judge.h"
#include "widgets/results/table.h"

namespace quantwright::results {

/// Without those that hardly anybody asks for (areas, recalls): they are in the JSON.
[[nodiscard]] std::vector<Figure> main_figures(const std::vector<Figure>& figures);
/// Fractions in per cent; cosines and errors as numbers.
[[nodiscard]] QString figure_text(const Figure& figure);
/// Figures of the largest score mean something: the task is classification, or nobody said which it is.
[[nodiscard]] bool is_by_scores(const Judgement* judgement);
/// Label and value, as reports want them too. The figures of `judgement`, where there is one of a task other
/// than classification, stand for those of the largest score.
[[nodiscard]] std::vector<std::pair<QString, QString>> evaluation_rows(const Evaluation& evaluation,
                                                                       bool has_reference,
                                                                       const Judgement* judgement = nullptr);
/// "12.3 dB (“p”, 4 … 5 on axis 1 of “y”)"
[[nodiscard]] QString worst_part_text(const WorstPart& worst);
void add_evaluation(Table& table, const Evaluation& evaluation, bool has_reference,
                    const Judgement* judgement = nullptr);

}  // namespace quantwright::results

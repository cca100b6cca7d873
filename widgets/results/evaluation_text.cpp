#include "widgets/results/evaluation_text.h"

#include "widgets/results/format.h"
#include "widgets/results/text.h"
#include "widgets/words/words.h"

namespace quantwright::results {

namespace {

QString accuracy(double fraction, const std::optional<double>& reference) {
    if (!reference)
        return percent(fraction);
    return Cli::tr("%1 (float %2, drop %3 points)")
        .arg(percent(fraction), percent(*reference))
        .arg(100 * (*reference - fraction), 0, 'f', 2);
}

/// The figures of a task.
void add_figures(std::vector<std::pair<QString, QString>>& rows, const Judgement& judgement) {
    const TaskKind kind = judgement.task.kind;
    if (kind == TaskKind::none)
        return;
    rows.emplace_back(Cli::tr("Task"), words::name(kind));
    for (const Figure& figure : main_figures(judgement.figures)) {
        QString value = figure_text(figure);
        if (const Figure* reference = find_figure(judgement.reference, figure.name))
            value = Cli::tr("%1 (float %2)").arg(value, figure_text(*reference));
        rows.emplace_back(words::figure(figure.name), value);
    }
    for (const Figure& figure : judgement.agreement)
        rows.emplace_back(words::figure(figure.name), figure_text(figure));
    if (!judgement.agreement.empty() && kind != TaskKind::embedding && kind != TaskKind::regression)
        rows.emplace_back(Cli::tr("Changed"), Cli::tr("%n image(s) give another result than float", nullptr,
                                                      static_cast<int>(judgement.changes.size())));
}

}  // namespace

std::vector<Figure> main_figures(const std::vector<Figure>& figures) {
    std::vector<Figure> some;
    for (const Figure& figure : figures)
        if (!figure.name.starts_with("recall") && !figure.name.starts_with("map_"))
            some.push_back(figure);
    return some;
}

QString figure_text(const Figure& figure) {
    return is_fraction(figure.name) ? percent(figure.value) : QString::number(figure.value, 'g', 5);
}

bool is_by_scores(const Judgement* judgement) {
    return !judgement || judgement->task.kind == TaskKind::classification;
}

QString worst_part_text(const WorstPart& worst) {
    //: A figure in dB, then which part of the outputs it belongs to
    return Cli::tr("%1 (%2)").arg(decibels(worst.snr_db), words::part(worst));
}

std::vector<std::pair<QString, QString>> evaluation_rows(const Evaluation& evaluation, bool has_reference,
                                                         const Judgement* judgement) {
    std::vector<std::pair<QString, QString>> rows;
    const bool by_scores = is_by_scores(judgement);
    const std::int64_t labelled = by_scores ? evaluation.labelled : judgement->labelled;
    rows.emplace_back(Cli::tr("Images"), labelled > 0
                                             ? Cli::tr("%1, %2 labelled").arg(evaluation.images).arg(labelled)
                                             : QString::number(evaluation.images));
    rows.emplace_back(Cli::tr("Measured on"), words::measuredOn(evaluation.measured_on));
    if (!by_scores)
        add_figures(rows, *judgement);
    if (by_scores && evaluation.top1)
        rows.emplace_back(
            Cli::tr("Top-1"),
            accuracy(*evaluation.top1, has_reference ? evaluation.reference_top1 : std::nullopt));
    if (by_scores && evaluation.top5)
        rows.emplace_back(
            Cli::tr("Top-5"),
            accuracy(*evaluation.top5, has_reference ? evaluation.reference_top5 : std::nullopt));
    if (has_reference) {
        if (by_scores && evaluation.agreement)
            rows.emplace_back(Cli::tr("Agreement"), percent(*evaluation.agreement));
        if (evaluation.cosine) {
            rows.emplace_back(Cli::tr("SNR"), decibels(evaluation.snr_db));
            if (const auto worst = worst_part(evaluation.outputs))
                rows.emplace_back(Cli::tr("SNR, worst part"), worst_part_text(*worst));
            rows.emplace_back(Cli::tr("Cosine"), QString::number(*evaluation.cosine, 'f', 5));
        }
        if (evaluation.mean_abs_error)
            rows.emplace_back(Cli::tr("Mean abs. error"),
                              QString::number(*evaluation.mean_abs_error, 'g', 4));
    }
    if (evaluation.images > 0)
        rows.emplace_back(
            Cli::tr("Latency"),
            Cli::tr("median %1, 90 % %2, 99 % %3, shortest %4")
                .arg(milliseconds(evaluation.latency.p50_ms), milliseconds(evaluation.latency.p90_ms),
                     milliseconds(evaluation.latency.p99_ms), milliseconds(evaluation.latency.min_ms)));
    if (evaluation.not_finite > 0)
        rows.emplace_back(Cli::tr("Not finite"), Cli::tr("%n output(s) with NaN or infinity", nullptr,
                                                         static_cast<int>(evaluation.not_finite)));
    if (!evaluation.skipped.empty())
        rows.emplace_back(Cli::tr("Skipped"),
                          Cli::tr("%n file(s)", nullptr, static_cast<int>(evaluation.skipped.size())));
    return rows;
}

void add_evaluation(Table& table, const Evaluation& evaluation, bool has_reference,
                    const Judgement* judgement) {
    for (const auto& [label, value] : evaluation_rows(evaluation, has_reference, judgement))
        table.add({label, value});
}

}  // namespace quantwright::results

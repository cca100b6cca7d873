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

}  // namespace

QString worst_part_text(const WorstPart& worst) {
    //: A figure in dB, then which part of the outputs it belongs to
    return Cli::tr("%1 (%2)").arg(decibels(worst.snr_db), words::part(worst));
}

std::vector<std::pair<QString, QString>> evaluation_rows(const Evaluation& evaluation, bool has_reference) {
    std::vector<std::pair<QString, QString>> rows;
    const QString labelled = evaluation.labelled > 0
                                 ? Cli::tr("%1, %2 labelled").arg(evaluation.images).arg(evaluation.labelled)
                                 : QString::number(evaluation.images);
    rows.emplace_back(Cli::tr("Images"), labelled);
    rows.emplace_back(Cli::tr("Measured on"), words::measuredOn(evaluation.measured_on));
    if (evaluation.top1)
        rows.emplace_back(
            Cli::tr("Top-1"),
            accuracy(*evaluation.top1, has_reference ? evaluation.reference_top1 : std::nullopt));
    if (evaluation.top5)
        rows.emplace_back(
            Cli::tr("Top-5"),
            accuracy(*evaluation.top5, has_reference ? evaluation.reference_top5 : std::nullopt));
    if (has_reference) {
        if (evaluation.agreement)
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

void add_evaluation(Table& table, const Evaluation& evaluation, bool has_reference) {
    for (const auto& [label, value] : evaluation_rows(evaluation, has_reference))
        table.add({label, value});
}

}  // namespace quantwright::results

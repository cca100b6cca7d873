#include "widgets/panels/improve_text.h"

#include <QCoreApplication>

#include "widgets/panels/figures.h"

namespace quantwright {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(quantwright::ImproveText)
};

/// The unit stands once.
QString change(std::optional<double> before, std::optional<double> after) {
    const QString unit = QStringLiteral(" dB");
    QString from = figures::decibels(before);
    if (from.endsWith(unit))
        from.chop(unit.size());
    return QStringLiteral("%1 → %2").arg(from, figures::decibels(after));
}

}  // namespace

QString levelName(ImproveLevel level) {
    switch (level) {
        case ImproveLevel::none:
            return Tr::tr("None");
        case ImproveLevel::fast:
            return Tr::tr("Fast");
        case ImproveLevel::best:
            return Tr::tr("Best");
    }
    return {};
}

QString levelNote(ImproveLevel level) {
    switch (level) {
        case ImproveLevel::none:
            return Tr::tr("Values are rounded to the nearest code, ranges are the plan's.");
        case ImproveLevel::fast:
            return Tr::tr(
                "Tries other ranges and corrects biases, layer by layer. Takes about as long as a "
                "calibration.");
        case ImproveLevel::best:
            return Tr::tr(
                "Besides, rounds weights so that their errors make up for each other. Takes several "
                "times as long.");
    }
    return {};
}

QString improveText(ImproveLevel level) {
    switch (level) {
        case ImproveLevel::none:
            return Tr::tr("Don't improve");
        case ImproveLevel::fast:
            return Tr::tr("Improve (fast)");
        case ImproveLevel::best:
            return Tr::tr("Improve (best)");
    }
    return {};
}

QString stepChange(const ImprovementStep& step) {
    return change(step.before_db, step.after_db);
}

QString improveSummary(const Improved& improved) {
    const ImprovementStep* last = improved.last_kept();
    return last ? change(improved.steps.front().before_db, last->after_db) : Tr::tr("no gain");
}

QString improveResult(const Improved& improved) {
    return improved.last_kept() ? Tr::tr("%1 on %n image(s) that it was not made from", nullptr,
                                         static_cast<int>(improved.images_judged))
                                      .arg(improveSummary(improved))
                                : Tr::tr("No step helped: the plan stays as it is.");
}

QString improveLog(const Improved* improved) {
    if (!improved)
        return Tr::tr("Improvement taken back");
    double seconds = 0;
    for (const ImprovementStep& step : improved->steps)
        seconds += step.seconds;
    const QString done =
        Tr::tr("%1: %2 in %3")
            .arg(improveText(find_improve_level(improved->level).value_or(ImproveLevel::best)),
                 improveSummary(*improved), figures::duration(seconds));
    return improved->complete ? done : Tr::tr("%1 (cancelled; the steps that were done are kept)").arg(done);
}

}  // namespace quantwright

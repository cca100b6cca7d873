#include "widgets/panels/sensitivity_text.h"

#include "widgets/panels/figures.h"

namespace quantwright {

QString snrText(const LayerSensitivity& sensitivity) {
    if (!sensitivity.snr_db_alone || !sensitivity.uncertainty_db)
        return figures::decibels(sensitivity.snr_db_alone);
    return QString::number(*sensitivity.snr_db_alone, 'f', 1) + QStringLiteral(" ± ") +
           figures::decibels(sensitivity.uncertainty_db);
}

QString rankText(const LayerSensitivity& sensitivity) {
    const QString rank = QString::number(sensitivity.rank);
    if (sensitivity.rank_from >= sensitivity.rank_to)
        return rank;
    return QStringLiteral("%1 (%2–%3)").arg(rank).arg(sensitivity.rank_from).arg(sensitivity.rank_to);
}

}  // namespace quantwright

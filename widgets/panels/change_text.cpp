#include "widgets/panels/change_text.h"

#include <QCoreApplication>
#include <QStringList>

#include "widgets/panels/figures.h"

namespace quantwright {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(quantwright::ChangeText)
};

QString boxes(const Change& change) {
    QStringList parts;
    if (change.appeared > 0)
        parts << Tr::tr("%n new", "boxes", static_cast<int>(change.appeared));
    if (change.vanished > 0)
        parts << Tr::tr("%n gone", "boxes", static_cast<int>(change.vanished));
    if (change.moved > 0)
        parts << Tr::tr("%n moved", "boxes", static_cast<int>(change.moved));
    return parts.join(Tr::tr(", "));
}

}  // namespace

QString changeText(TaskKind kind, const Change* change) {
    if (!change || change->amount <= 0)
        return kind == TaskKind::none || kind == TaskKind::regression ? QString() : Tr::tr("the same");
    switch (kind) {
        case TaskKind::detection:
            return boxes(*change);
        case TaskKind::segmentation:
            return Tr::tr("%1 of the pixels").arg(figures::percent(change->amount));
        case TaskKind::embedding:
            return Tr::tr("cosine %1").arg(QString::number(1 - change->amount, 'f', 4));
        case TaskKind::classification:
        case TaskKind::text:
            return QStringLiteral("%1 → %2").arg(QString::fromStdString(change->before),
                                                 QString::fromStdString(change->now));
        case TaskKind::regression:
        case TaskKind::none:
            break;
    }
    return {};
}

}  // namespace quantwright

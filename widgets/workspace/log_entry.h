#pragma once
// One line of the log: what was done, kept as facts so that it can be told in either language.
#include <QDateTime>
#include <QString>
#include <QStringList>
#include <memory>
#include <optional>

#include "core/base/error.h"
#include "core/plan/edit.h"
#include "core/plan/improved.h"

namespace quantwright {

struct LogEntry {
    enum class Kind {
        opened,
        images,
        calibrated,
        analyzed,
        improved,
        exported,
        sidecar,
        reported,
        evaluated,
        deployed,
        edited,
        task,
        saved,
        failed
    };
    Kind kind = Kind::opened;
    QDateTime time = QDateTime::currentDateTime();
    QStringList arguments;       ///< by kind: paths and formatted figures
    QString command;             ///< what does the same on the command line; empty if nothing does
    std::optional<Error> error;  ///< of `failed`
    Edit edit;                   ///< of `edited`
    std::shared_ptr<const Improved> improved;  ///< of `improved`; null: it was taken back
};

}  // namespace quantwright

#include "widgets/panels/board_status.h"

#include <QCoreApplication>

#include "widgets/panels/figures.h"
#include "widgets/words/words.h"

namespace quantwright {
namespace {

struct Tr {
    Q_DECLARE_TR_FUNCTIONS(quantwright::BoardStatus)
};

/// That it happens on the board goes without saying here.
QString doing(Stage stage) {
    switch (stage) {
        case Stage::board_check:
            return Tr::tr("Checking");
        case Stage::board_wait:
            return Tr::tr("Waiting for its turn");
        case Stage::benchmark:
            return Tr::tr("Measuring");
        case Stage::profile:
            return Tr::tr("Timing the layers");
        case Stage::board_run:
            return Tr::tr("Judging accuracy");
        default:
            return words::name(stage);
    }
}

/// The one figure that says most.
QString accuracyText(const BoardResult& result) {
    if (const Figure* headline = result.judgement ? result.judgement->headline() : nullptr)
        //: A figure's name and its value
        return Tr::tr("%1 %2").arg(words::figureShortly(headline->name), figures::taskFigure(*headline));
    return result.accuracy && result.accuracy->cosine ? figures::decibels(result.accuracy->snr_db)
                                                      : QString();
}

}  // namespace

BoardStatus runningStatus(const BoardProgress& progress, bool ending) {
    BoardStatus status;
    status.kind = ending ? BoardStatus::Kind::ending : BoardStatus::Kind::running;
    if (ending) {
        status.text = Tr::tr("Cancelling…");
        return status;
    }
    const JobProgress& last = progress.last();
    status.text = doing(last.progress.stage);
    if (const double fraction = last.fraction(); fraction >= 0)
        status.text += QLatin1Char(' ') + figures::percent(fraction, 0);
    return status;
}

BoardStatus restingStatus(const BoardOutcome& state) {
    BoardStatus status;
    if (state.error) {
        status.kind = BoardStatus::Kind::failed;
        status.text = Tr::tr("failed");
        status.detail = words::message(*state.error);
        return status;
    }
    if (!state.deployed) {
        status.text = Tr::tr("idle");
        return status;
    }
    const BoardResult& result = state.deployed->result;
    status.text = figures::milliseconds(result.latency.p50_ms);
    if (const QString accuracy = accuracyText(result); !accuracy.isEmpty())
        status.text += QStringLiteral(" · ") + accuracy;
    return status;
}

}  // namespace quantwright

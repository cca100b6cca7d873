#include "widgets/panels/board_steps.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>

#include "widgets/panels/figures.h"
#include "widgets/theme/style_sheet.h"

namespace quantwright {
namespace {

void give(QLabel* label, const QString& text, const char* role) {
    label->setText(text);
    if (label->property("role").toString() == QLatin1String(role))
        return;
    label->setProperty("role", QLatin1String(role));
    restyle(label);
}

}  // namespace

BoardSteps::BoardSteps(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("board_steps"));
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(6);
    grid->setVerticalSpacing(1);
    for (int row = 0; row < RowCount; ++row) {
        const auto at = static_cast<std::size_t>(row);
        m_marks[at] = new QLabel(this);
        m_names[at] = new QLabel(this);
        m_status[at] = new QLabel(this);
        m_marks[at]->setFixedWidth(16);
        m_marks[at]->setAlignment(Qt::AlignCenter);
        grid->addWidget(m_marks[at], row, 0);
        grid->addWidget(m_names[at], row, 1);
        grid->addWidget(m_status[at], row, 2);
    }
    grid->setColumnStretch(2, 1);
    refresh();
}

void BoardSteps::setProgress(const BoardProgress& progress) {
    m_progress = progress;
    refresh();
}

QString BoardSteps::nameOf(Row row) {
    switch (row) {
        case Check:
            return tr("Connect and check");
        case Wait:
            return tr("Wait for its turn");
        case Upload:
            return tr("Upload");
        case Measure:
            return tr("Measure");
        case Profile:
            return tr("Time the layers");
        case Accuracy:
            return tr("Accuracy");
        case RowCount:
            break;
    }
    return {};
}

void BoardSteps::begin() {
    m_progress.begin();
    refresh();
}

void BoardSteps::show(const JobProgress& progress, double now) {
    m_progress.show(progress, now);
    refresh();
}

void BoardSteps::end(End end) {
    m_progress.end(end);
    refresh();
}

QString BoardSteps::rateText() const {
    const auto& rate = m_progress.rate();
    if (!rate)
        return {};
    switch (m_progress.last().progress.stage) {
        case Stage::upload:
            return tr("%1/s").arg(figures::bytes(static_cast<std::int64_t>(*rate)));
        case Stage::board_run:
        case Stage::evaluate:
            return tr("%1 images/s").arg(QString::number(*rate, 'f', *rate < 10 ? 1 : 0));
        default:
            return {};
    }
}

QString BoardSteps::statusText(Row row) const {
    switch (state(row)) {
        case State::failed:
            return tr("failed");
        case State::done:
        case State::pending:
            return {};
        case State::running:
            break;
    }
    QStringList parts;
    const JobProgress& progress = m_progress.last();
    if (const double fraction = progress.fraction(); fraction >= 0)
        parts << figures::percent(fraction, 0);
    if (const QString rate = rateText(); !rate.isEmpty())
        parts << rate;
    if (progress.seconds_left)
        parts << tr("%1 left").arg(figures::duration(*progress.seconds_left));
    return parts.isEmpty() ? QStringLiteral("…") : parts.join(QStringLiteral(" · "));
}

void BoardSteps::refresh() {
    static constexpr const char* marks[] = {"○", "●", "✓", "✕"};
    static constexpr const char* mark_roles[] = {"quiet", "accent", "better", "worse"};
    for (std::size_t i = 0; i < RowCount; ++i) {
        const auto row = static_cast<Row>(i);
        const auto at = static_cast<std::size_t>(state(row));
        give(m_marks[i], QString::fromUtf8(marks[at]), mark_roles[at]);
        give(m_names[i], nameOf(row), state(row) == State::pending ? "quiet" : "plain");
        give(m_status[i], statusText(row), state(row) == State::failed ? "worse" : "quiet");
    }
}

void BoardSteps::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        refresh();
}

}  // namespace quantwright

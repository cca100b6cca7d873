#include "widgets/panels/board_steps.h"

#include <QEvent>
#include <QGridLayout>
#include <QLabel>

#include "widgets/panels/figures.h"
#include "widgets/theme/style_sheet.h"

namespace quantwright {
namespace {

constexpr double rate_after_seconds = 0.4;  // before that it says more about buffers than about the line

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

BoardSteps::Row BoardSteps::rowOf(Stage stage) {
    switch (stage) {
        case Stage::board_check:
            return Check;
        case Stage::board_wait:
            return Wait;
        case Stage::benchmark:
            return Measure;
        case Stage::profile:
            return Profile;
        case Stage::board_run:
        case Stage::evaluate:
            return Accuracy;
        default:  // exporting, writing the samples, sending them
            return Upload;
    }
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
    m_states.fill(State::pending);
    m_seen.fill(false);
    m_current = RowCount;
    m_progress = {};
    m_rate.reset();
    JobProgress first;
    first.progress.stage = Stage::board_check;
    show(first, 0);
}

void BoardSteps::show(const JobProgress& progress, double now) {
    const Row row = rowOf(progress.progress.stage);
    const bool other = progress.progress.stage != m_progress.progress.stage ||
                       progress.progress.done < m_progress.progress.done;
    if (other || row != m_current) {
        m_first_done = progress.progress.done;
        m_first_time = now;
        m_rate.reset();
    } else if (now - m_first_time > rate_after_seconds && progress.progress.done > m_first_done) {
        m_rate = static_cast<double>(progress.progress.done - m_first_done) / (now - m_first_time);
    }
    m_progress = progress;
    m_current = row;
    m_seen[row] = true;
    // The agent is sent while the board is checked: the way is not straight.
    for (int i = 0; i < RowCount; ++i)
        m_states[static_cast<std::size_t>(i)] = i == row ? State::running
                                                : i < row && m_seen[static_cast<std::size_t>(i)]
                                                    ? State::done
                                                    : State::pending;
    refresh();
}

void BoardSteps::end(End end) {
    for (std::size_t i = 0; i < RowCount; ++i) {
        if (m_states[i] == State::running)
            m_states[i] = end == End::failed ? State::failed : State::pending;
        if (end == End::succeeded)
            m_states[i] = m_seen[i] ? State::done : State::pending;
    }
    m_current = RowCount;
    refresh();
}

QString BoardSteps::rateText() const {
    if (!m_rate)
        return {};
    switch (m_progress.progress.stage) {
        case Stage::upload:
            return tr("%1/s").arg(figures::bytes(static_cast<std::int64_t>(*m_rate)));
        case Stage::board_run:
        case Stage::evaluate:
            return tr("%1 images/s").arg(QString::number(*m_rate, 'f', *m_rate < 10 ? 1 : 0));
        default:
            return {};
    }
}

QString BoardSteps::statusText(Row row) const {
    switch (m_states[row]) {
        case State::failed:
            return tr("failed");
        case State::done:
        case State::pending:
            return {};
        case State::running:
            break;
    }
    QStringList parts;
    if (const double fraction = m_progress.fraction(); fraction >= 0)
        parts << figures::percent(fraction, 0);
    if (const QString rate = rateText(); !rate.isEmpty())
        parts << rate;
    if (m_progress.seconds_left)
        parts << tr("%1 left").arg(figures::duration(*m_progress.seconds_left));
    return parts.isEmpty() ? QStringLiteral("…") : parts.join(QStringLiteral(" · "));
}

void BoardSteps::refresh() {
    static constexpr const char* marks[] = {"○", "●", "✓", "✕"};
    static constexpr const char* mark_roles[] = {"quiet", "accent", "better", "worse"};
    for (std::size_t i = 0; i < RowCount; ++i) {
        const auto state = static_cast<std::size_t>(m_states[i]);
        const auto row = static_cast<Row>(i);
        give(m_marks[i], QString::fromUtf8(marks[state]), mark_roles[state]);
        give(m_names[i], nameOf(row), m_states[i] == State::pending ? "quiet" : "plain");
        give(m_status[i], statusText(row), m_states[i] == State::failed ? "worse" : "quiet");
    }
}

void BoardSteps::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        refresh();
}

}  // namespace quantwright

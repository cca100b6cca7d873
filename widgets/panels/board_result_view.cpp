#include "widgets/panels/board_result_view.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/panels/board_times.h"
#include "widgets/panels/figures.h"
#include "widgets/panels/row_table.h"
#include "widgets/words/board_words.h"
#include "widgets/words/words.h"

namespace quantwright {
namespace {

constexpr int row_height = 21, figure_width = 88;

constexpr const char* k1_target = "spacemit-k1";

QString share(const std::optional<double>& fraction) {
    return fraction ? figures::percent(*fraction) : QString();
}

QString milliseconds(double ms) {
    return ms > 0 ? figures::milliseconds(ms) : QString();
}

QString snr(const std::optional<Evaluation>& evaluation) {
    return evaluation && evaluation->cosine ? figures::decibels(evaluation->snr_db) : QString();
}

/// "CPU" for "CPUExecutionProvider": the rest is the same for all.
QString shortProviders(const std::string& names) {
    return QString::fromStdString(names).remove(QStringLiteral("ExecutionProvider"));
}

QLabel* note(QWidget* parent, const char* role) {
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);  // some of it the board said
    label->setWordWrap(true);
    label->setProperty("role", QLatin1String(role));
    return label;
}

}  // namespace

BoardResultView::BoardResultView(Workspace* workspace, QWidget* parent)
    : QWidget(parent),
      m_workspace(workspace),
      m_board(note(this, "quiet")),
      m_age(note(this, "stale")),
      m_target(note(this, "stale")),
      m_trust(note(this, "stale")),
      m_times_title(new QLabel(this)),
      m_figures(new RowTable(this)),
      m_times(new RowTable(this)) {
    m_figures->setObjectName(QStringLiteral("board_figures"));
    m_times->setObjectName(QStringLiteral("board_times"));
    m_trust->setObjectName(QStringLiteral("board_trust"));
    m_target->setObjectName(QStringLiteral("board_target"));
    m_times_title->setProperty("role", QStringLiteral("section"));
    m_figures->setNumberColumns({1, 2, 3});
    m_figures->setSelectionMode(QAbstractItemView::NoSelection);
    m_figures->setFocusPolicy(Qt::NoFocus);
    m_figures->stretchFirst();
    m_times->setNumberColumns({2, 3});
    m_times->stretchFirst();
    for (RowTable* table : {m_figures, m_times}) {
        table->verticalHeader()->setMinimumSectionSize(row_height);
        table->verticalHeader()->setDefaultSectionSize(row_height);
        table->setMinimumHeight(60);
    }
    auto* left = new QVBoxLayout;
    left->setSpacing(3);
    for (QLabel* label : {m_board, m_age, m_target, m_trust})
        left->addWidget(label);
    left->addWidget(m_figures, 1);
    auto* right = new QVBoxLayout;
    right->setSpacing(3);
    right->addWidget(m_times_title);
    right->addWidget(m_times, 1);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(16);
    layout->addLayout(left, 5);
    layout->addLayout(right, 6);
    connect(m_times, &QTableWidget::itemSelectionChanged, this, [this] {
        const auto rows = m_times->selectionModel()->selectedRows();
        if (rows.isEmpty() || !m_workspace->isOpen())
            return;
        const std::string name = m_times->item(rows.first().row(), 0)->text().toStdString();
        const auto& layers = m_workspace->prepared()->layers;
        const auto found = std::find_if(layers.begin(), layers.end(),
                                        [&](const Layer& layer) { return layer.name == name; });
        if (found != layers.end())
            m_workspace->selection()->setSingle(static_cast<int>(found - layers.begin()));
    });
    connect(workspace, &Workspace::stepsChanged, this, &BoardResultView::showAge);
    connect(workspace, &Workspace::comparisonChanged, this, &BoardResultView::refresh);
    connect(workspace->whatIf(), &WhatIf::changed, this, &BoardResultView::fillFigures);
    refresh();
}

void BoardResultView::show(std::shared_ptr<const Deployed> deployed) {
    if (deployed == m_deployed)
        return;
    m_deployed = std::move(deployed);
    refresh();
}

void BoardResultView::showAge() {
    m_age->setVisible(m_deployed && !(m_deployed->plan == m_workspace->plan()));
}

void BoardResultView::refresh() {
    m_figures->setHeadings({QString(), tr("Board"), tr("Host"), tr("Simulated")});
    m_times->setHeadings({tr("Layer"), tr("Op"), tr("Time"), tr("Share"), tr("Provider")});
    m_times_title->setText(tr("Time per layer"));
    m_figures->setAccessibleName(tr("Board"));
    m_times->setAccessibleName(tr("Time per layer"));
    m_age->setText(tr("Measured with another plan."));
    showAge();
    m_figures->clearRows();
    m_times->clearRows();
    if (!m_deployed)
        return;
    const BoardFacts& facts = m_deployed->result.board;
    QStringList parts;
    for (const std::string& name : {facts.machine.empty() ? facts.system : facts.machine, facts.arch})
        if (!name.empty())
            parts << QString::fromStdString(name);
    if (facts.cores > 0)
        parts << tr("%n core(s)", nullptr, facts.cores);
    parts << QStringLiteral("ONNX Runtime ") + QString::fromStdString(facts.runtime);
    m_board->setText(parts.join(QStringLiteral(" · ")));
    m_target->setText(tr("The board is a SpacemiT K1, but the plan is for another target."));
    m_target->setVisible(facts.is_k1 && m_deployed->plan.target != k1_target);
    QStringList doubts;
    for (const TrustReason& reason : m_deployed->result.trust.reasons)
        doubts << words::message(reason);
    for (const Problem& problem : m_deployed->result.problems)
        doubts << words::message(problem);
    const bool trusted = m_deployed->result.trust.ok();
    m_trust->setText(trusted ? doubts.join(QLatin1Char('\n'))
                             : tr("The times can't be relied on: %1").arg(doubts.join(QLatin1Char(' '))));
    m_trust->setVisible(!doubts.isEmpty());
    fillFigures();
    fillTimes();
}

void BoardResultView::fillFigures() {
    m_figures->clearRows();
    if (!m_deployed)
        return;
    const BoardResult& board = m_deployed->result;
    // What this machine measured of another plan says nothing here.
    const bool compared =
        m_workspace->comparison() && m_workspace->state(Step::evaluate).kind == StepState::Kind::done;
    const Latency here = compared ? m_workspace->comparison()->quantized.latency : Latency();
    const auto add = [this](const QString& name, const QString& on_board, const QString& on_host = {},
                            const QString& simulated = {}) {
        m_figures->addRow({name, on_board, on_host, simulated});
    };
    add(tr("Latency, median"), milliseconds(board.latency.p50_ms), milliseconds(here.p50_ms));
    add(tr("Latency, 90 %"), milliseconds(board.latency.p90_ms), milliseconds(here.p90_ms));
    add(tr("Latency, 99 %"), milliseconds(board.latency.p99_ms), milliseconds(here.p99_ms));
    add(tr("Latency, shortest"), milliseconds(board.latency.min_ms), milliseconds(here.min_ms));
    if (board.accuracy) {
        const Evaluation& accuracy = *board.accuracy;
        const std::optional<Evaluation>& host = board.host;
        const auto& worth = m_workspace->whatIf()->worth();
        const bool simulated = worth && !m_workspace->whatIf()->stale();
        if (accuracy.top1)
            add(tr("Top-1"), share(accuracy.top1), host ? share(host->top1) : QString());
        if (accuracy.agreement)
            add(tr("Agreement"), share(accuracy.agreement), host ? share(host->agreement) : QString(),
                simulated ? share(worth->agreement) : QString());
        add(tr("Output SNR"), snr(accuracy), snr(host),
            simulated ? figures::decibels(worth->snr_db) : QString());
        add(tr("Images"), QString::number(accuracy.images), host ? QString::number(host->images) : QString(),
            simulated ? QString::number(worth->images) : QString());
    }
    add(tr("First run"), milliseconds(board.first_ms));
    add(tr("Timed runs"), QString::number(board.runs));
    add(tr("Session"), milliseconds(board.session_ms));
    if (board.peak_memory_bytes > 0)
        add(tr("Peak memory"), figures::bytes(static_cast<std::int64_t>(board.peak_memory_bytes)));
    add(tr("Sent"), figures::bytes(static_cast<std::int64_t>(board.sent_bytes)));
    for (const int column : {1, 2, 3})
        m_figures->setColumnWidth(column, figure_width);
}

void BoardResultView::fillTimes() {
    const std::vector<LayerTime> times = layerTimes(m_deployed->result);
    double total = 0;
    for (const LayerTime& time : times)
        total += time.us;
    for (const LayerTime& time : times)
        m_times->addRow({QString::fromStdString(time.name), QString::fromStdString(time.op),
                         figures::microseconds(time.us), figures::percent(total > 0 ? time.us / total : 0),
                         shortProviders(time.provider)});
    m_times->setColumnWidth(1, 76);
    m_times->setColumnWidth(2, 78);
    m_times->setColumnWidth(3, 76);
    m_times->setColumnWidth(4, 84);
}

void BoardResultView::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        refresh();
}

}  // namespace quantwright

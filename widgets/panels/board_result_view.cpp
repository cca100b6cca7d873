#include "widgets/panels/board_result_view.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QResizeEvent>
#include <QStackedWidget>
#include <QTabBar>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/panels/board_errors.h"
#include "widgets/panels/board_history_view.h"
#include "widgets/panels/board_times.h"
#include "widgets/panels/change_text.h"
#include "widgets/panels/figures.h"
#include "widgets/panels/row_table.h"
#include "widgets/results/evaluation_text.h"
#include "widgets/theme/plain_tip.h"
#include "widgets/theme/theme.h"
#include "widgets/words/board_words.h"
#include "widgets/words/words.h"
#include "widgets/workspace/shown_layers.h"

namespace quantwright {
namespace {

constexpr int row_height = 21, figure_width = 96, room_for_both = 900;
enum Tab { Figures, Times, Errors, History, Images };

constexpr const char* k1_target = "spacemit-k1";

QString milliseconds(double ms) {
    return ms > 0 ? figures::milliseconds(ms) : QString();
}

QString snr(const std::optional<Evaluation>& evaluation) {
    return evaluation && evaluation->cosine ? figures::decibels(evaluation->snr_db) : QString();
}

/// "2.31× (2.25 … 2.38)": the median's, and what is certain.
QString speedUpText(const SpeedUp& speed_up) {
    const auto times = [](double ratio) {
        return QString::number(ratio, 'f', ratio < 10 ? 2 : 1) + QStringLiteral("×");
    };
    QString text = times(speed_up.ratio);
    if (speed_up.low && speed_up.high)
        text += QStringLiteral(" (%1 … %2)").arg(times(*speed_up.low), times(*speed_up.high));
    return text;
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
      m_figures(new RowTable(this)),
      m_times(new RowTable(this)),
      m_images(new RowTable(this)),
      m_tabs(new QTabBar(this)),
      m_pages(new QStackedWidget(this)),
      m_errors(new BoardErrors(this)),
      m_history(new BoardHistoryView(workspace, this)) {
    m_figures->setObjectName(QStringLiteral("board_figures"));
    m_times->setObjectName(QStringLiteral("board_times"));
    m_images->setObjectName(QStringLiteral("board_images"));
    m_images->shareRoom({0, 1}, false);
    m_age->setObjectName(QStringLiteral("board_age"));
    m_trust->setObjectName(QStringLiteral("board_trust"));
    m_target->setObjectName(QStringLiteral("board_target"));
    m_figures->setNumberColumns({1, 2, 3});
    m_figures->setSelectionMode(QAbstractItemView::NoSelection);
    m_figures->setFocusPolicy(Qt::NoFocus);
    m_figures->stretchFirst();
    m_times->setNumberColumns({2, 3, 5});
    m_times->stretchFirst();
    for (RowTable* table : {m_figures, m_times, m_images}) {
        table->verticalHeader()->setMinimumSectionSize(row_height);
        table->verticalHeader()->setDefaultSectionSize(row_height);
        table->setMinimumHeight(60);
    }
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(3);
    for (QLabel* label : {m_board, m_age, m_target, m_trust})
        layout->addWidget(label);
    m_body = new QHBoxLayout;
    m_body->setSpacing(16);
    m_body->addWidget(buildTabs(), 6);
    layout->addLayout(m_body, 1);
    connect(m_times, &QTableWidget::itemSelectionChanged, this, [this] {
        const auto rows = m_times->selectionModel()->selectedRows();
        if (!rows.isEmpty())
            selectLayer(m_times->item(rows.first().row(), 0)->text().toStdString());
    });
    connect(m_errors, &BoardErrors::layerPicked, this, &BoardResultView::selectLayer);
    connect(m_history, &BoardHistoryView::countChanged, this, [this] {
        showTabs();
        emit contentChanged();
    });
    connect(&Theme::instance(), &Theme::changed, this, &BoardResultView::refresh);
    connect(workspace->boardMemory(), &BoardMemory::changed, this, &BoardResultView::predict);
    connect(workspace, &Workspace::resolvedChanged, this, &BoardResultView::predict);
    connect(workspace, &Workspace::stepsChanged, this, &BoardResultView::showAge);
    connect(workspace, &Workspace::comparisonChanged, this, &BoardResultView::fillFigures);
    connect(workspace->whatIf(), &WhatIf::changed, this, &BoardResultView::fillFigures);
    refresh();
}

QWidget* BoardResultView::buildTabs() {
    auto* right = new QWidget(this);
    m_tabs->setObjectName(QStringLiteral("board_tabs"));
    m_tabs->setExpanding(false);
    for (QWidget* page :
         {static_cast<QWidget*>(m_figures), static_cast<QWidget*>(m_times), static_cast<QWidget*>(m_errors),
          static_cast<QWidget*>(m_history), static_cast<QWidget*>(m_images)}) {
        m_pages->addWidget(page);
        m_tabs->addTab({});
    }
    connect(m_tabs, &QTabBar::currentChanged, this, [this](int tab) {
        QWidget* const pages[] = {m_figures, m_times, m_errors, m_history, m_images};
        if (tab >= 0)
            m_pages->setCurrentWidget(pages[tab]);
        m_back_to_figures = false;
    });
    auto* column = new QVBoxLayout(right);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(3);
    column->addWidget(m_tabs);
    column->addWidget(m_pages, 1);
    return right;
}

void BoardResultView::arrange(bool beside) {
    if (m_tabs->isTabVisible(Figures) != beside)
        return;
    if (beside) {
        const bool figures = m_tabs->currentIndex() == Figures;
        m_tabs->setTabVisible(Figures, false);
        if (figures)
            m_tabs->setCurrentIndex(Times);
        m_back_to_figures = figures;
        m_body->insertWidget(0, m_figures, 5);
        m_figures->show();
    } else {
        const bool back = m_back_to_figures;
        m_pages->insertWidget(0, m_figures);
        m_tabs->setTabVisible(Figures, true);
        if (back)
            m_tabs->setCurrentIndex(Figures);
    }
}

void BoardResultView::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange(width() >= room_for_both);
}

void BoardResultView::selectLayer(const std::string& name) {
    if (!m_workspace->isOpen())
        return;
    if (auto layers = layersNamed(*m_workspace->prepared(), name); !layers.empty())
        m_workspace->selection()->set(std::move(layers));
}

void BoardResultView::show(std::shared_ptr<const Deployed> deployed) {
    if (deployed == m_deployed)
        return;
    if (deployed && !m_deployed)
        m_tabs->setCurrentIndex(m_tabs->isTabVisible(Figures) ? Figures : Times);
    m_deployed = std::move(deployed);
    refresh();
}

bool BoardResultView::hasContent() const {
    return m_deployed || m_history->count() > 0;
}

void BoardResultView::showTabs() {
    const int differing = m_deployed ? BoardErrors::differing(m_deployed->result) : 0;
    m_tabs->setTabText(Figures, tr("Result"));
    m_tabs->setTabText(Times, tr("Time per layer"));
    m_tabs->setTabText(Errors,
                       differing > 0 ? tr("Error: %n differ", nullptr, differing) : tr("Error per layer"));
    m_tabs->setTabText(Images, m_images->rowCount() > 0
                                   ? tr("Images: %n differ", nullptr, m_images->rowCount())
                                   : tr("Images"));
    m_tabs->setTabText(History,
                       m_history->count() > 0 ? tr("History %1").arg(m_history->count()) : tr("History"));
    m_tabs->setTabVisible(Images, m_deployed && m_deployed->result.judgement &&
                                      !m_deployed->result.judgement->agreement.empty());
    for (const int tab : {Times, Errors})
        m_tabs->setTabEnabled(tab, m_deployed != nullptr);
    if (!m_deployed)
        m_tabs->setCurrentIndex(History);
}

void BoardResultView::predict() {
    m_prediction = predicted(*m_workspace);
    showAge();
    fillFigures();
}

void BoardResultView::showAge() {
    const bool stale = m_deployed && m_deployed->made_from != m_workspace->basis();
    QStringList lines;
    if (stale)
        lines << (m_deployed->made_from.plan == m_workspace->plan()
                      ? tr("Measured with other images or ranges.")
                      : tr("Measured with another plan."));
    if (stale || !m_deployed)
        lines << m_prediction.sentence;
    lines.removeAll(QString());
    m_age->setText(lines.join(QLatin1Char(' ')));
    m_age->setVisible(!lines.isEmpty());
}

void BoardResultView::refresh() {
    m_figures->setHeadings({QString(), tr("Board"), tr("Host"), tr("Simulated")});
    m_times->setHeadings({tr("Layer"), tr("Op"), tr("Time"), tr("Share"), tr("Provider"), tr("Float")});
    m_images->setHeadings({tr("Image"), tr("Against float")});
    m_images->setAccessibleName(tr("Images whose result differs"));
    fillImages();
    m_figures->setAccessibleName(tr("Board"));
    m_times->setAccessibleName(tr("Time per layer"));
    showTabs();
    m_times->clearRows();
    m_errors->show(m_deployed ? &m_deployed->result : nullptr);
    predict();
    for (QLabel* label : {m_board, m_target, m_trust})
        label->setVisible(false);
    if (!m_deployed)
        return;
    m_board->setVisible(true);
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
    m_target->setVisible(facts.is_k1 && m_deployed->made_from.plan.target != k1_target);
    QStringList doubts;
    for (const TrustReason& reason : m_deployed->result.trust.reasons)
        doubts << words::message(reason);
    for (const Problem& problem : m_deployed->result.problems)
        doubts << words::message(problem);
    const bool trusted = m_deployed->result.trust.ok();
    m_trust->setText(trusted ? doubts.join(QLatin1Char('\n'))
                             : tr("The times can't be relied on: %1").arg(doubts.join(QLatin1Char(' '))));
    m_trust->setVisible(!doubts.isEmpty());
    fillTimes();
}

void BoardResultView::fillFigures() {
    m_figures->clearSpans();
    m_figures->clearRows();
    const auto add = [this](const QString& name, const QString& on_board, const QString& on_host = {},
                            const QString& simulated = {}) {
        return m_figures->addRow({name, on_board, on_host, simulated})->row();
    };
    for (const int column : {1, 2, 3})
        m_figures->setColumnWidth(column, figure_width);
    if (!m_deployed) {
        if (!m_prediction.time.isEmpty())
            add(tr("Latency, predicted"), m_prediction.time);
        return;
    }
    const BoardResult& board = m_deployed->result;
    // What this machine measured of another plan says nothing here.
    const bool compared =
        m_workspace->comparison() && m_workspace->state(Step::evaluate).kind == StepState::Kind::done;
    const Latency here = compared ? m_workspace->comparison()->quantized.latency : Latency();
    add(tr("Latency, median"), milliseconds(board.latency.p50_ms), milliseconds(here.p50_ms));
    add(tr("Latency, 90 %"), milliseconds(board.latency.p90_ms), milliseconds(here.p90_ms));
    add(tr("Latency, 99 %"), milliseconds(board.latency.p99_ms), milliseconds(here.p99_ms));
    add(tr("Latency, shortest"), milliseconds(board.latency.min_ms), milliseconds(here.min_ms));
    if (!m_prediction.time.isEmpty())
        add(tr("Latency, predicted"), m_prediction.time);
    if (board.other_latency)
        add(tr("Float, median"), milliseconds(board.other_latency->p50_ms));
    if (board.speed_up && board.speed_up->ratio > 0)
        addSpeedUp(*board.speed_up);
    if (board.accuracy) {
        const Evaluation& accuracy = *board.accuracy;
        const std::optional<Evaluation>& host = board.host;
        const auto& quality = m_workspace->whatIf()->quality();
        const bool simulated = quality && !m_workspace->whatIf()->stale();
        if (board.judgement)
            fillTask(*board.judgement, board.host_judgement ? &*board.host_judgement : nullptr,
                     simulated ? quality->figure : std::nullopt);
        add(tr("Output SNR"), snr(accuracy), snr(host),
            simulated ? figures::decibels(quality->snr_db) : QString());
        const int row = add(tr("Images"), QString::number(accuracy.images),
                            host ? QString::number(host->images) : QString(),
                            simulated ? QString::number(quality->images) : QString());
        m_figures->item(row, 1)->setToolTip(words::measuredOn(accuracy.measured_on));
        if (host)
            m_figures->item(row, 2)->setToolTip(words::measuredOn(host->measured_on));
        if (simulated)
            m_figures->item(row, 3)->setToolTip(words::measuredOn(quality->measured_on));
        add(tr("Arithmetic"), words::name(Arithmetic::board), host ? tr("optimizations off") : QString(),
            simulated ? words::name(Arithmetic::simulated) : QString());
    }
    add(tr("First run"), milliseconds(board.first_ms));
    add(tr("Timed runs"), QString::number(board.runs));
    add(tr("Session"), milliseconds(board.session_ms));
    if (board.peak_memory_bytes > 0)
        add(tr("Peak memory"), figures::bytes(static_cast<std::int64_t>(board.peak_memory_bytes)));
    add(tr("Sent"), figures::bytes(static_cast<std::int64_t>(board.sent_bytes)));
}

void BoardResultView::fillTask(const Judgement& board, const Judgement* host,
                               const std::optional<Figure>& simulated) {
    const int task = m_figures->addRow({tr("Task"), words::name(board.task.kind), {}, {}})->row();
    m_figures->setSpan(task, 1, 1, 3);
    m_figures->item(task, 1)->setToolTip(plainTip(
        (QStringList(words::taskName(board.task)) + words::taskReasons(board.task)).join(QLatin1Char('\n'))));
    for (const auto part : {&Judgement::figures, &Judgement::agreement})
        for (const Figure& figure : results::main_figures(board.*part)) {
            const Figure* there = host ? find_figure(host->*part, figure.name) : nullptr;
            m_figures->addRow(
                {words::figureShortly(figure.name), figures::taskFigure(figure),
                 there ? figures::taskFigure(*there) : QString(),
                 simulated && simulated->name == figure.name ? figures::taskFigure(*simulated) : QString()});
        }
}

void BoardResultView::fillImages() {
    m_images->clearRows();
    if (!m_deployed || !m_deployed->result.judgement)
        return;
    const Judgement& judgement = *m_deployed->result.judgement;
    for (const Change& change : judgement.changes)
        if (change.amount > 0)
            m_images->addRow(
                {QString::fromStdString(change.image), changeText(judgement.task.kind, &change)});
}

void BoardResultView::addSpeedUp(const SpeedUp& speed_up) {
    const QString text = speedUpText(speed_up);
    const int row =
        m_figures->addRow({tr("Speed-up"), speed_up.certain() ? text : tr("%1, uncertain").arg(text), {}, {}})
            ->row();
    // Longer than a figure, and alone in its row.
    m_figures->setSpan(row, 1, 1, 3);
    m_figures->item(row, 1)->setToolTip(tr(
        "How many times as fast as the float model, timed in turns; in brackets what is certain to 95 %."));
}

void BoardResultView::fillTimes() {
    const std::vector<LayerTime> times = layerTimes(m_deployed->result);
    double total = 0;
    for (const LayerTime& time : times)
        total += time.us;
    for (const LayerTime& time : times)
        m_times->addRow({QString::fromStdString(time.name), QString::fromStdString(time.op),
                         figures::microseconds(time.us), figures::percent(total > 0 ? time.us / total : 0),
                         shortProviders(time.provider),
                         time.other_us ? figures::microseconds(*time.other_us) : QString()});
    const bool any_other = std::any_of(times.begin(), times.end(),
                                       [](const LayerTime& time) { return time.other_us.has_value(); });
    m_times->setColumnHidden(5, !any_other);
    for (const auto& [column, width] : {std::pair(1, 76), {2, 84}, {3, 76}, {4, 84}, {5, 84}})
        m_times->setColumnWidth(column, width);
}

void BoardResultView::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        refresh();
}

}  // namespace quantwright

#include "widgets/panels/compare_panel.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QSplitter>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/panels/elided_label.h"
#include "widgets/panels/figures.h"
#include "widgets/panels/results_view.h"
#include "widgets/panels/row_table.h"
#include "widgets/results/evaluation_text.h"
#include "widgets/theme/theme.h"
#include "widgets/words/words.h"

namespace quantwright {
ComparePanel::ComparePanel(Workspace* workspace, QWidget* parent)
    : QWidget(parent),
      m_workspace(workspace),
      m_stack(new QStackedWidget(this)),
      m_empty(new QLabel(this)),
      m_source(new QLabel(this)),
      m_age(new QLabel(this)),
      m_gap(new QLabel(this)),
      m_task(new ElidedLabel(this)),
      m_change_task(new QToolButton(this)),
      m_figures(new RowTable(this)),
      m_results(new ResultsView(workspace->jobs(), this)),
      m_from(new QComboBox(this)) {
    m_empty->setProperty("role", QStringLiteral("quiet"));
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    auto* page = new QSplitter(Qt::Horizontal, this);
    page->setChildrenCollapsible(false);
    page->addWidget(buildFigures());
    page->addWidget(m_results);
    page->setStretchFactor(1, 1);
    page->setSizes({400, 860});
    m_stack->addWidget(m_empty);
    m_stack->addWidget(page);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(12, 4, 4, 4);
    outer->setSpacing(2);
    outer->addWidget(buildTask());
    outer->addWidget(m_stack, 1);
    connect(m_change_task, &QToolButton::clicked, this, &ComparePanel::taskWanted);
    connect(m_from, &QComboBox::activated, this, &ComparePanel::showResults);
    connect(workspace, &Workspace::deployedChanged, this, &ComparePanel::fillBoards);
    connect(m_results, &ResultsView::enlargedChanged, this, &ComparePanel::enlargedChanged);
    connect(workspace, &Workspace::comparisonChanged, this, &ComparePanel::refresh);
    connect(workspace, &Workspace::documentChanged, this, &ComparePanel::refresh);
    connect(workspace, &Workspace::stepsChanged, this, &ComparePanel::showAge);
    connect(workspace, &Workspace::imagesChanged, this, &ComparePanel::showTask);
    connect(workspace->whatIf(), &WhatIf::changed, this, &ComparePanel::showTask);
    refresh();
}

QWidget* ComparePanel::buildTask() {
    auto* row = new QWidget(this);
    m_task->setObjectName(QStringLiteral("task"));
    m_from->setObjectName(QStringLiteral("results_of"));
    m_from->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    m_change_task->setObjectName(QStringLiteral("change_task"));
    auto* layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_task, 1);
    layout->addWidget(m_from);
    layout->addWidget(m_change_task);
    return row;
}

QWidget* ComparePanel::buildFigures() {
    auto* box = new QWidget(this);
    m_source->setProperty("role", QStringLiteral("quiet"));
    m_source->setWordWrap(true);
    m_age->setProperty("role", QStringLiteral("stale"));
    m_age->setWordWrap(true);
    m_age->setObjectName(QStringLiteral("comparison_age"));
    m_gap->setProperty("role", QStringLiteral("stale"));
    m_gap->setWordWrap(true);
    m_figures->setNumberColumns({1, 2, 3});
    m_figures->setSelectionMode(QAbstractItemView::NoSelection);
    m_figures->setFocusPolicy(Qt::NoFocus);
    m_figures->setObjectName(QStringLiteral("comparison"));
    m_figures->stretchFirst();
    m_figures->setMaximumWidth(600);  // on a wide window numbers stay near their names
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 8, 0);
    column->setSpacing(4);
    for (QLabel* label : {m_source, m_age, m_gap})
        column->addWidget(label);
    column->addWidget(m_figures, 1);
    return box;
}

bool ComparePanel::enlarged() const {
    return m_results->enlarged();
}

void ComparePanel::setEnlarged(bool enlarged) {
    m_results->setEnlarged(enlarged);
}

void ComparePanel::refresh() {
    m_empty->setText(tr("Evaluate to compare the quantized model with the float one."));
    m_age->setText(tr("Measured before the last changes: evaluate again."));
    m_figures->setHeadings({QString(), tr("Float"), tr("Quantized"), tr("Change")});
    m_figures->clearRows();
    const auto& comparison = m_workspace->comparison();
    m_stack->setCurrentIndex(comparison ? 1 : 0);
    m_change_task->setText(tr("Change…"));
    m_change_task->setToolTip(tr("Say what the network is for, and how its outputs are read"));
    showTask();
    fillBoards();
    if (comparison)
        fillFigures(*comparison);
}

void ComparePanel::fillBoards() {
    const auto& deployed = m_workspace->deployed();
    const bool any = deployed && deployed->result.judgement && !deployed->result.judgement->shown.empty();
    const QString board = any ? QString::fromStdString(deployed->request.board()) : QString();
    const bool chosen = m_from->currentIndex() > 0;
    m_from->clear();
    m_from->addItem(tr("Results of this machine"));
    if (any)
        m_from->addItem(tr("Results of %1").arg(board), board);
    m_from->setCurrentIndex(any && chosen ? 1 : 0);
    m_from->setVisible(any && m_workspace->comparison());
    showResults();
}

void ComparePanel::showResults() {
    std::shared_ptr<const Judgement> judgement;
    ImageSettings images = m_workspace->comparedImages();
    const QString board = m_from->currentData().toString();
    if (!board.isEmpty()) {
        const auto& deployed = m_workspace->deployed();
        judgement = {deployed, &*deployed->result.judgement};
        images = deployed->made_from.images;
    } else if (const auto& comparison = m_workspace->comparison(); comparison && comparison->judgement) {
        judgement = {comparison, &*comparison->judgement};
    }
    if (judgement == m_shown)
        return;  // nothing but the language is another
    m_shown = judgement;
    m_results->setResults(judgement, QString::fromStdString(images.evaluationOrCalibration().string()),
                          board);
}

void ComparePanel::showTask() {
    m_change_task->setEnabled(m_workspace->isOpen());
    // What is measured live knows of a choice at once.
    const auto& quality = m_workspace->whatIf()->quality();
    const auto& comparison = m_workspace->comparison();
    const Task* task = quality && quality->task              ? quality->task.get()
                       : comparison && comparison->judgement ? &comparison->judgement->task
                                                             : nullptr;
    if (!task) {
        m_task->setFullText(tr("What the network is for is recognised with the first image."));
        return;
    }
    const QString reasons = words::taskReasons(*task).join(tr("; "));
    m_task->setFullText(reasons.isEmpty() ? tr("Task: %1").arg(words::taskName(*task))
                                          : tr("Task: %1 – %2").arg(words::taskName(*task), reasons));
}

void ComparePanel::showAge() {
    const bool stale =
        m_workspace->comparison() && m_workspace->state(Step::evaluate).kind == StepState::Kind::stale;
    m_source->setEnabled(!stale);
    m_age->setVisible(stale);
}

void ComparePanel::fillFigures(const Comparison& comparison) {
    const Evaluation &reference = comparison.float_model, &quantized = comparison.quantized;
    const QString file = comparison.file.empty()
                             ? tr("The plan as it is, not exported")
                             : QString::fromStdString(comparison.file.filename().string());
    m_source->setText(file + QStringLiteral(" · ") + words::measuredOn(quantized.measured_on));
    m_source->setToolTip(tr("Float: %1").arg(words::measuredOn(reference.measured_on)) + QLatin1Char('\n') +
                         tr("Quantized: %1").arg(words::measuredOn(quantized.measured_on)));
    showAge();
    if (comparison.judgement)
        fillTask(*comparison.judgement);
    m_figures->addRow({tr("Output SNR"), {}, figures::decibels(quantized.snr_db), {}});
    if (const auto worst = worst_part(quantized.outputs))
        m_figures->addRow({tr("SNR of the worst part: %1").arg(words::part(*worst)),
                           {},
                           figures::decibels(worst->snr_db),
                           {}});
    if (quantized.cosine)
        m_figures->addRow({tr("Cosine"), {}, QString::number(*quantized.cosine, 'f', 5), {}});
    const auto ratio = [](double from, double to) {
        return to > 0 ? QString::number(from / to, 'f', 2) + QStringLiteral("×") : QString();
    };
    m_figures->addRow({tr("Latency, median"), figures::milliseconds(reference.latency.p50_ms),
                       figures::milliseconds(quantized.latency.p50_ms),
                       ratio(reference.latency.p50_ms, quantized.latency.p50_ms)});
    m_figures->addRow({tr("Latency, 90 %"), figures::milliseconds(reference.latency.p90_ms),
                       figures::milliseconds(quantized.latency.p90_ms),
                       ratio(reference.latency.p90_ms, quantized.latency.p90_ms)});
    m_figures->addRow(
        {tr("Size"), figures::bytes(comparison.float_bytes), figures::bytes(comparison.bytes),
         ratio(static_cast<double>(comparison.float_bytes), static_cast<double>(comparison.bytes))});
    const KernelGap& gap = comparison.gap;
    m_gap->setVisible(gap.warning);
    if (gap.warning)
        m_gap->setText(tr("This machine's kernels lose accuracy: SNR %1 with ONNX Runtime's optimizations, "
                          "%2 without, on %n image(s). Store the weights as UINT8.",
                          nullptr, static_cast<int>(gap.images))
                           .arg(figures::decibels(gap.snr_db_default), figures::decibels(gap.snr_db_off)));
    for (const auto& [column, width] : {std::pair(1, 80), {2, 80}, {3, 72}})
        m_figures->setColumnWidth(column, width);
}

void ComparePanel::fillTask(const Judgement& judgement) {
    const auto add = [this](const Figure& figure, const Figure* before) {
        auto* name = m_figures->addRow(
            {words::figureShortly(figure.name), before ? figures::taskFigure(*before) : QString(),
             figures::taskFigure(figure), before ? figures::taskChange(*before, figure) : QString()});
        name->setToolTip(words::figure(figure.name));
    };
    for (const Figure& figure : results::main_figures(judgement.figures))
        add(figure, find_figure(judgement.reference, figure.name));
    for (const Figure& figure : judgement.agreement)
        add(figure, nullptr);
}

void ComparePanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        refresh();
}

}  // namespace quantwright

#include "widgets/panels/compare_panel.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "widgets/panels/figures.h"
#include "widgets/panels/row_table.h"
#include "widgets/theme/theme.h"
#include "widgets/words/words.h"

namespace quantwright {
namespace {

QString share(std::optional<double> fraction) {
    return fraction ? figures::percent(*fraction, 1) : QStringLiteral("–");
}

QString points(std::optional<double> from, std::optional<double> to) {
    if (!from || !to)
        return {};
    const double change = (*to - *from) * 100;
    return (change > 0 ? QStringLiteral("+") : QString()) + QString::number(change, 'f', 1);
}

}  // namespace

ComparePanel::ComparePanel(Workspace* workspace, QWidget* parent)
    : QWidget(parent),
      m_workspace(workspace),
      m_stack(new QStackedWidget(this)),
      m_empty(new QLabel(this)),
      m_source(new QLabel(this)),
      m_age(new QLabel(this)),
      m_gap(new QLabel(this)),
      m_images_title(new QLabel(this)),
      m_figures(new RowTable(this)),
      m_images(new RowTable(this)) {
    m_empty->setProperty("role", QStringLiteral("quiet"));
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_source->setProperty("role", QStringLiteral("quiet"));
    m_source->setWordWrap(true);
    m_age->setProperty("role", QStringLiteral("stale"));
    m_age->setObjectName(QStringLiteral("comparison_age"));
    m_gap->setProperty("role", QStringLiteral("stale"));
    m_gap->setWordWrap(true);
    m_images_title->setProperty("role", QStringLiteral("section"));
    m_figures->setNumberColumns({1, 2, 3});
    m_figures->setSelectionMode(QAbstractItemView::NoSelection);
    m_figures->setFocusPolicy(Qt::NoFocus);
    m_figures->setObjectName(QStringLiteral("comparison"));
    m_images->setNumberColumns({1, 2, 3, 4});
    m_figures->stretchFirst();
    m_images->stretchFirst();

    auto* page = new QWidget(this);
    auto* left = new QVBoxLayout;
    left->setSpacing(4);
    left->addWidget(m_source);
    left->addWidget(m_age);
    left->addWidget(m_gap);
    left->addWidget(m_figures, 1);
    auto* right = new QVBoxLayout;
    right->setSpacing(4);
    right->addWidget(m_images_title);
    right->addWidget(m_images, 1);
    auto* layout = new QHBoxLayout(page);
    layout->setContentsMargins(12, 6, 4, 4);
    layout->setSpacing(16);
    layout->addLayout(left, 1);
    layout->addLayout(right, 1);
    layout->addStretch();
    // On a wide window numbers stay near their names.
    m_figures->setMaximumWidth(600);
    m_images->setMaximumWidth(700);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(page);
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(m_stack);
    connect(workspace, &Workspace::comparisonChanged, this, &ComparePanel::refresh);
    connect(workspace, &Workspace::documentChanged, this, &ComparePanel::refresh);
    connect(workspace, &Workspace::stepsChanged, this, &ComparePanel::showAge);
    refresh();
}

void ComparePanel::refresh() {
    m_empty->setText(tr("Evaluate to compare the quantized model with the float one."));
    m_images_title->setText(tr("Images on which they differ"));
    m_age->setText(tr("Measured before the last changes: evaluate again."));
    m_figures->setHeadings({QString(), tr("Float"), tr("Quantized"), tr("Change")});
    m_images->setHeadings({tr("Image"), tr("Label"), tr("Float"), tr("Quantized"), tr("SNR")});
    m_figures->clearRows();
    m_images->clearRows();
    const auto& comparison = m_workspace->comparison();
    m_stack->setCurrentIndex(comparison ? 1 : 0);
    if (!comparison)
        return;
    fillFigures(*comparison);
    fillImages(*comparison);
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
    if (quantized.labelled > 0) {
        m_figures->addRow({tr("Top-1"), share(reference.top1), share(quantized.top1),
                           points(reference.top1, quantized.top1)});
        m_figures->addRow({tr("Top-5"), share(reference.top5), share(quantized.top5),
                           points(reference.top5, quantized.top5)});
    }
    if (quantized.agreement)
        m_figures->addRow({tr("Agreement"), {}, share(quantized.agreement), {}});
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
    for (const int column : {1, 2, 3})
        m_figures->setColumnWidth(column, 104);
}

void ComparePanel::fillImages(const Comparison& comparison) {
    for (const ImageResult& image : comparison.quantized.per_image) {
        if (image.top1 == image.reference_top1)
            continue;
        m_images->addRow({QString::fromStdString(image.image),
                          image.label ? QString::number(*image.label) : QString(),
                          QString::number(image.reference_top1), QString::number(image.top1),
                          figures::decibels(image.snr_db)});
    }
    for (const int column : {1, 2, 3, 4})
        m_images->setColumnWidth(column, 92);
}

void ComparePanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        refresh();
}

}  // namespace quantwright

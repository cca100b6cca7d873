#include "widgets/panels/histogram_panel.h"

#include <QButtonGroup>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <cmath>

#include "core/number/kernels.h"
#include "core/plan/choices.h"
#include "core/plan/field_state.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/figures.h"
#include "widgets/panels/histogram_data.h"
#include "widgets/panels/histogram_plot.h"
#include "widgets/panels/layer_text.h"
#include "widgets/panels/tail_images.h"
#include "widgets/theme/theme.h"
#include "widgets/words/words.h"
#include "widgets/workspace/shown_layers.h"

namespace quantwright {

HistogramPanel::HistogramPanel(Workspace* workspace, QWidget* parent)
    : QWidget(parent),
      m_workspace(workspace),
      m_activation_tab(new QToolButton(this)),
      m_weight_tab(new QToolButton(this)),
      m_name(new ElidedLabel(this)),
      m_figures(new QLabel(this)),
      m_live(new QLabel(this)),
      m_message(new QLabel(this)),
      m_stack(new QStackedWidget(this)),
      m_plot(new HistogramPlot(this)),
      m_tail(new TailImages(workspace->jobs(), this)) {
    auto* tabs = new QButtonGroup(this);
    for (QToolButton* tab : {m_activation_tab, m_weight_tab}) {
        tab->setCheckable(true);
        tabs->addButton(tab);
    }
    m_activation_tab->setChecked(true);
    m_name->setProperty("role", QStringLiteral("quiet"));
    m_live->setProperty("role", QStringLiteral("figure"));
    m_message->setProperty("role", QStringLiteral("quiet"));
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    m_figures->setTextFormat(Qt::RichText);

    auto* bar = new QHBoxLayout;
    bar->setContentsMargins(12, 4, 12, 0);
    bar->setSpacing(6);
    bar->addWidget(m_activation_tab);
    bar->addWidget(m_weight_tab);
    bar->addSpacing(6);
    bar->addWidget(m_name, 1);
    bar->addWidget(m_figures);
    bar->addSpacing(6);
    bar->addWidget(m_live);
    m_stack->addWidget(m_message);
    m_stack->addWidget(m_plot);
    auto* left = new QVBoxLayout;
    left->setSpacing(2);
    left->addLayout(bar);
    left->addWidget(m_stack, 1);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 4);
    layout->setSpacing(4);
    layout->addLayout(left, 1);
    layout->addWidget(m_tail);
    m_tail->setFixedWidth(312);

    connect(m_activation_tab, &QToolButton::toggled, this, [this](bool on) {
        m_weight = !on;
        refresh();
    });
    connect(m_plot, &HistogramPlot::clipMoved, this, [this](Range clip) {
        if (const ResolvedTensor* tensor = quantizedOutput())
            m_workspace->whatIf()->tryRange(tensor->scale_owner, clip);
        showFigures();
    });
    connect(m_plot, &HistogramPlot::clipReleased, this, [this](Range clip) {
        if (const ResolvedTensor* tensor = quantizedOutput())
            m_workspace->edit(
                clip_edit({m_workspace->prepared()->model->graph()[tensor->tensor].name}, clip));
    });
    connect(m_plot, &HistogramPlot::clipCancelled, this, [this] {
        m_workspace->whatIf()->endTrial();
        showFigures();
    });
    connect(workspace, &Workspace::documentChanged, this, &HistogramPanel::refresh);
    connect(workspace, &Workspace::resolvedChanged, this, &HistogramPanel::refresh);
    connect(workspace->selection(), &Selection::changed, this, &HistogramPanel::refresh);
    connect(workspace->whatIf(), &WhatIf::changed, this, &HistogramPanel::showFigures);
    connect(&Theme::instance(), &Theme::changed, this, &HistogramPanel::showFigures);
    retranslate();
}

void HistogramPanel::retranslate() {
    m_activation_tab->setText(tr("Activation"));
    m_weight_tab->setText(tr("Weight"));
    m_plot->setAccessibleName(tr("Histogram"));
    m_guides_of.clear();
    refresh();
}

int HistogramPanel::outputLayer() const {
    const int layer = m_workspace->selection()->current();
    const LayerGroup* group = m_workspace->isOpen()
                                  ? wholeGroup(*m_workspace->prepared(), m_workspace->selection()->layers())
                                  : nullptr;
    return group ? group->value : layer;
}

const TensorStatistics* HistogramPanel::activation() const {
    const int layer = outputLayer();
    if (layer < 0 || !m_workspace->statistics() || !m_workspace->isOpen())
        return nullptr;
    const Prepared& prepared = *m_workspace->prepared();
    const Layer& facts = prepared.layers[static_cast<std::size_t>(layer)];
    return facts.outputs.empty()
               ? nullptr
               : m_workspace->statistics()->find(prepared.model->graph()[facts.outputs.front()].name);
}

const ResolvedTensor* HistogramPanel::quantizedOutput() const {
    const int layer = outputLayer();
    return layer < 0 || !m_workspace->resolved() ? nullptr : output_tensor(*m_workspace->resolved(), layer);
}

void HistogramPanel::refresh() {
    if (m_plot->dragging())
        return;
    const int layer = m_workspace->selection()->current();
    const bool has_weight = layer >= 0 && m_workspace->isOpen() &&
                            !m_workspace->prepared()->layers[static_cast<std::size_t>(layer)].weight.empty();
    m_weight_tab->setEnabled(layer < 0 || has_weight);
    m_name->setFullText(
        layer >= 0
            ? QString::fromStdString(m_workspace->prepared()->layers[static_cast<std::size_t>(layer)].name)
            : QString());
    m_tail->setVisible(!m_weight);
    if (layer < 0)
        showMessage(m_workspace->isOpen() ? tr("Select a layer to see its numbers.")
                                          : tr("No model is open."));
    else if (m_weight)
        showWeight(layer);
    else
        showActivation(layer);
    showFigures();
}

void HistogramPanel::showMessage(const QString& text) {
    m_message->setText(text);
    m_stack->setCurrentWidget(m_message);
    m_tail->setTensor(nullptr, {});
}

void HistogramPanel::showActivation(int) {
    const TensorStatistics* statistics = activation();
    if (!statistics) {
        showMessage(m_workspace->statistics()
                        ? tr("This layer's output was not observed: it holds no float32 values.")
                        : tr("Calibrate to see the histogram."));
        return;
    }
    m_stack->setCurrentWidget(m_plot);
    const ResolvedTensor* tensor = quantizedOutput();
    m_plot->setBars(plotBars(statistics->histogram));
    const bool own = tensor && tensor->scale_owner == tensor->tensor;
    m_plot->setClip(tensor ? std::optional(tensor->range) : std::nullopt, own,
                    tensor && tensor->scheme.symmetric);
    m_tail->setTensor(statistics, m_workspace->images().calibration);
    askGuides();
}

void HistogramPanel::askGuides() {
    const TensorStatistics* statistics = activation();
    const ResolvedTensor* tensor = quantizedOutput();
    if (!statistics || !tensor) {
        m_guides_of.clear();
        m_plot->setGuides({});
        return;
    }
    const Resolved& resolved = *m_workspace->resolved();
    const ResolvedLayer& layer = resolved.layers[static_cast<std::size_t>(outputLayer())];
    const double percentile = QString::fromStdString(layer[Field::threshold_percentile].value).toDouble();
    const Scheme scheme = tensor->scheme;
    // The layer's own method has a line even where it isn't one of the usual ones.
    std::vector<ThresholdMethod> methods{ThresholdMethod::minmax, ThresholdMethod::percentile,
                                         ThresholdMethod::mse, ThresholdMethod::kl};
    const std::string& method = layer[Field::threshold_method].value;
    if (const auto own = find_threshold_method(method);
        own && std::find(methods.begin(), methods.end(), *own) == methods.end())
        methods.push_back(*own);
    const QString key = QStringLiteral("%1 %2 %3 %4 %5 %6")
                            .arg(QString::fromStdString(statistics->name))
                            .arg(percentile)
                            .arg(scheme.symmetric)
                            .arg(scheme.qmin())
                            .arg(scheme.qmax())
                            .arg(methods.size() > 4 ? QString::fromStdString(method) : QString());
    if (key == m_guides_of)
        return;
    m_guides_of = key;
    m_plot->setGuides({});
    struct Found {
        ThresholdMethod method;
        Range range;
    };
    m_workspace->jobs()->start(
        QStringLiteral("guides"),
        [keep = m_workspace->statistics(), statistics, scheme, percentile,
         methods](const JobContext& job) -> Result<std::vector<Found>> {
            std::vector<Found> found;
            for (const ThresholdMethod method : methods) {
                if (job.cancelled())
                    return JobContext::cancelled_error();
                found.push_back({method, find_threshold(*statistics, method, percentile, scheme)});
            }
            return found;
        },
        [this, key, percentile](Result<std::vector<Found>> found) {
            if (!found || key != m_guides_of || m_weight)
                return;
            QVector<HistogramPlot::Guide> guides;
            for (const Found& one : *found) {
                // On a plot the short names of the field are enough, in any language.
                QString label = words::name(one.method);
                if (one.method == ThresholdMethod::percentile)
                    label = QStringLiteral("%1 %").arg(percentile);
                else if (one.method == ThresholdMethod::mse)
                    label = QStringLiteral("MSE");
                else if (one.method == ThresholdMethod::kl)
                    label = QStringLiteral("KL");
                // Methods that find the same range share a line.
                const auto same =
                    std::find_if(guides.begin(), guides.end(),
                                 [&](const HistogramPlot::Guide& guide) { return guide.range == one.range; });
                if (same == guides.end())
                    guides << HistogramPlot::Guide{label, one.range};
                else
                    same->label += QStringLiteral(" = ") + label;
            }
            m_plot->setGuides(guides);
        });
}

void HistogramPanel::showWeight(int layer) {
    const std::string& name = m_workspace->prepared()->layers[static_cast<std::size_t>(layer)].weight;
    m_guides_of.clear();
    m_plot->setGuides({});
    if (name.empty()) {
        showMessage(tr("This layer has no constant weight."));
        return;
    }
    if (m_weight_facts && m_weight_facts->layer == layer) {
        takeWeight(*m_weight_facts);
        return;
    }
    showMessage(tr("Reading the weights …"));
    m_workspace->jobs()->start(
        QStringLiteral("weight-histogram"),
        [prepared = m_workspace->prepared(),
         layer](const JobContext&) -> Result<std::shared_ptr<const WeightFacts>> {
            const Layer& facts = prepared->layers[static_cast<std::size_t>(layer)];
            const Tensor weight = prepared->model->weight(facts.weight);
            auto found = std::make_shared<WeightFacts>();
            found->layer = layer;
            if (weight.type != ElementType::float32)
                return found;
            found->histogram.add(weight.floats());
            found->range = ranges_along(weight.floats(), weight.shape, -1).front();
            found->channels = ranges_along(weight.floats(), weight.shape, facts.weight_channel_axis);
            return found;
        },
        [this, prepared = m_workspace->prepared()](Result<std::shared_ptr<const WeightFacts>> found) {
            if (!found || prepared != m_workspace->prepared())
                return;
            m_weight_facts = std::move(*found);
            if (m_weight && m_weight_facts->layer == m_workspace->selection()->current()) {
                takeWeight(*m_weight_facts);
                showFigures();
            }
        });
}

void HistogramPanel::takeWeight(const WeightFacts& facts) {
    if (facts.histogram.empty()) {
        showMessage(tr("The weights are not float32."));
        return;
    }
    m_stack->setCurrentWidget(m_plot);
    m_plot->setBars(plotBars(facts.histogram));
    m_plot->setClip(facts.range, false, false);
}

QString HistogramPanel::noRangeText() const {
    const int layer = outputLayer();
    const auto& resolved = m_workspace->resolved();
    switch (resolved && layer >= 0 ? resolved->layers[static_cast<std::size_t>(layer)].mode
                                   : LayerMode::kept_float) {
        case LayerMode::dynamic:
            return tr("%1 values · dynamic: each run finds its input's range, no fixed range here");
        case LayerMode::weight_only:
            return tr("%1 values · only the weights are quantized, no range here");
        case LayerMode::fp16:
            return tr("%1 values · half precision, no range here");
        case LayerMode::kept_float:
        case LayerMode::static_:
            break;
    }
    return tr("%1 values, kept in float");
}

void HistogramPanel::showFigures() {
    const Palette& palette = currentPalette();
    const bool plotted = m_stack->currentWidget() == m_plot;
    m_figures->setVisible(plotted);
    m_live->setVisible(plotted && !m_weight);
    if (!plotted)
        return;
    if (m_weight) {
        if (!m_weight_facts)
            return;
        float widest = 0, narrowest = std::numeric_limits<float>::max();
        for (const Range& channel : m_weight_facts->channels) {
            const float reach = std::max(std::abs(channel.min), std::abs(channel.max));
            widest = std::max(widest, reach);
            if (reach > 0)
                narrowest = std::min(narrowest, reach);
        }
        QString text = tr("%n channel(s)", nullptr, static_cast<int>(m_weight_facts->channels.size()));
        if (widest > 0 && m_weight_facts->channels.size() > 1)
            text += QStringLiteral(" · ") + tr("widest channel %1× the narrowest")
                                                .arg(figures::value(static_cast<double>(widest / narrowest)));
        m_figures->setText(text.toHtmlEscaped());
        return;
    }
    const TensorStatistics* statistics = activation();
    if (!statistics)
        return;
    const auto clip = m_plot->clip();
    if (!clip) {
        m_figures->setText(noRangeText().arg(figures::count(statistics->count)).toHtmlEscaped());
        m_live->setText(QString());
        return;
    }
    const double outside = clippedShare(statistics->histogram, *clip);
    m_figures->setText(
        QStringLiteral("<span style='color:%1'>■</span> %2 &nbsp; <span style='color:%3'>■</span> %4")
            .arg(palette.in_range.name(), tr("in range %1").arg(figures::percent(1 - outside, 2)),
                 palette.clipped.name(), tr("clipped %1").arg(figures::percent(outside, 2))));
    const ResolvedTensor* tensor = quantizedOutput();
    QString live;
    if (tensor)
        live = tr("this tensor %1").arg(figures::decibels(tensorSnr(*statistics, *clip, tensor->scheme)));
    const WhatIf& what_if = *m_workspace->whatIf();
    if (const auto& quality = what_if.trialQuality() ? what_if.trialQuality() : what_if.quality())
        live += QStringLiteral(" · ") +
                tr("output %1 (%2)")
                    .arg(figures::decibels(quality->snr_db),
                         words::shortlyMeasuredOn(quality->measured_on, quality->images_wanted));
    m_live->setText(live);
}

void HistogramPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

}  // namespace quantwright

#include "widgets/panels/step_strip.h"

#include <QEvent>
#include <QHBoxLayout>

#include "widgets/panels/figure_box.h"
#include "widgets/panels/figures.h"
#include "widgets/panels/improve_text.h"
#include "widgets/panels/step_button.h"
#include "widgets/words/words.h"

namespace quantwright {

StepStrip::StepStrip(Workspace* workspace, QWidget* parent)
    : QWidget(parent),
      m_workspace(workspace),
      m_snr(new FigureBox(this)),
      m_task(new FigureBox(this)),
      m_size(new FigureBox(this)) {
    setProperty("surface", QStringLiteral("panel"));
    setAttribute(Qt::WA_StyledBackground);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(8, 6, 8, 6);
    layout->setSpacing(4);  // seven steps and three figures in 1280 pixels
    for (const Step step : all_steps) {
        auto* button = new StepButton(this);
        button->setObjectName(QStringLiteral("step_") + slotOf(step));
        m_buttons[static_cast<std::size_t>(step)] = button;
        layout->addWidget(button);
        connect(button, &StepButton::clicked, this, [this, step] { emit stepClicked(step); });
        connect(button, &StepButton::cancelRequested, workspace,
                [workspace, step] { workspace->cancel(step); });
    }
    layout->addStretch();
    layout->addWidget(m_snr);
    layout->addWidget(m_task);
    layout->addWidget(m_size);
    connect(workspace, &Workspace::stepsChanged, this, &StepStrip::showSteps);
    connect(workspace, &Workspace::documentChanged, this, &StepStrip::showFigures);
    connect(workspace, &Workspace::comparisonChanged, this, &StepStrip::showFigures);
    connect(workspace, &Workspace::exportedChanged, this, &StepStrip::showFigures);
    connect(workspace, &Workspace::planChanged, this, &StepStrip::showFigures);
    connect(workspace, &Workspace::improvedChanged, this, &StepStrip::showSteps);
    connect(workspace->whatIf(), &WhatIf::changed, this, &StepStrip::showFigures);
    showSteps();
    showFigures();
}

QString StepStrip::nameOf(Step step) {
    switch (step) {
        case Step::open:
            return tr("Open");
        case Step::calibrate:
            return tr("Calibrate");
        case Step::analyze:
            return tr("Analyze");
        case Step::improve:
            return tr("Improve");
        case Step::export_model:
            return tr("Export");
        case Step::evaluate:
            return tr("Evaluate");
        case Step::deploy:
            return tr("Deploy");
    }
    return {};
}

void StepStrip::showSteps() {
    bool next_found = false;
    for (const Step step : all_steps) {
        const StepState state = m_workspace->state(step);
        const bool next = !next_found && state.possible && state.kind == StepState::Kind::not_yet;
        // A step that runs is what is being done now; none is "next" beside it.
        next_found = next_found || next || state.kind == StepState::Kind::running;
        const auto& improved = m_workspace->improved();
        const QString result = step == Step::improve && improved ? improveSummary(*improved) : QString();
        button(step)->setState(nameOf(step), state, next, result);
        QString tip;
        if (state.error)
            tip = words::message(*state.error) + QLatin1Char('\n') + words::hint(*state.error);
        else if (state.kind == StepState::Kind::running && state.seconds_left)
            tip = tr("%1 left").arg(figures::duration(*state.seconds_left));
        else if (!result.isEmpty())
            tip = improveResult(*improved);
        button(step)->setToolTip(tip);
    }
}

void StepStrip::showFigures() {
    const WhatIf& live = *m_workspace->whatIf();
    const auto& quality = live.quality();
    const auto& base = live.baseline();
    m_snr->setTitle(tr("Simulated SNR"));
    m_task->setTitle(tr("Agreement"));
    m_task->setToolTip({});
    m_task->setVisible(!quality || quality->figure.has_value());
    m_size->setTitle(tr("Size"));
    using Change = FigureBox::Change;
    if (!quality) {
        for (FigureBox* box : {m_snr, m_task})
            box->setFigures({}, {}, Change::None);
    } else {
        // While a range is tried by hand the strip follows the hand.
        const Quality& now = live.trialQuality() ? *live.trialQuality() : *quality;
        // A good part must not hide a bad one: of several parts the worst is shown.
        const auto worst = worst_part(now.outputs);
        const auto shown = [&worst](const Quality& of) {
            const auto part = worst ? worst_part(of.outputs) : std::nullopt;
            return part ? part->snr_db : of.snr_db;
        };
        constexpr double no_noise = 1e9;
        const double snr = shown(now).value_or(no_noise),
                     before = base ? shown(*base).value_or(no_noise) : snr;
        const auto change = [&live](double from, double to, double step) {
            if (live.stale() && !live.trialQuality())
                return Change::Stale;
            return to > from + step ? Change::Better : to < from - step ? Change::Worse : Change::None;
        };
        const QString was = base ? figures::decibels(shown(*base)) : QString();
        const QString is = figures::decibels(shown(now));
        const QString images = now.partial() ? tr("%1 of %2 images").arg(now.images).arg(now.images_wanted)
                                             : tr("%n image(s)", nullptr, static_cast<int>(now.images));
        m_snr->setTitle((worst ? tr("SNR, worst part · %1") : tr("Simulated SNR · %1")).arg(images));
        m_snr->setFigures(was == is ? QString() : was, is, change(before, snr, 0.05));
        const QString how = tr("The target's default → the plan as it is.") + QLatin1Char('\n') +
                            words::measuredOn(now.measured_on);
        m_snr->setToolTip(worst ? words::part(*worst) + QLatin1Char('\n') +
                                      tr("All outputs together: %1.").arg(figures::decibels(now.snr_db)) +
                                      QLatin1Char('\n') + how
                                : how);
        showTask(images, how);
    }
    if (!m_workspace->isOpen()) {
        m_size->setFigures({}, {}, Change::None);
        return;
    }
    const std::int64_t float_bytes = m_workspace->prepared()->original->file_bytes();
    if (const auto& bytes = live.fileBytes(); quality && bytes)
        m_size->setFigures(figures::bytes(float_bytes), figures::bytes(*bytes),
                           live.stale()           ? Change::Stale
                           : *bytes < float_bytes ? Change::Better
                                                  : Change::None);
    else
        m_size->setFigures({}, figures::bytes(float_bytes), Change::None);
    m_size->setToolTip(tr("The float file → the file as it would be exported."));
}

void StepStrip::showTask(const QString& images, const QString& how) {
    using Change = FigureBox::Change;
    const WhatIf& live = *m_workspace->whatIf();
    const Quality& now = live.trialQuality() ? *live.trialQuality() : *live.quality();
    if (!now.figure)
        return;
    const std::string& name = now.figure->name;
    const auto& base = live.baseline();
    const Figure before = base && base->figure && base->figure->name == name ? *base->figure : *now.figure;
    const QString was = figures::taskFigure(before), is = figures::taskFigure(*now.figure);
    const double better = (now.figure->value - before.value) * (higher_is_better(name) ? 1 : -1);
    m_task->setTitle(QStringLiteral("%1 · %2").arg(words::figureShortly(name), images));
    m_task->setFigures(was == is ? QString() : was, is,
                       live.stale() && !live.trialQuality() ? Change::Stale
                       : better > 1e-9                      ? Change::Better
                       : better < -1e-9                     ? Change::Worse
                                                            : Change::None);
    QStringList tip{words::figure(name), how, tr("Task: %1").arg(words::taskName(*now.task))};
    m_task->setToolTip((tip + words::taskReasons(*now.task)).join(QLatin1Char('\n')));
}

void StepStrip::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange) {
        showSteps();
        showFigures();
    }
}

}  // namespace quantwright

#include "widgets/window/improve_dialog.h"

#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QRadioButton>
#include <QVBoxLayout>

#include "widgets/panels/figures.h"
#include "widgets/panels/improve_text.h"
#include "widgets/results/improve_text.h"
#include "widgets/theme/fonts.h"
#include "widgets/words/words.h"

namespace quantwright {
namespace {

constexpr int dialog_width = 520, note_indent = 23, per_mille = 1000;

void clear(QGridLayout& grid) {
    while (QLayoutItem* item = grid.takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

}  // namespace

ImproveDialog::ImproveDialog(Workspace* workspace, QWidget* parent)
    : QDialog(parent),
      m_workspace(workspace),
      m_intro(new QLabel(this)),
      m_summary(new QLabel(this)),
      m_problem(new QLabel(this)),
      m_left(new QLabel(this)),
      m_steps(new QWidget(this)),
      m_grid(new QGridLayout(m_steps)),
      m_progress(new QProgressBar(this)),
      m_images(new QPushButton(this)),
      m_start(new QPushButton(this)),
      m_cancel(new QPushButton(this)),
      m_close(new QPushButton(this)) {
    setObjectName(QStringLiteral("improve_dialog"));
    build();
    ImproveLevel chosen = workspace->improveLevel();
    if (const auto& improved = workspace->improved())
        chosen = find_improve_level(improved->level).value_or(chosen);
    for (std::size_t i = 0; i < levels.size(); ++i)
        m_levels[i]->setChecked(levels[i] == chosen);
    for (QRadioButton* button : m_levels)
        connect(button, &QRadioButton::toggled, this, &ImproveDialog::refresh);
    connect(m_images, &QPushButton::clicked, this, &ImproveDialog::imagesWanted);
    connect(m_start, &QPushButton::clicked, this, &ImproveDialog::act);
    connect(m_cancel, &QPushButton::clicked, workspace, [workspace] { workspace->cancel(Step::improve); });
    connect(m_close, &QPushButton::clicked, this, &QDialog::close);
    connect(workspace, &Workspace::stepsChanged, this, &ImproveDialog::refresh);
    connect(workspace, &Workspace::improvedChanged, this, &ImproveDialog::refresh);
    connect(workspace, &Workspace::imagesChanged, this, &ImproveDialog::refresh);
    connect(workspace, &Workspace::documentChanged, this, &QDialog::close);
    retranslate();
}

void ImproveDialog::build() {
    m_summary->setObjectName(QStringLiteral("improve_summary"));
    m_problem->setObjectName(QStringLiteral("improve_problem"));
    m_steps->setObjectName(QStringLiteral("improve_steps"));
    m_images->setObjectName(QStringLiteral("improve_images"));
    m_start->setObjectName(QStringLiteral("improve_start"));
    m_cancel->setObjectName(QStringLiteral("improve_cancel"));
    m_close->setObjectName(QStringLiteral("improve_close"));
    for (QLabel* label : {m_intro, m_summary, m_problem})
        label->setWordWrap(true);
    for (QLabel* label : {m_intro, m_left})
        label->setProperty("role", QStringLiteral("quiet"));
    m_summary->setProperty("role", QStringLiteral("section"));
    m_problem->setProperty("role", QStringLiteral("stale"));
    m_progress->setProperty("thin", true);
    m_progress->setTextVisible(false);
    m_start->setDefault(true);
    m_cancel->setAutoDefault(false);
    m_close->setAutoDefault(false);
    m_images->setAutoDefault(false);

    auto* layout = new QVBoxLayout(this);
    layout->setSpacing(10);
    layout->addWidget(m_intro);
    auto* choices = new QVBoxLayout;
    choices->setSpacing(2);
    for (std::size_t i = 0; i < levels.size(); ++i) {
        m_levels[i] = new QRadioButton(this);
        m_levels[i]->setObjectName(
            QStringLiteral("improve_") +
            QString::fromUtf8(name_of(levels[i]).data(), static_cast<qsizetype>(name_of(levels[i]).size())));
        m_notes[i] = new QLabel(this);
        m_notes[i]->setProperty("role", QStringLiteral("quiet"));
        m_notes[i]->setWordWrap(true);
        m_notes[i]->setIndent(note_indent);
        m_notes[i]->setContentsMargins(0, 0, 0, 4);
        choices->addWidget(m_levels[i]);
        choices->addWidget(m_notes[i]);
    }
    layout->addLayout(choices);
    auto* problem = new QHBoxLayout;
    problem->addWidget(m_problem, 1);
    problem->addWidget(m_images);
    layout->addLayout(problem);
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(18);
    m_grid->setVerticalSpacing(4);
    m_grid->setColumnStretch(3, 1);
    layout->addWidget(m_summary);
    layout->addWidget(m_steps);
    layout->addWidget(m_progress);
    layout->addStretch();
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_left, 1);
    buttons->addWidget(m_start);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_close);
    layout->addLayout(buttons);
    setFixedWidth(dialog_width);
}

ImproveLevel ImproveDialog::level() const {
    for (std::size_t i = 0; i < levels.size(); ++i)
        if (m_levels[i]->isChecked())
            return levels[i];
    return ImproveLevel::none;
}

void ImproveDialog::act() {
    m_workspace->improve(level());
}

void ImproveDialog::retranslate() {
    setWindowTitle(tr("Improve"));
    m_intro->setText(tr(
        "Looks for better numbers at the same integer cost: no layer becomes wider or float. Every step is "
        "judged on images that it was not made from, and kept only where it helps there."));
    for (std::size_t i = 0; i < levels.size(); ++i) {
        m_levels[i]->setText(levelName(levels[i]));
        m_notes[i]->setText(levelNote(levels[i]));
    }
    m_images->setText(tr("Choose images…"));
    m_cancel->setText(tr("Cancel"));
    m_cancel->setToolTip(tr("What the steps that are done have given is kept."));
    m_close->setText(tr("Close"));
    refresh();
}

void ImproveDialog::refresh() {
    if (!m_workspace->isOpen())
        return;
    const StepState state = m_workspace->state(Step::improve);
    const bool running = state.kind == StepState::Kind::running;
    const auto& done = m_workspace->improved();
    for (QRadioButton* button : m_levels)
        button->setEnabled(!running);
    m_start->setText(level() == ImproveLevel::none ? tr("Take back") : tr("Improve"));
    m_start->setEnabled(state.possible && (level() != ImproveLevel::none || done));
    m_start->setVisible(!running);
    m_cancel->setVisible(running);
    m_progress->setVisible(running);
    m_progress->setRange(0, state.fraction > 0 ? per_mille : 0);
    m_progress->setValue(static_cast<int>(state.fraction * per_mille));
    QString left;
    if (running) {
        const QString share = state.fraction < 0 ? QStringLiteral("…") : figures::percent(state.fraction, 0);
        left = state.seconds_left ? tr("%1 · %2 left").arg(share, figures::duration(*state.seconds_left))
                                  : share;
    }
    m_left->setText(left);
    showProblem();
    showSteps(running ? m_workspace->improving().get() : done.get());
    QString summary;
    if (running)
        summary = tr("Improving…");
    else if (done)
        summary = improveResult(*done);
    if (!running && done && !done->complete)
        summary += QLatin1Char('\n') + tr("It was cancelled: the steps that were done are kept.");
    if (!running && state.kind == StepState::Kind::stale)
        summary +=
            QLatin1Char('\n') + tr("The plan, the images or the statistics are others now: improve again.");
    m_summary->setText(summary);
    m_summary->setVisible(!summary.isEmpty());
    // As high as its texts at this width, which adjustSize() does not know.
    layout()->activate();
    resize(dialog_width, layout()->totalHeightForWidth(dialog_width));
}

void ImproveDialog::showProblem() {
    QString text;
    const auto& problems = m_workspace->improveProblems();
    if (!problems.empty())
        text = words::message(problems.front()) + QLatin1Char('\n') + words::hint(problems.front());
    else if (const StepState state = m_workspace->state(Step::improve); state.error)
        text = words::message(*state.error) + QLatin1Char('\n') + words::hint(*state.error);
    m_problem->setText(text);
    m_problem->setVisible(!text.isEmpty());
    m_images->setVisible(!problems.empty());
}

void ImproveDialog::showSteps(const Improved* improved) {
    clear(*m_grid);
    m_steps->setVisible(improved && !improved->steps.empty());
    if (!improved)
        return;
    int row = 0;
    const auto add = [&](int column, const QString& text, const char* role, bool figure = false) {
        auto* label = new QLabel(text, m_steps);
        label->setProperty("role", QString::fromLatin1(role));
        if (figure)
            label->setFont(figureFont());
        m_grid->addWidget(label, row, column);
        label->show();
    };
    for (const ImprovementStep& step : improved->steps) {
        add(0, results::improve_step(step.name), "");
        add(1, stepChange(step), step.kept ? "better" : "quiet", true);
        add(2, figures::duration(step.seconds), "quiet", true);
        add(3, step.kept ? tr("kept") : tr("not kept: no gain"), "quiet");
        ++row;
    }
}

void ImproveDialog::changeEvent(QEvent* event) {
    QDialog::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

}  // namespace quantwright

#include "widgets/panels/problems_panel.h"

#include <QEvent>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/panels/row_table.h"
#include "widgets/theme/theme.h"
#include "widgets/words/words.h"
#include "widgets/workspace/shown_layers.h"

namespace quantwright {
namespace {
// Thousands of skipped images would say no more than the first ones do.
constexpr std::size_t most_images = 200;
}  // namespace

ProblemsPanel::ProblemsPanel(Workspace* workspace, QWidget* parent)
    : QWidget(parent), m_workspace(workspace), m_table(new RowTable(this)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_table);
    m_table->shareRoom({2, 3}, true);
    // A problem of a layer leads to the layer.
    connect(m_table, &QTableWidget::itemSelectionChanged, this, [this] {
        const auto rows = m_table->selectionModel()->selectedRows();
        if (rows.isEmpty() || !m_workspace->isOpen())
            return;
        const std::string name = m_table->item(rows.first().row(), 1)->text().toStdString();
        if (auto layers = layersNamed(*m_workspace->prepared(), name); !layers.empty())
            m_workspace->selection()->set(std::move(layers));
    });
    connect(workspace, &Workspace::documentChanged, this, &ProblemsPanel::refresh);
    connect(workspace, &Workspace::resolvedChanged, this, &ProblemsPanel::refresh);
    connect(workspace, &Workspace::statisticsChanged, this, &ProblemsPanel::refresh);
    connect(workspace, &Workspace::exportedChanged, this, &ProblemsPanel::refresh);
    connect(workspace, &Workspace::comparisonChanged, this, &ProblemsPanel::refresh);
    // Live figures come often; the rows, and what is selected in them, stay unless what they say has changed.
    connect(workspace->whatIf(), &WhatIf::changed, this, [this] {
        if (!m_workspace->whatIf()->stale() && messages() != m_messages)
            refresh();
    });
    refresh();
}

QStringList ProblemsPanel::messages() const {
    QStringList result;
    for (const Problem& problem : m_workspace->problems())
        result << words::message(problem);
    return result;
}

void ProblemsPanel::refresh() {
    m_messages = messages();
    m_table->setHeadings({tr("Severity"), tr("Layer"), tr("Problem"), tr("What to do")});
    m_table->setAccessibleName(tr("Problems"));
    m_table->clearRows();
    std::vector<Problem> problems = m_workspace->problems();
    std::stable_sort(problems.begin(), problems.end(),
                     [](const Problem& a, const Problem& b) { return a.severity > b.severity; });
    for (const Problem& problem : problems)
        m_table->addRow({words::name(problem.severity), QString::fromStdString(problem.layer),
                         words::message(problem), words::hint(problem)});
    const std::vector<SkippedImage> skipped = m_workspace->skippedImages();
    for (std::size_t i = 0; i < std::min(skipped.size(), most_images); ++i) {
        const Error error{skipped[i].code, skipped[i].path, skipped[i].reason};
        m_table->addRow({words::name(Severity::warning), {}, words::message(error), words::hint(error)});
    }
    m_table->setColumnWidth(0, 80);
    m_table->setColumnWidth(1, 220);
    m_count = static_cast<int>(problems.size() + skipped.size());
    emit countChanged(m_count);
}

void ProblemsPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        refresh();
}

}  // namespace quantwright

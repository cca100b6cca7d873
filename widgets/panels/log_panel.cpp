#include "widgets/panels/log_panel.h"

#include <QAction>
#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QKeyEvent>
#include <QVBoxLayout>

#include "widgets/panels/edit_text.h"
#include "widgets/panels/improve_text.h"
#include "widgets/panels/row_table.h"
#include "widgets/theme/fonts.h"
#include "widgets/words/words.h"

namespace quantwright {

LogPanel::LogPanel(Workspace* workspace, QWidget* parent)
    : QWidget(parent), m_workspace(workspace), m_table(new RowTable(this)) {
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_table);
    m_table->installEventFilter(this);
    m_table->shareRoom({1, 2}, false);
    connect(workspace, &Workspace::logged, this, &LogPanel::add);
    refresh();
}

QString LogPanel::textOf(const LogEntry& entry) {
    const auto argument = [&](qsizetype i) { return entry.arguments.value(i); };
    switch (entry.kind) {
        case LogEntry::Kind::opened:
            return tr("Opened %1").arg(argument(0));
        case LogEntry::Kind::images:
            return tr("Images: %1").arg(argument(0));
        case LogEntry::Kind::calibrated:
            return tr("Calibrated on %n image(s) in %1 s", nullptr, argument(0).toInt()).arg(argument(1));
        case LogEntry::Kind::analyzed:
            return tr("Analyzed %1 layers on %2 images").arg(argument(0), argument(1));
        case LogEntry::Kind::improved:
            return improveLog(entry.improved.get());
        case LogEntry::Kind::exported:
            return tr("Exported %1, %2 of %3 layers quantized").arg(argument(0), argument(1), argument(2));
        case LogEntry::Kind::sidecar:
            return tr("Exported %1, %n entry(s)", nullptr, argument(1).toInt()).arg(argument(0));
        case LogEntry::Kind::reported:
            return tr("Report: %1").arg(argument(0));
        case LogEntry::Kind::evaluated:
            return tr("Evaluated on %n image(s)", nullptr, argument(0).toInt());
        case LogEntry::Kind::deployed:
            return tr("Deployed to %1: median %2 ms").arg(argument(0), argument(1));
        case LogEntry::Kind::edited:
            return editText(entry.edit);
        case LogEntry::Kind::task: {
            const auto kind = find_task(argument(0).toStdString());
            return kind ? tr("Task: %1").arg(words::name(*kind)) : tr("Task: as it is recognised");
        }
        case LogEntry::Kind::saved:
            return tr("Saved %1").arg(argument(0));
        case LogEntry::Kind::failed:
            return entry.error ? tr("Failed: %1").arg(words::message(*entry.error)) : QString();
    }
    return {};
}

void LogPanel::add(const LogEntry& entry) {
    m_table->addRow({entry.time.toString(QStringLiteral("HH:mm:ss")), textOf(entry), entry.command});
    m_table->item(m_table->rowCount() - 1, 2)->setFont(figureFont());
    m_table->scrollToBottom();
}

void LogPanel::refresh() {
    m_table->setHeadings({tr("Time"), tr("What was done"), tr("On the command line")});
    m_table->setAccessibleName(tr("Log"));
    m_table->clearRows();
    m_table->setColumnWidth(0, 80);
    for (const LogEntry& entry : m_workspace->log())
        add(entry);
}

void LogPanel::copy() {
    QStringList lines;
    for (const QModelIndex& row : m_table->selectionModel()->selectedRows()) {
        const QString command = m_table->item(row.row(), 2)->text();
        lines << (command.isEmpty() ? m_table->item(row.row(), 1)->text() : command);
    }
    if (!lines.isEmpty())
        QGuiApplication::clipboard()->setText(lines.join(QLatin1Char('\n')));
}

bool LogPanel::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_table && event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->matches(QKeySequence::Copy)) {
        copy();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void LogPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        refresh();
}

}  // namespace quantwright

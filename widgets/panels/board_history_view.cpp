#include "widgets/panels/board_history_view.h"

#include <QDateTime>
#include <QEvent>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/panels/board_times.h"
#include "widgets/panels/cost_text.h"
#include "widgets/panels/figures.h"
#include "widgets/panels/row_table.h"
#include "widgets/theme/plain_tip.h"
#include "widgets/words/board_words.h"
#include "widgets/words/words.h"

namespace quantwright {
namespace {

constexpr int row_height = 21;
enum Column { When, PlanOf, Median, ChangeOf, Accuracy };

QString timeText(const std::string& utc) {
    const auto time = QDateTime::fromString(QString::fromStdString(utc), Qt::ISODate);
    return time.isValid() ? time.toLocalTime().toString(QStringLiteral("yyyy-MM-dd HH:mm"))
                          : QString::fromStdString(utc);
}

/// Against the one before it.
QString changeText(double ms, double before) {
    if (before <= 0)
        return {};
    const double change = ms / before - 1;
    return (change > 0 ? QStringLiteral("+") : QString()) + figures::percent(change);
}

QString accuracyText(const BoardRecord& record) {
    return record.figure      ? figures::taskFigure(*record.figure)
           : record.top1      ? figures::percent(*record.top1)
           : record.agreement ? figures::percent(*record.agreement)
           : record.snr_db    ? figures::decibels(record.snr_db)
                              : QString();
}

}  // namespace

BoardHistoryView::BoardHistoryView(Workspace* workspace, QWidget* parent)
    : QWidget(parent),
      m_workspace(workspace),
      m_table(new RowTable(this)),
      m_details(new QLabel(this)),
      m_use(new QPushButton(this)),
      m_remove(new QPushButton(this)) {
    m_table->setObjectName(QStringLiteral("board_history"));
    m_table->setNumberColumns({Median, ChangeOf, Accuracy});
    m_table->shareRoom({PlanOf}, false);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->verticalHeader()->setMinimumSectionSize(row_height);
    m_table->verticalHeader()->setDefaultSectionSize(row_height);
    m_table->setMinimumHeight(60);
    m_details->setObjectName(QStringLiteral("board_record"));
    m_details->setTextFormat(Qt::PlainText);  // some of it the board said
    m_details->setWordWrap(true);
    m_details->setProperty("role", QStringLiteral("quiet"));
    m_details->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_use->setObjectName(QStringLiteral("use_plan"));
    m_remove->setObjectName(QStringLiteral("remove_record"));
    auto* buttons = new QVBoxLayout;
    buttons->setSpacing(4);
    buttons->addWidget(m_use);
    buttons->addWidget(m_remove);
    buttons->addStretch();
    auto* below = new QHBoxLayout;
    below->setSpacing(12);
    below->addWidget(m_details, 1);
    below->addLayout(buttons);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(3);
    layout->addWidget(m_table, 1);
    layout->addLayout(below);
    connect(m_table, &QTableWidget::itemSelectionChanged, this, &BoardHistoryView::showSelected);
    connect(m_use, &QPushButton::clicked, this, [this] {
        const BoardRecord* record = selected();
        if (record && record->plan && m_workspace->isOpen())
            m_workspace->edit(edit_to(m_workspace->plan(), *record->plan));
    });
    connect(m_remove, &QPushButton::clicked, this, [this] {
        if (const BoardRecord* record = selected())
            m_workspace->boardMemory()->remove(record->id);
    });
    connect(workspace->boardMemory(), &BoardMemory::changed, this, &BoardHistoryView::refresh);
    connect(workspace, &Workspace::documentChanged, this, &BoardHistoryView::refresh);
    connect(workspace, &Workspace::planChanged, this, &BoardHistoryView::refresh);
    retranslate();
}

const BoardRecord* BoardHistoryView::selected() const {
    const auto found = std::find_if(m_records.begin(), m_records.end(),
                                    [this](const BoardRecord& record) { return record.id == m_selected; });
    return found == m_records.end() ? nullptr : &*found;
}

void BoardHistoryView::retranslate() {
    m_table->setHeadings({tr("When"), tr("Plan"), tr("Latency"), tr("Change"), tr("Accuracy")});
    m_table->setAccessibleName(tr("Past deployments"));
    m_use->setText(tr("Use this plan again"));
    m_remove->setText(tr("Remove"));
    refresh();
}

void BoardHistoryView::refresh() {
    m_filling = true;
    const std::size_t before = m_records.size();
    m_records.clear();
    if (m_workspace->isOpen())
        for (const BoardRecord* record :
             m_workspace->boardMemory()->recordsOf(m_workspace->prepared()->original->sha256()))
            m_records.push_back(*record);
    std::reverse(m_records.begin(), m_records.end());
    const std::string plan = m_workspace->isOpen() ? plan_sha256(m_workspace->plan()) : std::string();
    m_table->clearRows();
    int selected_row = -1;
    for (std::size_t i = 0; i < m_records.size(); ++i) {
        const BoardRecord& record = m_records[i];
        const double ms = record.deployed.latency.p50_ms;
        const double earlier = i + 1 < m_records.size() ? m_records[i + 1].deployed.latency.p50_ms : 0;
        const bool same = record.plan_sha256 == plan;
        const QString formats = formatsText(record.formats);
        QTableWidgetItem* first =
            m_table->addRow({timeText(record.time), same ? tr("now: %1").arg(formats) : formats,
                             figures::milliseconds(ms), changeText(ms, earlier), accuracyText(record)});
        if (same)
            for (int column = 0; column < m_table->columnCount(); ++column) {
                QFont font = m_table->item(first->row(), column)->font();
                font.setBold(true);
                m_table->item(first->row(), column)->setFont(font);
            }
        if (record.id == m_selected)
            selected_row = first->row();
    }
    m_table->resizeColumnToContents(When);
    for (const int column : {Median, ChangeOf, Accuracy})
        m_table->setColumnWidth(column, 76);
    if (selected_row >= 0)
        m_table->selectRow(selected_row);
    m_filling = false;
    showSelected();
    if (m_records.size() != before)
        emit countChanged();
}

void BoardHistoryView::showSelected() {
    if (m_filling)
        return;
    const auto rows = m_table->selectionModel()->selectedRows();
    m_selected = rows.isEmpty() ? std::string() : m_records[static_cast<std::size_t>(rows.first().row())].id;
    const BoardRecord* record = selected();
    m_details->setText(!record ? QString() : details(*record));
    QStringList doubts;
    for (int i = 0; record && i < static_cast<int>(record->trust.reasons.size()); ++i)
        doubts << words::message(record->trust.reasons[static_cast<std::size_t>(i)]);
    m_details->setToolTip(plainTip(doubts.join(QLatin1Char('\n'))));
    m_use->setEnabled(record && record->plan && !(*record->plan == m_workspace->plan()));
    m_remove->setEnabled(record != nullptr);
}

QString BoardHistoryView::details(const BoardRecord& record) const {
    const Latency& latency = record.deployed.latency;
    QStringList parts{tr("median %1, 90 % %2, 99 % %3, shortest %4")
                          .arg(figures::milliseconds(latency.p50_ms), figures::milliseconds(latency.p90_ms),
                               figures::milliseconds(latency.p99_ms), figures::milliseconds(latency.min_ms))};
    if (record.float_model)
        parts << tr("float %1").arg(figures::milliseconds(record.float_model->latency.p50_ms));
    if (record.figure)
        parts << QStringLiteral("%1 %2").arg(words::figureShortly(record.figure->name),
                                             figures::taskFigure(*record.figure));
    if (record.top1)
        parts << tr("top-1 %1").arg(figures::percent(*record.top1));
    if (record.agreement)
        parts << tr("agreement %1").arg(figures::percent(*record.agreement));
    if (record.snr_db)
        parts << QStringLiteral("SNR ") + figures::decibels(record.snr_db);
    if (record.images > 0)
        parts << tr("%n image(s)", nullptr, static_cast<int>(record.images));
    parts << tr("%n run(s)", nullptr, static_cast<int>(record.runs));
    parts << QStringLiteral("ONNX Runtime ") + QString::fromStdString(record.runtime);
    QStringList providers;
    for (const std::string& provider : record.providers)
        providers << shortProviders(provider);
    parts << providers.join(QStringLiteral(", "));
    if (!record.trust.ok())
        parts << (record.emulated ? tr("emulated") : tr("not to be relied on"));
    return parts.join(QStringLiteral(" · "));
}

void BoardHistoryView::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

}  // namespace quantwright

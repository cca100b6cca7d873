#include "widgets/panels/row_table.h"

#include <QHeaderView>

#include "widgets/theme/fonts.h"
#include "widgets/theme/plain_tip.h"

namespace quantwright {

RowTable::RowTable(QWidget* parent) : QTableWidget(parent) {
    setSelectionBehavior(QAbstractItemView::SelectRows);
    setEditTriggers(QAbstractItemView::NoEditTriggers);
    setFrameShape(QFrame::NoFrame);
    setShowGrid(false);
    setTabKeyNavigation(false);
    setTextElideMode(Qt::ElideMiddle);
    verticalHeader()->hide();
    verticalHeader()->setDefaultSectionSize(24);
    horizontalHeader()->setHighlightSections(false);
    horizontalHeader()->setStretchLastSection(true);
}

void RowTable::setHeadings(const QStringList& headings) {
    setColumnCount(static_cast<int>(headings.size()));
    setHorizontalHeaderLabels(headings);
    for (const int column : m_shared)
        horizontalHeader()->setSectionResizeMode(column, QHeaderView::Stretch);
    if (m_stretch_first)
        horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    for (int column = 0; column < headings.size(); ++column)
        horizontalHeaderItem(column)->setTextAlignment(
            (m_numbers.contains(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
}

void RowTable::stretchFirst() {
    m_stretch_first = true;
    horizontalHeader()->setStretchLastSection(false);
}

void RowTable::shareRoom(const QVector<int>& columns, bool wrap) {
    m_shared = columns;
    horizontalHeader()->setStretchLastSection(false);
    setWordWrap(wrap);
    setTextElideMode(Qt::ElideRight);
    if (wrap)
        verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    verticalHeader()->setMinimumSectionSize(24);
}

QTableWidgetItem* RowTable::addRow(const QStringList& cells) {
    const int row = rowCount();
    insertRow(row);
    for (int column = 0; column < cells.size(); ++column) {
        auto* cell = new QTableWidgetItem(cells[column]);
        cell->setToolTip(plainTip(cells[column]));
        if (m_numbers.contains(column)) {
            cell->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
            cell->setFont(figureFont());
        }
        setItem(row, column, cell);
    }
    return item(row, 0);
}

}  // namespace quantwright

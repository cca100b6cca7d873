#pragma once
// A read-only table that is filled as a whole: for panels that list a few facts.
#include <QStringList>
#include <QTableWidget>

namespace quantwright {

class RowTable : public QTableWidget {
    Q_OBJECT
public:
    explicit RowTable(QWidget* parent = nullptr);
    void setHeadings(const QStringList& headings);
    void clearRows() { setRowCount(0); }
    /// Returns the row's first cell.
    QTableWidgetItem* addRow(const QStringList& cells);
    /// The first column takes what the others leave; else the last one does.
    void stretchFirst();
    /// These columns share the room. `wrap`: rows grow with long texts; else they are cut, whole in the
    /// tooltip.
    void shareRoom(const QVector<int>& columns, bool wrap);
    void setNumberColumns(const QVector<int>& columns) { m_numbers = columns; }

private:
    QVector<int> m_numbers, m_shared;
    bool m_stretch_first = false;
};

}  // namespace quantwright

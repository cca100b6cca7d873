#pragma once
// A block of the inspector: a heading and lines for fields below each other.
#include <QWidget>
#include <vector>

#include "widgets/panels/field_row.h"

class QGridLayout;
class QLabel;
class QVBoxLayout;

namespace quantwright {

class FieldPart : public QWidget {
    Q_OBJECT
public:
    /// `title_role` of the style sheet; empty: no heading.
    FieldPart(const std::vector<Field>& fields, const QString& title_role, QWidget* parent);

    void setTitle(const QString& title);
    /// Widths of the names and of the pills, the same in every part.
    void alignColumns(int name, int pill);
    [[nodiscard]] const std::vector<FieldRow*>& rows() const { return m_rows; }
    [[nodiscard]] bool anyShown() const;
    /// Rows in which a layer says something itself.
    [[nodiscard]] int changed() const;
    /// For a further line, and where it goes.
    [[nodiscard]] QGridLayout* grid() const { return m_grid; }
    [[nodiscard]] int nextRow() const { return static_cast<int>(m_rows.size()); }
    /// Something below the lines.
    void addBelow(QWidget* widget);

private:
    QLabel* m_title = nullptr;
    QVBoxLayout* m_layout;
    QGridLayout* m_grid;
    std::vector<FieldRow*> m_rows;
};

}  // namespace quantwright

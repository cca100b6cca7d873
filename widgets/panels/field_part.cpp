#include "widgets/panels/field_part.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

namespace quantwright {

FieldPart::FieldPart(const std::vector<Field>& fields, const QString& title_role, QWidget* parent)
    : QWidget(parent), m_layout(new QVBoxLayout(this)), m_grid(new QGridLayout) {
    m_layout->setContentsMargins(0, title_role.isEmpty() ? 0 : 6, 0, 0);
    m_layout->setSpacing(6);
    if (!title_role.isEmpty()) {
        m_title = new QLabel(this);
        m_title->setProperty("role", title_role);
        m_layout->addWidget(m_title);
    }
    m_grid->setContentsMargins(0, 0, 0, 0);
    m_grid->setHorizontalSpacing(8);
    m_grid->setVerticalSpacing(4);
    m_grid->setColumnStretch(1, 1);
    m_layout->addLayout(m_grid);
    for (const Field field : fields)
        m_rows.push_back(new FieldRow(field, m_grid, nextRow(), this));
}

void FieldPart::setTitle(const QString& title) {
    if (m_title)
        m_title->setText(title);
}

void FieldPart::alignColumns(int name, int pill) {
    m_grid->setColumnMinimumWidth(0, name);
    m_grid->setColumnMinimumWidth(2, pill);
}

bool FieldPart::anyShown() const {
    return std::any_of(m_rows.begin(), m_rows.end(),
                       [](const FieldRow* row) { return !row->state().layers.empty(); });
}

int FieldPart::changed() const {
    return static_cast<int>(std::count_if(m_rows.begin(), m_rows.end(), [](const FieldRow* row) {
        return !row->state().layers.empty() && row->state().resettable;
    }));
}

void FieldPart::addBelow(QWidget* widget) {
    m_layout->addWidget(widget);
}

}  // namespace quantwright

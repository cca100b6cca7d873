#pragma once
// The inspector's line for the clip range: two numbers and where they come from.
#include <QObject>

#include "core/plan/field_state.h"

class QGridLayout;
class QLabel;
class QLineEdit;
class QToolButton;
class QWidget;

namespace quantwright {

class ClipRow : public QObject {
    Q_OBJECT
public:
    ClipRow(QGridLayout* grid, int row, QWidget* parent);
    /// `origin` is that of the threshold method: where the range comes from while nobody clips.
    void setState(const ClipState& state, std::optional<Origin> origin);
    void setLabel(const QString& label);

signals:
    void chosen(const std::optional<quantwright::Range>& range);

private:
    void take();

    ClipState m_state;
    QLabel* m_label;
    QWidget* m_editors;
    QLineEdit *m_min, *m_max;
    QToolButton* m_chip;
};

}  // namespace quantwright

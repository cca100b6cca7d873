#pragma once
// One line of the inspector: name, value, where the value comes from.
#include <QObject>

#include "core/plan/field_state.h"

class QComboBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QToolButton;
class QWidget;

namespace quantwright {

class FieldRow : public QObject {
    Q_OBJECT
public:
    FieldRow(Field field, QGridLayout* grid, int row, QWidget* parent);
    [[nodiscard]] Field field() const { return m_field; }
    /// Hidden where the field means nothing for what is selected.
    void setState(const FieldState& state);
    void setLabel(const QString& label);
    [[nodiscard]] const FieldState& state() const { return m_state; }
    [[nodiscard]] QComboBox* combo() const { return m_combo; }
    [[nodiscard]] QToolButton* chip() const { return m_chip; }

signals:
    void chosen(quantwright::Field field, const std::optional<std::string>& value);

private:
    void fillCombo();
    void fillIfStale();
    void takeNumber();

    Field m_field;
    FieldState m_state;
    QLabel* m_label;
    QComboBox* m_combo = nullptr;
    QLineEdit* m_number = nullptr;  ///< instead of the combo box where the field is a number
    QToolButton* m_chip;
    bool m_stale = false;  ///< what came while the list was open is not shown yet
};

/// Where a choice comes from, in the one or two words a pill has room for.
[[nodiscard]] QString originText(Origin origin);
/// Words and colour of a pill. `origin` empty: the values come from different places.
void describeOrigin(QToolButton* chip, std::optional<Origin> origin, bool resettable);

}  // namespace quantwright

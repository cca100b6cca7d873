#pragma once
// What the network is for, and how its outputs are read, where that is recognised wrongly or not at all.
#include <QDialog>

#include "core/task/task.h"

class QComboBox;
class QDoubleSpinBox;
class QFormLayout;
class QLabel;
class QLineEdit;
class QPlainTextEdit;
class QPushButton;

namespace quantwright {

class TaskDialog : public QDialog {
    Q_OBJECT
public:
    /// `recognised`: what is taken now; null: not known.
    TaskDialog(const TaskChoice& choice, const Task* recognised, QWidget* parent);
    /// Valid once the dialog was accepted.
    [[nodiscard]] TaskChoice choice() const;

private:
    /// An option of its own field: empty, and it is not in the choice.
    struct Field {
        const char* key;
        TaskKind kind;
        QLabel* label;
        QLineEdit* edit;
    };

    void addField(QFormLayout* form, const char* key, TaskKind kind, const QString& name, const QString& tip);
    void fillFrom(const TaskChoice& choice);
    void fillDecoders(const QString& chosen);
    void showFields();
    void check();
    /// The decoder's own value of an option, as an example.
    [[nodiscard]] QString usual(const char* key) const;
    [[nodiscard]] std::optional<TaskKind> kind() const;
    [[nodiscard]] Result<TaskChoice> read() const;

    std::optional<Task> m_recognised;
    QComboBox *m_task, *m_decoder;
    std::vector<Field> m_fields;
    QPlainTextEdit* m_more;
    QLabel *m_wrong, *m_why;
    QPushButton* m_ok;
};

}  // namespace quantwright

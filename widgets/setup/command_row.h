#pragma once
// A command to be typed elsewhere, with a button that copies it.
#include <QTimer>
#include <QWidget>

class QLabel;
class QToolButton;

namespace quantwright {

class CommandRow : public QWidget {
    Q_OBJECT
public:
    explicit CommandRow(QWidget* parent = nullptr);
    void setCommand(const QString& command);

protected:
    void changeEvent(QEvent* event) override;

private:
    void copy();
    void retranslate();

    QLabel* m_command;
    QToolButton* m_copy;
    QTimer m_copied;  ///< runs while the button says so
};

}  // namespace quantwright

#pragma once
// One clear sentence, a way out, and the details for whoever wants to search for them or report them.
#include <QDialog>

#include "core/base/error.h"

class QPlainTextEdit;
class QPushButton;

namespace quantwright {

class ErrorDialog : public QDialog {
    Q_OBJECT
public:
    ErrorDialog(const Error& error, QWidget* parent);
    [[nodiscard]] QString sentence() const { return m_sentence; }
    [[nodiscard]] QString details() const { return m_details; }

private:
    void toggleDetails();

    QString m_sentence, m_details;
    QPlainTextEdit* m_text;
    QPushButton *m_more, *m_copy;
};

}  // namespace quantwright

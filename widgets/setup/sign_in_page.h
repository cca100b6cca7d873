#pragma once
// The way in, while it is under way and when it failed.
#include <QWidget>
#include <optional>

#include "core/board/remedy.h"

class QLabel;

namespace quantwright {

class ErrorCard;

class SignInPage : public QWidget {
    Q_OBJECT
public:
    explicit SignInPage(QWidget* parent = nullptr);
    void begin(const QString& address);
    void fail(const Error& error, const std::optional<Remedy>& remedy);
    [[nodiscard]] bool failed() const { return m_failed; }

protected:
    void changeEvent(QEvent* event) override;

private:
    void retranslate();

    QString m_address;
    bool m_failed = false;
    QLabel *m_title, *m_text;
    ErrorCard* m_error;
};

}  // namespace quantwright

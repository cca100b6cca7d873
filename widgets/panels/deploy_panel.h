#pragma once
// The page for boards: where one is, one button, what is being done there, what came of it.
#include <QHash>
#include <QPointer>
#include <QWidget>

#include "widgets/workspace/workspace.h"

class QComboBox;
class QDialog;
class QFrame;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;
class QStackedWidget;
class QToolButton;

namespace quantwright {

class BoardResultView;
class BoardSteps;

class DeployPanel : public QWidget {
    Q_OBJECT
public:
    explicit DeployPanel(Workspace* workspace, QWidget* parent = nullptr);
    [[nodiscard]] BoardSteps* steps() const { return m_steps; }
    /// The cursor goes where the address is typed.
    void focusAddress();

signals:
    /// A question is about to be asked: the page should be seen.
    void attentionWanted();

protected:
    void changeEvent(QEvent* event) override;

private:
    [[nodiscard]] QWidget* buildForm();
    void connectWorkspace();
    void retranslate();
    void deployOrCancel();
    void takeAnswer();
    void showError(const std::optional<Error>& error);
    void showResult();
    void showPossible();
    void askHostKey(quint64 id, const HostKeyQuestion& question);
    void askSecret(quint64 id, const SecretQuestion& question);
    void openQuestion(quint64 id, QDialog* dialog);
    void browseKey();
    void remember(const QString& address);
    [[nodiscard]] QString address() const;
    [[nodiscard]] bool running() const;

    Workspace* m_workspace;
    QComboBox* m_address;
    QPushButton* m_deploy;
    QLineEdit* m_key;
    QToolButton* m_browse;
    QSpinBox* m_images;
    BoardSteps* m_steps;
    QFrame* m_error;
    QLabel *m_sentence, *m_hint, *m_empty;
    QStackedWidget* m_stack;
    BoardResultView* m_view;
    std::optional<Error> m_shown_error;
    QHash<QString, std::shared_ptr<const Deployed>> m_results;  ///< the last of each board, by address
    QHash<quint64, QPointer<QDialog>> m_questions;
};

}  // namespace quantwright

#pragma once
// Setting a new board up: which one, signing in, a key instead of the password, what it still lacks.
#include <QDialog>
#include <array>
#include <memory>

#include "core/board/connection.h"
#include "core/board/find_boards.h"
#include "core/board/secret.h"

class QLabel;
class QProgressBar;
class QPushButton;
class QStackedWidget;

namespace quantwright {

class BoardQuestions;
class CheckPage;
class FindPage;
class JobRunner;
class KeyPage;
class QuestionPage;
class SignInPage;
struct JobProgress;
struct KeyInstalled;
struct SavedBoard;

/// Open it with open() or show(); everything long happens in threads, and closing ends it within a second.
class BoardSetupDialog : public QDialog {
    Q_OBJECT
public:
    explicit BoardSetupDialog(QWidget* parent = nullptr);
    ~BoardSetupDialog() override;

    /// What the first page begins with: "user@host:port", or an alias.
    void setAddress(const QString& address);
    /// Where it looks for boards; without networks a search of the network is one of this computer's own.
    void setSearch(const FindOptions& options);

    void done(int result) override;

signals:
    /// The user has finished; the dialog closes. (QDialog::finished(int) comes of every end.) The name is as
    /// typed: a list may have it already.
    void boardReady(const quantwright::SavedBoard& board);

protected:
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;

private:
    void build();
    void connectPages();
    void goOn();
    void goBack();
    void showPage(QWidget* page);
    void showPossible();
    void retranslate();

    void search(bool scan);
    void signIn();
    void setKeyUp();
    void takeKey(const KeyInstalled& installed);
    void check();
    void finish();
    void cancelJobs();
    void answerQuestion(bool accept);
    void showQuestion();
    void showProgress(const JobProgress& progress);

    [[nodiscard]] bool busy() const;
    [[nodiscard]] ConnectOptions options() const;
    [[nodiscard]] int stepOf(const QWidget* page) const;

    // Jobs ask questions: they end before those do.
    std::unique_ptr<BoardQuestions> m_questions;
    std::unique_ptr<JobRunner> m_jobs;

    std::array<QLabel*, 3> m_steps{};
    QStackedWidget* m_stack;
    FindPage* m_find;
    SignInPage* m_sign_in;
    QuestionPage* m_question;
    KeyPage* m_key;
    CheckPage* m_check;
    QProgressBar* m_progress;
    QPushButton *m_cancel, *m_back, *m_next;

    QWidget* m_before_question = nullptr;  ///< page that the question interrupts
    QString m_address;                     ///< that was signed in to
    QString m_who;                         ///< what it turned out to be: user@host:port
    bool m_with_password = true;
    std::shared_ptr<Connection> m_connection;
    std::filesystem::path m_identity;
    std::shared_ptr<const Secret> m_passphrase;  ///< of m_identity, if this dialog made it
    FindOptions m_search;
    bool m_searched = false;
};

}  // namespace quantwright

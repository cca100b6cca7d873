#pragma once
// The page for boards: a list of them, one button, what is being done on the one that is looked at, and what
// came of it. As many as are selected work at the same time.
#include <QSet>
#include <QWidget>
#include <map>

#include "widgets/panels/board_progress.h"
#include "widgets/workspace/board_book.h"
#include "widgets/workspace/workspace.h"

class QFrame;
class QLabel;
class QStackedWidget;

namespace quantwright {

class BoardAsker;
class BoardList;
class BoardResultView;
class BoardSteps;
class DeployForm;
struct BoardStatus;

class DeployPanel : public QWidget {
    Q_OBJECT
public:
    explicit DeployPanel(Workspace* workspace, QWidget* parent = nullptr);
    /// Of the board that is looked at.
    [[nodiscard]] BoardSteps* steps() const { return m_steps; }
    [[nodiscard]] BoardBook* book() { return &m_book; }
    /// The cursor goes where the address is typed.
    void focusAddress();

public slots:
    /// Sets a new one up, with a dialog.
    void addBoard();

signals:
    /// A question is about to be asked: the page should be seen.
    void attentionWanted();

protected:
    void changeEvent(QEvent* event) override;

private:
    void assemble();
    void connectList();
    void connectWorkspace();
    void retranslate();

    void takeSelection();
    void takeAddress();
    void lookAt(const QString& name);
    void deployOrCancel();
    /// The boards that the button means, by name; one that is typed and not kept yet has none.
    [[nodiscard]] QStringList targets() const;
    /// Keeps what was typed; empty if that is no address.
    [[nodiscard]] QString keepTyped();
    /// The key that stands in the form is this board's from now on.
    void keepKey(const QString& name);
    void start(const QString& name);
    void cancel(const QString& name);
    void rename(const QString& name);
    void remove(const QStringList& names);
    void takeReady(const SavedBoard& board);
    /// Puts `board` where `before` is, with all that is known of it.
    [[nodiscard]] bool replace(const QString& before, const SavedBoard& board);

    void showBoards();
    void showStatus(const QString& name);
    void showPage();
    void showError();
    void showPossible();
    [[nodiscard]] BoardStatus statusOf(const QString& name) const;
    [[nodiscard]] bool running(const QString& name) const;

    Workspace* m_workspace;
    BoardBook m_book;
    BoardAsker* m_asker;
    BoardList* m_list;
    DeployForm* m_form;
    BoardSteps* m_steps;
    QFrame* m_error;
    QLabel *m_sentence, *m_hint, *m_empty;
    QStackedWidget* m_stack;
    BoardResultView* m_view;
    QString m_shown;                    ///< the board that is looked at; empty: one that is not kept
    std::optional<Error> m_page_error;  ///< of no board, such as an address that is none
    std::map<QString, BoardProgress> m_progress;
    QSet<QString> m_ending;  ///< asked to end
};

}  // namespace quantwright

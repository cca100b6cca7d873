// What the page does to the list of boards: keeps what was typed, sets up, renames, removes.
#include <QInputDialog>
#include <QMessageBox>
#include <QPushButton>

#include "core/board/clean_text.h"
#include "widgets/panels/board_list.h"
#include "widgets/panels/deploy_form.h"
#include "widgets/panels/deploy_panel.h"
#include "widgets/setup/board_setup_dialog.h"

namespace quantwright {
namespace {

/// What a board is called until the user calls it otherwise.
std::string nameFor(const std::string& address) {
    const std::string name = QString::fromStdString(clean_text(address)).left(60).trimmed().toStdString();
    return is_board_name(name) ? name : "board";
}

}  // namespace

QString DeployPanel::keepTyped() {
    const std::string address = m_form->address().toStdString();
    const auto name = m_book.add({nameFor(address), address, m_form->key(), {}, 0});
    if (!name) {
        m_page_error = name.error();
        showPage();
        return {};
    }
    QString text = QString::fromStdString(*name);
    m_list->select(text);
    lookAt(text);
    return text;
}

void DeployPanel::keepKey(const QString& name) {
    const SavedBoard* board = m_book.find(name.toStdString());
    if (!board || board->identity == m_form->key())
        return;
    const auto key = [this](SavedBoard& changed) { changed.identity = m_form->key(); };
    if (const auto kept = m_book.change(name.toStdString(), key); !kept)
        m_page_error = kept.error();
}

void DeployPanel::addBoard() {
    auto* dialog = new BoardSetupDialog(window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (m_shown.isEmpty())
        dialog->setAddress(m_form->address());
    connect(dialog, &BoardSetupDialog::boardReady, this, &DeployPanel::takeReady);
    dialog->open();
}

void DeployPanel::takeReady(const SavedBoard& board) {
    // One that was only typed so far is the same board, now with a key and a name.
    const SavedBoard* typed = m_book.at(board.address);
    std::string name = board.name;
    if (typed && typed->name == nameFor(typed->address) && !running(QString::fromStdString(typed->name))) {
        SavedBoard named = board;
        if (named.name.empty())
            named.name = typed->name;
        if (named.name != typed->name)
            named.name = free_board_name(m_book.boards(), named.name);
        name = named.name;
        if (!replace(QString::fromStdString(typed->name), named))
            return;
    } else if (const auto added = m_book.add(board); added) {
        name = *added;
    } else {
        m_page_error = added.error();
        return showPage();
    }
    m_list->select(QString::fromStdString(name));
    takeSelection();
}

void DeployPanel::rename(const QString& name) {
    auto* dialog = new QInputDialog(this);
    dialog->setObjectName(QStringLiteral("board_rename_dialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Rename"));
    dialog->setLabelText(tr("Name of the board"));
    dialog->setOkButtonText(tr("Rename"));
    dialog->setCancelButtonText(tr("Cancel"));
    dialog->setTextValue(name);
    connect(dialog, &QInputDialog::textValueSelected, this, [this, name](const QString& text) {
        const SavedBoard* board = m_book.find(name.toStdString());
        if (!board || running(name))
            return;
        SavedBoard changed = *board;
        changed.name = clean_text(text.toStdString(), 4096);
        if (!replace(name, changed))
            return;
        const QString now = QString::fromStdString(changed.name);
        m_list->select(now);
        lookAt(now);
    });
    dialog->open();
}

bool DeployPanel::replace(const QString& before, const SavedBoard& board) {
    if (const auto replaced = m_book.replace(before.toStdString(), board); !replaced) {
        m_page_error = replaced.error();
        showPage();
        return false;
    }
    const QString now = QString::fromStdString(board.name);
    if (now == before)
        return true;
    m_workspace->renameBoard(before.toStdString(), board.name);
    if (auto progress = m_progress.extract(before); !progress.empty()) {
        progress.key() = now;
        m_progress.insert(std::move(progress));
    }
    showBoards();
    return true;
}

void DeployPanel::remove(const QStringList& names) {
    auto* dialog = new QMessageBox(
        QMessageBox::Question, tr("Remove from the list"),
        names.size() == 1 ? tr("Remove “%1” from the list?").arg(names.first())
                          : tr("Remove %n board(s) from the list?", nullptr, static_cast<int>(names.size())),
        QMessageBox::Ok | QMessageBox::Cancel, this);
    dialog->setObjectName(QStringLiteral("board_remove_dialog"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setInformativeText(
        tr("Nothing changes on the board. What was kept of its passwords is forgotten."));
    dialog->setTextFormat(Qt::PlainText);
    dialog->button(QMessageBox::Ok)->setText(tr("Remove"));
    dialog->button(QMessageBox::Cancel)->setText(tr("Cancel"));
    connect(dialog, &QDialog::finished, this, [this, names](int button) {
        if (button != QMessageBox::Ok)
            return;
        for (const QString& name : names) {
            const SavedBoard* board = m_book.find(name.toStdString());
            if (!board || running(name))
                continue;
            const std::string address = board->address;
            m_book.remove(name.toStdString());
            m_workspace->removeBoard(name.toStdString());
            m_progress.erase(name);
            if (!m_book.at(address))
                m_workspace->boardQuestions()->forgetKept(address);
        }
        takeSelection();
    });
    dialog->open();
}

}  // namespace quantwright

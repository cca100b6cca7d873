#include "widgets/workspace/board_book.h"

#include <QSettings>
#include <QStandardPaths>
#include <QStringList>
#include <algorithm>

#include "core/board/address.h"

namespace quantwright {
namespace {

const QString addresses_setting = QStringLiteral("board/addresses");

std::filesystem::path path() {
    return BoardBook::file().toStdString();
}

/// What would keep the list from being written.
Status check(const SavedBoard& board) {
    if (!is_board_name(board.name))
        return fail(ErrorCode::board_name, board.name);
    if (const auto address = parse_board_address(board.address); !address)
        return fail(address);
    return {};
}

}  // namespace

BoardBook::BoardBook(QObject* parent) : QObject(parent) {
    read();
    takeOverAddresses();
}

QString BoardBook::file() {
    return QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation) +
           QStringLiteral("/boards.json");
}

const SavedBoard* BoardBook::at(const std::string& address) const {
    const auto found = std::find_if(m_boards.begin(), m_boards.end(),
                                    [&](const SavedBoard& board) { return board.address == address; });
    return found == m_boards.end() ? nullptr : &*found;
}

Result<std::string> BoardBook::add(SavedBoard board) {
    read();
    if (board.name.empty())
        board.name = board.address;
    board.name = free_board_name(m_boards, board.name);
    if (const auto checked = check(board); !checked)
        return fail(checked);
    m_boards.push_back(board);
    write();
    emit changed();
    return board.name;
}

Status BoardBook::replace(const std::string& name, const SavedBoard& board) {
    read();
    if (auto checked = check(board); !checked)
        return checked;
    if (board.name != name && find(board.name))
        return fail(ErrorCode::board_name, board.name);
    const auto found = std::find_if(m_boards.begin(), m_boards.end(),
                                    [&](const SavedBoard& other) { return other.name == name; });
    if (found == m_boards.end())
        m_boards.push_back(board);  // another program has removed it meanwhile
    else
        *found = board;
    write();
    emit changed();
    return {};
}

Status BoardBook::change(const std::string& name, const std::function<void(SavedBoard&)>& change) {
    read();
    const SavedBoard* board = find(name);
    if (!board)
        return {};
    SavedBoard changed = *board;
    change(changed);
    return replace(name, changed);
}

void BoardBook::remove(const std::string& name) {
    read();
    std::erase_if(m_boards, [&](const SavedBoard& board) { return board.name == name; });
    write();
    emit changed();
}

/// Another window may have changed it.
void BoardBook::read() {
    auto loaded = load_boards(path());
    if (!loaded) {
        m_error = loaded.error();
        return;
    }
    if (m_error)  // what could not be written is still in memory alone
        for (SavedBoard& board : m_boards) {
            const auto same = std::find_if(loaded->begin(), loaded->end(),
                                           [&](const SavedBoard& other) { return other.name == board.name; });
            if (same == loaded->end())
                loaded->push_back(std::move(board));
            else
                *same = std::move(board);
        }
    m_boards = std::move(*loaded);
    m_error.reset();
}

void BoardBook::write() {
    if (m_error)
        return;
    if (const auto saved = save_boards(path(), m_boards); !saved)
        m_error = saved.error();
}

void BoardBook::takeOverAddresses() {
    QSettings settings;
    const QStringList addresses = settings.value(addresses_setting).toStringList();
    if (addresses.isEmpty() || m_error)
        return;
    for (const QString& address : addresses) {
        const std::string text = address.toStdString();
        const SavedBoard board{text, text, {}, {}, 0};
        if (check(board) && !at(text) && !find(text))
            m_boards.push_back(board);
    }
    write();
    if (!m_error)
        settings.remove(addresses_setting);
}

}  // namespace quantwright

#pragma once
// The boards kept by name as the window has them: every change goes to the file at once. Where the file can't
// be read or written the list goes on in memory, and error() says why.
#include <QObject>
#include <QString>
#include <functional>
#include <optional>
#include <vector>

#include "core/board/saved_boards.h"

namespace quantwright {

class BoardBook : public QObject {
    Q_OBJECT
public:
    /// Takes over the addresses that earlier versions kept in the settings.
    explicit BoardBook(QObject* parent = nullptr);

    /// boards.json in the program's configuration folder.
    [[nodiscard]] static QString file();
    [[nodiscard]] const std::vector<SavedBoard>& boards() const { return m_boards; }
    [[nodiscard]] const SavedBoard* find(const std::string& name) const { return find_board(m_boards, name); }
    /// The first of this address.
    [[nodiscard]] const SavedBoard* at(const std::string& address) const;
    /// Of the file, last time.
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

    /// The name it was given: its own, or with a number where another board has that one; without a name its
    /// address is one. Errors: board.name, board.address.
    Result<std::string> add(SavedBoard board);
    /// In the place of the one of that name. Errors: as add(), also for a name that another board has.
    Status replace(const std::string& name, const SavedBoard& board);
    /// As replace(), with what the file says of it now, changed; does nothing if it is gone.
    Status change(const std::string& name, const std::function<void(SavedBoard&)>& change);
    void remove(const std::string& name);

signals:
    void changed();

private:
    void read();
    void takeOverAddresses();
    void write();

    std::vector<SavedBoard> m_boards;
    std::optional<Error> m_error;
};

}  // namespace quantwright

#pragma once
// Which groups of layers (Prepared::groups) are shown with their parts: one answer for graph and table.
#include <QObject>
#include <set>

namespace quantwright {

class OpenGroups : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    [[nodiscard]] bool isOpen(int group) const { return m_open.contains(group); }
    [[nodiscard]] const std::set<int>& all() const { return m_open; }
    void setOpen(int group, bool open) {
        const bool changes = open ? m_open.insert(group).second : m_open.erase(group) > 0;
        if (changes)
            emit changed();
    }
    void setAll(std::set<int> groups) {
        if (groups == m_open)
            return;
        m_open = std::move(groups);
        emit changed();
    }

signals:
    void changed();

private:
    std::set<int> m_open;  ///< indices into Prepared::groups
};

}  // namespace quantwright

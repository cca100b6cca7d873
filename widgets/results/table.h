#pragma once
// Aligned columns of text.
#include <QString>
#include <QStringList>
#include <vector>

namespace quantwright::results {

/// Columns a terminal uses: wide (East Asian) characters take two.
[[nodiscard]] int columns(const QString& text);

class Table {
public:
    /// Headings; one that begins with '>' is aligned to the right. Empty headings print no heading line.
    explicit Table(const QStringList& headings);
    void add(QStringList cells);
    [[nodiscard]] bool empty() const { return m_rows.empty(); }
    [[nodiscard]] QString text() const;

private:
    QStringList m_headings;
    std::vector<bool> m_right;
    std::vector<QStringList> m_rows;
};

}  // namespace quantwright::results

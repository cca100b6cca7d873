#include "widgets/results/table.h"

#include <algorithm>

namespace quantwright::results {

namespace {

/// The ranges of Unicode's East_Asian_Width W and F that names and translations use, and marks that take no
/// column.
int columns(char32_t code) {
    if ((code >= 0x0300 && code <= 0x036F) || (code >= 0x200B && code <= 0x200F))
        return 0;
    const bool wide = (code >= 0x1100 && code <= 0x115F) || (code >= 0x2E80 && code <= 0xA4CF) ||
                      (code >= 0xAC00 && code <= 0xD7A3) || (code >= 0xF900 && code <= 0xFAFF) ||
                      (code >= 0xFE30 && code <= 0xFE6F) || (code >= 0xFF00 && code <= 0xFF60) ||
                      (code >= 0xFFE0 && code <= 0xFFE6) || (code >= 0x1F300 && code <= 0x1FAFF) ||
                      (code >= 0x20000 && code <= 0x3FFFD);
    return wide ? 2 : 1;
}

}  // namespace

int columns(const QString& text) {
    int sum = 0;
    for (const auto code : text.toUcs4())
        sum += columns(static_cast<char32_t>(code));
    return sum;
}

Table::Table(const QStringList& headings) {
    for (const QString& heading : headings) {
        m_right.push_back(heading.startsWith(u'>'));
        m_headings.append(m_right.back() ? heading.mid(1) : heading);
    }
}

void Table::add(QStringList cells) {
    for (QString& cell : cells)
        for (QChar& c : cell)
            if (c.unicode() < 0x20 || c.unicode() == 0x7F)
                c = u'?';  // names come from files: nothing in them may steer the terminal
    m_rows.push_back(std::move(cells));
}

QString Table::text() const {
    std::vector<int> widths(m_right.size(), 0);
    const auto measure = [&](const QStringList& cells) {
        for (std::size_t i = 0; i < widths.size(); ++i)
            widths[i] = std::max(widths[i], columns(cells.value(static_cast<qsizetype>(i))));
    };
    const bool has_headings =
        std::any_of(m_headings.begin(), m_headings.end(), [](const QString& one) { return !one.isEmpty(); });
    measure(m_headings);
    for (const QStringList& row : m_rows)
        measure(row);
    QString result;
    const auto print = [&](const QStringList& cells) {
        QString line;
        for (std::size_t i = 0; i < widths.size(); ++i) {
            const QString cell = cells.value(static_cast<qsizetype>(i));
            const QString space(widths[i] - columns(cell), u' ');
            line += (i == 0 ? QString() : QStringLiteral("  ")) + (m_right[i] ? space + cell : cell + space);
        }
        while (line.endsWith(u' '))
            line.chop(1);
        result += line + u'\n';
    };
    if (has_headings)
        print(m_headings);
    for (const QStringList& row : m_rows)
        print(row);
    return result;
}

}  // namespace quantwright::results

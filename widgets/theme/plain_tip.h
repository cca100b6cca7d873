#pragma once
// Tool tips guess whether a text is HTML; what came from elsewhere is shown as it is.
#include <QString>
#include <QTextDocument>

namespace quantwright {

[[nodiscard]] inline QString plainTip(const QString& text) {
    return Qt::mightBeRichText(text) ? text.toHtmlEscaped().replace(u'\n', QLatin1String("<br>")) : text;
}

}  // namespace quantwright

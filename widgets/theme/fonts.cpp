#include "widgets/theme/fonts.h"

#include <QStringList>

namespace quantwright {

namespace {
QFont face(const QStringList& families, TextSize size, bool bold) {
    QFont font;
    font.setFamilies(families);
    font.setPixelSize(static_cast<int>(size));
    font.setWeight(bold ? QFont::DemiBold : QFont::Normal);
    return font;
}
}  // namespace

QFont uiFont(TextSize size, bool bold) {
    static const QStringList families{QStringLiteral("Inter"),
                                      QStringLiteral("Noto Sans"),
                                      QStringLiteral("Segoe UI"),
                                      QStringLiteral("Noto Sans CJK SC"),
                                      QStringLiteral("Source Han Sans SC"),
                                      QStringLiteral("Microsoft YaHei"),
                                      QStringLiteral("WenQuanYi Micro Hei"),
                                      QStringLiteral("DejaVu Sans"),
                                      QStringLiteral("sans-serif")};
    return face(families, size, bold);
}

QFont figureFont(TextSize size, bool bold) {
    static const QStringList families{QStringLiteral("JetBrains Mono"),
                                      QStringLiteral("Noto Sans Mono"),
                                      QStringLiteral("DejaVu Sans Mono"),
                                      QStringLiteral("Consolas"),
                                      QStringLiteral("Noto Sans Mono CJK SC"),
                                      QStringLiteral("Noto Sans CJK SC"),
                                      QStringLiteral("monospace")};
    QFont font = face(families, size, bold);
    font.setStyleHint(QFont::Monospace);
    return font;
}

}  // namespace quantwright

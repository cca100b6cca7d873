#include "widgets/setup/parts.h"

#include <QDir>

#include "widgets/theme/fonts.h"
#include "widgets/theme/style_sheet.h"

namespace quantwright::setup {

QLabel* paragraph(QWidget* parent, const char* role) {
    auto* label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    if (role)
        label->setProperty("role", QLatin1String(role));
    return label;
}

QLabel* code(QWidget* parent) {
    QLabel* label = paragraph(parent);
    label->setFont(figureFont());
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

void give_role(QWidget* widget, const char* role) {
    if (widget->property("role").toString() == QLatin1String(role))
        return;
    widget->setProperty("role", QLatin1String(role));
    restyle(widget);
}

std::filesystem::path to_path(const QString& text) {
    QString path = text.trimmed();
    if (path.startsWith(QLatin1String("~/")))
        path.replace(0, 1, QDir::homePath());
    // Where keys are, and not where the program happened to be started.
    if (!path.isEmpty() && QDir::isRelativePath(path))
        path = QDir::homePath() + QStringLiteral("/.ssh/") + path;
    return std::filesystem::path(path.toStdString());
}

QString spoken_of(const QString& path) {
    const QString home = QDir::homePath() + QLatin1Char('/');
    return path.startsWith(home) ? QStringLiteral("~/") + path.mid(home.size()) : path;
}

}  // namespace quantwright::setup

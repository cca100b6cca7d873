#include "widgets/theme/theme.h"

#include <QApplication>
#include <QEvent>
#include <QPalette>
#include <QPointer>
#include <QStyleFactory>
#include <QTimer>
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
#include <QStyleHints>
#endif

#include "widgets/theme/fonts.h"
#include "widgets/theme/style_sheet.h"

namespace quantwright {

Theme::Theme(QObject* parent) : QObject(parent) {}

Theme& Theme::instance() {
    static QPointer<Theme> theme;
    if (!theme)
        theme = new Theme(qApp);
    return *theme;
}

const Palette& currentPalette() {
    return Theme::instance().current();
}

const Palette& Theme::current() const {
    return m_dark ? darkPalette() : lightPalette();
}

void Theme::apply(Mode mode) {
    if (!m_applied) {
        m_applied = true;
        QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
        connect(QGuiApplication::styleHints(), &QStyleHints::colorSchemeChanged, this, [this] {
            if (m_mode == Mode::System)
                refresh();
        });
#else
        qApp->installEventFilter(this);
#endif
    }
    m_mode = mode;
    refresh();
}

void Theme::setMode(Mode mode) {
    if (m_applied && mode == m_mode)
        return;
    apply(mode);
}

bool Theme::systemIsDark() const {
#if QT_VERSION >= QT_VERSION_CHECK(6, 5, 0)
    if (QGuiApplication::styleHints()->colorScheme() != Qt::ColorScheme::Unknown)
        return QGuiApplication::styleHints()->colorScheme() == Qt::ColorScheme::Dark;
#endif
    // Older Qt has no word for it. A default palette takes back ours and shows the platform's own, whose
    // lightness tells; refresh() sets ours again at once.
    QApplication::setPalette(QPalette());
    const QPalette system = QApplication::palette();
    return system.color(QPalette::Window).lightness() < system.color(QPalette::WindowText).lightness();
}

void Theme::refresh() {
    m_applying = true;
    m_dark = m_mode == Mode::Dark || (m_mode == Mode::System && systemIsDark());
    QApplication::setPalette(toQPalette(current()));
    QApplication::setFont(uiFont());
    qApp->setStyleSheet(styleSheet(current()));
    m_applying = false;
    emit changed();
}

bool Theme::eventFilter(QObject* watched, QEvent* event) {
    // Sent to windows when the desktop changes its colours; the platform's palette is new only after it.
    if (event->type() == QEvent::ThemeChange && m_mode == Mode::System && !m_applying)
        QTimer::singleShot(0, this, [this] {
            if (m_mode == Mode::System)
                refresh();
        });
    return QObject::eventFilter(watched, event);
}

}  // namespace quantwright

#pragma once
// The look that is in force, and the only place that changes it.
#include <QObject>

#include "widgets/theme/palette.h"

namespace quantwright {

class Theme : public QObject {
    Q_OBJECT
public:
    enum class Mode { System, Light, Dark };
    Q_ENUM(Mode)

    /// The application's theme; lives as long as qApp. Light until apply() or setMode() is called.
    static Theme& instance();

    [[nodiscard]] const Palette& current() const;
    [[nodiscard]] bool isDark() const { return current().dark; }
    [[nodiscard]] Mode mode() const { return m_mode; }

    /// Fusion style, palette, fonts and style sheet for the whole application. Call once after
    /// constructing QApplication; setMode() afterwards changes everything live.
    void apply(Mode mode = Mode::System);
    void setMode(Mode mode);

signals:
    /// After the application's palette and style sheet have been replaced.
    void changed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    explicit Theme(QObject* parent);
    [[nodiscard]] bool systemIsDark() const;
    void refresh();

    Mode m_mode = Mode::Light;
    bool m_dark = false;
    bool m_applied = false;
    bool m_applying = false;
};

/// Theme::instance().current()
[[nodiscard]] const Palette& currentPalette();

}  // namespace quantwright

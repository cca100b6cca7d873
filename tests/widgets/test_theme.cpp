// Colours, badges, icons and the style sheet.
#include <QApplication>
#include <QFile>
#include <QPushButton>
#include <QRegularExpression>
#include <QTest>
#include <cmath>

#include "widgets/theme/fonts.h"
#include "widgets/theme/heat.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/style_sheet.h"
#include "widgets/theme/theme.h"

using namespace quantwright;

namespace {

/// Contrast of WCAG 2: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
double contrast(const QColor& a, const QColor& b) {
    const auto luminance = [](const QColor& color) {
        const auto linear = [](double c) {
            return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
        };
        return 0.2126 * linear(color.redF()) + 0.7152 * linear(color.greenF()) +
               0.0722 * linear(color.blueF());
    };
    const double x = luminance(a), y = luminance(b);
    return (std::max(x, y) + 0.05) / (std::min(x, y) + 0.05);
}

}  // namespace

class TestTheme : public QObject {
    Q_OBJECT

private slots:
    void everyIconDraws() {
        QVERIFY(iconNames().size() >= 20);
        for (const QString& name : iconNames()) {
            const QImage image = themedIcon(name).pixmap(24, 24).toImage();
            int painted = 0;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x)
                    painted += image.pixelColor(x, y).alpha() > 100;
            QVERIFY2(painted > 15, qPrintable(name));
        }
        QVERIFY(themedIcon(QStringLiteral("no such")).isNull());
        QVERIFY(!applicationIcon().pixmap(64, 64).isNull());
    }

    void badgesAndHeat_data() {
        QTest::addColumn<QString>("format");
        QTest::addColumn<QColor>("color");
        const Palette& p = lightPalette();
        for (const char* name : {"int8", "uint8", "INT8", "UINT8"})
            QTest::newRow(name) << name << p.int8;
        for (const char* name : {"int16", "UINT16"})
            QTest::newRow(name) << name << p.int16;
        for (const char* name : {"int4", "UINT4"})
            QTest::newRow(name) << name << p.int4;
        for (const char* name : {"float", "FP32", "float32"})
            QTest::newRow(name) << name << p.float32;
        for (const char* name : {"fp16", "BF16"})
            QTest::newRow(name) << name << p.float16;
        QTest::newRow("DYN") << "DYN" << p.dynamic;
        QTest::newRow("W8") << "W8" << p.weights;
        QTest::newRow("W4") << "W4" << p.int4;
        for (const char* name : {"int32", "fp8"})
            QTest::newRow(name) << name << p.other_format;
    }
    void badgesAndHeat() {
        QFETCH(QString, format);
        QFETCH(QColor, color);
        QCOMPARE(badgeColor(lightPalette(), format), color);
        const Palette& p = lightPalette();
        QCOMPARE(heatColor(p, 0), p.heat[0]);
        QCOMPARE(heatColor(p, 0.2), p.heat[1]);
        QCOMPARE(heatColor(p, 1), p.heat[4]);
        QCOMPARE(heatColor(p, 7), p.heat[4]);
        QVERIFY(!heatColor(p, std::nan("")).isValid());
        QCOMPARE(heatColorSmooth(p, 0.25), p.heat[1]);
        QCOMPARE(heatColorSmooth(p, 1), p.heat[4]);
    }

    void textCanBeRead_data() {
        QTest::addColumn<bool>("dark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }
    void textCanBeRead() {
        QFETCH(bool, dark);
        const Palette& p = dark ? darkPalette() : lightPalette();
        for (const QColor& surface : {p.window, p.panel, p.canvas, p.card, p.field, p.accent_soft})
            QVERIFY2(contrast(p.text, surface) >= 7, qPrintable(surface.name()));
        for (const QColor& surface : {p.window, p.panel, p.canvas, p.card})
            QVERIFY2(contrast(p.quiet, surface) >= 4.3, qPrintable(surface.name()));
        QVERIFY(contrast(p.on_accent, p.accent) >= 4.5);
        QVERIFY(contrast(p.accent, p.panel) >= 4.5);
        for (const QColor& badge :
             {p.int4, p.int8, p.int16, p.dynamic, p.weights, p.float16, p.float32, p.other_format})
            QVERIFY2(contrast(Qt::white, badge) >= 3.5, qPrintable(badge.name()));
        // The scale must be told apart by lightness alone, too.
        for (std::size_t i = 1; i < p.heat.size(); ++i)
            QVERIFY(contrast(p.heat[i - 1], p.heat[i]) >= 1.2);
    }

    void styleSheetIsComplete() {
        for (const Palette* palette : {&lightPalette(), &darkPalette()}) {
            const QString sheet = styleSheet(*palette);
            QVERIFY2(!sheet.contains(QLatin1Char('$')), "a name without a colour");
            QCOMPARE(sheet.count(QLatin1Char('{')), sheet.count(QLatin1Char('}')));
            auto images = QRegularExpression(QStringLiteral("url\\(([^)]*)\\)")).globalMatch(sheet);
            QVERIFY(images.hasNext());
            loadIcons();
            while (images.hasNext()) {
                const QString file = images.next().captured(1);
                QVERIFY2(QFile::exists(file), qPrintable(file));
            }
        }
    }

    void themeChangesTheApplication() {
        Theme& theme = Theme::instance();
        theme.apply(Theme::Mode::Light);
        QCOMPARE(QApplication::palette().color(QPalette::Window), lightPalette().window);
        int changes = 0;
        connect(&theme, &Theme::changed, this, [&] {
            ++changes;
            QCOMPARE(QApplication::palette().color(QPalette::Window), theme.current().window);
        });
        theme.setMode(Theme::Mode::Dark);
        QVERIFY(theme.isDark());
        QCOMPARE(QApplication::palette().color(QPalette::WindowText), darkPalette().text);
        theme.setMode(Theme::Mode::Dark);
        QCOMPARE(changes, 1);
        // Our own dark palette is not taken for the system's.
        theme.setMode(Theme::Mode::System);
        const bool system = theme.isDark();
        theme.setMode(Theme::Mode::Light);
        theme.setMode(Theme::Mode::System);
        QCOMPARE(theme.isDark(), system);
        theme.setMode(Theme::Mode::Light);
        QCOMPARE(QApplication::font().pixelSize(), 13);
    }

    void buttonsShowTheirRole() {
        Theme::instance().apply(Theme::Mode::Light);
        QPushButton button(QStringLiteral("Apply"));
        const auto color = [&] { return button.grab().toImage().pixelColor(6, button.height() / 2); };
        button.resize(90, 26);
        QCOMPARE(color(), lightPalette().field);
        button.setProperty("accent", true);
        restyle(&button);
        QCOMPARE(color(), lightPalette().accent);
    }
};

QTEST_MAIN(TestTheme)
#include "test_theme.moc"

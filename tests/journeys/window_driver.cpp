#include "window_driver.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QComboBox>
#include <QCursor>
#include <QDir>
#include <QFileDialog>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QPointer>
#include <QPushButton>
#include <QRegularExpression>
#include <QSettings>
#include <QSortFilterProxyModel>
#include <QTabBar>
#include <QTabWidget>
#include <QTableView>
#include <QTest>
#include <QTimer>
#include <QToolButton>
#include <algorithm>
#include <tuple>

#include "tests/support/patience.h"
#include "widgets/graph/graph_view.h"
#include "widgets/panels/elided_label.h"
#include "widgets/panels/step_button.h"
#include "widgets/panels/step_strip.h"
#include "widgets/theme/theme.h"
#include "widgets/words/language.h"

namespace quantwright::testing {
namespace {

QString plain(QString text) {
    return text.remove(QLatin1Char('&'));
}

QString describe(const QWidget* widget, const QString& text) {
    return QStringLiteral("%1 \"%2\" %3x%4")
        .arg(QString::fromLatin1(widget->metaObject()->className()), text)
        .arg(widget->width())
        .arg(widget->height());
}

}  // namespace

void prepareForWindows(const QString& folder) {
    QCoreApplication::setOrganizationName(QStringLiteral("quantwright-tests"));
    QCoreApplication::setApplicationName(QStringLiteral("quantwright-tests"));
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, folder);
    qputenv("XDG_CONFIG_HOME", folder.toLocal8Bit());
    qputenv("XDG_DATA_HOME", folder.toLocal8Bit());
    QApplication::setAttribute(Qt::AA_DontUseNativeDialogs);
    Theme::instance().apply(Theme::Mode::Light);
}

bool WindowDriver::openSample() {
    m_window->resize(1280, 800);
    m_window->show();
    m_window->activateWindow();  // shortcuts go to the active window
    if (!QTest::qWaitForWindowActive(m_window, 60'000))
        return false;
    const bool chinese = words::currentLanguage() == QStringLiteral("zh");
    if (!clickMenu(0, chinese ? QStringLiteral("打开示例(M)") : QStringLiteral("Open sample")) ||
        !waitForStep(Step::open, StepState::Kind::done))
        return false;
    auto* view = m_window->findChild<GraphView*>();
    return eventually([view] { return !view->scene().nodes.empty() && !view->isLayoutRunning(); });
}

QStringList WindowDriver::settledClippedTexts() const {
    QStringList clipped;
    std::ignore = eventually([&] {
        clipped = clippedTexts();
        return clipped.isEmpty();
    });
    return clipped;
}

bool WindowDriver::clickMenu(int menu, const QString& text) {
    QMenuBar* bar = m_window->menuBar();
    QAction* title = bar->actions().value(menu);
    if (!title)
        return false;
    QTest::mouseClick(bar, Qt::LeftButton, {}, bar->actionGeometry(title).center());
    QMenu* popup = title->menu();
    if (!eventually([popup] { return popup->isVisible(); }))
        return false;
    for (QAction* action : popup->actions())
        if (plain(action->text()) == text && action->isEnabled()) {
            QTest::mouseClick(popup, Qt::LeftButton, {}, popup->actionGeometry(action).center());
            return eventually([popup] { return !popup->isVisible(); });
        }
    QTest::keyClick(popup, Qt::Key_Escape);
    return false;
}

bool WindowDriver::clickStep(Step step) {
    auto* button = m_window->findChild<StepButton*>(QStringLiteral("step_") + slotOf(step));
    if (!button || !button->isEnabled())
        return false;
    QTest::mouseClick(button, Qt::LeftButton, {}, QPoint(30, button->height() / 2));
    return true;
}

bool WindowDriver::cancelStep(Step step) {
    auto* button = m_window->findChild<StepButton*>(QStringLiteral("step_") + slotOf(step));
    auto* cancel = button ? button->findChild<QToolButton*>() : nullptr;
    if (!cancel || !eventually([cancel] { return cancel->isVisible(); }))
        return false;
    QTest::mouseClick(cancel, Qt::LeftButton);
    return true;
}

bool WindowDriver::waitForStep(Step step, StepState::Kind kind, int timeout_ms) {
    return QTest::qWaitFor([&] { return m_window->workspace()->state(step).kind == kind; }, timeout_ms);
}

bool WindowDriver::answerFileDialog(const QString& object_name, const QString& path) {
    QFileDialog* dialog = nullptr;
    if (!eventually([&] {
            dialog = m_window->findChild<QFileDialog*>(object_name);
            return dialog && dialog->isVisible();
        }))
        return false;
    auto* name = dialog->findChild<QLineEdit*>(QStringLiteral("fileNameEdit"));
    if (!name)
        return false;
    // The dialog reads its first folder in the background and takes nothing before that is done.
    if (!QTest::qWaitForWindowActive(dialog, 60'000))
        return false;
    const auto closed = [&] { return !m_window->findChild<QFileDialog*>(object_name); };
    const QPointer<QLineEdit> edit = name;
    for (int attempt = 0; attempt < 30; ++attempt) {
        if (QTest::qWaitFor(closed, attempt == 0 ? 400 : 2000))
            return attempt > 0;
        if (edit) {
            edit->clear();
            QTest::keyClicks(edit, path);
        }
        if (edit)
            QTest::keyClick(edit, Qt::Key_Return);
    }
    return false;
}

QDialog* WindowDriver::exportDialog() {
    QDialog* dialog = nullptr;
    const bool there = eventually([&] {
        dialog = m_window->findChild<QDialog*>(QStringLiteral("export_dialog"));
        return dialog && dialog->isVisible();
    });
    return there && QTest::qWaitForWindowActive(dialog, 60'000) ? dialog : nullptr;
}

bool WindowDriver::answerExportDialog(const QString& path) {
    QDialog* dialog = exportDialog();
    if (!dialog)
        return false;
    auto* edit = dialog->findChild<QLineEdit*>(QStringLiteral("export_path"));
    edit->selectAll();
    QTest::keyClicks(edit, path);
    QTest::keyClick(edit, Qt::Key_Return);
    return eventually([&] { return !m_window->findChild<QDialog*>(QStringLiteral("export_dialog")); });
}

bool WindowDriver::choosePreset(const QString& name, const QString& screenshot_name) {
    auto* button = m_window->findChild<QToolButton*>(QStringLiteral("preset_button"));
    auto* menu = m_window->findChild<QMenu*>(QStringLiteral("preset_menu"));
    if (!button || !menu || !button->isVisible())
        return false;
    bool chosen = false;
    // The menu has an event loop of its own.
    QTimer look;
    QObject::connect(&look, &QTimer::timeout, menu, [&] {
        if (!menu->isVisible())
            return;
        look.stop();
        if (const QString folder = qEnvironmentVariable("QUANTWRIGHT_SCREENSHOTS"); !folder.isEmpty())
            menu->grab().save(folder + QLatin1Char('/') + screenshot_name + QStringLiteral(".png"));
        for (QAction* action : menu->actions())
            if (action->data().toString() == name) {
                chosen = menu->isVisible() && menu->rect().contains(menu->actionGeometry(action));
                QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(action).center());
                return;
            }
        menu->close();
    });
    look.start(300);
    QTest::mouseClick(button, Qt::LeftButton);
    return chosen;
}

bool WindowDriver::clickGraphNode(int layer, Qt::KeyboardModifiers modifiers) {
    auto* view = m_window->findChild<GraphView*>();
    if (!view || !eventually([&] { return !view->isLayoutRunning() && !view->nodeRect(layer).isEmpty(); }))
        return false;
    view->centreOn(layer);
    QTest::qWait(50);
    QTest::mouseClick(view, Qt::LeftButton, modifiers, view->nodeRect(layer).center().toPoint());
    return true;
}

bool WindowDriver::selectTableRow(int layer, Qt::KeyboardModifiers modifiers) {
    auto* table = m_window->findChild<QTableView*>(QStringLiteral("layers"));
    auto* proxy = qobject_cast<QSortFilterProxyModel*>(table->model());
    const QModelIndex index = proxy->mapFromSource(proxy->sourceModel()->index(layer, 0));
    if (!index.isValid())
        return false;
    table->scrollTo(index);
    QTest::mouseClick(table->viewport(), Qt::LeftButton, modifiers, table->visualRect(index).center());
    return true;
}

bool WindowDriver::chooseField(const QString& path, const QString& value) {
    auto* combo = m_window->findChild<QComboBox*>(QStringLiteral("field_") + path);
    if (!combo || !combo->isVisible() || combo->findData(value) < 0)
        return false;
    combo->setFocus();
    const int wanted = combo->findData(value);
    if (combo->currentIndex() == wanted)
        return true;
    QTest::mouseClick(combo, Qt::LeftButton);
    QWidget* popup = combo->view()->window();
    if (!eventually([popup] { return popup->isVisible(); }))
        return false;
    QTest::qWait(QApplication::doubleClickInterval() +
                 50);  // a release too soon after the press only opens it
    const QModelIndex item = combo->model()->index(wanted, 0);
    QTest::mouseMove(combo->view()->viewport(), combo->view()->visualRect(item).center());
    QTest::mouseClick(combo->view()->viewport(), Qt::LeftButton, {},
                      combo->view()->visualRect(item).center());
    if (!eventually([popup] { return !popup->isVisible(); }))
        return false;
    // A display without a window manager leaves the focus on the list for a while.
    return eventually([this] {
        m_window->activateWindow();
        return QApplication::activeWindow() == m_window;
    });
}

bool WindowDriver::chooseIn(const QString& object_name, int index) {
    auto* combo = m_window->findChild<QComboBox*>(object_name);
    if (!combo || !combo->isVisible())
        return false;
    combo->setFocus();
    while (combo->currentIndex() < index)
        QTest::keyClick(combo, Qt::Key_Down);
    while (combo->currentIndex() > index)
        QTest::keyClick(combo, Qt::Key_Up);
    return combo->currentIndex() == index;
}

bool WindowDriver::showTab(int tab) {
    auto* tabs = m_window->findChild<QTabWidget*>(QStringLiteral("tabs"));
    QTest::mouseClick(tabs->tabBar(), Qt::LeftButton, {}, tabs->tabBar()->tabRect(tab).center());
    return tabs->currentIndex() == tab;
}

QStringList WindowDriver::clippedTexts() const {
    QStringList found;
    for (const QWidget* widget : QApplication::allWidgets()) {
        if (!widget->isVisible() || widget->visibleRegion().isEmpty())
            continue;
        const QWidget* window = widget->window();
        if (window != m_window && window->parentWidget() != m_window)
            continue;
        // Cut off by the edge of what it lies in.
        const bool text_widget =
            qobject_cast<const QLabel*>(widget) || qobject_cast<const QAbstractButton*>(widget) ||
            qobject_cast<const QComboBox*>(widget) || qobject_cast<const QLineEdit*>(widget) ||
            widget->inherits("quantwright::FigureBox");
        const QRect seen = widget->visibleRegion().boundingRect();
        if (text_widget && widget->width() > 0 && (seen.left() > 0 || seen.right() < widget->width() - 1))
            found << describe(widget, widget->objectName() + QStringLiteral(" cut at the side"));
        if (const auto* label = qobject_cast<const QLabel*>(widget)) {
            if (label->text().isEmpty() || qobject_cast<const ElidedLabel*>(label))
                continue;
            const bool narrow = !label->wordWrap() && label->sizeHint().width() > label->width();
            const bool low = label->wordWrap() ? label->heightForWidth(label->width()) > label->height()
                                               : label->sizeHint().height() > label->height();
            if (narrow || low)
                found << describe(label, label->text());
        } else if (const auto* button = qobject_cast<const QAbstractButton*>(widget)) {
            if (button->text().isEmpty() || button->inherits("QTableCornerButton"))
                continue;
            const QMargins slack(0, 0, 0, 0);
            if (button->fontMetrics().horizontalAdvance(plain(button->text())) + slack.left() >
                    button->width() ||
                (button->inherits("quantwright::StepButton") && button->sizeHint().width() > button->width()))
                found << describe(button, button->text());
        } else if (const auto* combo = qobject_cast<const QComboBox*>(widget)) {
            constexpr int arrow = 34;  // and the space round the text
            if (combo->fontMetrics().horizontalAdvance(combo->currentText()) + arrow > combo->width())
                found << describe(combo, combo->currentText());
        } else if (const auto* tabs = qobject_cast<const QTabBar*>(widget)) {
            for (int i = 0; i < tabs->count(); ++i)
                if (tabs->isTabVisible(i) &&
                    (tabs->fontMetrics().horizontalAdvance(tabs->tabText(i)) > tabs->tabRect(i).width() ||
                     tabs->tabRect(i).right() > tabs->width()))
                    found << describe(tabs, tabs->tabText(i));
        } else if (const auto* header = qobject_cast<const QHeaderView*>(widget)) {
            for (int i = 0; header->model() && header->orientation() == Qt::Horizontal && i < header->count();
                 ++i) {
                const QString text = header->model()->headerData(i, Qt::Horizontal).toString();
                if (!header->isSectionHidden(i) &&
                    header->fontMetrics().horizontalAdvance(text) + 8 > header->sectionSize(i))
                    found << describe(header, text);
            }
        } else if (const auto* table = qobject_cast<const QTableView*>(widget);
                   table && table->objectName() == QStringLiteral("layers")) {
            // Names may be long and have a tooltip; every other cell is to be read whole.
            for (int row = 0; row < table->model()->rowCount(); ++row)
                for (int column = 1; column < table->model()->columnCount(); ++column)
                    if (const QModelIndex index = table->model()->index(row, column);
                        !table->isColumnHidden(column) &&
                        table->sizeHintForIndex(index).width() > table->columnWidth(column))
                        found << describe(table, index.data().toString());
        } else if (const auto* edit = qobject_cast<const QLineEdit*>(widget)) {
            const QString text = edit->text().isEmpty() ? edit->placeholderText() : QString();
            if (edit->fontMetrics().horizontalAdvance(text) + 12 > edit->width())
                found << describe(edit, text);
        }
    }
    return found;
}

QStringList WindowDriver::untranslatedTexts() const {
    QStringList found;
    const auto chinese = [](const QString& text) {
        return std::any_of(text.begin(), text.end(),
                           [](QChar c) { return c.unicode() >= 0x4e00 && c.unicode() <= 0x9fff; });
    };
    // Words that are the same in every language.
    static const QStringList same{QStringLiteral("English"), QStringLiteral("SNR"), QStringLiteral("MACs"),
                                  QStringLiteral("Top-1"), QStringLiteral("Top-5")};
    const auto check = [&](const QWidget* widget, const QString& text) {
        static const QRegularExpression word(QStringLiteral("[A-Za-z]{3,}"));
        static const QRegularExpression name(QStringLiteral("[/._0-9]"));
        if (text.isEmpty() || chinese(text) || same.contains(text) || text.contains(name) ||
            !text.contains(word))
            return;
        if (text == text.toUpper())  // INT8
            return;
        found << describe(widget, text);
    };
    for (const QWidget* widget : m_window->findChildren<QWidget*>()) {
        if (!widget->isVisible())
            continue;
        if (const auto* label = qobject_cast<const QLabel*>(widget))
            check(label, label->text());
        else if (const auto* button = qobject_cast<const QAbstractButton*>(widget))
            check(button, button->text());
        else if (const auto* tabs = qobject_cast<const QTabBar*>(widget))
            for (int i = 0; i < tabs->count(); ++i)
                check(tabs, tabs->tabText(i));
        else if (const auto* header = qobject_cast<const QHeaderView*>(widget))
            for (int i = 0; header->model() && header->orientation() == Qt::Horizontal && i < header->count();
                 ++i)
                check(header, header->model()->headerData(i, Qt::Horizontal).toString());
        else if (const auto* edit = qobject_cast<const QLineEdit*>(widget))
            check(edit, edit->placeholderText());
    }
    for (const QAction* menu : m_window->menuBar()->actions()) {
        check(m_window->menuBar(), plain(menu->text()));
        for (const QAction* action : menu->menu()->actions())
            check(menu->menu(), plain(action->text()));
    }
    return found;
}

void WindowDriver::screenshot(const QString& name) const {
    const QString folder = qEnvironmentVariable("QUANTWRIGHT_SCREENSHOTS");
    if (folder.isEmpty())
        return;
    QDir().mkpath(folder);
    QCursor::setPos(
        m_window->mapToGlobal(QPoint(m_window->width() - 3, m_window->height() - 3)));  // nothing hovered
    QTest::qWait(150);
    QWidget* shown = m_window;
    m_window->grab().save(folder + QLatin1Char('/') + name + QStringLiteral(".png"));
    for (QWidget* dialog : m_window->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly))
        if (dialog->isWindow() && dialog->isVisible() && dialog != shown)
            dialog->grab().save(folder + QLatin1Char('/') + name + QStringLiteral("-dialog.png"));
}

}  // namespace quantwright::testing

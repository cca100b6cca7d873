#include "widgets/theme/style_sheet.h"

#include <QStyle>
#include <QWidget>
#include <utility>

namespace quantwright {

namespace {

// $names are colours of Palette; see styleSheet() for the list. Longer names come first there, because
// "$line" is also the beginning of "$line_strong".
const char* const k_surfaces = R"(
QMainWindow, QDialog { background: $panel; }
QMainWindow::separator { background: $window; width: 5px; height: 5px; }
QMainWindow::separator:hover { background: $accent_soft; }
QSplitter::handle { background: $line; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: $accent; }
*[surface="panel"] { background: $panel; }
*[surface="canvas"] { background: $canvas; }
*[surface="card"] { background: $card; border: 1px solid $line; border-radius: 6px; }

QMenuBar { background: $panel; padding: 2px 4px; border-bottom: 1px solid $line; }
QMenuBar::item { background: transparent; padding: 4px 10px; border-radius: 4px; }
QMenuBar::item:selected { background: $field; }
QMenuBar::item:pressed { background: $accent_soft; color: $accent; }
QMenu { background: $panel; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 28px 5px 26px; border-radius: 4px; }
QMenu::item:selected { background: $accent_soft; }
QMenu::item:disabled { color: $disabled; }
QMenu::icon { padding-left: 6px; }
QMenu::indicator { width: 14px; height: 14px; left: 6px; }
QMenu::indicator:checked { image: url(:/icons/style/check-middle.svg); }
QMenu::separator { height: 1px; background: $line; margin: 4px 8px; }

QToolBar { background: $panel; border: none; border-bottom: 1px solid $line; spacing: 4px; padding: 4px; }
QToolBar::separator { background: $line; width: 1px; margin: 4px; }
QStatusBar { background: $window; border-top: 1px solid $line; color: $quiet; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $quiet; }
QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; font-weight: 600; }
QDockWidget::title { background: $panel; padding: 8px 12px 6px 12px; text-align: left; }
QToolTip { background: $panel; color: $text; border: 1px solid $line_strong; padding: 4px 6px; }
QGroupBox { border: none; margin-top: 24px; padding: 0; font-weight: 600; }
QGroupBox::title { subcontrol-origin: margin; subcontrol-position: top left; padding: 4px 0; }
QFrame[frameShape="4"], QFrame[frameShape="5"] { color: $line; }

QLabel[role="title"] { font-size: 15px; font-weight: 600; }
QLabel[role="section"] { font-weight: 600; }
QLabel[role="quiet"] { color: $quiet; font-size: 12px; }
QLabel[role="figure"] { font-family: "JetBrains Mono", "Noto Sans Mono", "DejaVu Sans Mono", monospace; }
QLabel[role="better"] { color: $better; font-weight: 600; }
QLabel[role="worse"] { color: $worse; }
QLabel[role="stale"] { color: $stale; }
QLabel[role="accent"] { color: $accent; }
)";

const char* const k_controls = R"(
QPushButton, QToolButton { background: $field; color: $text; border: 1px solid $line; border-radius: 4px; }
QPushButton { padding: 3px 14px; min-height: 18px; }
QToolButton { padding: 3px 6px; min-height: 18px; }
QToolButton[autoRaise="true"] { background: transparent; border-color: transparent; }
QPushButton:hover, QToolButton:hover { background: $field_hover; }
QPushButton:pressed, QToolButton:pressed, QPushButton:checked, QToolButton:checked
    { background: $accent_soft; border-color: $accent; color: $accent; }
QPushButton:focus, QToolButton:focus { border-color: $accent; }
QPushButton:disabled, QToolButton:disabled { color: $disabled; background: transparent; border-color: $line; }
QToolButton[autoRaise="true"]:disabled { border-color: transparent; }
QPushButton:default, QPushButton[accent="true"], QToolButton[accent="true"]
    { background: $accent; color: $on_accent; border-color: $accent; font-weight: 600; }
QPushButton:default:hover, QPushButton[accent="true"]:hover, QToolButton[accent="true"]:hover
    { background: $accent_hover; }
QPushButton:default:focus, QPushButton[accent="true"]:focus, QToolButton[accent="true"]:focus
    { border: 2px solid $text; padding: 2px 13px; }
QPushButton:default:disabled, QPushButton[accent="true"]:disabled, QToolButton[accent="true"]:disabled
    { background: $field; color: $disabled; border-color: $line; }
QPushButton[outline="true"], QToolButton[outline="true"]
    { background: transparent; color: $accent; border-color: $accent; }
QPushButton[outline="true"]:hover, QToolButton[outline="true"]:hover { background: $accent_soft; }
QPushButton[pill="true"], QToolButton[pill="true"]
    { background: transparent; color: $quiet; border: 1px solid $line_strong; border-radius: 8px;
      padding: 0 7px; min-height: 14px; font-size: 11px; }
QPushButton[level="own"], QToolButton[level="own"] { color: $accent; border-color: $accent; }
QPushButton[level="rule"], QToolButton[level="rule"] { color: $better; border-color: $better; }
QPushButton[pill="true"]:hover, QToolButton[pill="true"]:hover { background: $field; }
QPushButton[pill="true"]:focus, QToolButton[pill="true"]:focus { border-color: $accent; }
QPushButton[pill="true"]:disabled, QToolButton[pill="true"]:disabled { color: $disabled; border-color: $line; }
QToolButton[fold="true"] { border: none; background: transparent; padding: 2px 4px 2px 0; font-weight: 600; }
QToolButton[fold="true"]:hover, QToolButton[fold="true"]:focus { color: $accent; }
QToolButton::menu-indicator { image: none; }
QToolButton[popupMode="1"] { padding-right: 18px; }
QToolButton::menu-button { border: none; width: 16px; }
QToolButton::menu-arrow { image: url(:/icons/style/chevron-down.svg); width: 10px; height: 10px; }
QPushButton::menu-indicator { image: url(:/icons/style/chevron-down.svg); width: 10px; height: 10px;
    subcontrol-origin: padding; subcontrol-position: center right; right: 6px; }

QLineEdit, QComboBox, QSpinBox, QDoubleSpinBox, QTextEdit, QPlainTextEdit
    { background: $field; color: $text; border: 1px solid $line; border-radius: 4px;
      selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit, QSpinBox, QDoubleSpinBox { padding: 0 6px; min-height: 22px; }
QComboBox { padding: 0 6px 0 8px; min-height: 22px; }
QLineEdit:hover, QComboBox:hover, QSpinBox:hover, QDoubleSpinBox:hover { border-color: $line_strong; }
QLineEdit:focus, QComboBox:focus, QComboBox:on, QSpinBox:focus, QDoubleSpinBox:focus, QTextEdit:focus,
QPlainTextEdit:focus { border-color: $accent; }
QLineEdit:disabled, QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled
    { color: $disabled; background: transparent; }
*[invalid="true"] { border-color: $worse; }
QComboBox { combobox-popup: 0; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url(:/icons/style/chevron-down.svg); width: 10px; height: 10px; }
QComboBox QAbstractItemView { background: $panel; border: 1px solid $line_strong; padding: 2px; outline: 0;
    selection-background-color: $accent_soft; selection-color: $text; }
QComboBox QAbstractItemView::item { min-height: 22px; padding: 0 6px; }
QComboBox QAbstractItemView::item:selected { background: $accent_soft; color: $text; }
QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button
    { border: none; background: transparent; width: 16px; }
QSpinBox::up-arrow, QDoubleSpinBox::up-arrow { image: url(:/icons/style/chevron-up.svg); width: 8px; height: 8px; }
QSpinBox::down-arrow, QDoubleSpinBox::down-arrow
    { image: url(:/icons/style/chevron-down.svg); width: 8px; height: 8px; }

QCheckBox, QRadioButton { spacing: 7px; background: transparent; }
QCheckBox:disabled, QRadioButton:disabled { color: $disabled; }
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator
    { width: 14px; height: 14px; border: 1px solid $line_strong; border-radius: 3px; background: $panel; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:hover, QCheckBox::indicator:focus, QRadioButton::indicator:hover, QRadioButton::indicator:focus
    { border-color: $accent; }
QCheckBox:focus { color: $accent; }
QRadioButton:focus { color: $accent; }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked
    { background: $accent; border-color: $accent; image: url(:/icons/style/check-$scheme.svg); }
QCheckBox::indicator:indeterminate, QAbstractItemView::indicator:indeterminate
    { background: $accent_soft; border-color: $accent; }
QRadioButton::indicator:checked { background: $panel; border: 4px solid $accent; width: 8px; height: 8px; }
QCheckBox::indicator:disabled { background: $field; border-color: $line; }

QSlider::groove:horizontal { height: 4px; background: $line; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::handle:horizontal { width: 14px; margin: -5px 0; border-radius: 7px; background: $panel; border: 1px solid $accent; }
QProgressBar { background: $field; border: 1px solid $line; border-radius: 4px; min-height: 14px; max-height: 18px;
    text-align: center; font-size: 11px; }
QProgressBar::chunk { background: $accent_soft; border-right: 2px solid $accent; }
QProgressBar[thin="true"] { min-height: 4px; max-height: 4px; border: none; border-radius: 2px; }
QProgressBar[thin="true"]::chunk { background: $accent; border: none; border-radius: 2px; }
)";

const char* const k_views = R"(
QAbstractItemView { background: $panel; alternate-background-color: $canvas; border: none; outline: 0;
    selection-background-color: $accent_soft; selection-color: $text; }
QTableView { gridline-color: $line; }
QTableView::item, QTreeView::item, QListView::item { padding: 2px 6px; border: 1px solid transparent; }
QTreeView::item { min-height: 20px; padding: 0 2px; }
QTableView::item:hover, QTreeView::item:hover, QListView::item:hover { background: $field; }
QTableView::item:selected, QTreeView::item:selected, QListView::item:selected
    { background: $accent_soft; color: $text; }
QTableView::item:focus, QTreeView::item:focus, QListView::item:focus { border: 1px solid $accent; }
QTreeView::branch { background: transparent; }
QTreeView::branch:selected { background: $accent_soft; }
QTreeView::branch:has-children:closed { image: url(:/icons/style/chevron-right.svg); }
QTreeView::branch:has-children:open { image: url(:/icons/style/chevron-down.svg); }
QHeaderView { background: $panel; border: none; }
QHeaderView::section { background: $panel; color: $quiet; border: none; border-bottom: 1px solid $line;
    padding: 4px 7px; font-size: 12px; }
QHeaderView::section:checked { font-weight: 400; color: $text; }
QHeaderView::section:hover { color: $text; background: $field; }
QHeaderView::up-arrow { image: url(:/icons/style/chevron-up.svg); width: 8px; height: 8px; right: 4px; }
QHeaderView::down-arrow { image: url(:/icons/style/chevron-down.svg); width: 8px; height: 8px; right: 4px; }
QTableCornerButton::section { background: $panel; border: none; border-bottom: 1px solid $line; }

QTabWidget::pane { border: none; border-top: 1px solid $line; }
QTabBar { background: transparent; qproperty-drawBase: 0; }
QTabBar::tab { background: transparent; color: $text; padding: 5px 14px; border: 1px solid transparent;
    border-bottom: 2px solid transparent; border-top-left-radius: 4px; border-top-right-radius: 4px; }
QTabBar::tab:hover { background: $field; }
QTabBar::tab:selected { background: $accent_soft; color: $accent; border-bottom: 2px solid $accent; }
QTabBar::tab:focus { border: 1px solid $accent; border-bottom: 2px solid $accent; }
QTabBar::tab:disabled { color: $disabled; }

QScrollArea { background: transparent; border: none; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 10px; }
QScrollBar:horizontal { height: 10px; }
QScrollBar::handle { background: $line; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $line_strong; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; }
)";

}  // namespace

QString styleSheet(const Palette& p) {
    QString sheet =
        QString::fromUtf8(k_surfaces) + QString::fromUtf8(k_controls) + QString::fromUtf8(k_views);
    const std::pair<const char*, QColor> colors[] = {
        {"$accent_hover", p.accent_hover},
        {"$accent_soft", p.accent_soft},
        {"$on_accent", p.on_accent},
        {"$accent", p.accent},
        {"$line_strong", p.line_strong},
        {"$line", p.line},
        {"$field_hover", p.field_hover},
        {"$field", p.field},
        {"$window", p.window},
        {"$panel", p.panel},
        {"$canvas", p.canvas},
        {"$card", p.card},
        {"$text", p.text},
        {"$quiet", p.quiet},
        {"$disabled", p.disabled},
        {"$better", p.better},
        {"$worse", p.worse},
        {"$stale", p.stale},
    };
    for (const auto& [name, color] : colors)
        sheet.replace(QLatin1String(name), color.name());
    sheet.replace(QLatin1String("$scheme"), p.dark ? QStringLiteral("dark") : QStringLiteral("light"));
    return sheet;
}

void restyle(QWidget* widget) {
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
    widget->update();
}

}  // namespace quantwright

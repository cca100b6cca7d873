#include "widgets/panels/board_list.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QMenu>
#include <QShortcut>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/theme/icons.h"

namespace quantwright {
namespace {

constexpr int name_role = Qt::UserRole, icon_size = 14;
constexpr int item_frame = 6;  // padding and border of an item in the style sheet

}  // namespace

BoardList::BoardList(QWidget* parent)
    : QWidget(parent),
      m_list(new QListWidget(this)),
      m_empty(new QLabel(this)),
      m_add(new QToolButton(this)),
      m_rename(new QToolButton(this)),
      m_remove(new QToolButton(this)) {
    m_list->setObjectName(QStringLiteral("board_list"));
    m_list->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_list->setContextMenuPolicy(Qt::CustomContextMenu);
    m_empty->setProperty("role", QStringLiteral("quiet"));
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_add->setObjectName(QStringLiteral("board_add"));
    m_rename->setObjectName(QStringLiteral("board_rename"));
    m_remove->setObjectName(QStringLiteral("board_remove"));
    m_add->setIcon(themedIcon(QStringLiteral("zoom-in")));
    m_remove->setIcon(themedIcon(QStringLiteral("zoom-out")));
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(4);
    for (QToolButton* button : {m_add, m_remove, m_rename}) {
        button->setIconSize({icon_size, icon_size});
        buttons->addWidget(button);
    }
    buttons->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_empty, 1);
    layout->addWidget(m_list, 1);
    layout->addLayout(buttons);

    connect(m_list, &QListWidget::itemSelectionChanged, this, [this] {
        showPossible();
        emit selectionChanged();
    });
    connect(m_list, &QListWidget::customContextMenuRequested, this, &BoardList::openMenu);
    connect(m_list, &QListWidget::itemActivated, this, &BoardList::activated);
    connect(m_add, &QToolButton::clicked, this, &BoardList::addClicked);
    connect(m_rename, &QToolButton::clicked, this, [this] { emit renameClicked(selected().value(0)); });
    connect(m_remove, &QToolButton::clicked, this, [this] { emit removeClicked(selected()); });
    const auto key = [this](const QKeySequence& sequence, QToolButton* button) {
        auto* shortcut = new QShortcut(sequence, m_list);
        shortcut->setContext(Qt::WidgetShortcut);
        connect(shortcut, &QShortcut::activated, button, &QToolButton::click);
    };
    key(Qt::Key_F2, m_rename);
    key(Qt::Key_Delete, m_remove);
    retranslate();
    showPossible();
}

void BoardList::setBoards(const std::vector<SavedBoard>& boards) {
    const QStringList chosen = selected();
    const QSignalBlocker blocker(m_list);
    m_list->clear();
    QHash<QString, BoardStatus> statuses;
    for (const SavedBoard& board : boards) {
        const QString name = QString::fromStdString(board.name);
        addItem(name);
        row(name)->setBoard(name, QString::fromStdString(board.address));
        statuses[name] = m_statuses.value(name);
        itemOf(name)->setSelected(chosen.contains(name));
    }
    m_statuses.clear();
    for (auto status = statuses.cbegin(); status != statuses.cend(); ++status)
        setStatus(status.key(), status.value());
    m_list->setVisible(!boards.empty());
    m_empty->setVisible(boards.empty());
    showPossible();
}

void BoardList::addItem(const QString& name) {
    auto* item = new QListWidgetItem(m_list);
    item->setData(name_role, name);
    auto* row = new BoardRow(m_list);
    row->setStatus({QStringLiteral("…"), {}, BoardStatus::Kind::running});  // as high as it gets
    row->ensurePolished();
    item->setSizeHint({0, row->sizeHint().height() + item_frame});
    m_list->setItemWidget(item, row);
    connect(row, &BoardRow::cancelClicked, this, [this, name] { emit cancelClicked(name); });
}

void BoardList::setStatus(const QString& name, const BoardStatus& status) {
    QListWidgetItem* item = itemOf(name);
    if (!item)
        return;
    m_statuses[name] = status;
    row(name)->setStatus(status);
    item->setData(Qt::AccessibleTextRole, name + QStringLiteral(": ") + status.text);
    showPossible();
}

void BoardList::select(const QString& name) {
    const QSignalBlocker blocker(m_list);
    m_list->clearSelection();
    if (QListWidgetItem* item = itemOf(name)) {
        m_list->setCurrentItem(item);
        item->setSelected(true);
        m_list->scrollToItem(item);
    }
    showPossible();
}

QStringList BoardList::selected() const {
    QStringList names;
    for (int i = 0; i < m_list->count(); ++i)
        if (m_list->item(i)->isSelected())
            names << m_list->item(i)->data(name_role).toString();
    return names;
}

QString BoardList::current() const {
    const QListWidgetItem* item = m_list->currentItem();
    return item && item->isSelected() ? item->data(name_role).toString() : selected().value(0);
}

QListWidgetItem* BoardList::itemOf(const QString& name) const {
    for (int i = 0; i < m_list->count(); ++i)
        if (m_list->item(i)->data(name_role).toString() == name)
            return m_list->item(i);
    return nullptr;
}

BoardRow* BoardList::row(const QString& name) const {
    QListWidgetItem* item = itemOf(name);
    return item ? qobject_cast<BoardRow*>(m_list->itemWidget(item)) : nullptr;
}

void BoardList::showPossible() {
    const QStringList names = selected();
    // What a board is doing goes by its name.
    const bool idle = std::none_of(names.begin(), names.end(), [this](const QString& name) {
        const auto kind = m_statuses.value(name).kind;
        return kind == BoardStatus::Kind::running || kind == BoardStatus::Kind::ending;
    });
    m_rename->setEnabled(idle && names.size() == 1);
    m_remove->setEnabled(idle && !names.isEmpty());
}

void BoardList::openMenu(const QPoint& at) {
    const QStringList names = selected();
    if (names.isEmpty())
        return;
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    const auto add = [menu](const QString& text, const QToolButton* button) {
        QAction* action = menu->addAction(text, button, &QToolButton::click);
        action->setEnabled(button->isEnabled());
    };
    add(tr("Rename…"), m_rename);
    add(tr("Remove"), m_remove);
    if (names.size() == 1)
        menu->addAction(tr("Forget its passwords"), this,
                        [this, name = names.first()] { emit forgetClicked(name); });
    menu->popup(m_list->viewport()->mapToGlobal(at));
}

void BoardList::retranslate() {
    m_list->setAccessibleName(tr("Boards"));
    m_empty->setText(tr("No board yet. Type an address and press Deploy, or set a board up with +."));
    m_rename->setText(tr("Rename…"));
    m_add->setToolTip(tr("Set a board up…"));
    m_add->setAccessibleName(tr("Set a board up…"));
    m_remove->setToolTip(tr("Remove from the list"));
    m_remove->setAccessibleName(tr("Remove from the list"));
}

void BoardList::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

}  // namespace quantwright

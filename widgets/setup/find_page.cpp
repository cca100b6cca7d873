#include "widgets/setup/find_page.h"

#include <QEvent>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>
#include <algorithm>

#include "core/board/address.h"
#include "widgets/setup/parts.h"
#include "widgets/theme/style_sheet.h"

namespace quantwright {

namespace {

enum Column { Address, Name, Found, Greeting, ColumnCount };
constexpr int user_width = 150;

}  // namespace

FindPage::FindPage(QWidget* parent)
    : QWidget(parent),
      m_title(setup::paragraph(this, "title")),
      m_address_label(new QLabel(this)),
      m_user_label(new QLabel(this)),
      m_note(setup::paragraph(this, "quiet")),
      m_list_label(setup::paragraph(this, "section")),
      m_state(setup::paragraph(this, "quiet")),
      m_address(new QLineEdit(this)),
      m_user(new QLineEdit(this)),
      m_list(new QTreeWidget(this)),
      m_again(new QPushButton(this)),
      m_scan(new QPushButton(this)) {
    setObjectName(QStringLiteral("find_page"));
    build();
    connect(m_address, &QLineEdit::textChanged, this, &FindPage::check);
    connect(m_user, &QLineEdit::textChanged, this, &FindPage::check);
    connect(m_list, &QTreeWidget::itemSelectionChanged, this, [this] {
        const auto chosen = m_list->selectedItems();
        if (!chosen.isEmpty())
            choose(m_list->indexOfTopLevelItem(chosen.front()));
    });
    connect(m_list, &QTreeWidget::itemDoubleClicked, this, [this] {
        if (complete())
            emit accepted();
    });
    connect(m_again, &QPushButton::clicked, this, [this] { emit searchAsked(false); });
    connect(m_scan, &QPushButton::clicked, this, [this] { emit searchAsked(true); });
    retranslate();
}

void FindPage::build() {
    m_address->setObjectName(QStringLiteral("setup_address"));
    m_user->setObjectName(QStringLiteral("setup_user"));
    m_user->setFixedWidth(user_width);
    m_list->setObjectName(QStringLiteral("setup_found"));
    m_list->setRootIsDecorated(false);
    m_list->setUniformRowHeights(true);
    m_list->setColumnCount(ColumnCount);
    m_list->setTextElideMode(Qt::ElideRight);
    m_list->header()->setStretchLastSection(true);
    m_again->setObjectName(QStringLiteral("setup_again"));
    m_scan->setObjectName(QStringLiteral("setup_scan"));
    for (QPushButton* button : {m_again, m_scan})
        button->setAutoDefault(false);
    m_address_label->setBuddy(m_address);
    m_user_label->setBuddy(m_user);

    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(0, 1);
    grid->addWidget(m_address_label, 0, 0);
    grid->addWidget(m_user_label, 0, 1);
    grid->addWidget(m_address, 1, 0);
    grid->addWidget(m_user, 1, 1);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(m_again);
    buttons->addWidget(m_scan);
    buttons->addWidget(m_state, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    layout->addLayout(grid);
    layout->addWidget(m_note);
    layout->addSpacing(6);
    layout->addWidget(m_list_label);
    layout->addWidget(m_list, 1);
    layout->addLayout(buttons);
}

void FindPage::setAddress(const QString& address) {
    m_address->setText(address);
}

QString FindPage::address() const {
    const QString typed = m_address->text().trimmed();
    const QString user = m_user->text().trimmed();
    return user.isEmpty() || !m_user->isEnabled() ? typed : user + QLatin1Char('@') + typed;
}

bool FindPage::complete() const {
    return parse_board_address(address().toStdString()).has_value();
}

QString FindPage::proposedName() const {
    const auto parsed = parse_board_address(m_address->text().trimmed().toStdString());
    if (!parsed)
        return {};
    QString host = QString::fromStdString(parsed->host);
    const std::string typed = m_address->text().trimmed().toStdString();
    for (const FoundBoard& board : m_found)
        if (board.address == typed && board.how != FoundBoard::How::config && !board.name.empty())
            host = QString::fromStdString(board.name);
    // The first part of a name says enough; that of an address does not.
    const bool number = std::all_of(host.begin(), host.end(), [](QChar c) {
        return c.isDigit() || c == QLatin1Char('.') || c == QLatin1Char(':');
    });
    return number ? host : host.section(QLatin1Char('.'), 0, 0);
}

void FindPage::choose(int row) {
    const FoundBoard& board = m_found.at(static_cast<std::size_t>(row));
    m_address->setText(QString::fromStdString(board.address));
    // The configuration says who we are there.
    if (board.how == FoundBoard::How::config)
        m_user->clear();
}

void FindPage::check() {
    const QString typed = m_address->text().trimmed();
    m_user->setEnabled(!typed.contains(QLatin1Char('@')));
    const bool wrong = !typed.isEmpty() && !complete();
    if (m_address->property("invalid").toBool() != wrong) {
        m_address->setProperty("invalid", wrong);
        restyle(m_address);
    }
    emit changed();
}

void FindPage::setSearching(bool searching) {
    m_searching = searching;
    m_again->setEnabled(!searching);
    m_scan->setEnabled(!searching);
    retranslate();
}

void FindPage::setFound(std::vector<FoundBoard> found, bool scanned) {
    m_found = std::move(found);
    m_scanned = scanned;
    m_searched = true;
    fill();
    retranslate();
}

void FindPage::fill() {
    const QSignalBlocker blocker(m_list);  // what is typed stays
    m_list->clear();
    for (const FoundBoard& board : m_found) {
        auto* item = new QTreeWidgetItem(m_list);
        item->setText(Address, QString::fromStdString(board.address));
        item->setText(Name, board.name == board.address ? QString() : QString::fromStdString(board.name));
        item->setText(Found, nameOf(board.how));
        item->setText(Greeting, QString::fromStdString(board.banner));
        for (int column = 0; column < ColumnCount; ++column)
            item->setToolTip(column, item->text(column).toHtmlEscaped());
    }
    for (const int column : {Address, Name, Found})
        m_list->resizeColumnToContents(column);
}

void FindPage::focusFirst() {
    m_address->setFocus();
}

QString FindPage::nameOf(FoundBoard::How how) {
    switch (how) {
        case FoundBoard::How::config:
            return tr("~/.ssh/config");
        case FoundBoard::How::neighbour:
            return tr("Neighbour");
        case FoundBoard::How::name:
            return tr("Usual name");
        case FoundBoard::How::scan:
            return tr("Search");
    }
    return {};
}

void FindPage::retranslate() {
    m_title->setText(tr("Which board?"));
    m_address_label->setText(tr("Address"));
    m_user_label->setText(tr("User"));
    m_address->setPlaceholderText(tr("host, user@host:port, or an alias of ~/.ssh/config"));
    m_user->setPlaceholderText(tr("root or bianbu"));
    m_note->setText(
        tr("The board needs power, a network and an SSH server. “hostname -I”, typed on the board, shows its "
           "address. Ready-made Bianbu images have the user root, or the one that was made at the first "
           "start."));
    m_list_label->setText(tr("Found"));
    m_list->setAccessibleName(tr("Found"));
    m_list->setHeaderLabels({tr("Address"), tr("Name"), tr("Found by"), tr("What it says")});
    m_again->setText(tr("Look again"));
    m_again->setToolTip(tr("~/.ssh/config, neighbours of this computer, usual names"));
    m_scan->setText(tr("Search the network"));
    m_scan->setToolTip(
        tr("Asks all addresses of this computer's networks for an SSH server; logs in nowhere"));
    if (m_searching)
        m_state->setText(tr("Looking for boards…"));
    else if (m_searched && m_found.empty())
        m_state->setText(m_scanned ? tr("No SSH server was found on this computer's networks.")
                                   : tr("None is known yet. Search the network, or type the address."));
    else
        m_state->clear();
    for (int row = 0; row < m_list->topLevelItemCount(); ++row)
        m_list->topLevelItem(row)->setText(Found, nameOf(m_found.at(static_cast<std::size_t>(row)).how));
}

void FindPage::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

}  // namespace quantwright

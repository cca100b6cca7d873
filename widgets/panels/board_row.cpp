#include "widgets/panels/board_row.h"

#include <QHBoxLayout>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/panels/elided_label.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/plain_tip.h"
#include "widgets/theme/style_sheet.h"

namespace quantwright {
namespace {

constexpr int icon_size = 12;

const char* roleOf(BoardStatus::Kind kind) {
    switch (kind) {
        case BoardStatus::Kind::running:
            return "accent";
        case BoardStatus::Kind::failed:
            return "worse";
        case BoardStatus::Kind::quiet:
        case BoardStatus::Kind::ending:
            break;
    }
    return "quiet";
}

}  // namespace

BoardRow::BoardRow(QWidget* parent)
    : QWidget(parent),
      m_name(new ElidedLabel(this)),
      m_address(new ElidedLabel(this)),
      m_status(new ElidedLabel(this)),
      m_cancel(new QToolButton(this)) {
    for (ElidedLabel* label : {m_name, m_address, m_status})
        label->setTextFormat(Qt::PlainText);
    m_name->setProperty("role", QStringLiteral("section"));
    m_address->setProperty("role", QStringLiteral("quiet"));
    // The name has its room first.
    m_address->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_status->setObjectName(QStringLiteral("board_status"));
    m_cancel->setObjectName(QStringLiteral("board_cancel"));
    m_cancel->setAutoRaise(true);
    m_cancel->setIconSize({icon_size, icon_size});
    m_cancel->setIcon(themedIcon(QStringLiteral("cancel"), IconTint::Quiet));
    m_cancel->hide();
    connect(m_cancel, &QToolButton::clicked, this, &BoardRow::cancelClicked);

    auto* first = new QHBoxLayout;
    first->setSpacing(6);
    first->addWidget(m_name);
    first->addWidget(m_address, 1);
    auto* lines = new QVBoxLayout;
    lines->setSpacing(1);
    lines->addLayout(first);
    lines->addWidget(m_status);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 2, 0, 2);
    layout->setSpacing(4);
    layout->addLayout(lines, 1);
    layout->addWidget(m_cancel);
}

void BoardRow::setBoard(const QString& name, const QString& address) {
    m_name->setFullText(name);
    m_address->setFullText(name == address ? QString() : address);
}

void BoardRow::setStatus(const BoardStatus& status) {
    m_status->setText(status.text);
    m_status->setToolTip(plainTip(status.detail.isEmpty() ? status.text : status.detail));
    if (const char* role = roleOf(status.kind);
        m_status->property("role").toString() != QLatin1String(role)) {
        m_status->setProperty("role", QLatin1String(role));
        restyle(m_status);
    }
    using Kind = BoardStatus::Kind;
    m_cancel->setVisible(status.kind == Kind::running || status.kind == Kind::ending);
    m_cancel->setEnabled(status.kind == Kind::running);
    m_cancel->setToolTip(tr("Cancel"));
    m_cancel->setAccessibleName(tr("Cancel"));
}

QString BoardRow::statusText() const {
    return m_status->text();
}

}  // namespace quantwright

#include "widgets/setup/check_page.h"

#include <QEvent>
#include <QGridLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QVBoxLayout>

#include "core/board/saved_boards.h"
#include "widgets/setup/command_row.h"
#include "widgets/setup/error_card.h"
#include "widgets/setup/parts.h"
#include "widgets/words/board_words.h"

namespace quantwright {

namespace {

constexpr int mark_width = 18;

struct Mark {
    const char* text;
    const char* role;
};

/// A needed point that fails, advice that was not taken, and what is fine.
Mark markOf(const BoardPoint& point) {
    if (point.ok)
        return {"✓", "better"};
    return point.needed ? Mark{"✕", "worse"} : Mark{"!", "stale"};
}

}  // namespace

CheckPage::CheckPage(QWidget* parent)
    : QWidget(parent),
      m_title(setup::paragraph(this, "title")),
      m_facts(setup::paragraph(this, "quiet")),
      m_summary(setup::paragraph(this, "section")),
      m_name_label(new QLabel(this)),
      m_runtime_label(new QLabel(this)),
      m_area(new QScrollArea(this)),
      m_error(new ErrorCard(this)),
      m_name(new QLineEdit(this)),
      m_runtime(new QLineEdit(this)),
      m_again(new QPushButton(this)) {
    setObjectName(QStringLiteral("check_page"));
    build();
    connect(m_name, &QLineEdit::textChanged, this, &CheckPage::changed);
    connect(m_again, &QPushButton::clicked, this, &CheckPage::checkAsked);
    m_runtime->installEventFilter(this);
    retranslate();
}

void CheckPage::build() {
    m_facts->setObjectName(QStringLiteral("check_facts"));
    m_summary->setObjectName(QStringLiteral("check_summary"));
    m_area->setObjectName(QStringLiteral("check_points"));
    m_area->setWidgetResizable(true);
    m_area->setFrameShape(QFrame::NoFrame);
    m_area->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_name->setObjectName(QStringLiteral("setup_name"));
    m_runtime->setObjectName(QStringLiteral("setup_runtime"));
    m_again->setObjectName(QStringLiteral("check_again"));
    m_again->setAutoDefault(false);
    m_name_label->setBuddy(m_name);
    m_runtime_label->setBuddy(m_runtime);

    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(4);
    grid->setColumnStretch(0, 2);
    grid->setColumnStretch(1, 3);
    grid->addWidget(m_name_label, 0, 0);
    grid->addWidget(m_runtime_label, 0, 1);
    grid->addWidget(m_name, 1, 0);
    grid->addWidget(m_runtime, 1, 1);
    grid->addWidget(m_again, 1, 2);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(8);
    layout->addWidget(m_title);
    layout->addWidget(m_facts);
    layout->addWidget(m_error);
    layout->addWidget(m_area, 1);
    layout->addWidget(m_summary);
    layout->addLayout(grid);
}

void CheckPage::begin(const QString& proposed_name) {
    m_check.reset();
    m_error->clear();
    m_runtime->clear();
    m_name->setText(proposed_name);
    fill();
}

void CheckPage::setBusy(bool busy) {
    m_busy = busy;
    m_runtime->setEnabled(!busy);
    m_again->setEnabled(!busy);
    if (busy)
        m_error->clear();
    retranslate();
    emit changed();
}

void CheckPage::show(const BoardCheck& check) {
    m_check = check;
    fill();
    emit changed();
}

void CheckPage::fail(const Error& error, const std::optional<Remedy>& remedy) {
    m_check.reset();
    fill();
    m_error->show(error, remedy);
    emit changed();
}

bool CheckPage::complete() const {
    return !m_busy && m_check && is_board_name(name().toStdString());
}

void CheckPage::focusFirst() {
    m_name->setFocus();
}

QString CheckPage::name() const {
    return m_name->text().trimmed();
}

QString CheckPage::runtime() const {
    return m_runtime->text().trimmed();
}

void CheckPage::fill() {
    auto* list = new QWidget;
    list->setObjectName(QStringLiteral("check_list"));
    list->setProperty("surface", QStringLiteral("panel"));
    auto* grid = new QGridLayout(list);
    grid->setContentsMargins(0, 2, 8, 2);
    grid->setHorizontalSpacing(12);
    grid->setVerticalSpacing(6);
    grid->setColumnMinimumWidth(0, mark_width);
    grid->setColumnStretch(2, 1);
    // What has to be done comes first.
    for (const bool needed : {true, false})
        for (const BoardPoint& point : points())
            if (!point.ok && point.needed == needed)
                addPoint(point, list);
    for (const BoardPoint& point : points())
        if (point.ok)
            addPoint(point, list);
    grid->setRowStretch(grid->rowCount(), 1);
    m_area->setWidget(list);  // and the one before is gone
    retranslate();
}

void CheckPage::addPoint(const BoardPoint& point, QWidget* parent) {
    auto* grid = static_cast<QGridLayout*>(parent->layout());
    const int row = grid->rowCount();
    const Mark mark = markOf(point);
    auto* sign = new QLabel(QString::fromUtf8(mark.text), parent);
    sign->setObjectName(QStringLiteral("mark_") + QString::fromStdString(point.code));
    sign->setProperty("role", QLatin1String(mark.role));
    sign->setAlignment(Qt::AlignCenter);
    auto* name = new QLabel(words::name(point), parent);
    name->setProperty("role", QStringLiteral("quiet"));
    QLabel* sentence = setup::paragraph(parent, point.ok ? nullptr : mark.role);
    sentence->setObjectName(QStringLiteral("point_") + QString::fromStdString(point.code));
    sentence->setText(words::message(point));
    sentence->setTextInteractionFlags(Qt::TextSelectableByMouse);
    grid->addWidget(sign, row, 0, Qt::AlignTop);
    grid->addWidget(name, row, 1, Qt::AlignTop);
    grid->addWidget(sentence, row, 2, Qt::AlignTop);
    if (point.remedy.empty())
        return;
    auto* command = new CommandRow(parent);
    command->setObjectName(QStringLiteral("remedy_") + QString::fromStdString(point.code));
    command->setCommand(QString::fromStdString(point.remedy));
    grid->addWidget(command, row + 1, 2);
}

std::vector<BoardPoint> CheckPage::points() const {
    return m_check ? m_check->points : std::vector<BoardPoint>();
}

QString CheckPage::factsText() const {
    if (!m_check)
        return {};
    const BoardFacts& facts = m_check->facts;
    QStringList parts;
    for (const std::string* text : {&facts.machine, &facts.system, &facts.arch})
        if (!text->empty())
            parts << QString::fromStdString(*text);
    if (facts.cores > 0)
        parts << tr("%n core(s)", nullptr, facts.cores);
    return parts.join(QStringLiteral(" · "));
}

void CheckPage::retranslate() {
    m_title->setText(tr("Is the board ready?"));
    m_facts->setText(factsText());
    m_facts->setVisible(!m_facts->text().isEmpty());
    if (m_busy)
        m_summary->setText(tr("Looking at the board…"));
    else if (!m_check)
        m_summary->clear();
    else if (!m_check->ok())
        m_summary->setText(
            tr("Something that is needed is missing. Type the commands above on the board, then "
               "check again; or finish, and do it later."));
    else
        m_summary->setText(tr("The board is ready."));
    m_name_label->setText(tr("Name"));
    m_name->setPlaceholderText(tr("by which it is listed"));
    m_runtime_label->setText(tr("ONNX Runtime on the board"));
    m_runtime->setPlaceholderText(tr("found by itself, or its path"));
    m_again->setText(tr("Check again"));
}

bool CheckPage::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_runtime && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            emit checkAsked();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void CheckPage::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        fill();
}

}  // namespace quantwright

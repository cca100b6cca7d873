#include "widgets/window/task_dialog.h"

#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/theme/fonts.h"
#include "widgets/theme/style_sheet.h"
#include "widgets/words/words.h"

namespace quantwright {
namespace {

QString text(const Json& value) {
    return QString::fromStdString(value.is_string() ? value.get<std::string>() : value.dump());
}

}  // namespace

TaskDialog::TaskDialog(const TaskChoice& choice, const Task* recognised, QWidget* parent)
    : QDialog(parent),
      m_task(new QComboBox(this)),
      m_decoder(new QComboBox(this)),
      m_more(new QPlainTextEdit(this)),
      m_wrong(new QLabel(this)),
      m_why(new QLabel(this)) {
    if (recognised)
        m_recognised = *recognised;
    setObjectName(QStringLiteral("task_dialog"));
    setWindowTitle(tr("Task"));
    m_task->setObjectName(QStringLiteral("task_kind"));
    m_decoder->setObjectName(QStringLiteral("task_decoder"));
    m_more->setObjectName(QStringLiteral("task_more"));
    m_wrong->setObjectName(QStringLiteral("task_wrong"));
    m_task->addItem(tr("As it is recognised"));
    for (const std::string& name : task_names())
        m_task->addItem(words::name(*find_task(name)), QString::fromStdString(name));
    m_why->setProperty("role", QStringLiteral("quiet"));
    m_why->setWordWrap(true);
    if (m_recognised)
        m_why->setText(
            tr("Now: %1. %2")
                .arg(words::taskName(*m_recognised), words::taskReasons(*m_recognised).join(tr("; "))));
    m_why->setVisible(m_recognised.has_value());
    auto* form = new QFormLayout;
    form->setHorizontalSpacing(12);
    form->setVerticalSpacing(8);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    form->addRow(tr("Task"), m_task);
    form->addRow(tr("Decoder"), m_decoder);
    addField(
        form, "score", TaskKind::detection, tr("Score"),
        tr("From here on a detection is shown, and counts as truth where float's detections are the truth"));
    addField(form, "iou", TaskKind::detection, tr("IoU"),
             tr("A box that overlaps a better one by more is suppressed"));
    addField(form, "threshold", TaskKind::segmentation, tr("Threshold"), tr("Of a single channel"));
    addField(form, "ignore", TaskKind::segmentation, tr("Ignored class"),
             tr("Of the labels, counts nowhere"));
    addField(form, "characters", TaskKind::text, tr("Characters"), tr("A file with one character a line"));
    addField(form, "blank", TaskKind::text, tr("Blank"), tr("Index of the class that means: no character"));
    m_more->setFont(figureFont());
    m_more->setPlaceholderText(QStringLiteral("strides=[8,16,32]\nbox=xyxy"));
    m_more->setFixedHeight(m_more->fontMetrics().lineSpacing() * 3 + 16);
    m_more->setTabChangesFocus(true);
    m_more->setToolTip(tr("An option a line, as --task-set takes it: key=value"));
    form->addRow(tr("More options"), m_more);
    m_wrong->setProperty("role", QStringLiteral("worse"));
    m_wrong->setWordWrap(true);
    m_wrong->setMinimumHeight(m_wrong->fontMetrics().lineSpacing() * 2);

    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this);
    m_ok = buttons->button(QDialogButtonBox::Ok);
    m_ok->setText(tr("Use this"));
    buttons->button(QDialogButtonBox::Cancel)->setText(tr("Cancel"));
    for (QAbstractButton* button : buttons->buttons())
        button->setIcon({});
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(16, 14, 16, 14);
    layout->setSpacing(10);
    layout->addWidget(m_why);
    layout->addLayout(form);
    layout->addWidget(m_wrong);
    layout->addWidget(buttons);
    setMinimumWidth(480);

    fillFrom(choice);
    connect(m_task, &QComboBox::activated, this, [this] {
        fillDecoders({});
        showFields();
        check();
    });
    connect(m_decoder, &QComboBox::activated, this, [this] {
        showFields();
        check();
    });
    connect(m_more, &QPlainTextEdit::textChanged, this, &TaskDialog::check);
    check();
}

void TaskDialog::addField(QFormLayout* form, const char* key, TaskKind kind, const QString& name,
                          const QString& tip) {
    Field field{key, kind, new QLabel(name, this), new QLineEdit(this)};
    field.edit->setObjectName(QStringLiteral("task_") + QLatin1String(key));
    field.edit->setFont(figureFont());
    field.edit->setToolTip(tip);
    field.label->setBuddy(field.edit);
    connect(field.edit, &QLineEdit::textChanged, this, &TaskDialog::check);
    form->addRow(field.label, field.edit);
    m_fields.push_back(field);
}

void TaskDialog::fillFrom(const TaskChoice& choice) {
    if (choice.kind) {
        const auto name = name_of(*choice.kind);
        m_task->setCurrentIndex(
            m_task->findData(QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()))));
    }
    Json rest = choice.options;
    QString decoder;
    if (const auto found = rest.find("decoder"); found != rest.end()) {
        decoder = text(*found);
        rest.erase("decoder");
    }
    fillDecoders(decoder);
    for (const Field& field : m_fields)
        if (const auto found = rest.find(field.key); found != rest.end()) {
            field.edit->setText(text(*found));
            rest.erase(field.key);
        }
    QStringList lines;
    for (const auto& [key, value] : rest.items())
        lines << QString::fromStdString(key) + QLatin1Char('=') + text(value);
    m_more->setPlainText(lines.join(QLatin1Char('\n')));
    showFields();
}

std::optional<TaskKind> TaskDialog::kind() const {
    return find_task(m_task->currentData().toString().toStdString());
}

void TaskDialog::fillDecoders(const QString& chosen) {
    m_decoder->clear();
    m_decoder->addItem(tr("As it is recognised"));
    for (const TaskDescription& one : task_descriptions())
        if (!kind() || one.kind == *kind())
            m_decoder->addItem(QString::fromStdString(one.name), QString::fromStdString(one.name));
    m_decoder->setCurrentIndex(std::max(0, m_decoder->findData(chosen)));
    m_decoder->setEnabled(kind() != TaskKind::none);
}

QString TaskDialog::usual(const char* key) const {
    TaskOptions options;
    if (const auto decoder = find_decoder(m_decoder->currentData().toString().toStdString()))
        options = decoder->options;
    else if (m_recognised && (!kind() || kind() == m_recognised->kind))
        options = m_recognised->options;
    const Json json = to_json(options);
    return json[key].is_array() ? QString() : text(json[key]);
}

void TaskDialog::showFields() {
    std::optional<TaskKind> shown = kind();
    if (const auto decoder = find_decoder(m_decoder->currentData().toString().toStdString()))
        shown = decoder->kind;
    else if (!shown && m_recognised)
        shown = m_recognised->kind;
    for (const Field& field : m_fields) {
        const bool fits = shown == field.kind;
        field.label->setVisible(fits);
        field.edit->setVisible(fits);
        field.edit->setPlaceholderText(usual(field.key));
    }
    m_more->setEnabled(kind() != TaskKind::none);
}

Result<TaskChoice> TaskDialog::read() const {
    TaskChoice choice;
    choice.kind = kind();
    if (choice.kind == TaskKind::none)
        return choice;
    if (const QString decoder = m_decoder->currentData().toString(); !decoder.isEmpty())
        choice.options["decoder"] = decoder.toStdString();
    QStringList lines;
    for (const Field& field : m_fields)
        if (const QString value = field.edit->text().trimmed(); !value.isEmpty() && !field.edit->isHidden())
            lines << QLatin1String(field.key) + QLatin1Char('=') + value;
    lines << m_more->toPlainText().split(QLatin1Char('\n'));
    for (const QString& line : lines) {
        const QString trimmed = line.trimmed();
        if (trimmed.isEmpty())
            continue;
        if (auto set = set_option(choice, trimmed.toStdString()); !set)
            return fail(set);
    }
    if (auto valid = quantwright::check(choice); !valid)
        return fail(valid);
    return choice;
}

void TaskDialog::check() {
    const auto choice = read();
    m_wrong->setText(choice ? QString() : words::message(choice.error()));
    m_ok->setEnabled(choice.has_value());
}

TaskChoice TaskDialog::choice() const {
    return read().value_or(TaskChoice());
}

}  // namespace quantwright

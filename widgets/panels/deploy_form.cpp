#include "widgets/panels/deploy_form.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include "widgets/theme/style_sheet.h"

namespace quantwright {
namespace {

const QString images_setting = QStringLiteral("board/images"),
              float_setting = QStringLiteral("board/compare_float");
constexpr int most_images = 1'000'000, images_width = 112;

}  // namespace

DeployForm::DeployForm(QWidget* parent)
    : QWidget(parent),
      m_address(new QComboBox(this)),
      m_deploy(new QPushButton(this)),
      m_key(new QLineEdit(this)),
      m_browse(new QToolButton(this)),
      m_images(new QSpinBox(this)),
      m_float(new QCheckBox(this)) {
    m_address->setObjectName(QStringLiteral("board_address"));
    m_address->setEditable(true);
    m_address->setInsertPolicy(QComboBox::NoInsert);
    m_deploy->setObjectName(QStringLiteral("board_deploy"));
    m_deploy->setProperty("accent", true);
    m_key->setObjectName(QStringLiteral("board_key"));
    m_browse->setText(QStringLiteral("…"));
    m_images->setObjectName(QStringLiteral("board_images"));
    m_images->setRange(0, most_images);
    m_images->setMaximumWidth(images_width);
    m_images->setValue(QSettings().value(images_setting, 0).toInt());
    m_float->setObjectName(QStringLiteral("board_float"));
    m_float->setChecked(QSettings().value(float_setting, false).toBool());

    auto* first = new QHBoxLayout;
    first->setSpacing(6);
    first->addWidget(m_address, 1);
    first->addWidget(m_deploy);
    auto* second = new QHBoxLayout;
    second->setSpacing(6);
    second->addWidget(m_key, 1);
    second->addWidget(m_browse);
    second->addWidget(m_images);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addLayout(first);
    column->addLayout(second);
    column->addWidget(m_float);

    connect(m_deploy, &QPushButton::clicked, this, &DeployForm::deployClicked);
    connect(m_address->lineEdit(), &QLineEdit::returnPressed, this, [this] {
        if (!m_cancels && m_deploy->isEnabled())
            emit deployClicked();
    });
    connect(m_address, &QComboBox::editTextChanged, this, &DeployForm::addressEdited);
    connect(m_browse, &QToolButton::clicked, this, &DeployForm::browseKey);
    connect(m_images, &QSpinBox::valueChanged, this,
            [](int value) { QSettings().setValue(images_setting, value); });
    connect(m_float, &QCheckBox::toggled, this,
            [](bool checked) { QSettings().setValue(float_setting, checked); });
    retranslate();
}

QString DeployForm::address() const {
    return m_address->currentText().trimmed();
}

void DeployForm::setAddress(const QString& address) {
    const QSignalBlocker blocker(m_address);
    m_address->setCurrentIndex(m_address->findText(address, Qt::MatchExactly | Qt::MatchCaseSensitive));
    m_address->setEditText(address);
}

void DeployForm::setAddresses(const QStringList& addresses) {
    const QString now = m_address->currentText();
    const QSignalBlocker blocker(m_address);
    m_address->clear();
    m_address->addItems(addresses);
    setAddress(now);
}

std::filesystem::path DeployForm::key() const {
    return toPath(m_key->text());
}

std::filesystem::path DeployForm::toPath(const QString& text) {
    QString path = text.trimmed();
    if (path.startsWith(QLatin1String("~/")))
        path.replace(0, 1, QDir::homePath());
    return path.toStdString();
}

void DeployForm::setKey(const std::filesystem::path& key) {
    m_key->setText(QString::fromStdString(key.string()));
}

int DeployForm::images() const {
    return m_images->value();
}

bool DeployForm::comparesFloat() const {
    return m_float->isChecked();
}

void DeployForm::setButton(int boards, bool cancels, bool enabled) {
    m_boards = boards;
    m_cancels = cancels;
    m_deploy->setEnabled(enabled);
    showButton();
}

void DeployForm::showButton() {
    const QString what = m_cancels ? tr("Cancel") : tr("Deploy");
    m_deploy->setText(m_boards > 1 ? QStringLiteral("%1 (%2)").arg(what).arg(m_boards) : what);
    if (m_deploy->property("accent").toBool() == m_cancels) {
        m_deploy->setProperty("accent", !m_cancels);
        restyle(m_deploy);
    }
}

void DeployForm::focusAddress() {
    m_address->setFocus();
}

void DeployForm::browseKey() {
    auto* dialog =
        new QFileDialog(this, tr("Private key"),
                        m_key->text().isEmpty() ? QDir::homePath() + QStringLiteral("/.ssh") : m_key->text());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setFilter(dialog->filter() | QDir::Hidden);
    connect(dialog, &QFileDialog::fileSelected, m_key, &QLineEdit::setText);
    dialog->open();
}

void DeployForm::retranslate() {
    m_address->lineEdit()->setPlaceholderText(tr("user@host:port"));
    m_address->setAccessibleName(tr("The board's address"));
    m_address->setToolTip(tr("user@host:port, or an alias of ~/.ssh/config"));
    m_key->setPlaceholderText(tr("Private key (optional)"));
    m_key->setToolTip(tr("Left empty: the agent's keys and those in ~/.ssh"));
    m_key->setAccessibleName(tr("Private key"));
    m_browse->setToolTip(tr("Browse…"));
    m_browse->setAccessibleName(tr("Browse…"));
    m_images->setSpecialValueText(tr("All images"));
    m_images->setSuffix(tr(" images"));
    m_images->setAccessibleName(tr("Images for the accuracy"));
    m_images->setToolTip(tr("How many of the evaluation images the board judges, evenly spread"));
    m_float->setText(tr("Compare with float, in turns"));
    m_float->setToolTip(
        tr("The float model is sent too, and timed by turns with the quantized one: how much faster is it?"));
    showButton();
}

void DeployForm::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

}  // namespace quantwright

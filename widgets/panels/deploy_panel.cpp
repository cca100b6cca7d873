#include "widgets/panels/deploy_panel.h"

#include <QComboBox>
#include <QDir>
#include <QEvent>
#include <QFileDialog>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QStackedWidget>
#include <QToolButton>
#include <QVBoxLayout>
#include <chrono>

#include "widgets/panels/board_question_dialog.h"
#include "widgets/panels/board_result_view.h"
#include "widgets/panels/board_steps.h"
#include "widgets/theme/style_sheet.h"
#include "widgets/words/words.h"

namespace quantwright {
namespace {

const QString addresses_setting = QStringLiteral("board/addresses"),
              images_setting = QStringLiteral("board/images");
// Without a place on the page: another file of known keys, a fixed number of runs.
const QString known_hosts_setting = QStringLiteral("board/known_hosts"),
              runs_setting = QStringLiteral("board/runs");
constexpr int form_width = 344, most_addresses = 12, most_images = 1'000'000;

double secondsNow() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// "~/" as a shell takes it: that is how keys are spoken of.
std::filesystem::path toPath(const QString& text) {
    QString path = text.trimmed();
    if (path.startsWith(QLatin1String("~/")))
        path.replace(0, 1, QDir::homePath());
    return std::filesystem::path(path.toStdString());
}

}  // namespace

DeployPanel::DeployPanel(Workspace* workspace, QWidget* parent)
    : QWidget(parent),
      m_workspace(workspace),
      m_address(new QComboBox(this)),
      m_deploy(new QPushButton(this)),
      m_key(new QLineEdit(this)),
      m_browse(new QToolButton(this)),
      m_images(new QSpinBox(this)),
      m_steps(new BoardSteps(this)),
      m_error(new QFrame(this)),
      m_sentence(new QLabel(m_error)),
      m_hint(new QLabel(m_error)),
      m_empty(new QLabel(this)),
      m_stack(new QStackedWidget(this)),
      m_view(new BoardResultView(workspace, this)) {
    setObjectName(QStringLiteral("deploy_panel"));
    for (QLabel* label : {m_sentence, m_hint}) {
        label->setTextFormat(Qt::PlainText);  // the board may have said some of it
        label->setWordWrap(true);
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    }
    m_sentence->setObjectName(QStringLiteral("board_error"));
    m_sentence->setProperty("role", QStringLiteral("worse"));
    m_hint->setObjectName(QStringLiteral("board_hint"));
    auto* told = new QVBoxLayout(m_error);
    told->setContentsMargins(0, 0, 0, 4);
    told->setSpacing(2);
    told->addWidget(m_sentence);
    told->addWidget(m_hint);
    m_error->hide();
    m_empty->setProperty("role", QStringLiteral("quiet"));
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setWordWrap(true);
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_view);

    auto* answer = new QVBoxLayout;
    answer->setSpacing(2);
    answer->addWidget(m_error);
    answer->addWidget(m_stack, 1);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 6, 4, 4);
    layout->setSpacing(16);
    layout->addWidget(buildForm());
    layout->addLayout(answer, 1);
    connectWorkspace();
    retranslate();
    showPossible();
}

QWidget* DeployPanel::buildForm() {
    const QSettings settings;
    m_address->setObjectName(QStringLiteral("board_address"));
    m_address->setEditable(true);
    m_address->setInsertPolicy(QComboBox::NoInsert);
    m_address->addItems(settings.value(addresses_setting).toStringList());
    m_deploy->setObjectName(QStringLiteral("board_deploy"));
    m_deploy->setProperty("accent", true);
    m_key->setObjectName(QStringLiteral("board_key"));
    m_browse->setText(QStringLiteral("…"));
    m_images->setObjectName(QStringLiteral("board_images"));
    m_images->setRange(0, most_images);
    m_images->setValue(settings.value(images_setting, 0).toInt());

    auto* form = new QWidget(this);
    form->setFixedWidth(form_width);
    auto* first = new QHBoxLayout;
    first->setSpacing(6);
    first->addWidget(m_address, 1);
    first->addWidget(m_deploy);
    auto* second = new QHBoxLayout;
    second->setSpacing(6);
    second->addWidget(m_key, 1);
    second->addWidget(m_browse);
    second->addWidget(m_images);
    auto* column = new QVBoxLayout(form);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addLayout(first);
    column->addLayout(second);
    column->addWidget(m_steps);
    column->addStretch();

    connect(m_deploy, &QPushButton::clicked, this, &DeployPanel::deployOrCancel);
    connect(m_address->lineEdit(), &QLineEdit::returnPressed, this, [this] {
        if (!running() && m_deploy->isEnabled())
            deployOrCancel();
    });
    connect(m_address, &QComboBox::editTextChanged, this, [this] {
        showResult();
        showPossible();
    });
    connect(m_browse, &QToolButton::clicked, this, &DeployPanel::browseKey);
    connect(m_images, &QSpinBox::valueChanged, this,
            [](int value) { QSettings().setValue(images_setting, value); });
    return form;
}

void DeployPanel::connectWorkspace() {
    JobRunner* jobs = m_workspace->jobs();
    const auto ours = [](const QString& slot) { return slot == slotOf(Step::deploy); };
    connect(jobs, &JobRunner::started, this, [this, ours](const QString& slot) {
        if (!ours(slot))
            return;
        showError({});
        m_steps->begin();
        showPossible();
    });
    connect(jobs, &JobRunner::progressed, this,
            [this, ours](const QString& slot, const JobProgress& progress) {
                if (ours(slot))
                    m_steps->show(progress, secondsNow());
            });
    connect(jobs, &JobRunner::ended, this, [this, ours](const QString& slot) {
        if (ours(slot))
            takeAnswer();
    });
    connect(m_workspace, &Workspace::deployedChanged, this, [this] {
        const auto& deployed = m_workspace->deployed();
        m_results[QString::fromStdString(deployed->request.address)] = deployed;
        m_steps->end(BoardSteps::End::succeeded);
        showResult();
    });
    connect(m_workspace, &Workspace::documentChanged, this, [this] {
        m_results.clear();
        showError({});
        showResult();
    });
    connect(m_workspace, &Workspace::stepsChanged, this, &DeployPanel::showPossible);
    BoardQuestions* questions = m_workspace->boardQuestions();
    connect(questions, &BoardQuestions::hostKeyAsked, this, &DeployPanel::askHostKey);
    connect(questions, &BoardQuestions::secretAsked, this, &DeployPanel::askSecret);
    connect(questions, &BoardQuestions::withdrawn, this, [this](quint64 id) {
        if (const QPointer<QDialog> dialog = m_questions.take(id))
            dialog->close();
    });
}

QString DeployPanel::address() const {
    return m_address->currentText().trimmed();
}

bool DeployPanel::running() const {
    return m_workspace->jobs()->running(slotOf(Step::deploy));
}

void DeployPanel::focusAddress() {
    m_address->setFocus();
}

void DeployPanel::deployOrCancel() {
    if (running()) {
        m_workspace->cancel(Step::deploy);
        m_deploy->setEnabled(false);  // it is on its way
        return;
    }
    BoardRequest request;
    request.address = address().toStdString();
    if (const auto parsed = parse_board_address(request.address); !parsed) {
        showError(parsed.error());
        return;
    }
    request.identity = toPath(m_key->text());
    const QSettings settings;
    request.known_hosts = toPath(settings.value(known_hosts_setting).toString());
    request.runs = settings.value(runs_setting, 0).toInt();
    request.images = m_images->value();
    remember(address());
    m_workspace->deploy(request);
}

void DeployPanel::takeAnswer() {
    const StepState state = m_workspace->state(Step::deploy);
    if (state.kind == StepState::Kind::failed) {
        showError(state.error);
        m_steps->end(BoardSteps::End::failed);
    } else {
        m_steps->end(BoardSteps::End::cancelled);  // of one that succeeded nothing is running any more
    }
    showPossible();
}

void DeployPanel::showError(const std::optional<Error>& error) {
    m_shown_error = error;
    m_error->setVisible(error.has_value());
    m_sentence->setText(error ? words::message(*error) : QString());
    m_hint->setText(error ? words::hint(*error) : QString());
}

void DeployPanel::showResult() {
    const auto result = m_results.value(address());
    m_view->show(result);
    m_stack->setCurrentIndex(result ? 1 : 0);
}

void DeployPanel::showPossible() {
    const bool busy = running();
    const bool possible = m_workspace->state(Step::deploy).possible;
    m_deploy->setText(busy ? tr("Cancel") : tr("Deploy"));
    if (m_deploy->property("accent").toBool() == busy) {
        m_deploy->setProperty("accent", !busy);
        restyle(m_deploy);
    }
    m_deploy->setEnabled(busy || (possible && !address().isEmpty()));
    for (QWidget* widget : std::initializer_list<QWidget*>{m_address, m_key, m_browse, m_images})
        widget->setEnabled(!busy);
    m_empty->setText(
        possible ? tr("Deploy sends the quantized model to a board over SSH and measures there how fast and "
                      "how right it is.")
                 : tr("Open a model and calibrate first; then it can be deployed to a board."));
}

void DeployPanel::askHostKey(quint64 id, const HostKeyQuestion& question) {
    auto* dialog = new HostKeyDialog(question, window());
    connect(dialog, &QDialog::finished, this, [this, id](int result) {
        m_questions.remove(id);
        m_workspace->boardQuestions()->answerHostKey(id, result == QDialog::Accepted);
    });
    openQuestion(id, dialog);
}

void DeployPanel::askSecret(quint64 id, const SecretQuestion& question) {
    auto* dialog = new SecretDialog(question, window());
    connect(dialog, &QDialog::finished, this, [this, id, dialog](int result) {
        m_questions.remove(id);
        std::optional<std::string> secret = dialog->takeSecret();
        if (result != QDialog::Accepted)
            secret.reset();
        m_workspace->boardQuestions()->answerSecret(id, std::move(secret));
    });
    openQuestion(id, dialog);
}

void DeployPanel::openQuestion(quint64 id, QDialog* dialog) {
    emit attentionWanted();
    m_questions[id] = dialog;
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void DeployPanel::browseKey() {
    auto* dialog =
        new QFileDialog(this, tr("Private key"),
                        m_key->text().isEmpty() ? QDir::homePath() + QStringLiteral("/.ssh") : m_key->text());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setFilter(dialog->filter() | QDir::Hidden);
    connect(dialog, &QFileDialog::fileSelected, m_key, &QLineEdit::setText);
    dialog->open();
}

void DeployPanel::remember(const QString& address) {
    QSettings settings;
    QStringList addresses = settings.value(addresses_setting).toStringList();
    addresses.removeAll(address);
    addresses.prepend(address);
    while (addresses.size() > most_addresses)
        addresses.removeLast();
    settings.setValue(addresses_setting, addresses);
    const QSignalBlocker blocker(m_address);
    m_address->clear();
    m_address->addItems(addresses);
    m_address->setCurrentIndex(0);
}

void DeployPanel::retranslate() {
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
    showError(m_shown_error);
    showPossible();
}

void DeployPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

}  // namespace quantwright

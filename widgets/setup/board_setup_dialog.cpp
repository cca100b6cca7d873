#include "widgets/setup/board_setup_dialog.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSettings>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "core/board/remedy.h"
#include "core/board/saved_boards.h"
#include "widgets/jobs/job_runner.h"
#include "widgets/setup/board_setup.h"
#include "widgets/setup/check_page.h"
#include "widgets/setup/find_page.h"
#include "widgets/setup/key_page.h"
#include "widgets/setup/parts.h"
#include "widgets/setup/question_page.h"
#include "widgets/setup/sign_in_page.h"
#include "widgets/workspace/board_questions.h"

namespace quantwright {

namespace {

const QString find_slot = QStringLiteral("find"), sign_in_slot = QStringLiteral("sign_in"),
              key_slot = QStringLiteral("key"), check_slot = QStringLiteral("check");
// Without a place in the dialog: another file of known keys.
const QString known_hosts_setting = QStringLiteral("board/known_hosts");
constexpr QSize first_size(720, 580), least_size(600, 500);

}  // namespace

BoardSetupDialog::BoardSetupDialog(QWidget* parent)
    : QDialog(parent),
      m_questions(std::make_unique<BoardQuestions>()),
      m_jobs(std::make_unique<JobRunner>()),
      m_stack(new QStackedWidget(this)),
      m_find(new FindPage(this)),
      m_sign_in(new SignInPage(this)),
      m_question(new QuestionPage(this)),
      m_key(new KeyPage(this)),
      m_check(new CheckPage(this)),
      m_progress(new QProgressBar(this)),
      m_cancel(new QPushButton(this)),
      m_back(new QPushButton(this)),
      m_next(new QPushButton(this)) {
    setObjectName(QStringLiteral("board_setup"));
    build();
    connectPages();
    retranslate();
    showPage(m_find);
}

BoardSetupDialog::~BoardSetupDialog() {
    m_jobs->cancelAllAndWait();
}

void BoardSetupDialog::build() {
    setMinimumSize(least_size);
    resize(first_size);
    auto* steps = new QHBoxLayout;
    steps->setSpacing(24);
    for (QLabel*& step : m_steps) {
        step = new QLabel(this);
        steps->addWidget(step);
    }
    steps->addStretch(1);
    auto* line = new QFrame(this);
    line->setFrameShape(QFrame::HLine);
    for (QWidget* page : std::initializer_list<QWidget*>{m_find, m_sign_in, m_question, m_key, m_check})
        m_stack->addWidget(page);
    m_progress->setObjectName(QStringLiteral("setup_progress"));
    m_progress->setProperty("thin", true);
    m_progress->setTextVisible(false);
    QSizePolicy policy = m_progress->sizePolicy();
    policy.setRetainSizeWhenHidden(true);
    m_progress->setSizePolicy(policy);
    m_cancel->setObjectName(QStringLiteral("setup_cancel"));
    m_back->setObjectName(QStringLiteral("setup_back"));
    m_next->setObjectName(QStringLiteral("setup_next"));
    m_next->setProperty("accent", true);
    for (QPushButton* button : {m_cancel, m_back, m_next})
        button->setAutoDefault(false);

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(m_cancel);
    buttons->addStretch(1);
    buttons->addWidget(m_back);
    buttons->addWidget(m_next);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(20, 16, 20, 16);
    layout->setSpacing(12);
    layout->addLayout(steps);
    layout->addWidget(line);
    layout->addWidget(m_stack, 1);
    layout->addWidget(m_progress);
    layout->addLayout(buttons);
}

void BoardSetupDialog::connectPages() {
    connect(m_cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_back, &QPushButton::clicked, this, &BoardSetupDialog::goBack);
    connect(m_next, &QPushButton::clicked, this, &BoardSetupDialog::goOn);
    connect(m_find, &FindPage::changed, this, &BoardSetupDialog::showPossible);
    connect(m_find, &FindPage::accepted, this, &BoardSetupDialog::signIn);
    connect(m_find, &FindPage::searchAsked, this, &BoardSetupDialog::search);
    connect(m_key, &KeyPage::changed, this, [this] {
        retranslate();
        showPossible();
    });
    connect(m_check, &CheckPage::changed, this, &BoardSetupDialog::showPossible);
    connect(m_check, &CheckPage::checkAsked, this, &BoardSetupDialog::check);
    connect(m_questions.get(), &BoardQuestions::hostKeyAsked, this,
            [this](quint64 id, const HostKeyQuestion& question) {
                m_question->ask(id, question);
                showQuestion();
            });
    connect(m_questions.get(), &BoardQuestions::secretAsked, this,
            [this](quint64 id, const SecretQuestion& question) {
                m_question->ask(id, question);
                showQuestion();
            });
    connect(m_questions.get(), &BoardQuestions::withdrawn, this, [this](quint64 id) {
        if (m_stack->currentWidget() == m_question && m_question->id() == id)
            showPage(m_before_question);
    });
    for (const auto signal : {&JobRunner::started, &JobRunner::ended})
        connect(m_jobs.get(), signal, this, [this] {
            m_progress->setRange(0, 0);
            showPossible();
        });
    connect(m_jobs.get(), &JobRunner::progressed, this,
            [this](const QString&, const JobProgress& progress) { showProgress(progress); });
}

void BoardSetupDialog::setAddress(const QString& address) {
    m_find->setAddress(address);
}

void BoardSetupDialog::setSearch(const FindOptions& options) {
    m_search = options;
}

void BoardSetupDialog::showEvent(QShowEvent* event) {
    QDialog::showEvent(event);
    m_find->focusFirst();
    if (!m_searched)
        search(false);
}

void BoardSetupDialog::done(int result) {
    cancelJobs();
    m_connection.reset();
    QDialog::done(result);
}

/// What they were to answer is not wanted any more.
void BoardSetupDialog::cancelJobs() {
    m_jobs->cancelAllAndWait();
    m_find->setSearching(false);
    m_key->setBusy(false);
    m_check->setBusy(false);
    showPossible();
}

bool BoardSetupDialog::busy() const {
    return m_jobs->running(sign_in_slot) || m_jobs->running(key_slot) || m_jobs->running(check_slot);
}

ConnectOptions BoardSetupDialog::options() const {
    ConnectOptions options;
    if (const auto address = parse_board_address(m_address.toStdString()))
        options.address = *address;
    options.identity = m_identity;
    options.known_hosts = setup::to_path(QSettings().value(known_hosts_setting).toString());
    return options;
}

int BoardSetupDialog::stepOf(const QWidget* page) const {
    if (page == m_question)
        return stepOf(m_before_question);
    return page == m_find ? 0 : page == m_check ? 2 : 1;
}

void BoardSetupDialog::showPage(QWidget* page) {
    const bool other = m_stack->currentWidget() != page;
    m_stack->setCurrentWidget(page);
    retranslate();
    showPossible();
    // Else the keyboard would be with "Cancel".
    if (page == m_sign_in)
        (m_next->isEnabled() ? m_next : m_back)->setFocus();
    else if (other && page == m_key)
        m_key->focusFirst();
    else if (other && page == m_check)
        m_check->focusFirst();
}

void BoardSetupDialog::showPossible() {
    const QWidget* page = m_stack->currentWidget();
    const bool running = busy();
    bool possible = !running;
    if (page == m_find)
        possible = m_find->complete();
    else if (page == m_question)
        possible = true;
    else if (page == m_key)
        possible = !running && m_key->complete();
    else if (page == m_check)
        possible = !running && m_check->complete();
    m_next->setEnabled(possible);
    // Return must not accept a host key that nobody has read.
    m_next->setDefault(page != m_question || !m_question->isHostKey());
    m_back->setEnabled(page != m_find);
    m_progress->setVisible(m_jobs->anyRunning() && page != m_question);
}

void BoardSetupDialog::showProgress(const JobProgress& progress) {
    const auto total = static_cast<int>(progress.progress.total);
    m_progress->setRange(0, total);
    m_progress->setValue(static_cast<int>(progress.progress.done));
}

void BoardSetupDialog::goOn() {
    const QWidget* page = m_stack->currentWidget();
    if (page == m_find || page == m_sign_in)
        signIn();
    else if (page == m_question)
        answerQuestion(true);
    else if (page == m_key)
        setKeyUp();
    else
        finish();
}

void BoardSetupDialog::goBack() {
    const QWidget* page = m_stack->currentWidget();
    if (page == m_question) {
        page = m_before_question;
        answerQuestion(false);
    }
    const bool was_running = busy();
    cancelJobs();
    if (page == m_key && was_running) {
        m_connection.reset();  // it was cancelled with its job; the next attempt makes its own
        showPage(m_key);
    } else if (page == m_check) {
        m_key->begin(m_who, m_with_password);
        showPage(m_key);
    } else {
        m_connection.reset();
        showPage(m_find);
        m_find->focusFirst();
    }
}

void BoardSetupDialog::showQuestion() {
    if (m_stack->currentWidget() != m_question)
        m_before_question = m_stack->currentWidget();
    showPage(m_question);
    m_question->focusFirst();
}

void BoardSetupDialog::answerQuestion(bool accept) {
    const quint64 id = m_question->id();
    if (m_question->isHostKey()) {
        m_questions->answerHostKey(id, accept);
    } else {
        std::optional<std::string> secret = m_question->takeSecret();
        if (!accept)
            secret.reset();
        m_questions->answerSecret(id, std::move(secret));
    }
    showPage(m_before_question);
}

void BoardSetupDialog::search(bool scan) {
    m_searched = true;
    m_find->setSearching(true);
    m_jobs->start(
        find_slot,
        [scan, options = m_search](const JobContext& job) mutable {
            if (!scan)
                options.networks.clear();
            else if (options.networks.empty())
                options.networks = own_networks();
            return find_boards(options, job);
        },
        [this, scan](Result<std::vector<FoundBoard>> found) {
            m_find->setSearching(false);
            if (found)
                m_find->setFound(std::move(*found), scan);
        });
}

void BoardSetupDialog::signIn() {
    m_jobs->cancel(find_slot);
    m_address = m_find->address();
    m_identity.clear();
    m_passphrase.reset();
    m_connection.reset();
    m_sign_in->begin(m_address);
    showPage(m_sign_in);
    const std::string address = m_address.toStdString();
    m_jobs->start(
        sign_in_slot,
        [questions = m_questions.get(), options = options(), address](const JobContext& job) {
            return sign_in(options, questions->forJob(address, job.token()), job);
        },
        [this, address](Result<SignedIn> signed_in) {
            if (!signed_in) {
                if (signed_in.error().code == ErrorCode::board_denied)
                    m_questions->forget(address);
                m_sign_in->fail(signed_in.error(),
                                remedy_of(signed_in.error(), options().address, options().known_hosts));
                showPage(m_sign_in);
                return;
            }
            m_connection = std::move(signed_in->connection);
            m_with_password = signed_in->with_password;
            m_who = QString::fromStdString(m_connection->address().text());
            m_key->begin(m_who, m_with_password);
            showPage(m_key);
        });
}

void BoardSetupDialog::setKeyUp() {
    const auto request = m_key->request();
    if (!request) {
        m_identity.clear();
        check();
        return;
    }
    m_passphrase = request->passphrase;
    m_key->setBusy(true);
    const std::string address = m_address.toStdString();
    m_jobs->start(
        key_slot,
        [questions = m_questions.get(), connection = m_connection, options = options(), address,
         request = *request](const JobContext& job) {
            return set_key_up(connection, options, request, questions->forJob(address, job.token()), job);
        },
        [this, file = request->file](Result<KeyInstalled> installed) {
            m_key->setBusy(false);
            if (installed) {
                m_identity = file;
                takeKey(*installed);
                return;
            }
            const Error& error = installed.error();
            if (error.code == ErrorCode::board_connection_lost || error.code == ErrorCode::board_silent ||
                error.code == ErrorCode::cancelled)
                m_connection.reset();  // the next attempt makes its own
            m_key->fail(error, remedy_of(error, options().address, options().known_hosts));
            showPage(m_key);
        });
}

void BoardSetupDialog::takeKey(const KeyInstalled& installed) {
    if (!installed.login) {
        m_connection.reset();
        check();
        return;
    }
    m_identity.clear();
    m_key->failLogin(*installed.login, remedy_of_key(installed.installed));
    showPage(m_key);
}

void BoardSetupDialog::check() {
    if (m_stack->currentWidget() != m_check) {
        m_check->begin(m_find->proposedName());
        showPage(m_check);
    }
    m_check->setBusy(true);
    const std::string address = m_address.toStdString();
    m_jobs->start(
        check_slot,
        [questions = m_questions.get(), options = options(), address, passphrase = m_passphrase,
         runtime = m_check->runtime().toStdString()](const JobContext& job) {
            const auto known =
                knowing_passphrase(questions->forJob(address, job.token()), options.identity, passphrase);
            return check_anew(options, runtime, known, job);
        },
        [this](const Result<BoardCheck>& checked) {
            m_check->setBusy(false);
            if (checked)
                m_check->show(*checked);
            else
                m_check->fail(checked.error(),
                              remedy_of(checked.error(), options().address, options().known_hosts));
            showPage(m_check);
        });
}

void BoardSetupDialog::finish() {
    SavedBoard board;
    board.name = m_check->name().toStdString();
    board.address = m_address.toStdString();
    board.identity = m_identity;
    board.runtime = m_check->runtime().toStdString();
    emit boardReady(board);
    accept();
}

void BoardSetupDialog::retranslate() {
    setWindowTitle(tr("Set a board up"));
    const QString names[] = {tr("1  Which board?"), tr("2  Sign in"), tr("3  Checks")};
    const auto current = static_cast<std::size_t>(stepOf(m_stack->currentWidget()));
    for (std::size_t i = 0; i < m_steps.size(); ++i) {
        m_steps[i]->setText(names[i]);
        setup::give_role(m_steps[i], i == current ? "accent" : "quiet");
    }
    m_cancel->setText(tr("Cancel"));
    m_back->setText(tr("Back"));
    const QWidget* page = m_stack->currentWidget();
    if (page == m_question)
        m_next->setText(m_question->acceptText());
    else if (page == m_sign_in)
        m_next->setText(tr("Try again"));
    else if (page == m_key)
        m_next->setText(m_key->wantsKey() ? tr("Install the key") : tr("Next"));
    else
        m_next->setText(page == m_check ? tr("Finish") : tr("Next"));
}

void BoardSetupDialog::changeEvent(QEvent* event) {
    QDialog::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

}  // namespace quantwright

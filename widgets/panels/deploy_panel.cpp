#include "widgets/panels/deploy_panel.h"

#include <QEvent>
#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QSettings>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <chrono>

#include "widgets/panels/board_asker.h"
#include "widgets/panels/board_list.h"
#include "widgets/panels/board_result_view.h"
#include "widgets/panels/board_status.h"
#include "widgets/panels/board_steps.h"
#include "widgets/panels/deploy_form.h"
#include "widgets/words/words.h"

namespace quantwright {
namespace {

const QString shown_setting = QStringLiteral("board/shown");
// Without a place on the page: another file of known keys, a fixed number of runs, of how many images the
// layers are compared.
const QString known_hosts_setting = QStringLiteral("board/known_hosts"),
              runs_setting = QStringLiteral("board/runs"),
              layer_images_setting = QStringLiteral("board/layer_images");
constexpr int list_width = 204, form_width = 324;

double secondsNow() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

DeployPanel::DeployPanel(Workspace* workspace, QWidget* parent)
    : QWidget(parent),
      m_workspace(workspace),
      m_asker(new BoardAsker(
          workspace->boardQuestions(),
          [this](const QString& address) {
              const SavedBoard* board = m_book.at(address.toStdString());
              return board ? QString::fromStdString(board->name) : address;
          },
          this)),
      m_list(new BoardList(this)),
      m_form(new DeployForm(this)),
      m_steps(new BoardSteps(this)),
      m_error(new QFrame(this)),
      m_sentence(new QLabel(m_error)),
      m_hint(new QLabel(m_error)),
      m_empty(new QLabel(this)),
      m_stack(new QStackedWidget(this)),
      m_view(new BoardResultView(workspace, this)) {
    setObjectName(QStringLiteral("deploy_panel"));
    assemble();
    connectList();
    connectWorkspace();
    showBoards();
    const QString last = QSettings().value(shown_setting).toString();
    if (const SavedBoard* board = m_book.find(last.toStdString())) {
        m_list->select(last);
        m_form->setAddress(QString::fromStdString(board->address));
        m_form->setKey(board->identity);
        lookAt(last);
    }
    retranslate();
}

void DeployPanel::assemble() {
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

    m_list->setFixedWidth(list_width);
    auto* work = new QWidget(this);
    work->setFixedWidth(form_width);
    auto* column = new QVBoxLayout(work);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(m_form);
    column->addWidget(m_steps);
    column->addStretch();
    auto* answer = new QVBoxLayout;
    answer->setSpacing(2);
    answer->addWidget(m_error);
    answer->addWidget(m_stack, 1);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(12, 6, 4, 4);
    layout->setSpacing(12);
    layout->addWidget(m_list);
    layout->addWidget(work);
    layout->addLayout(answer, 1);
}

void DeployPanel::connectList() {
    connect(m_list, &BoardList::selectionChanged, this, &DeployPanel::takeSelection);
    connect(m_list, &BoardList::addClicked, this, &DeployPanel::addBoard);
    connect(m_list, &BoardList::renameClicked, this, &DeployPanel::rename);
    connect(m_list, &BoardList::removeClicked, this, &DeployPanel::remove);
    connect(m_list, &BoardList::cancelClicked, this, &DeployPanel::cancel);
    connect(m_list, &BoardList::forgetClicked, this, [this](const QString& name) {
        if (const SavedBoard* board = m_book.find(name.toStdString()))
            m_workspace->boardQuestions()->forgetKept(board->address);
    });
    connect(m_form, &DeployForm::addressEdited, this, &DeployPanel::takeAddress);
    connect(m_form, &DeployForm::deployClicked, this, &DeployPanel::deployOrCancel);
    connect(&m_book, &BoardBook::changed, this, &DeployPanel::showBoards);
    connect(m_asker, &BoardAsker::attentionWanted, this, &DeployPanel::attentionWanted);
}

void DeployPanel::connectWorkspace() {
    JobRunner* jobs = m_workspace->jobs();
    // `change` is told which board's job it is.
    const auto followed = [this](void (*change)(DeployPanel&, const QString&, const JobProgress&)) {
        return [this, change](const QString& slot, const JobProgress& progress = {}) {
            const auto board = boardOfSlot(slot);
            if (!board)
                return;
            const QString name = QString::fromStdString(*board);
            change(*this, name, progress);
            showStatus(name);
            if (name == m_shown)
                showPage();
            else
                showPossible();
        };
    };
    connect(jobs, &JobRunner::started, this,
            followed([](DeployPanel& panel, const QString& name, const JobProgress&) {
                panel.m_page_error.reset();
                panel.m_ending.remove(name);
                panel.m_progress[name].begin();
            }));
    connect(jobs, &JobRunner::progressed, this,
            followed([](DeployPanel& panel, const QString& name, const JobProgress& progress) {
                panel.m_progress[name].show(progress, secondsNow());
            }));
    connect(
        jobs, &JobRunner::ended, this,
        followed([](DeployPanel& panel, const QString& name, const JobProgress&) {
            panel.m_ending.remove(name);
            // Of one that succeeded nothing is running any more.
            const bool failed = panel.m_workspace->deployment(name.toStdString()).error.has_value();
            panel.m_progress[name].end(failed ? BoardProgress::End::failed : BoardProgress::End::cancelled);
        }));
    connect(m_workspace, &Workspace::deployedChanged, this, [this] {
        const QString name = QString::fromStdString(m_workspace->deployed()->request.board());
        m_progress[name].end(BoardProgress::End::succeeded);
        if (name == m_shown)
            showPage();
    });
    connect(m_workspace, &Workspace::documentChanged, this, [this] {
        m_page_error.reset();
        std::erase_if(m_progress, [this](const auto& entry) { return !running(entry.first); });
        for (const auto& [name, progress] : m_progress)
            m_ending.insert(name);
        showBoards();
        showPage();
    });
    connect(m_workspace, &Workspace::stepsChanged, this, &DeployPanel::showPossible);
    connect(m_view, &BoardResultView::contentChanged, this, &DeployPanel::showPage);
}

bool DeployPanel::running(const QString& name) const {
    return m_workspace->deploying(name.toStdString());
}

void DeployPanel::focusAddress() {
    m_form->focusAddress();
}

void DeployPanel::takeSelection() {
    const QString name = m_list->current();
    const SavedBoard* board = m_book.find(name.toStdString());
    m_form->setAddress(board ? QString::fromStdString(board->address) : QString());
    m_form->setKey(board ? board->identity : std::filesystem::path());
    lookAt(board ? name : QString());
}

void DeployPanel::takeAddress() {
    const std::string address = m_form->address().toStdString();
    const SavedBoard* before = m_book.find(m_shown.toStdString());
    const SavedBoard* board = before && before->address == address ? before : m_book.at(address);
    // A key that was typed stays; one that belongs to another board does not.
    if (board)
        m_form->setKey(board->identity);
    else if (before && m_form->key() == before->identity)
        m_form->setKey({});
    const QString name = board ? QString::fromStdString(board->name) : QString();
    m_list->select(name);
    lookAt(name);
}

void DeployPanel::lookAt(const QString& name) {
    m_shown = name;
    m_page_error.reset();
    if (!name.isEmpty())
        QSettings().setValue(shown_setting, name);
    m_workspace->boardMemory()->setBoard(name.toStdString());
    showPage();
}

QStringList DeployPanel::targets() const {
    QStringList names = m_list->selected();
    if (names.size() > 1)
        return names;
    return m_shown.isEmpty() ? QStringList() : QStringList(m_shown);
}

void DeployPanel::deployOrCancel() {
    QStringList names = targets();
    if (names.isEmpty())
        names << keepTyped();
    if (names.first().isEmpty())
        return;
    const auto at_work = [this](const QString& name) { return running(name); };
    if (std::all_of(names.cbegin(), names.cend(), at_work)) {
        for (const QString& name : std::as_const(names))
            cancel(name);
        return;
    }
    if (names.size() == 1)
        keepKey(names.first());
    names.removeIf(at_work);
    for (const QString& name : std::as_const(names))
        start(name);
}

void DeployPanel::start(const QString& name) {
    const SavedBoard* board = m_book.find(name.toStdString());
    if (!board)
        return;
    const QSettings settings;
    BoardRequest request;
    request.name = board->name;
    request.address = board->address;
    request.identity = DeployForm::toPath(QString::fromStdString(board->identity.string()));
    request.runtime = board->runtime;
    request.threads = board->threads;
    request.known_hosts = DeployForm::toPath(settings.value(known_hosts_setting).toString());
    request.runs = settings.value(runs_setting, 0).toInt();
    request.images = m_form->images();
    request.layer_images = settings.value(layer_images_setting, request.layer_images).toInt();
    request.compare_float = m_form->comparesFloat();
    m_workspace->deploy(request);
}

void DeployPanel::cancel(const QString& name) {
    if (!running(name))
        return;
    m_ending.insert(name);
    m_workspace->cancelDeploy(name.toStdString());
    showStatus(name);
    showPossible();
}

void DeployPanel::showBoards() {
    m_list->setBoards(m_book.boards());
    QStringList addresses;
    for (const SavedBoard& board : m_book.boards()) {
        const QString address = QString::fromStdString(board.address);
        if (!addresses.contains(address))
            addresses << address;
        showStatus(QString::fromStdString(board.name));
    }
    m_form->setAddresses(addresses);
}

BoardStatus DeployPanel::statusOf(const QString& name) const {
    const auto progress = m_progress.find(name);
    if (running(name) && progress != m_progress.end())
        return runningStatus(progress->second, m_ending.contains(name));
    return restingStatus(m_workspace->deployment(name.toStdString()));
}

void DeployPanel::showStatus(const QString& name) {
    m_list->setStatus(name, statusOf(name));
}

void DeployPanel::showPage() {
    const auto progress = m_progress.find(m_shown);
    m_steps->setProgress(progress == m_progress.end() ? BoardProgress() : progress->second);
    m_workspace->boardMemory()->setBoard(m_shown.toStdString());
    m_view->show(m_workspace->deployment(m_shown.toStdString()).deployed);
    m_stack->setCurrentIndex(m_view->hasContent() ? 1 : 0);
    showError();
    showPossible();
}

void DeployPanel::showError() {
    std::optional<Error> error = m_page_error;
    if (!error)
        error = m_workspace->deployment(m_shown.toStdString()).error;
    if (!error)
        error = m_book.error();
    m_error->setVisible(error.has_value());
    m_sentence->setText(error ? words::message(*error) : QString());
    m_hint->setText(error ? words::hint(*error) : QString());
}

void DeployPanel::showPossible() {
    const QStringList names = targets();
    const bool possible = m_workspace->state(Step::deploy).possible;
    const bool cancels =
        !names.isEmpty() &&
        std::all_of(names.cbegin(), names.cend(), [this](const QString& name) { return running(name); });
    const bool ends = std::all_of(names.cbegin(), names.cend(),
                                  [this](const QString& name) { return m_ending.contains(name); });
    m_form->setButton(static_cast<int>(names.size()), cancels,
                      cancels ? !ends : possible && !m_form->address().isEmpty());
    m_empty->setText(
        possible ? tr("Deploy sends the quantized model to a board over SSH and measures there how fast and "
                      "how right it is.")
                 : tr("Open a model and calibrate first; then it can be deployed to a board."));
}

void DeployPanel::retranslate() {
    for (const SavedBoard& board : m_book.boards())
        showStatus(QString::fromStdString(board.name));
    showError();
    showPossible();
}

void DeployPanel::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange)
        retranslate();
}

}  // namespace quantwright

// The page for boards without a board: what it says of steps, errors and results, and how questions of a
// connecting thread reach the user and come back.
#include <QAbstractButton>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSettings>
#include <QTableWidget>
#include <QTemporaryDir>
#include <QTest>
#include <atomic>
#include <future>

#include "tests/widgets/open_document.h"
#include "tests/widgets/silent_server.h"
#include "widgets/panels/board_question_dialog.h"
#include "widgets/panels/board_result_view.h"
#include "widgets/panels/board_steps.h"
#include "widgets/panels/board_times.h"
#include "widgets/panels/deploy_panel.h"
#include "widgets/panels/scene_builder.h"
#include "widgets/words/board_words.h"
#include "widgets/words/language.h"
#include "widgets/words/words.h"

using namespace quantwright;
using quantwright::testing::closedAddress;
using quantwright::testing::SilentServer;

class DeployPanelTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void init() {
        QSettings().clear();
        QFile::remove(BoardBook::file());
    }
    void stepsFollowTheJob();
    void aBadAddressIsToldOnThePage();
    void aRefusedConnectionIsToldOnThePage();
    void cancelEndsTheWait();
    void boardsAreRememberedByAddress();
    void hostKeyQuestion();
    void secretQuestion();
    void aCancelledJobTakesItsQuestionBack();
    void aQuestionDoesNotKeepTheProgram();
    void withNobodyToAskTheAnswerIsNo();
    void resultsStandSideBySide();
    void timesBelongToLayers();

private:
    static JobProgress at(Stage stage, std::int64_t done = 0, std::int64_t total = 0) {
        return {{stage, done, total}, {}};
    }
    template <class Dialog>
    static Dialog* waitFor(QWidget& parent) {
        Dialog* dialog = nullptr;
        const bool there = QTest::qWaitFor([&] {
            dialog = parent.findChild<Dialog*>();
            return dialog && dialog->isVisible();
        });
        return there ? dialog : nullptr;
    }
    template <class Answer>
    static bool done(std::future<Answer>& answer) {
        return QTest::qWaitFor(
            [&] { return answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready; });
    }
    static void type(DeployPanel& panel, const QString& address) {
        auto* combo = panel.findChild<QComboBox*>(QStringLiteral("board_address"));
        combo->lineEdit()->selectAll();
        QTest::keyClicks(combo->lineEdit(), address);
    }
    static QString told(const DeployPanel& panel, const char* name) {
        const auto* label = panel.findChild<QLabel*>(QLatin1String(name));
        return label->isVisible() ? label->text() : QString();
    }
    static QPushButton* button(const DeployPanel& panel) {
        return panel.findChild<QPushButton*>(QStringLiteral("board_deploy"));
    }
    static BoardResult result(const Workspace& workspace);

    QTemporaryDir m_folder;
};

void DeployPanelTest::initTestCase() {
    QVERIFY(m_folder.isValid());
    QCoreApplication::setOrganizationName(QStringLiteral("quantwright-tests"));
    QSettings::setDefaultFormat(QSettings::IniFormat);
    QSettings::setPath(QSettings::IniFormat, QSettings::UserScope, m_folder.path());
    qputenv("XDG_CONFIG_HOME", m_folder.path().toLocal8Bit());
    qputenv("XDG_DATA_HOME", m_folder.path().toLocal8Bit() + "/data");
    words::setLanguage(QStringLiteral("en"));
}

void DeployPanelTest::stepsFollowTheJob() {
    using State = BoardSteps::State;
    BoardSteps steps;
    steps.begin();
    QCOMPARE(steps.state(BoardSteps::Check), State::running);
    steps.show(at(Stage::upload, 0, 4'000'000), 10);
    QCOMPARE(steps.state(BoardSteps::Check), State::done);
    QCOMPARE(steps.state(BoardSteps::Wait), State::pending);
    steps.show({{Stage::upload, 2'000'000, 4'000'000}, 1.0}, 11);
    QCOMPARE(steps.statusText(BoardSteps::Upload), QStringLiteral("50 % · 2.0 MB/s · 1 s left"));
    // The agent was sent; the model comes later.
    steps.show(at(Stage::board_check), 12);
    QCOMPARE(steps.state(BoardSteps::Check), State::running);
    QCOMPARE(steps.state(BoardSteps::Upload), State::pending);
    steps.show(at(Stage::benchmark), 13);
    QCOMPARE(steps.state(BoardSteps::Upload), State::done);
    QCOMPARE(steps.state(BoardSteps::Wait), State::pending);  // nobody else was there
    QCOMPARE(steps.statusText(BoardSteps::Measure), QStringLiteral("…"));
    steps.show(at(Stage::board_run, 0, 10), 20);
    steps.show(at(Stage::board_run, 5, 10), 22);
    QCOMPARE(steps.statusText(BoardSteps::Accuracy), QStringLiteral("50 % · 2.5 images/s"));
    steps.end(BoardSteps::End::failed);
    QCOMPARE(steps.state(BoardSteps::Accuracy), State::failed);
    QCOMPARE(steps.state(BoardSteps::Measure), State::done);
    steps.begin();
    QCOMPARE(steps.state(BoardSteps::Measure), State::pending);
    steps.show(at(Stage::profile), 30);
    steps.end(BoardSteps::End::cancelled);
    QCOMPARE(steps.state(BoardSteps::Profile), State::pending);
}

void DeployPanelTest::aBadAddressIsToldOnThePage() {
    Workspace workspace;
    DeployPanel panel(&workspace);
    panel.show();
    type(panel, QStringLiteral("board"));
    QVERIFY(!button(panel)->isEnabled());  // nothing is open
    QVERIFY(testing::openCalibrated(workspace, m_folder));
    QVERIFY(QTest::qWaitFor([&] { return button(panel)->isEnabled(); }));
    type(panel, QStringLiteral("-oProxyCommand=x"));
    QTest::mouseClick(button(panel), Qt::LeftButton);
    const Error error{ErrorCode::board_address, "-oProxyCommand=x", {}};
    QCOMPARE(told(panel, "board_error"), words::message(error));
    QCOMPARE(told(panel, "board_hint"), words::hint(error));
    QVERIFY(!workspace.deploying());
}

void DeployPanelTest::aRefusedConnectionIsToldOnThePage() {
    const QString address = closedAddress();
    Workspace workspace;
    DeployPanel panel(&workspace);
    panel.show();
    QVERIFY(testing::openCalibrated(workspace, m_folder));
    int modal = 0;
    connect(&workspace, &Workspace::failed, this, [&] { ++modal; });
    type(panel, address);
    QTest::mouseClick(button(panel), Qt::LeftButton);
    QVERIFY(workspace.deploying());
    QVERIFY(QTest::qWaitFor([&] { return !told(panel, "board_error").isEmpty(); }, 20000));
    const StepState state = workspace.state(Step::deploy);
    QCOMPARE(state.kind, StepState::Kind::failed);
    QVERIFY(state.error->code == ErrorCode::board_refused);
    QCOMPARE(told(panel, "board_error"), words::message(*state.error));
    QCOMPARE(panel.steps()->state(BoardSteps::Check), BoardSteps::State::failed);
    QCOMPARE(modal, 0);
    QVERIFY(button(panel)->isEnabled());
    // In the other language at once.
    words::setLanguage(QStringLiteral("zh"));
    QCoreApplication::processEvents();
    QCOMPARE(told(panel, "board_error"), words::message(*state.error));
    QCOMPARE(button(panel)->text(), QStringLiteral("部署"));
    words::setLanguage(QStringLiteral("en"));
}

void DeployPanelTest::cancelEndsTheWait() {
    const SilentServer silent;
    Workspace workspace;
    DeployPanel panel(&workspace);
    panel.show();
    QVERIFY(testing::openCalibrated(workspace, m_folder));
    type(panel, silent.address());
    QTest::mouseClick(button(panel), Qt::LeftButton);
    QVERIFY(QTest::qWaitFor([&] { return silent.called(); }));
    QCOMPARE(button(panel)->text(), QStringLiteral("Cancel"));
    QTest::mouseClick(button(panel), Qt::LeftButton);
    QVERIFY(QTest::qWaitFor([&] { return !workspace.deploying(); }, 5000));
    QCOMPARE(workspace.state(Step::deploy).kind, StepState::Kind::not_yet);
    QCOMPARE(panel.steps()->state(BoardSteps::Check), BoardSteps::State::pending);
    QVERIFY(told(panel, "board_error").isEmpty());
    QCOMPARE(button(panel)->text(), QStringLiteral("Deploy"));
}

void DeployPanelTest::boardsAreRememberedByAddress() {
    const QString address = closedAddress();
    Workspace workspace;
    QVERIFY(testing::openCalibrated(workspace, m_folder));
    for (const QString& board : {address, QStringLiteral("nobody@127.0.0.1:1"), address}) {
        DeployPanel panel(&workspace);
        panel.show();
        type(panel, board);
        panel.findChild<QLineEdit*>(QStringLiteral("board_key"))->setText(QStringLiteral("/nowhere/key"));
        QTest::mouseClick(button(panel), Qt::LeftButton);
        QVERIFY(QTest::qWaitFor([&] { return !workspace.deploying(); }, 20000));
    }
    const DeployPanel again(&workspace);
    const auto* combo = again.findChild<QComboBox*>(QStringLiteral("board_address"));
    QCOMPARE(combo->count(), 2);
    QCOMPARE(combo->currentText(), address);
    for (const QString& key : QSettings().allKeys())
        QVERIFY2(!QSettings().value(key).toString().contains(QStringLiteral("/nowhere/key")),
                 qPrintable(key));
}

void DeployPanelTest::hostKeyQuestion() {
    Workspace workspace;
    DeployPanel panel(&workspace);
    panel.show();
    int attention = 0;
    connect(&panel, &DeployPanel::attentionWanted, this, [&] { ++attention; });
    for (const bool accepted : {true, false}) {
        const CancelToken token;
        auto answer = std::async(std::launch::async, [&] {
            return workspace.boardQuestions()
                ->forJob("b", token)
                .trust({"[b]:2222", "ssh-ed25519", "SHA256:abc"});
        });
        auto* dialog = waitFor<HostKeyDialog>(panel);
        QVERIFY(dialog);
        QCOMPARE(dialog->findChild<QLabel*>(QStringLiteral("fingerprint"))->text(),
                 QStringLiteral("SHA256:abc"));
        if (accepted) {
            auto* accept = dialog->findChild<QPushButton*>(QStringLiteral("accept"));
            QVERIFY(!accept->isDefault());  // not by a Return that was meant for something else
            QTest::mouseClick(accept, Qt::LeftButton);
        } else {
            QTest::keyClick(dialog, Qt::Key_Escape);
        }
        QVERIFY(done(answer));
        QCOMPARE(answer.get(), accepted);
        QVERIFY(QTest::qWaitFor([&] { return !panel.findChild<HostKeyDialog*>(); }));
    }
    QCOMPARE(attention, 2);
}

void DeployPanelTest::secretQuestion() {
    Workspace workspace;
    DeployPanel panel(&workspace);
    panel.show();
    BoardQuestions* questions = workspace.boardQuestions();
    const CancelToken token;
    const auto ask = [&](const SecretQuestion& question) {
        return std::async(std::launch::async,
                          [=] { return questions->forJob("u@b", token).secret(question); });
    };
    SecretQuestion question;
    question.subject = "u@b";
    auto answer = ask(question);
    auto* dialog = waitFor<SecretDialog>(panel);
    QVERIFY(dialog);
    auto* edit = dialog->findChild<QLineEdit*>(QStringLiteral("secret"));
    QCOMPARE(edit->echoMode(), QLineEdit::Password);
    QTest::keyClicks(edit, QStringLiteral("wrong"));
    QTest::keyClick(edit, Qt::Key_Return);
    QVERIFY(done(answer));
    QCOMPARE(answer.get(), std::optional<std::string>("wrong"));
    QVERIFY(QTest::qWaitFor([&] { return !panel.findChild<SecretDialog*>(); }));

    question.attempt = 2;
    answer = ask(question);
    dialog = waitFor<SecretDialog>(panel);
    QVERIFY(dialog);
    QTest::keyClicks(dialog->findChild<QLineEdit*>(QStringLiteral("secret")), QStringLiteral("right"));
    QTest::mouseClick(dialog->findChild<QPushButton*>(QStringLiteral("accept")), Qt::LeftButton);
    QVERIFY(done(answer));
    QCOMPARE(answer.get(), std::optional<std::string>("right"));
    QVERIFY(QTest::qWaitFor([&] { return !panel.findChild<SecretDialog*>(); }));

    // The next connection asks nobody, until it turns out to be wrong.
    question.attempt = 1;
    answer = ask(question);
    QVERIFY(done(answer));
    QCOMPARE(answer.get(), std::optional<std::string>("right"));
    questions->forget("u@b");
    answer = ask(question);
    dialog = waitFor<SecretDialog>(panel);
    QVERIFY(dialog);
    QTest::keyClick(dialog, Qt::Key_Escape);
    QVERIFY(done(answer));
    QCOMPARE(answer.get(), std::nullopt);

    // What a board asks itself is not remembered, and may be shown.
    QVERIFY(QTest::qWaitFor([&] { return !panel.findChild<SecretDialog*>(); }));
    question = {SecretQuestion::Kind::answer, "Code", true, 1};
    for (int time = 0; time < 2; ++time) {
        answer = ask(question);
        dialog = waitFor<SecretDialog>(panel);
        QVERIFY(dialog);
        edit = dialog->findChild<QLineEdit*>(QStringLiteral("secret"));
        QCOMPARE(edit->echoMode(), QLineEdit::Normal);
        QTest::keyClicks(edit, QString::number(time));
        QTest::keyClick(edit, Qt::Key_Return);
        QVERIFY(done(answer));
        QCOMPARE(answer.get(), std::optional<std::string>(std::to_string(time)));
        QVERIFY(QTest::qWaitFor([&] { return !panel.findChild<SecretDialog*>(); }));
    }
    for (const QString& key : QSettings().allKeys())
        QVERIFY(!QSettings().value(key).toString().contains(QStringLiteral("right")));
}

void DeployPanelTest::aCancelledJobTakesItsQuestionBack() {
    Workspace workspace;
    DeployPanel panel(&workspace);
    panel.show();
    CancelToken token;
    auto answer = std::async(std::launch::async, [&] {
        return workspace.boardQuestions()->forJob("b", token).trust({"b", "ssh-ed25519", "SHA256:abc"});
    });
    QVERIFY(waitFor<HostKeyDialog>(panel));
    token.cancel();
    QVERIFY(done(answer));
    QVERIFY(!answer.get());
    QVERIFY(QTest::qWaitFor([&] { return !panel.findChild<HostKeyDialog*>(); }));
}

/// Closing the program while it asks: ctest's limit is what would end it if this waited for an answer.
void DeployPanelTest::aQuestionDoesNotKeepTheProgram() {
    std::atomic<int> answers = 0;
    {
        Workspace workspace;
        DeployPanel panel(&workspace);
        panel.show();
        workspace.jobs()->start(
            QStringLiteral("asking"),
            [&answers, questions = workspace.boardQuestions()](const JobContext& job) -> Result<bool> {
                const bool trusted =
                    questions->forJob("b", job.token()).trust({"b", "ssh-ed25519", "SHA256:abc"});
                ++answers;
                return trusted;
            },
            [](const Result<bool>&) { QFAIL("nobody is left to be told"); });
        QVERIFY(waitFor<HostKeyDialog>(panel));
    }
    QCOMPARE(answers, 1);
}

void DeployPanelTest::withNobodyToAskTheAnswerIsNo() {
    BoardQuestions questions;
    const CancelToken token;
    auto trusted = std::async(std::launch::async, [&] {
        return questions.forJob("b", token).trust({"b", "ssh-ed25519", "SHA256:abc"});
    });
    QVERIFY(done(trusted));
    QVERIFY(!trusted.get());
    auto secret =
        std::async(std::launch::async, [&] { return questions.forJob("b", token).secret(SecretQuestion{}); });
    QVERIFY(done(secret));
    QCOMPARE(secret.get(), std::nullopt);
}

BoardResult DeployPanelTest::result(const Workspace& workspace) {
    BoardResult result;
    result.board.arch = "riscv64";
    result.board.cores = 8;
    result.board.runtime = "1.21.0";
    result.latency = {12, 13, 14, 11};
    result.runs = 40;
    result.accuracy.emplace();
    result.accuracy->images = 100;
    result.judgement.emplace();
    result.judgement->task.kind = TaskKind::classification;
    result.judgement->figures = {{"top1", 0.91}};
    result.judgement->agreement = {{"agreement", 0.97}};
    result.host_judgement = result.judgement;
    result.host_judgement->figures = {{"top1", 0.92}};
    result.accuracy->snr_db = 31.4;
    result.accuracy->cosine = 0.999;
    result.host = result.accuracy;
    result.trust.reasons = {{"governor", {"powersave"}}};
    const auto& layers = workspace.prepared()->layers;
    result.profile = {{"extra", "Cast", "CPU", 1, {}},
                      {"a", "QuantizeLinear", "CPU", 100, layers[0].name},
                      {"b", "QLinearConv", "NPU", 200, layers[0].name},
                      {"c", "DequantizeLinear", "CPU", 4, layers[0].name},
                      {"d", "QLinearConv", "NPU", 1500, layers[1].name}};
    return result;
}

void DeployPanelTest::resultsStandSideBySide() {
    Workspace workspace;
    QVERIFY(testing::openCalibrated(workspace, m_folder));
    BoardResultView view(&workspace);
    Deployed deployed;
    deployed.made_from = workspace.basis();
    deployed.result = result(workspace);
    view.show(std::make_shared<const Deployed>(deployed));
    const auto* figures = view.findChild<QTableWidget*>(QStringLiteral("board_figures"));
    const auto cells = [&](const QString& name) {
        QStringList cells;
        for (int row = 0; row < figures->rowCount(); ++row)
            if (figures->item(row, 0)->text() == name)
                for (int column = 1; column < figures->columnCount(); ++column)
                    cells << figures->item(row, column)->text();
        return cells;
    };
    QCOMPARE(cells(QStringLiteral("Latency, median")).value(0), QStringLiteral("12.0 ms"));
    QCOMPARE(cells(QStringLiteral("Top-1")).value(0), QStringLiteral("91.0 %"));
    QCOMPARE(cells(QStringLiteral("Top-1")).value(1), QStringLiteral("92.0 %"));
    QCOMPARE(cells(QStringLiteral("Output SNR")).value(0), QStringLiteral("31.4 dB"));
    QCOMPARE(cells(QStringLiteral("Timed runs")).value(0), QStringLiteral("40"));
    const auto* trust = view.findChild<QLabel*>(QStringLiteral("board_trust"));
    QVERIFY(trust->text().contains(words::message(deployed.result.trust.reasons.front())));
    const auto* times = view.findChild<QTableWidget*>(QStringLiteral("board_times"));
    QCOMPARE(times->rowCount(), 3);
    QCOMPARE(times->item(0, 2)->text(), QStringLiteral("1.50 ms"));
    QCOMPARE(times->item(1, 2)->text(), QStringLiteral("304 µs"));
    QCOMPARE(times->item(1, 4)->text(), QStringLiteral("CPU, NPU"));
    // A plan for another machine than the board is.
    const auto* target = view.findChild<QLabel*>(QStringLiteral("board_target"));
    QVERIFY(target->isHidden());
    deployed.result.board.is_k1 = true;
    view.show(std::make_shared<const Deployed>(deployed));
    QVERIFY(!target->isHidden());
    deployed.made_from.plan.target = "spacemit-k1";
    view.show(std::make_shared<const Deployed>(deployed));
    QVERIFY(target->isHidden());
    // Without anything against it nothing is said.
    deployed.result.trust = {};
    view.show(std::make_shared<const Deployed>(deployed));
    QVERIFY(trust->isHidden());
}

void DeployPanelTest::timesBelongToLayers() {
    Workspace workspace;
    QVERIFY(testing::openCalibrated(workspace, m_folder));
    const auto times = timesByLayer(result(workspace), *workspace.prepared());
    QCOMPARE(times.size(), workspace.prepared()->layers.size());
    QCOMPARE(times[0], std::optional<double>(304));
    QCOMPARE(times[1], std::optional<double>(1500));
    QVERIFY(!times[2]);
    QCOMPARE(timeScale(times), 1500.0);
    QCOMPARE(timeScale({350.0}), 400.0);
    QCOMPARE(timeScale({}), 0.0);
    GraphScene scene = buildScene(*workspace.resolved(), nullptr, ColourBy::board_time);
    colourByTime(scene, times);
    for (const SceneNode& node : scene.nodes) {
        if (node.id == 1)
            QCOMPARE(node.heat, 1.0);
        if (node.id == 0)
            QCOMPARE(node.heat, 304 / 1500.0);
        if (node.id == 2)
            QVERIFY(std::isnan(node.heat));
    }
}

QTEST_MAIN(DeployPanelTest)
#include "test_deploy_panel.moc"

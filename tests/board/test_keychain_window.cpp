// The window's questions and the keychain: real logins to the stand-in, with a user who answers.
#include <QAbstractButton>
#include <QCheckBox>
#include <QHash>
#include <QLabel>
#include <QLineEdit>
#include <QSettings>
#include <QtTest>

#include <future>
#include <optional>

#include "tests/board/board_connection.h"
#include "tests/board/keyring.h"
#include "tests/support/patience.h"
#include "widgets/panels/board_question_dialog.h"
#include "widgets/theme/theme.h"
#include "widgets/words/language.h"
#include "widgets/workspace/kept_secrets.h"
#include "widgets/workspace/workspace.h"
#include "window_driver.h"

using namespace quantwright;
namespace qt = quantwright::testing;

namespace {

/// What the user types at each question, and whether it is to be kept.
struct Typed {
    std::string secret;
    bool keep = false;
};

struct Asked {
    SecretQuestion question;
    KeychainOffer offer;
};

}  // namespace

class TestKeychainWindow : public QObject {
    Q_OBJECT

    qt::BoardFacts m_board;
    std::optional<qt::Keyring> m_keyring;
    const std::string m_address = "the board";
    bool m_forgets = true;

    [[nodiscard]] std::string right() const { return m_board["password"].toStdString(); }
    [[nodiscard]] KeychainItem password() const {
        return {KeychainItem::Kind::password,
                QString("%1@%2:%3").arg(m_board["user"], m_board["host"], m_board["port"]).toStdString()};
    }
    [[nodiscard]] KeychainItem passphrase() const {
        return {KeychainItem::Kind::passphrase, m_board["locked_key"].toStdString()};
    }
    [[nodiscard]] static std::optional<std::string> kept(const KeychainItem& item) {
        return keychain::read(item).secret;
    }
    static void put(const KeychainItem& item, const std::string& secret) {
        QCOMPARE(keychain::write(item, secret).state, KeychainState::ready);
    }

    /// One connection in a job's thread; how it ended, and what was asked meanwhile.
    [[nodiscard]] QByteArray logIn(BoardQuestions& questions, std::vector<Typed> typed,
                                   std::vector<Asked>& asked, const QString& identity = {}) const {
        qt::Door door(m_board);
        door.options.identity = identity.toStdString();
        asked.clear();
        const auto answering =
            connect(&questions, &BoardQuestions::secretAsked, &questions,
                    [&](quint64 id, const SecretQuestion& question, const KeychainOffer& offer) {
                        asked.push_back({question, offer});
                        const std::size_t index = asked.size() - 1;
                        if (index < typed.size())
                            questions.answerSecret(id, typed[index].secret, typed[index].keep);
                        else
                            questions.answerSecret(id, std::nullopt);
                    });
        CancelToken token;
        auto outcome = std::async(std::launch::async, [&] {
            const auto connection =
                quantwright::connect(door.options, questions.forJob(m_address, token), JobContext(token));
            return qt::outcome(connection);
        });
        const auto ended = [&] {
            return outcome.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
        };
        if (!QTest::qWaitFor(ended, 60'000))
            token.cancel();
        disconnect(answering);
        const QByteArray result = outcome.get();
        if (result == "board.denied" && m_forgets)
            questions.forget(m_address);  // as Workspace does
        return result;
    }

private slots:
    void initTestCase() {
        m_board = qt::board_facts();
        if (m_board.contains("reason"))
            QSKIP(qPrintable(m_board["reason"]));
        if (const QString missing = qt::Keyring::missing(); !missing.isEmpty())
            QSKIP(qPrintable(missing));
        qunsetenv("SSH_AUTH_SOCK");
        m_keyring.emplace();
        m_keyring->adopt();
        QVERIFY(m_keyring->start(qt::Keyring::Lock::open));
        qt::prepareForWindows(m_keyring->home());
    }
    void init() {
        if (!m_keyring)
            return;
        QSettings().clear();
        for (const KeychainItem& item : {password(), passphrase()})
            QCOMPARE(keychain::remove(item).state, KeychainState::ready);
    }

    void kept_only_when_the_board_has_taken_it() {
        std::vector<Asked> asked;
        {
            BoardQuestions questions;
            QCOMPARE(logIn(questions, {{"not it", true}, {right(), true}}, asked), "ok");
            QCOMPARE(asked.size(), std::size_t(2));
            QCOMPARE(asked[0].offer.state, KeychainState::ready);
            QVERIFY(!asked[0].offer.wanted);
            QTRY_COMPARE(kept(password()), right());
            QTRY_VERIFY(questions.hasKept(m_address));
        }
        // As after a new start: nobody is asked, and it stays.
        BoardQuestions questions;
        QCOMPARE(logIn(questions, {}, asked), "ok");
        QCOMPARE(asked.size(), std::size_t(0));
        QCOMPARE(kept(password()), right());
        // Names are in the settings, secrets nowhere.
        QSettings().sync();
        QVERIFY(!m_keyring->files_with("the board").isEmpty());
        QCOMPARE(m_keyring->files_with(m_board["password"]), QStringList());
    }

    void a_refused_login_keeps_nothing() {
        BoardQuestions questions;
        std::vector<Asked> asked;
        QCOMPARE(logIn(questions, {{"a", true}, {"b", true}, {"c", true}}, asked), "board.denied");
        QCOMPARE(asked.size(), std::size_t(3));
        QTest::qWait(200);
        QCOMPARE(kept(password()), std::nullopt);
        QVERIFY(!questions.hasKept(m_address));
    }

    void memory_only_where_it_is_not_wanted() {
        BoardQuestions questions;
        std::vector<Asked> asked;
        QCOMPARE(logIn(questions, {{right(), false}}, asked), "ok");
        QCOMPARE(logIn(questions, {}, asked), "ok");
        QCOMPARE(asked.size(), std::size_t(0));
        QCOMPARE(kept(password()), std::nullopt);
        QVERIFY(!questions.hasKept(m_address));
    }

    void a_wrong_one_leaves_the_keychain() {
        put(password(), "of yesterday");
        KeptSecrets::add(m_address, password());
        BoardQuestions questions;
        std::vector<Asked> asked;
        QCOMPARE(logIn(questions, {{right(), false}}, asked), "ok");
        QCOMPARE(asked.size(), std::size_t(1));
        QCOMPARE(asked[0].question.attempt, 2);
        QVERIFY(asked[0].offer.wanted);
        QTRY_COMPARE(kept(password()), std::nullopt);
        QVERIFY(!questions.hasKept(m_address));
    }

    /// The same wrong one in memory and in the keychain costs one try.
    void wrong_in_memory_and_in_the_keychain() {
        BoardQuestions questions;
        std::vector<Asked> asked;
        m_forgets = false;
        const auto back = qScopeGuard([&] { m_forgets = true; });
        QCOMPARE(logIn(questions, {{"a", false}, {"b", false}, {"of yesterday", false}}, asked),
                 "board.denied");
        put(password(), "of yesterday");
        QCOMPARE(logIn(questions, {{right(), true}}, asked), "ok");
        QCOMPARE(asked.size(), std::size_t(1));
        QCOMPARE(asked[0].question.attempt, 2);
        QVERIFY(asked[0].offer.wanted);
        QTRY_COMPARE(kept(password()), right());
    }

    /// A server that hangs up after one wrong password asks no second time: the user is asked the next time.
    void a_refused_one_is_doubted() {
        const qt::OwnBoard board({"--sshd", "MaxAuthTries 1", "--sshd", "KbdInteractiveAuthentication no"});
        QVERIFY(!board.facts.isEmpty());
        const qt::BoardFacts common = std::exchange(m_board, board.facts);
        const auto back = qScopeGuard([&] { m_board = common; });
        put(password(), "of yesterday");
        BoardQuestions questions;
        std::vector<Asked> asked;
        QCOMPARE(logIn(questions, {{right(), true}}, asked), "board.denied");
        QCOMPARE(asked.size(), std::size_t(0));
        QCOMPARE(kept(password()), std::string("of yesterday"));
        QCOMPARE(logIn(questions, {{right(), true}}, asked), "ok");
        QCOMPARE(asked.size(), std::size_t(1));
        QVERIFY(asked[0].offer.wanted);
        QTRY_COMPARE(kept(password()), right());
    }

    void passphrases() {
        BoardQuestions first, second;
        std::vector<Asked> asked;
        QCOMPARE(logIn(first, {{m_board["passphrase"].toStdString(), true}}, asked, m_board["locked_key"]),
                 "ok");
        QTRY_COMPARE(kept(passphrase()), m_board["passphrase"].toStdString());
        QCOMPARE(logIn(second, {}, asked, m_board["locked_key"]), "ok");
        QCOMPARE(asked.size(), std::size_t(0));
        put(passphrase(), "of yesterday");
        BoardQuestions third;
        QCOMPARE(logIn(third, {{m_board["passphrase"].toStdString(), false}}, asked, m_board["locked_key"]),
                 "ok");
        QCOMPARE(asked.size(), std::size_t(1));
        QTRY_COMPARE(kept(passphrase()), std::nullopt);
    }

    void forgotten() {
        BoardQuestions questions;
        std::vector<Asked> asked;
        QCOMPARE(logIn(questions, {{right(), true}}, asked), "ok");
        QTRY_VERIFY(questions.hasKept(m_address));
        QVERIFY(!questions.hasKept("another board"));
        questions.forgetKept("another board");
        QCOMPARE(kept(password()), right());
        questions.forgetKept(m_address);
        QVERIFY(!questions.hasKept(m_address));
        QTRY_COMPARE(kept(password()), std::nullopt);
        QCOMPARE(logIn(questions, {}, asked), "board.denied");
        QVERIFY(!asked.empty());
    }

    /// Nobody unlocks it: the login goes on, and the log tells.
    void what_was_not_kept_is_told() {
        put(password(), "x");
        m_keyring->stop();
        QVERIFY(m_keyring->start(qt::Keyring::Lock::locked));
        Workspace workspace;
        std::vector<Asked> asked;
        const QByteArray ended = logIn(*workspace.boardQuestions(), {{right(), true}}, asked);
        const bool told = QTest::qWaitFor([&] { return !workspace.log().empty(); }, 20'000);
        m_keyring->stop();
        QVERIFY(m_keyring->start(qt::Keyring::Lock::open));
        QCOMPARE(ended, "ok");
        QVERIFY(told);
        QCOMPARE(workspace.log().back().error->code, ErrorCode::board_keychain);
        QVERIFY(!workspace.boardQuestions()->hasKept(m_address));
    }

    void the_dialog_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("state");
        QTest::addColumn<bool>("possible");
        const auto row = [](const char* name, SecretQuestion::Kind kind, KeychainState state, bool possible) {
            QTest::newRow(name) << static_cast<int>(kind) << static_cast<int>(state) << possible;
        };
        row("password", SecretQuestion::Kind::password, KeychainState::ready, true);
        row("passphrase", SecretQuestion::Kind::passphrase, KeychainState::ready, true);
        row("absent", SecretQuestion::Kind::password, KeychainState::absent, false);
        row("locked", SecretQuestion::Kind::password, KeychainState::refused, false);
        row("silent", SecretQuestion::Kind::passphrase, KeychainState::silent, false);
        row("a board's own", SecretQuestion::Kind::answer, KeychainState::ready, false);
    }
    void the_dialog() {
        QFETCH(int, kind);
        QFETCH(int, state);
        QFETCH(bool, possible);
        const SecretQuestion question{static_cast<SecretQuestion::Kind>(kind), "board@k1"};
        for (const bool wanted : {false, true}) {
            SecretDialog dialog(question, {static_cast<KeychainState>(state), wanted}, nullptr);
            dialog.show();
            auto* box = dialog.findChild<QCheckBox*>("keep");
            QCOMPARE(box != nullptr, question.kind != SecretQuestion::Kind::answer);
            QCOMPARE(dialog.toBeKept(), wanted && possible);
            auto* edit = dialog.findChild<QLineEdit*>("secret");
            QTest::keyClicks(edit, "abc");
            if (box) {
                QCOMPARE(box->isEnabled(), possible);
                QVERIFY(!dialog.findChild<QLabel*>("keep_note")->text().isEmpty());
                QTest::mouseClick(box, Qt::LeftButton, {}, QPoint(8, box->height() / 2));
                QCOMPARE(dialog.toBeKept(), !wanted && possible);
            }
            QCOMPARE(dialog.takeSecret(), std::string("abc"));
            QCOMPARE(edit->text(), QString());
        }
    }

    /// In both languages and themes; QUANTWRIGHT_SCREENSHOTS names a folder for pictures.
    void the_dialog_as_seen_data() { the_dialog_data(); }
    void the_dialog_as_seen() {
        QFETCH(int, kind);
        QFETCH(int, state);
        const SecretQuestion question{static_cast<SecretQuestion::Kind>(kind), "board@k1.local:22", false, 2};
        const auto back = qScopeGuard([] {
            words::setLanguage("en");
            Theme::instance().setMode(Theme::Mode::Light);
        });
        QHash<QString, QStringList> texts;
        for (const QString& language : {QStringLiteral("en"), QStringLiteral("zh")})
            for (const auto mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
                words::setLanguage(language);
                Theme::instance().setMode(mode);
                SecretDialog dialog(question, {static_cast<KeychainState>(state), true}, nullptr);
                dialog.show();
                QVERIFY(QTest::qWaitForWindowExposed(&dialog));
                QStringList said;
                for (const auto* label : dialog.findChildren<QLabel*>()) {
                    QVERIFY(label->height() >= label->heightForWidth(label->width()));
                    if (label->text() != QString::fromStdString(question.subject))
                        said.append(label->text());
                }
                for (const auto* button : dialog.findChildren<QAbstractButton*>()) {
                    QVERIFY(button->width() >= button->sizeHint().width());
                    said.append(button->text());
                }
                texts[language] = said;
                if (const QString folder = qEnvironmentVariable("QUANTWRIGHT_SCREENSHOTS"); !folder.isEmpty())
                    dialog.grab().save(QString("%1/secret-%2-%3-%4.png")
                                           .arg(folder, QString(QTest::currentDataTag()).remove(u'\''),
                                                language, mode == Theme::Mode::Dark ? "dark" : "light"));
            }
        QCOMPARE(texts["en"].size(), texts["zh"].size());
        for (qsizetype i = 0; i < texts["en"].size(); ++i)
            QVERIFY2(texts["en"][i] != texts["zh"][i], qPrintable(texts["zh"][i]));
    }
};

QTEST_MAIN(TestKeychainWindow)
#include "test_keychain_window.moc"

// The set-up of a board, driven by mouse and keys against boards of the test's own: all pages in both
// languages, and what the pages say when something is missing.
#include <QClipboard>
#include <QCryptographicHash>
#include <QDir>
#include <QFileInfo>
#include <QGuiApplication>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QRadioButton>
#include <QSettings>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>
#include <QTreeWidget>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "core/board/dial.h"
#include "core/board/saved_boards.h"
#include "tests/board/board_connection.h"
#include "tests/support/patience.h"
#include "widgets/setup/board_setup_dialog.h"
#include "widgets/theme/theme.h"
#include "widgets/words/language.h"
#include "window_driver.h"

using namespace quantwright;
using quantwright::testing::eventually;
using quantwright::testing::WindowDriver;
namespace qt = quantwright::testing;

namespace {

constexpr int k_patience_ms = 60000;

QString fingerprintOf(const qt::BoardFacts& facts) {
    const QByteArray key = QByteArray::fromBase64(facts["known_hosts"].section(' ', 2, 2).toUtf8());
    return "SHA256:" + QString::fromLatin1(QCryptographicHash::hash(key, QCryptographicHash::Sha256)
                                               .toBase64(QByteArray::OmitTrailingEquals));
}

QByteArray read(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

/// The dialog over a window, and hands for it.
class Setup {
public:
    explicit Setup(const qt::BoardFacts& facts) : m_driver(&m_window), m_facts(facts) {
        m_window.resize(1280, 800);
        m_window.show();
        FindOptions search;
        search.config = search.neighbours = "/nonexistent";
        search.names.clear();
        search.port = facts["port"].toInt();
        search.networks = {{"127.0.0.1", 30, false}};
        dialog = new BoardSetupDialog(&m_window);
        dialog->setSearch(search);
        QObject::connect(dialog, &BoardSetupDialog::boardReady, dialog,
                         [this](const SavedBoard& board) { ready.push_back(board); });
        dialog->open();
    }

    BoardSetupDialog* dialog;  ///< the window's
    std::vector<SavedBoard> ready;

    [[nodiscard]] QPushButton* next() const { return button("setup_next"); }
    [[nodiscard]] QPushButton* button(const char* name) const { return find<QPushButton>(name); }
    [[nodiscard]] QLineEdit* edit(const char* name) const { return find<QLineEdit>(name); }
    [[nodiscard]] QRadioButton* radio(const char* name) const { return find<QRadioButton>(name); }
    template <class Widget>
    [[nodiscard]] Widget* find(const char* name) const {
        return dialog->findChild<Widget*>(QLatin1String(name));
    }
    [[nodiscard]] bool shows(const char* page) const { return find<QWidget>(page)->isVisible(); }
    [[nodiscard]] bool waitFor(const char* page) const {
        return QTest::qWaitFor([&] { return shows(page); }, k_patience_ms);
    }
    void press(const char* name) const { QTest::mouseClick(button(name), Qt::LeftButton); }
    void goOn() const { QTest::mouseClick(next(), Qt::LeftButton); }
    void choose(const char* name) const {
        QRadioButton* wanted = radio(name);
        QTest::mouseClick(wanted, Qt::LeftButton, {}, QPoint(8, wanted->height() / 2));
    }
    void type(const char* name, const QString& text) const {
        QLineEdit* field = edit(name);
        QTest::mouseClick(field, Qt::LeftButton);
        field->selectAll();
        QTest::keyClick(field, Qt::Key_Delete);
        QTest::keyClicks(field, text);
    }
    void typeAddress(const QString& user = "board") const {
        type("setup_user", {});
        type("setup_address", QString("%1@127.0.0.1:%2").arg(user, m_facts["port"]));
    }

    /// The card that is seen: its sentence, or its command.
    [[nodiscard]] QString shownError(const char* part = "error") const {
        for (const QLabel* label : dialog->findChildren<QLabel*>(QLatin1String(part)))
            if (label->isVisible() && inCard(label))
                return label->text();
        return {};
    }
    [[nodiscard]] bool waitForError() const {
        return QTest::qWaitFor([&] { return !shownError().isEmpty(); }, k_patience_ms);
    }
    /// Up to the question for the password.
    [[nodiscard]] bool acceptKey() const {
        goOn();
        if (!QTest::qWaitFor([&] { return shows("question_page") && shows("setup_fingerprint"); },
                             k_patience_ms))
            return false;
        goOn();
        return waitForSecret();
    }
    [[nodiscard]] bool waitForSecret() const {
        return QTest::qWaitFor([&] { return shows("question_page") && edit("setup_secret")->isVisible(); },
                               k_patience_ms);
    }
    [[nodiscard]] bool waitForCheck() const {
        return waitFor("check_page") &&
               QTest::qWaitFor([&] { return button("check_again")->isEnabled(); }, k_patience_ms);
    }
    [[nodiscard]] QString mark(const QString& code) const {
        const auto* label = dialog->findChild<QLabel*>("mark_" + code);
        return label && label->isVisible() ? label->text() : QString();
    }
    [[nodiscard]] QWidget* remedy(const QString& code) const {
        return dialog->findChild<QWidget*>("remedy_" + code);
    }

    void lookAround(const QString& name) {
        const QString language = words::currentLanguage();
        // The theme changes no size: the dark one is for those who look at the pictures.
        const bool pictures = qEnvironmentVariableIsSet("QUANTWRIGHT_SCREENSHOTS");
        for (const auto mode : {Theme::Mode::Light, Theme::Mode::Dark}) {
            if (mode == Theme::Mode::Dark && !pictures)
                continue;
            Theme::instance().setMode(mode);
            for (const QSize size : {dialog->minimumSize(), QSize(1000, 760)}) {
                dialog->resize(size);
                QVERIFY(eventually([&] { return dialog->size() == size; }));
                const QStringList clipped = m_driver.settledClippedTexts();
                m_driver.screenshot(QString("setup-%1-%2-%3-%4")
                                        .arg(name, language, mode == Theme::Mode::Dark ? "dark" : "light")
                                        .arg(size.width()));
                QVERIFY2(clipped.isEmpty(), qPrintable(name + '\n' + clipped.join('\n')));
            }
        }
        Theme::instance().setMode(Theme::Mode::Light);
        dialog->resize(720, 580);
        if (language == "zh") {
            QStringList english = m_driver.untranslatedTexts();
            // Commands and names are the same in every language.
            english.removeIf([](const QString& text) {
                return text.contains("\"sudo ") || text.contains("\"chmod ") ||
                       text.contains("\"ssh-keygen ") || text.contains("\"ONNX Runtime\"");
            });
            QVERIFY2(english.isEmpty(), qPrintable(english.join('\n')));
        }
    }

private:
    static bool inCard(const QWidget* widget) {
        for (; widget; widget = widget->parentWidget())
            if (widget->objectName() == "error_card")
                return true;
        return false;
    }

    MainWindow m_window;
    WindowDriver m_driver;
    qt::BoardFacts m_facts;
};

}  // namespace

class TestSetupWindow : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    int m_homes = 0;
    std::unique_ptr<qt::OwnBoard> m_board;

    [[nodiscard]] static QString ownKey() { return QDir::homePath() + "/.ssh/quantwright_ed25519"; }
    /// An account on the board to which only the password opens.
    static QString account(const qt::BoardFacts& facts) {
        const QString ssh = facts["root"] + "/home/board/.ssh";
        QDir(ssh).removeRecursively();
        return ssh;
    }
    static bool onBoard(const qt::BoardFacts& facts, const QString& command) {
        return qt::run_standin({"exec", "--dir", facts["dir"], "sh", "-c", command}).status == 0;
    }

private slots:
    void initTestCase() {
        if (const qt::BoardFacts facts = qt::board_facts(); facts.contains("reason"))
            QSKIP(qPrintable(facts["reason"]));
        qt::prepareForWindows(m_folder.path());
        // The stand-in's root stays where it is when the home folder changes.
        if (!qEnvironmentVariableIsSet("XDG_CACHE_HOME"))
            qputenv("XDG_CACHE_HOME", (QDir::homePath() + "/.cache").toUtf8());
        qunsetenv("SSH_AUTH_SOCK");
        m_board = std::make_unique<qt::OwnBoard>(QStringList{"--k1"});
        QVERIFY(!m_board->facts.isEmpty());
    }
    void cleanupTestCase() { m_board.reset(); }

    /// A computer that knows no board and has no key.
    void init() {
        const QString home = m_folder.filePath(QString("home%1").arg(++m_homes));
        QVERIFY(QDir().mkdir(home));
        qputenv("HOME", home.toUtf8());
        QSettings().clear();
        QSettings().setValue("board/known_hosts", home + "/known_hosts");
        words::setLanguage("en");
    }

    void allPages_data() {
        QTest::addColumn<QString>("language");
        QTest::addColumn<QString>("passphrase");
        QTest::newRow("English") << "en"
                                 << "";
        QTest::newRow("Chinese, key with a passphrase") << "zh"
                                                        << "open sesame";
    }

    void allPages() {
        QFETCH(QString, language);
        QFETCH(QString, passphrase);
        words::setLanguage(language);
        const bool english = language == "en";
        const qt::OwnBoard& board = *m_board;
        const QString ssh = account(board.facts);
        Setup setup(board.facts);

        // Which board: nothing is known, a search finds it.
        QVERIFY(setup.waitFor("find_page"));
        QVERIFY(eventually([&] { return setup.button("setup_scan")->isEnabled(); }));
        auto* list = setup.find<QTreeWidget>("setup_found");
        QCOMPARE(list->topLevelItemCount(), 0);
        QVERIFY(!setup.next()->isEnabled());
        setup.lookAround("find-empty");
        if (QTest::currentTestFailed())
            return;
        setup.press("setup_scan");
        QVERIFY(QTest::qWaitFor([&] { return list->topLevelItemCount() == 1; }, k_patience_ms));
        QVERIFY(list->topLevelItem(0)->text(3).startsWith("SSH-2.0-OpenSSH_"));
        setup.type("setup_address", "two words");
        QVERIFY(!setup.next()->isEnabled());
        QVERIFY(setup.edit("setup_address")->property("invalid").toBool());
        QTest::mouseClick(list->viewport(), Qt::LeftButton, {},
                          list->visualItemRect(list->topLevelItem(0)).center());
        QCOMPARE(setup.edit("setup_address")->text(), "127.0.0.1:" + board.facts["port"]);
        setup.type("setup_user", "board");
        setup.lookAround("find");
        if (QTest::currentTestFailed())
            return;

        // Its key: Return does not accept it, and a no is a no.
        setup.goOn();
        QVERIFY(setup.waitFor("question_page"));
        QCOMPARE(setup.find<QLabel>("setup_fingerprint")->text(), fingerprintOf(board.facts));
        setup.lookAround("host-key");
        if (QTest::currentTestFailed())
            return;
        QTest::keyClick(setup.dialog->focusWidget() ? setup.dialog->focusWidget() : setup.dialog,
                        Qt::Key_Return);
        QTest::qWait(200);
        QVERIFY(setup.shows("setup_fingerprint"));
        setup.press("setup_back");
        QVERIFY(setup.waitFor("find_page"));
        QVERIFY(!QFileInfo::exists(QDir::homePath() + "/known_hosts"));
        QVERIFY(setup.acceptKey());

        // The password.
        setup.lookAround("password");
        if (QTest::currentTestFailed())
            return;
        setup.type("setup_secret", "wrong");
        setup.goOn();
        QVERIFY(eventually([&] { return !setup.shows("question_page"); }));
        QVERIFY(setup.waitForSecret());
        QCOMPARE(setup.edit("setup_secret")->text(), QString());
        setup.lookAround("password-again");
        if (QTest::currentTestFailed())
            return;
        setup.type("setup_secret", board.facts["password"]);
        QTest::keyClick(setup.edit("setup_secret"), Qt::Key_Return);

        // A key.
        QVERIFY(setup.waitFor("key_page"));
        QVERIFY(setup.radio("key_new")->isChecked());
        QCOMPARE(setup.edit("key_new_file")->text(), "~/.ssh/quantwright_ed25519");
        setup.type("key_passphrase", passphrase);
        setup.type("key_repeated", passphrase + "x");
        QVERIFY(!setup.next()->isEnabled());
        setup.lookAround("key");
        if (QTest::currentTestFailed())
            return;
        setup.type("key_repeated", passphrase);
        QVERIFY(setup.next()->isEnabled());
        setup.goOn();

        // What the board lacks. Neither password nor passphrase is asked for.
        QVERIFY(setup.waitForCheck());
        QCOMPARE(setup.shownError(), QString());
        struct stat info {};
        QCOMPARE(::stat(ownKey().toUtf8().constData(), &info), 0);
        QCOMPARE(static_cast<int>(info.st_mode & 07777U), 0600);
        QCOMPARE(read(ssh + "/authorized_keys"), read(ownKey() + ".pub"));
        for (const char* code : {"login", "sftp", "arch", "agent", "disk", "runtime"})
            QVERIFY2(setup.mark(code) == "✓", code);
        QCOMPARE(setup.mark("provider"), "!");  // advice
        QVERIFY(setup.remedy("provider"));
        QVERIFY(setup.find<QLabel>("check_summary")->text().contains(english ? "ready" : "就绪"));
        QVERIFY(setup.find<QLabel>("check_facts")->isVisible());
        QCOMPARE(setup.edit("setup_name")->text(), "localhost");
        setup.lookAround("checks");
        if (QTest::currentTestFailed())
            return;
        qt::run_standin({"fault", "--dir", board.facts["dir"], "remove-runtime"});
        setup.press("check_again");
        QVERIFY(setup.waitForCheck());
        QCOMPARE(setup.mark("runtime"), "✕");
        QWidget* command = setup.remedy("runtime");
        QVERIFY(command && command->isVisible());
        const QString text = command->findChild<QLabel*>("command")->text();
        QVERIFY2(text.startsWith("sudo apt install "), qPrintable(text));
        auto* copy = command->findChild<QToolButton*>("copy");
        QTest::mouseClick(copy, Qt::LeftButton);
        QCOMPARE(QGuiApplication::clipboard()->text(), text);
        setup.lookAround("checks-failed");
        if (QTest::currentTestFailed())
            return;
        QVERIFY(setup.next()->isEnabled());  // it can be mended later
        qt::run_standin({"fault", "--dir", board.facts["dir"], "restore-runtime"});
        setup.type("setup_runtime", "/nowhere/libonnxruntime.so");
        QTest::keyClick(setup.edit("setup_runtime"), Qt::Key_Return);
        QVERIFY(setup.waitForCheck());
        QCOMPARE(setup.mark("runtime"), "✕");
        QVERIFY(setup.ready.empty());
        setup.type("setup_runtime", {});
        setup.press("check_again");
        QVERIFY(setup.waitForCheck());
        QCOMPARE(setup.mark("runtime"), "✓");

        // A name, and that is all.
        setup.type("setup_name", "  ");
        QVERIFY(!setup.next()->isEnabled());
        setup.type("setup_name", "bench");
        setup.goOn();
        QVERIFY(!setup.dialog->isVisible());
        QCOMPARE(setup.ready.size(), std::size_t(1));
        const SavedBoard& saved = setup.ready.front();
        QCOMPARE(saved.name, "bench");
        QCOMPARE(QString::fromStdString(saved.address), "board@127.0.0.1:" + board.facts["port"]);
        QCOMPARE(saved.identity, std::filesystem::path(ownKey().toStdString()));
        QCOMPARE(saved.runtime, "");
        QCOMPARE(setup.dialog->result(), static_cast<int>(QDialog::Accepted));
    }

    void noWayIn_data() {
        QTest::addColumn<QString>("language");
        QTest::newRow("English") << "en";
        QTest::newRow("Chinese") << "zh";
    }

    void noWayIn() {
        QFETCH(QString, language);
        words::setLanguage(language);
        const qt::OwnBoard& board = *m_board;
        account(board.facts);
        Setup setup(board.facts);

        // Nobody listens there.
        setup.type("setup_address", "board@127.0.0.1:1");
        setup.goOn();
        QVERIFY(setup.waitForError());
        QVERIFY(setup.shows("sign_in_page"));
        QVERIFY(setup.shownError("command").contains("systemctl enable --now ssh"));
        setup.lookAround("refused");
        if (QTest::currentTestFailed())
            return;
        setup.press("setup_back");
        QVERIFY(setup.shows("find_page"));

        // A wrong password as often as it may be.
        setup.typeAddress();
        QVERIFY(setup.acceptKey());
        for (int attempt = 0; attempt < 3; ++attempt) {
            QVERIFY(setup.waitForSecret());
            setup.type("setup_secret", "wrong");
            setup.goOn();
            QVERIFY(!setup.shows("question_page"));
        }
        QVERIFY(setup.waitForError());
        QCOMPARE(setup.shownError("command"), "sudo passwd board");
        setup.lookAround("denied");
        if (QTest::currentTestFailed())
            return;
        // The wrong one is not tried again by itself; a question that is left alone ends with the dialog.
        setup.goOn();
        QVERIFY(setup.waitForSecret());
        setup.press("setup_back");
        QVERIFY(setup.shows("find_page"));

        // Another machine under the board's name.
        QFile known(QDir::homePath() + "/known_hosts");
        QVERIFY(known.open(QIODevice::WriteOnly | QIODevice::Truncate));
        known.write(board.facts["known_hosts"].section(' ', 0, 1).toUtf8() +
                    " AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl\n");
        known.close();
        setup.goOn();
        QVERIFY(setup.waitForError());
        const QString command = setup.shownError("command");
        QVERIFY2(command.startsWith("ssh-keygen -f ") && command.contains("-R "), qPrintable(command));
        setup.lookAround("other-key");
        if (QTest::currentTestFailed())
            return;
        QCOMPARE(QProcess::execute("sh", {"-c", command}), 0);
        setup.goOn();
        QVERIFY(setup.waitFor("question_page"));
        QVERIFY(setup.shows("setup_fingerprint"));
        setup.press("setup_cancel");
        QVERIFY(!setup.dialog->isVisible());
        QVERIFY(setup.ready.empty());
    }

    /// sshd heeds no keys in a folder that others may write to; the command shown mends that.
    void keyNotTaken() {
        words::setLanguage("zh");
        const qt::OwnBoard& board = *m_board;
        const QString ssh = account(board.facts);
        QVERIFY(onBoard(board.facts, "mkdir -m 777 ~/.ssh"));
        Setup setup(board.facts);
        setup.typeAddress();
        QVERIFY(setup.acceptKey());
        setup.type("setup_secret", board.facts["password"]);
        setup.goOn();
        QVERIFY(setup.waitFor("key_page"));
        setup.goOn();
        QVERIFY(setup.waitForError());
        QVERIFY(setup.shows("key_page"));
        const QString command = setup.shownError("command");
        QVERIFY2(command.startsWith("chmod go-w"), qPrintable(command));
        // The key has been made, and is not made again.
        QVERIFY(setup.radio("key_have")->isChecked());
        QCOMPARE(setup.edit("key_file")->text(), "~/.ssh/quantwright_ed25519");
        setup.lookAround("key-refused");
        if (QTest::currentTestFailed())
            return;
        QVERIFY(onBoard(board.facts, command));
        setup.goOn();
        QVERIFY(setup.waitForCheck());
        QCOMPARE(setup.mark("login"), "✓");
        QCOMPARE(read(ssh + "/authorized_keys"), read(ownKey() + ".pub"));

        // Back, and without a key after all: the password is known, and asked for no more.
        setup.press("setup_back");
        QVERIFY(setup.shows("key_page"));
        setup.choose("key_none");
        setup.goOn();
        QVERIFY(setup.waitForCheck());
        setup.goOn();
        QCOMPARE(setup.ready.size(), std::size_t(1));
        QVERIFY(setup.ready.front().identity.empty());
    }

    void noSftp() {
        const qt::OwnBoard board({"--no-sftp"});
        account(board.facts);
        Setup setup(board.facts);
        setup.typeAddress();
        QVERIFY(setup.acceptKey());
        setup.type("setup_secret", board.facts["password"]);
        setup.goOn();
        QVERIFY(setup.waitFor("key_page"));
        for (const char* field : {"key_passphrase", "key_repeated"})
            setup.type(field, "words of its own");
        setup.goOn();
        QVERIFY(setup.waitForError());
        QCOMPARE(setup.shownError("command"), "sudo apt install openssh-sftp-server");
        QVERIFY(!QFileInfo::exists(ownKey()));  // what can't be installed is not made
        // The next attempt does not make a key without the passphrase.
        for (const char* field : {"key_passphrase", "key_repeated"})
            QCOMPARE(setup.edit(field)->text(), "words of its own");
        setup.choose("key_none");
        QCOMPARE(setup.next()->text(), "Next");
        setup.goOn();
        QVERIFY(setup.waitForCheck());
        QCOMPARE(setup.mark("login"), "✓");
        QCOMPARE(setup.mark("sftp"), "✕");
        QVERIFY(setup.remedy("sftp")->isVisible());
        setup.lookAround("no-sftp");
    }

    /// A key that the board knows already, given by its path.
    void keyThatIsThere() {
        const qt::OwnBoard& board = *m_board;
        account(board.facts);
        QVERIFY(onBoard(board.facts, "mkdir -m 700 ~/.ssh && touch ~/.ssh/authorized_keys"));
        const QString file = board.facts["root"] + "/home/board/.ssh/authorized_keys";
        qt::write_file(file, read(board.facts["locked_key"] + ".pub"));
        Setup setup(board.facts);
        setup.typeAddress();
        QVERIFY(setup.acceptKey());
        setup.type("setup_secret", board.facts["password"]);
        setup.goOn();
        QVERIFY(setup.waitFor("key_page"));
        const QByteArray before = read(file);
        setup.choose("key_have");
        QVERIFY(!setup.next()->isEnabled());
        setup.type("key_file", "/nonexistent");
        setup.goOn();
        QVERIFY(setup.waitForError());
        setup.type("key_file", board.facts["locked_key"]);
        setup.goOn();
        QVERIFY(setup.waitForSecret());
        setup.lookAround("passphrase");
        if (QTest::currentTestFailed())
            return;
        // Back ends the attempt and its connection; the next one is not refused for that.
        setup.press("setup_back");
        QVERIFY(setup.waitFor("key_page"));
        QTest::qWait(1500);  // longer than a cancelled connection may live
        setup.goOn();
        QVERIFY(setup.waitForSecret());
        setup.type("setup_secret", board.facts["passphrase"]);
        setup.goOn();
        QVERIFY(setup.waitForCheck());
        QCOMPARE(read(file), before);
        setup.goOn();
        QCOMPARE(setup.ready.size(), std::size_t(1));
        QCOMPARE(QString::fromStdString(setup.ready.front().identity.string()), board.facts["locked_key"]);
    }

    /// Closed while it waits for a machine that says nothing.
    void closedInBetween() {
        const Socket silent(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in place{};
        place.sin_family = AF_INET;
        place.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof place;
        auto* address = reinterpret_cast<sockaddr*>(&place);
        QVERIFY(::bind(silent.fd(), address, size) == 0 && ::listen(silent.fd(), 4) == 0 &&
                ::getsockname(silent.fd(), address, &size) == 0);
        qt::BoardFacts facts;
        facts["port"] = QString::number(ntohs(place.sin_port));
        Setup setup(facts);
        setup.typeAddress();
        setup.goOn();
        pollfd knocked{silent.fd(), POLLIN, 0};
        QVERIFY(eventually([&] { return setup.shows("sign_in_page") && ::poll(&knocked, 1, 0) > 0; }));
        QVERIFY(!setup.next()->isEnabled());
        QTest::keyClick(setup.dialog, Qt::Key_Escape);
        QVERIFY(!setup.dialog->isVisible());
        QVERIFY(setup.ready.empty());
        QCOMPARE(setup.dialog->result(), static_cast<int>(QDialog::Rejected));
    }
};

QTEST_MAIN(TestSetupWindow)
#include "test_setup_window.moc"

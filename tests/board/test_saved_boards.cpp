// Boards kept by name: what is saved comes back, what can't be read is never lost. Needs no board.
#include <sys/resource.h>
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QtTest>
#include <csignal>

#include "core/board/saved_boards.h"

using namespace quantwright;

class TestSavedBoards : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    [[nodiscard]] std::filesystem::path place(const char* name) const {
        return m_folder.filePath(QString::fromUtf8(name)).toStdString();
    }
    static QByteArray content(const std::filesystem::path& path) {
        QFile file(QString::fromStdString(path.string()));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("?");
    }
    static void write(const std::filesystem::path& path, const QByteArray& bytes) {
        QFile file(QString::fromStdString(path.string()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write(bytes), bytes.size());
    }
    static std::vector<SavedBoard> two() {
        return {{"desk", "root@k1.local:2222", "/home/me/.ssh/k1", "/opt/libonnxruntime.so", 4},
                {"rack", "rack", {}, {}, 0}};
    }

private slots:
    void what_is_saved_comes_back() {
        const std::vector<SavedBoard> boards = {{"z last in the alphabet", "z", {}, {}, 0},
                                                {"量匠的开发板 \"一号\"", "root@[fe80::1]:22",
                                                 "/home/me/keys/my key; 钥匙.pem", "/opt/库/lib.so", 8},
                                                {"-a'`$(x)\\n", "me@host", {}, {}, 1},
                                                {std::string(80, 'n'), "k1", {}, {}, 0},
                                                {"😀", "k1", {}, {}, 0},
                                                {"a", "a", {}, {}, 0}};
        const auto file = place("a/new/folder/boards.json");
        QVERIFY(save_boards(file, boards));
        const auto loaded = load_boards(file);
        QVERIFY(loaded);
        QVERIFY(*loaded == boards);  // the order, too
        QVERIFY(save_boards(file, *loaded));
        const QByteArray text = content(file);
        QVERIFY(save_boards(file, {}));
        QVERIFY(load_boards(file)->empty());
        QVERIFY(content(file) != text);
        QCOMPARE(QDir(QFileInfo(QString::fromStdString(file.string())).path())
                     .entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot),
                 QStringList("boards.json"));
    }

    void without_a_file_the_list_is_empty() {
        const auto loaded = load_boards(place("nowhere/boards.json"));
        QVERIFY(loaded && loaded->empty());
    }

    void what_people_write_may_be_short() {
        const auto file = place("short.json");
        write(file, R"({"quantwright_boards": 1, "boards": [{"name": "k1", "address": "root@k1"}]})");
        const auto loaded = load_boards(file);
        QVERIFY(loaded);
        QVERIFY(*loaded == std::vector<SavedBoard>({{"k1", "root@k1", {}, {}, 0}}));
    }

    void a_broken_file_is_told_and_kept_data() {
        QTest::addColumn<QByteArray>("bytes");
        const auto board = [](const QByteArray& fields) {
            return QByteArray(R"({"quantwright_boards": 1, "boards": [{)" + fields + "}]}");
        };
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("cut") << board(R"("name": "k1", "address": "k1")").chopped(4);
        QTest::newRow("no JSON") << QByteArray("\x89PNG\r\n\x1a\n\0\0", 10);
        QTest::newRow("another document") << QByteArray(R"({"quantwright_plan": 1})");
        QTest::newRow("a list") << QByteArray("[]");
        QTest::newRow("a newer one") << QByteArray(R"({"quantwright_boards": 2, "boards": []})");
        QTest::newRow("a key of a newer one")
            << board(R"("name": "k1", "address": "k1", "password": "secret")");
        QTest::newRow("no address") << board(R"("name": "k1")");
        QTest::newRow("a number for a name") << board(R"("name": 1, "address": "k1")");
        QTest::newRow("text for threads") << board(R"("name": "k", "address": "k1", "threads": "4")");
        QTest::newRow("absurd threads") << board(R"("name": "k", "address": "k1", "threads": -1)");
        QTest::newRow("an option for an address") << board(R"("name": "k", "address": "-oProxyCommand=x")");
        QTest::newRow("two of one name")
            << board(R"("name": "k", "address": "k1"}, {"name": "k", "address": "k2")");
        QTest::newRow("boards that are none") << QByteArray(R"({"quantwright_boards": 1, "boards": [7]})");
    }

    void a_broken_file_is_told_and_kept() {
        QFETCH(QByteArray, bytes);
        const auto file = place("broken.json");
        write(file, bytes);
        const auto loaded = load_boards(file);
        QVERIFY(!loaded);
        QCOMPARE(loaded.error().code, ErrorCode::board_list);
        QCOMPARE(loaded.error().subject, file.string());
        const auto saved = save_boards(file, two());
        QVERIFY(!saved);
        QCOMPARE(saved.error().code, ErrorCode::board_list);
        QCOMPARE(content(file), bytes);
    }

    void names_that_nobody_could_read_are_refused_data() {
        QTest::addColumn<QString>("name");
        QTest::newRow("none") << QString();
        QTest::newRow("a space") << QString(" ");
        QTest::newRow("space before") << QString(" k1");
        QTest::newRow("space behind") << QString("k1 ");
        QTest::newRow("two lines") << QString("k1\nk2");
        QTest::newRow("a tab") << QString("k1\tk2");
        QTest::newRow("escape sequence") << QString("\x1b[31mk1");
        QTest::newRow("turned around") << QStringLiteral("k\u202e1");
        QTest::newRow("too long") << QString(81, u'板');
    }

    void names_that_nobody_could_read_are_refused() {
        QFETCH(QString, name);
        const auto file = place("names.json");
        QVERIFY(save_boards(file, two()));
        const QByteArray before = content(file);
        QVERIFY(!is_board_name(name.toStdString()));
        std::vector<SavedBoard> boards = two();
        boards.push_back({name.toStdString(), "k1", {}, {}, 0});
        const auto saved = save_boards(file, boards);
        QVERIFY(!saved);
        QCOMPARE(saved.error().code, ErrorCode::board_name);
        QCOMPARE(content(file), before);
    }

    void what_could_not_be_read_again_is_not_written() {
        const auto file = place("refused.json");
        QVERIFY(save_boards(file, two()));
        const QByteArray before = content(file);
        std::vector<SavedBoard> boards = two();
        boards.push_back(boards.front());
        QCOMPARE(save_boards(file, boards).error().code, ErrorCode::board_name);
        boards = two();
        boards[1].address = "two words";
        QCOMPARE(save_boards(file, boards).error().code, ErrorCode::board_address);
        boards = two();
        boards[1].identity = "/keys/\xff";
        QCOMPARE(save_boards(file, boards).error().code, ErrorCode::board_list);
        boards = two();
        boards[1].name = "\xc3";
        QCOMPARE(save_boards(file, boards).error().code, ErrorCode::board_name);
        QCOMPARE(content(file), before);
        QVERIFY(is_board_name(QString(80, u'板').toStdString()));
    }

    void a_full_disk_keeps_the_old_list() {
        const auto file = place("full.json");
        QVERIFY(save_boards(file, two()));
        const QByteArray before = content(file);
        std::vector<SavedBoard> many = two();
        for (int i = 0; i < 200; ++i)
            many.push_back({std::to_string(i), "k1", {}, {}, 0});
        const auto handler = std::signal(SIGXFSZ, SIG_IGN);
        rlimit limit{}, tight{};
        getrlimit(RLIMIT_FSIZE, &limit);
        tight = limit;
        tight.rlim_cur = 4096;
        setrlimit(RLIMIT_FSIZE, &tight);
        const auto saved = save_boards(file, many);
        setrlimit(RLIMIT_FSIZE, &limit);
        std::signal(SIGXFSZ, handler);
        QVERIFY(!saved);
        QCOMPARE(saved.error().code, ErrorCode::output_disk_full);
        QCOMPARE(content(file), before);
        QVERIFY(QDir(m_folder.path()).entryList({"full.json.*"}).isEmpty());
        QVERIFY(save_boards(file, many));
    }

    void a_folder_that_can_not_be_written() {
        QCOMPARE(save_boards("/proc/self/boards.json", two()).error().code, ErrorCode::output_unwritable);
        QCOMPARE(save_boards("/proc/self/quantwright/boards.json", two()).error().code,
                 ErrorCode::output_unwritable);
        const auto file = place("file");
        write(file, "a file");
        QVERIFY(load_boards(file / "boards.json")->empty());
        QCOMPARE(save_boards(file / "boards.json", two()).error().code, ErrorCode::output_unwritable);
        QCOMPARE(content(file), QByteArray("a file"));
        QCOMPARE(load_boards(m_folder.path().toStdString()).error().code, ErrorCode::board_list);
        if (::geteuid() == 0)
            return;  // rights are for others
        QVERIFY(QDir(m_folder.path()).mkdir("closed"));
        const auto closed = place("closed");
        std::filesystem::permissions(closed,
                                     std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
        QCOMPARE(save_boards(closed / "boards.json", two()).error().code, ErrorCode::output_unwritable);
        std::filesystem::permissions(closed, std::filesystem::perms::owner_all);
    }

    void found_by_name() {
        const std::vector<SavedBoard> boards = two();
        QCOMPARE(find_board(boards, "rack")->address, std::string("rack"));
        QCOMPARE(find_board(boards, "Rack"), nullptr);
        QCOMPARE(find_board(boards, "root@k1.local:2222"), nullptr);
        QCOMPARE(free_board_name(boards, "k1"), std::string("k1"));
        QCOMPARE(free_board_name(boards, "rack"), std::string("rack 2"));
        std::vector<SavedBoard> more = boards;
        more.push_back({"rack 2", "x", {}, {}, 0});
        QCOMPARE(free_board_name(more, "rack"), std::string("rack 3"));
    }
};

QTEST_GUILESS_MAIN(TestSavedBoards)
#include "test_saved_boards.moc"

// Files to a real SFTP server: once, whole, under the name of what is in them, whatever happens on the way.
#include <sys/stat.h>

#include <QtCore/QCryptographicHash>
#include <QtCore/QRandomGenerator>
#include <QtTest/QtTest>

#include <thread>

#include "core/board/sftp.h"
#include "core/board/upload.h"
#include "tests/board/board_connection.h"
#include "tests/support/patience.h"

using namespace quantwright;
using namespace quantwright::testing;

class TestUpload : public QObject {
    Q_OBJECT

    BoardFacts m_facts;
    QTemporaryDir m_folder;
    std::unique_ptr<Connection> m_connection;

    [[nodiscard]] QString on_board(const QString& path) const {
        return m_facts["root"] + "/home/board/" + path;
    }
    [[nodiscard]] QString on_board(const std::string& path) const {
        return on_board(QString::fromStdString(path));
    }

    QString make_file(const QString& name, qint64 bytes) {
        QByteArray data(bytes, '\0');
        QRandomGenerator random(static_cast<quint32>(bytes));
        random.fillRange(reinterpret_cast<quint32*>(data.data()), bytes / 4);
        write_file(m_folder.filePath(name), data);
        return m_folder.filePath(name);
    }
    static QByteArray contents(const QString& path) {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(missing)");
    }
    static std::string hash_of(const QString& path) {
        return QCryptographicHash::hash(contents(path), QCryptographicHash::Sha256).toHex().toStdString();
    }
    /// What there is below ~/.cache/quantwright but folders.
    [[nodiscard]] QStringList files() const {
        const QStringList names =
            QString::fromUtf8(run_standin({"exec", "--dir", m_facts["dir"], "sh", "-c",
                                           "cd; find -L .cache/quantwright -type f 2>/dev/null || true"})
                                  .output)
                .split('\n', Qt::SkipEmptyParts);
        return names;
    }
    void in_board(const QString& script) const {
        run_standin({"exec", "--dir", m_facts["dir"], "sh", "-c", "cd; " + script});
    }
    Result<Uploaded> send(const QString& file, const JobContext& job = {}) {
        return upload(*m_connection, file.toStdString(), BoardFolder::models, ".onnx", false, job);
    }

private slots:
    void initTestCase() {
        m_facts = board_facts();
        if (m_facts.contains("reason"))
            QSKIP(qPrintable(m_facts["reason"]));
    }
    void init() {
        in_board("rm -rf .cache; rm -rf /mnt/small/*");
        auto connection = Door(m_facts).open();
        QVERIFY(connection);
        m_connection = std::move(*connection);
    }
    void cleanup() {
        in_board("rm -f .ssh/environment");
        m_connection.reset();
    }

    void once_and_whole_data() {
        QTest::addColumn<qint64>("bytes");
        QTest::newRow("empty") << qint64{0};
        QTest::newRow("one byte") << qint64{1};
        QTest::newRow("one request") << qint64{128 * 1024};
        QTest::newRow("many") << qint64{20'000'003};
    }
    void once_and_whole() {
        QFETCH(qint64, bytes);
        const QString file = make_file(QStringLiteral("模型 'a\"b;c\n.onnx"), bytes);
        std::int64_t last = -1;
        const JobContext job({}, [&](const Progress& progress) {
            QCOMPARE(progress.stage, Stage::upload);
            QVERIFY(progress.done >= last && progress.total == bytes);
            last = progress.done;
        });
        const auto first = send(file, job);
        QVERIFY2(first, first ? "" : code_of(first.error()).c_str());
        QCOMPARE(first->path, ".cache/quantwright/models/" + hash_of(file) + ".onnx");
        QCOMPARE(first->bytes, static_cast<std::uint64_t>(bytes));
        QCOMPARE(first->sent, static_cast<std::uint64_t>(bytes));
        QCOMPARE(last, bytes);
        QCOMPARE(contents(on_board(first->path)), contents(file));
        QCOMPARE(files().size(), 1);

        const auto second = send(file);
        QVERIFY(second);
        QCOMPARE(second->path, first->path);
        QCOMPARE(second->sent, 0U);
    }

    void programs_can_run() {
        const QString file = m_folder.filePath("program");
        write_file(file, "#!/bin/sh\necho it runs\n");
        const auto sent = upload(*m_connection, file.toStdString(), BoardFolder::agents, "", true);
        QVERIFY(sent);
        QCOMPARE(m_connection->run("cd && ./.cache/quantwright/agents/*").value_or("?"), "it runs\n");
    }

    void a_file_of_another_length_is_not_it() {
        const QString file = make_file("file", 1'000'000);
        const auto first = send(file);
        QVERIFY(first);
        QVERIFY(QFile::resize(on_board(first->path), 1000));
        const auto again = send(file);
        QVERIFY(again);
        QCOMPARE(again->sent, 1'000'000U);
        QCOMPARE(contents(on_board(first->path)), contents(file));
    }

    void goes_on_after_a_cut() {
        const QString file = make_file("file", 30'000'000);
        Door door(m_facts);
        Relay relay({"forward", m_facts["port"], "--cut", "up", "20000000"});
        door.go_through(relay.port());
        {
            const auto connection = door.open();
            QVERIFY(connection);
            const auto cut = upload(**connection, file.toStdString(), BoardFolder::models, ".onnx", false);
            QCOMPARE(outcome(cut), "board.connection_lost");
        }
        QTRY_COMPARE(files().size(), 1);
        QVERIFY(files()[0].endsWith(".onnx.part"));
        const auto sent = send(file);
        QVERIFY2(sent, sent ? "" : code_of(sent.error()).c_str());
        QVERIFY(sent->sent > 0 && sent->sent < 20'000'000);
        QCOMPARE(contents(on_board(sent->path)), contents(file));
        QCOMPARE(files().size(), 1);
    }

    void a_wrong_part_is_not_gone_on_with_data() {
        QTest::addColumn<int>("at");
        QTest::addColumn<QByteArray>("environment");
        QTest::newRow("wrong at its end") << 2'999'000 << QByteArray();
        QTest::newRow("wrong at its start") << 1000 << QByteArray();
        // A board without sha256sum is believed, so the end is compared here in any case.
        QTest::newRow("wrong at its end, and no programs") << 2'999'000 << QByteArray("PATH=/nowhere");
    }
    void a_wrong_part_is_not_gone_on_with() {
        QFETCH(int, at);
        QFETCH(QByteArray, environment);
        if (!environment.isEmpty())  // read for every program that is started
            in_board("echo '" + QString::fromUtf8(environment) + "' > .ssh/environment");
        const QString file = make_file("file", 5'000'000);
        QByteArray part = contents(file).left(3'000'000);
        part[at] = static_cast<char>(part[at] ^ 1);
        in_board("mkdir -p .cache/quantwright/models");
        const std::string target = ".cache/quantwright/models/" + hash_of(file) + ".onnx";
        write_file(on_board(target + ".part"), part);
        in_board("true");
        QVERIFY(::chown(on_board(target + ".part").toUtf8().constData(), 1000, 1000) == 0);
        const auto sent = send(file);
        QVERIFY2(sent, sent ? "" : code_of(sent.error()).c_str());
        QVERIFY(sent->sent >= 5'000'000);
        QCOMPARE(contents(on_board(target)), contents(file));
    }

    void full_disk() {
        in_board("mkdir .cache; ln -s /mnt/small .cache/quantwright");
        const QString file = make_file("file", 16'000'000);
        const auto told = send(file);
        QCOMPARE(outcome(told), "board.disk_full");
        QVERIFY(told.error().detail.find("16000000") != std::string::npos);
        QVERIFY(files().isEmpty());
        // And where it turns out on the way.
        const auto sftp = m_connection->sftp();
        QVERIFY(sftp);
        const Status written = (*sftp)->write("/mnt/small/direct", file.toStdString(), 0, 16'000'000, {});
        QCOMPARE(outcome(written), "board.disk_full");
        QCOMPARE(written.error().subject, "/mnt/small/direct");
        QVERIFY((*sftp)->remove("/mnt/small/direct"));
        QCOMPARE(outcome(send(make_file("small", 1000))), "ok");
    }

    void disk_fills_up_on_the_way() {
        in_board("mkdir .cache; ln -s /mnt/small .cache/quantwright");
        bool filled = false;
        const JobContext job({}, [&](const Progress&) {
            if (!std::exchange(filled, true))
                run_standin({"fault", "--dir", m_facts["dir"], "fill-disk"});
        });
        const auto sent = send(make_file("file", 7'000'000), job);
        run_standin({"fault", "--dir", m_facts["dir"], "free-disk"});
        QCOMPARE(outcome(sent), "board.disk_full");
        QVERIFY(files().isEmpty());
    }

    void folder_that_cannot_be_written() {
        in_board("mkdir .cache; ln -s /mnt/readonly .cache/quantwright");
        QCOMPARE(outcome(send(make_file("file", 1000))), "board.not_writable");
        in_board("rm -rf .cache; mkdir .cache; chmod 500 .cache");
        QCOMPARE(outcome(send(make_file("file", 1000))), "board.not_writable");
        in_board("rm -rf .cache; touch .cache");
        QCOMPARE(outcome(send(make_file("file", 1000))), "board.not_writable");
    }

    void cancel_leaves_nothing() {
        CancelToken token;
        auto connection = Door(m_facts).open(JobContext(token));
        QVERIFY(connection);
        const JobContext job(token, [token](const Progress&) mutable { token.cancel(); });
        const auto sent = upload(**connection, make_file("file", 30'000'000).toStdString(),
                                 BoardFolder::models, ".onnx", false, job);
        QCOMPARE(outcome(sent), "cancelled");
        connection->reset();
        QVERIFY(files().isEmpty());
    }

    void stopped_board() {
        Door door(m_facts);
        door.options.silence = std::chrono::seconds(6);
        const auto connection = door.open();
        QVERIFY(connection);
        bool stopped = false;
        const JobContext job({}, [&](const Progress&) {
            if (!std::exchange(stopped, true))
                run_standin({"fault", "--dir", m_facts["dir"], "stop-programs"});
        });
        const QString file = make_file("file", 30'000'000);
        const auto sent = upload(**connection, file.toStdString(), BoardFolder::models, ".onnx", false, job);
        run_standin({"fault", "--dir", m_facts["dir"], "continue"});
        QCOMPARE(outcome(sent), "board.silent");
    }

    void source_that_changes_data() {
        QTest::addColumn<QString>("how");
        for (const char* how : {"shorter", "longer", "other content"})
            QTest::newRow(how) << how;
    }
    void source_that_changes() {
        QFETCH(QString, how);
        const QString file = make_file("file", 20'000'000);
        bool changed = false;
        const JobContext job({}, [&](const Progress&) {
            if (std::exchange(changed, true))
                return;
            if (how == "other content") {
                QFile source(file);
                QVERIFY(source.open(QIODevice::ReadWrite));
                source.write("changed");
            } else {
                QVERIFY(QFile::resize(file, how == "shorter" ? 1'000'000 : 21'000'000));
            }
        });
        const auto sent = send(file, job);
        QCOMPARE(outcome(sent), "board.file_changed");
        QCOMPARE(sent.error().subject, file.toStdString());
        QVERIFY(files().isEmpty());
    }

    void source_that_is_gone() {
        QCOMPARE(outcome(send(m_folder.filePath("nowhere"))), "model.not_found");
        QCOMPARE(outcome(send(m_folder.path())), "model.not_found");
        // Gone while it is sent: it was opened, and is whole.
        const QString file = make_file("file", 20'000'000);
        const QByteArray all = contents(file);
        const JobContext job({}, [&](const Progress&) { QFile::remove(file); });
        QCOMPARE(outcome(send(file, job)), "board.file_changed");
        QVERIFY(files().isEmpty());
    }

    void no_sftp_data() {
        QTest::addColumn<QStringList>("sshd");
        QTest::addColumn<QByteArray>("code");
        QTest::newRow("none") << QStringList{"--no-sftp"} << QByteArray("board.no_sftp");
        QTest::newRow("its program is missing")
            << QStringList{"--no-sftp", "--sshd", "Subsystem sftp /usr/lib/nothing"}
            << QByteArray("board.no_sftp");
        QTest::newRow("a program that babbles")
            << QStringList{"--no-sftp", "--sshd", "Subsystem sftp /usr/bin/yes"}
            << QByteArray("board.bad_answer");
    }
    void no_sftp() {
        QFETCH(QStringList, sshd);
        QFETCH(QByteArray, code);
        const OwnBoard board(sshd);
        QVERIFY(!board.facts.isEmpty());
        const auto connection = Door(board.facts).open();
        QVERIFY(connection);
        QCOMPARE(outcome(upload(**connection, make_file("file", 1000).toStdString(), BoardFolder::models, "",
                                false)),
                 code);
    }

    void strange_names() {
        const auto sftp = m_connection->sftp();
        QVERIFY(sftp);
        const QString source = make_file("source", 300'000);
        const std::string folder = "a 'folder' \"of\" $(reboot);\n 名字";
        const std::string path = folder + "/-rf *; `x`\t文件";
        QVERIFY((*sftp)->make_folders(folder + "/inner/most"));
        QVERIFY((*sftp)->write(path, source.toStdString(), 0, 300'000, {}));
        QCOMPARE((*sftp)->read(path, 300'000).value_or("?").size(), 300'000U);
        QCOMPARE(outcome((*sftp)->read(path, 299'999)), "board.bad_answer");
        QCOMPARE((*sftp)->read_part(path, 299'000, 5000).value_or("?").size(), 1000U);
        const auto names = (*sftp)->list(folder);
        QVERIFY(names);
        QCOMPARE(names->size(), 2U);
        QVERIFY((*sftp)->rename_over(path, folder + "/b"));
        QVERIFY((*sftp)->write(path, source.toStdString(), 0, 1000, {}));
        QVERIFY((*sftp)->rename_over(path, folder + "/b"));  // over what is there
        QCOMPARE((*(*sftp)->find(folder + "/b"))->size, 1000U);
        QCOMPARE(outcome((*sftp)->rename_over(path, folder + "/c")), "board.file_missing");
        QVERIFY((*sftp)->remove(folder + "/b"));
        QVERIFY((*sftp)->remove(folder + "/b"));
        QVERIFY(!*(*sftp)->find(folder + "/b"));
        QCOMPARE((*sftp)->home().value_or("?"), "/home/board");
        QVERIFY((*sftp)->free_bytes(".").value_or(std::nullopt).value_or(0) > 0);
        in_board("rm -rf a*");
    }

    void clean_up_takes_what_is_old_and_ours() {
        in_board("mkdir -p .cache/quantwright/models .cache/quantwright/samples .cache/quantwright/agents");
        const auto old = send(make_file("old", 1'000'000));
        const auto recent = send(make_file("recent", 1'000'004));
        QVERIFY(old && recent);
        const auto sftp = m_connection->sftp();
        QVERIFY((*sftp)->set_modified(old->path, 1'000'000'000));
        const std::string other(64, 'a');
        in_board(QString::fromStdString("cd .cache/quantwright/models; touch " + other +
                                        ".onnx.part mine.onnx; "
                                        "touch -d '2 days ago' b" +
                                        other.substr(1) + ".onnx.part"));
        QVERIFY(clean_up(*m_connection, 1'500'000));
        QVERIFY(!QFile::exists(on_board(old->path)));
        QVERIFY(QFile::exists(on_board(recent->path)));
        QCOMPARE(files().size(), 3);  // recent, the young part, and what is not ours
        QVERIFY(clean_up(*m_connection, 0));
        QCOMPARE(files().size(), 2);
    }
};

QTEST_GUILESS_MAIN(TestUpload)
#include "test_upload.moc"

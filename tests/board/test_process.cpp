// Programs on the board: their output, their end, and the end of the connection under them.
#include <QtTest/QtTest>

#include <thread>

#include "tests/board/board_connection.h"
#include "tests/support/patience.h"

using namespace quantwright;
using namespace quantwright::testing;

class TestProcess : public QObject {
    Q_OBJECT

    BoardFacts m_facts;

    /// Long enough that only what is tested can end a wait before ctest does.
    [[nodiscard]] Result<std::unique_ptr<Connection>> open(
        std::chrono::milliseconds silence = std::chrono::hours(1), const JobContext& job = {}) const {
        Door door(m_facts);
        door.options.silence = silence;
        return door.open(job);
    }
    static QByteArray line_of(BoardProcess& process) {
        const auto line = process.read_line(1000);
        if (!line)
            return outcome(line);
        return *line ? QByteArray::fromStdString(**line) : QByteArray("(end)");
    }

private slots:
    void initTestCase() {
        m_facts = board_facts();
        if (m_facts.contains("reason"))
            QSKIP(qPrintable(m_facts["reason"]));
    }
    void cleanup() {
        // Programs whose session was stopped live on: the next test wants a board without.
        for (const char* fault : {"continue", "kill-programs"})
            run_standin({"fault", "--dir", m_facts["dir"], fault});
    }

    void lines_and_status() {
        const auto connection = open();
        QVERIFY(connection);
        auto process = (*connection)->start("printf 'one\\n\\nthree'; echo trouble >&2; exit 3");
        QVERIFY(process);
        QCOMPARE(line_of(**process), "one");
        QCOMPARE(line_of(**process), "");
        QCOMPARE(line_of(**process), "three");
        QCOMPARE(line_of(**process), "(end)");
        QCOMPARE((*process)->exit_status(), std::optional(3));
        QCOMPARE((*process)->error_output(), "trouble\n");
        process = (*connection)->start("kill -KILL $$");
        QCOMPARE(line_of(**process), "(end)");
        QCOMPARE((*process)->exit_status(), std::optional(137));
        process = (*connection)->start("exec 1>&-; exec sleep 600");
        QCOMPARE((*process)->exit_status(), std::optional<int>());
    }

    void input_and_output() {
        const auto connection = open();
        QVERIFY(connection);
        const auto process = (*connection)->start("exec cat");
        QVERIFY(process);
        for (int i = 0; i < 100; ++i) {
            const std::string line(1000 * i + 1, static_cast<char>('a' + i % 26));
            QVERIFY((*process)->write(line + '\n'));
            const auto back = (*process)->read_line(200'000);
            QVERIFY(back && *back);
            QCOMPARE(**back, line);
        }
        QVERIFY((*process)->end_input());
        QCOMPARE(line_of(**process), "(end)");
        QVERIFY((*process)->write("too late\n"));
    }

    void flood_of_errors() {
        const auto connection = open();
        QVERIFY(connection);
        const auto process =
            (*connection)->start("head -c 6000000 /dev/zero | tr '\\0' e >&2; echo last >&2; echo done");
        QCOMPARE(line_of(**process), "done");
        QCOMPARE(line_of(**process), "(end)");
        QCOMPARE((*process)->error_output().size(), 16384U);
        QVERIFY((*process)->error_output().ends_with("elast\n"));
    }

    void endless_output() {
        const auto connection = open();
        QVERIFY(connection);
        const auto process = (*connection)->start("yes | tr -d '\\n'");
        QCOMPARE(line_of(**process), "board.bad_answer");
        QCOMPARE(outcome((*connection)->run("yes", 5000)), "board.bad_answer");
        // While nobody reads it, it is not kept without end either.
        const auto unread = (*connection)->start("exec yes");
        QVERIFY(unread);
        QCOMPARE((*connection)->run("sleep 2; echo fine").value_or("?"), "fine\n");
    }

    void ends_with_its_object() {
        const auto connection = open();
        QVERIFY(connection);
        auto process = (*connection)->start("exec sleep 600");
        QVERIFY(process);
        QTRY_VERIFY(has_program(m_facts, "sleep"));
        process->reset();
        QTRY_VERIFY(!has_program(m_facts, "sleep"));
        QCOMPARE((*connection)->run("echo on").value_or("?"), "on\n");
    }

    void cancel_while_it_is_quiet() {
        CancelToken token;
        auto connection = open(std::chrono::hours(1), JobContext(token));
        QVERIFY(connection);
        {
            const auto process = (*connection)->start("exec sleep 600");
            QVERIFY(process);
            QTRY_VERIFY(has_program(m_facts, "sleep"));
            std::thread canceller([token]() mutable {
                QThread::msleep(200);
                token.cancel();
            });
            QCOMPARE(line_of(**process), "cancelled");
            canceller.join();
        }
        QTRY_VERIFY(!has_program(m_facts, "sleep"));
        QCOMPARE(outcome((*connection)->run("echo on")), "cancelled");
    }

    /// The board no longer takes what we write: the call hangs in libssh until the watchdog ends it.
    void cancel_while_it_takes_nothing() {
        CancelToken token;
        const auto connection = open(std::chrono::hours(1), JobContext(token));
        QVERIFY(connection);
        const auto process = (*connection)->start("exec sleep 600");
        QVERIFY(process);
        std::thread canceller([token]() mutable {
            QThread::msleep(500);
            token.cancel();
        });
        QCOMPARE(outcome((*process)->write(std::string(std::size_t{64} << 20, 'x'))), "cancelled");
        canceller.join();
    }

    void another_token() {
        const auto connection = open();
        QVERIFY(connection);
        CancelToken token;
        (*connection)->watch(token);
        token.cancel();
        QCOMPARE(outcome((*connection)->run("sleep 600")), "cancelled");
    }

    void silent_board() {
        const auto connection = open(std::chrono::seconds(6));
        QVERIFY(connection);
        const auto process = (*connection)->start("echo one; exec sleep 600");
        QCOMPARE(line_of(**process), "one");
        QCOMPARE(line_of(**process), "board.silent");
        run_standin({"fault", "--dir", m_facts["dir"], "stop-sessions"});
        QCOMPARE(outcome((*connection)->run("echo two")), "board.silent");
        QCOMPARE(outcome((*connection)->start("echo three")), "board.silent");
    }

    void heartbeats_keep_a_quiet_program_alive() {
        const auto connection = open(std::chrono::seconds(6));
        QVERIFY(connection);
        const auto process = (*connection)->start("for i in 1 2 3 4; do sleep 2; echo -n .; done; echo");
        QCOMPARE(line_of(**process), "....");
    }

    void killed_connection() {
        const auto connection = open();
        QVERIFY(connection);
        const auto process = (*connection)->start("echo one; exec sleep 600");
        QCOMPARE(line_of(**process), "one");
        run_standin({"fault", "--dir", m_facts["dir"], "kill-sessions"});
        const auto line = (*process)->read_line(1000);
        QCOMPARE(outcome(line), "board.connection_lost");
        QCOMPARE(line.error().subject, "127.0.0.1:" + m_facts["port"].toStdString());
        QCOMPARE(outcome((*process)->write("x")), "board.connection_lost");
        QCOMPARE(outcome((*connection)->sftp()), "board.connection_lost");
    }

    void killed_program() {
        const auto connection = open();
        QVERIFY(connection);
        const auto process = (*connection)->start("echo one; exec sleep 600");
        QCOMPARE(line_of(**process), "one");
        run_standin({"fault", "--dir", m_facts["dir"], "kill-programs"});
        QCOMPARE(line_of(**process), "(end)");
        QCOMPARE((*process)->exit_status(), std::optional(137));
    }
};

QTEST_GUILESS_MAIN(TestProcess)
#include "test_process.moc"

// What the way to a board can be like before there is a board: no stand-in is needed.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QtTest/QtTest>

#include <thread>

#include "tests/board/board_connection.h"

using namespace quantwright;
using namespace quantwright::testing;

namespace {

/// A listening socket of which nobody accepts.
class Listener {
public:
    explicit Listener(int backlog) : m_fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        ::bind(m_fd, reinterpret_cast<sockaddr*>(&address), size);
        ::listen(m_fd, backlog);
        ::getsockname(m_fd, reinterpret_cast<sockaddr*>(&address), &size);
        m_port = ntohs(address.sin_port);
    }
    ~Listener() { ::close(m_fd); }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    [[nodiscard]] int port() const { return m_port; }

private:
    int m_fd, m_port = 0;
};

/// One whose backlog is full: the first packets of others are dropped, as by a machine that is off.
class Deaf {
public:
    Deaf() {
        for (int i = 0; i < 4; ++i) {
            m_clients.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
            sockaddr_in address{};
            address.sin_family = AF_INET;
            address.sin_port = htons(static_cast<std::uint16_t>(port()));
            address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            ::connect(m_clients.back(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
        }
    }
    ~Deaf() {
        for (const int fd : m_clients)
            ::close(fd);
    }
    Deaf(const Deaf&) = delete;
    Deaf& operator=(const Deaf&) = delete;
    [[nodiscard]] int port() const { return m_listener.port(); }

private:
    Listener m_listener{0};
    std::vector<int> m_clients;
};

ConnectOptions to(const std::string& host, int port) {
    ConnectOptions options;
    options.address = {"user", host, port};
    options.read_config = false;
    options.known_hosts = "/dev/null";
    options.timeout = std::chrono::minutes(1);
    return options;
}

/// For what does not end by itself.
ConnectOptions briefly_to(const std::string& host, int port) {
    ConnectOptions options = to(host, port);
    options.timeout = std::chrono::milliseconds(1500);
    return options;
}

}  // namespace

class TestReach : public QObject {
    Q_OBJECT

private slots:
    void refused_port() {
        int port = 0;
        {
            const Listener gone(1);
            port = gone.port();
        }
        const auto result = quantwright::connect(to("127.0.0.1", port), {});
        QCOMPARE(outcome(result), "board.refused");
        QCOMPARE(result.error().subject, "127.0.0.1:" + std::to_string(port));
    }

    void no_route() {
        QCOMPARE(outcome(quantwright::connect(to("255.255.255.255", 22), {})), "board.no_route");
    }

    void no_answer_to_the_first_packet() {
        const Deaf deaf;
        QCOMPARE(outcome(quantwright::connect(briefly_to("127.0.0.1", deaf.port()), {})), "board.no_route");
    }

    void unknown_host() {
        const auto result = quantwright::connect(briefly_to("no-such-board.invalid", 22), {});
        QCOMPARE(outcome(result), "board.unknown_host");
        QCOMPARE(result.error().subject, "no-such-board.invalid:22");
    }

    void names_that_a_shell_would_read_data() {
        QTest::addColumn<QString>("host");
        QTest::newRow("space") << "a b";
        QTest::newRow("quote") << "a'b\"c";
        QTest::newRow("semicolon") << "a;touch${IFS}x";
        QTest::newRow("substitution") << "$(reboot)";
        QTest::newRow("newline") << "a\nb";
        QTest::newRow("Chinese") << QStringLiteral("开发板");
        QTest::newRow("dash") << "-oProxyCommand=x";
        QTest::newRow("long") << QString(5000, 'a');
    }
    void names_that_a_shell_would_read() {
        QFETCH(QString, host);
        const QByteArray code = outcome(quantwright::connect(briefly_to(host.toStdString(), 22), {}));
        QVERIFY2(code == "board.address" || code == "board.unknown_host", code.constData());
    }

    void silent() {
        Relay relay({"silent"});
        QVERIFY(relay.port() != 0);
        QCOMPARE(outcome(quantwright::connect(briefly_to("127.0.0.1", relay.port()), {})), "board.silent");
    }

    void no_ssh_server_data() {
        QTest::addColumn<QString>("peer");
        for (const char* peer : {"garbage", "http", "lines", "line"})
            QTest::newRow(peer) << peer;
    }
    void no_ssh_server() {
        QFETCH(QString, peer);
        Relay relay({peer});
        QVERIFY(relay.port() != 0);
        QCOMPARE(outcome(quantwright::connect(to("127.0.0.1", relay.port()), {})), "board.not_ssh");
    }

    void web_server_that_waits_for_the_client() {
        // It answers only once our version has reached it.
        QTemporaryDir folder;
        const QString script = folder.filePath("server");
        write_file(script,
                   "import socket\ns = socket.socket()\ns.bind(('127.0.0.1', 0))\ns.listen()\n"
                   "print(s.getsockname()[1], flush=True)\nc = s.accept()[0]\nc.recv(1)\n"
                   "c.sendall(b'HTTP/1.1 400 Bad Request\\r\\n\\r\\n')\nc.recv(9999)\nc.close()\n");
        QProcess server;
        server.start("python3", {script});
        if (!server.waitForStarted())
            QSKIP("python3 is missing");
        while (!server.canReadLine() && server.waitForReadyRead(60'000)) {
        }
        const int port = server.readLine().trimmed().toInt();
        QVERIFY(port != 0);
        QCOMPARE(outcome(quantwright::connect(to("127.0.0.1", port), {})), "board.not_ssh");
        server.kill();
        server.waitForFinished();
    }

    /// The limits are so long that only the cancel can end them before ctest does.
    void cancel_data() {
        QTest::addColumn<bool>("listening");
        QTest::newRow("while the server says nothing") << true;
        QTest::newRow("before the connection is made") << false;
    }
    void cancel() {
        QFETCH(bool, listening);
        Relay relay({"silent"});
        const Deaf deaf;
        ConnectOptions options = to("127.0.0.1", listening ? relay.port() : deaf.port());
        options.timeout = options.silence = std::chrono::hours(1);
        CancelToken token;
        std::thread canceller([token]() mutable {
            QThread::msleep(300);
            token.cancel();
        });
        const auto result = quantwright::connect(options, {}, JobContext(token));
        canceller.join();
        QCOMPARE(outcome(result), "cancelled");
    }
};

QTEST_GUILESS_MAIN(TestReach)
#include "test_reach.moc"

// Boards that can be found: in the configuration, among the neighbours, by name, and on the loopback network,
// where the stand-in and peers that talk nonsense listen on the same port.
#include <QTemporaryDir>
#include <QTest>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "core/board/dial.h"
#include "core/board/find_boards.h"
#include "tests/board/board_connection.h"

using namespace quantwright;
namespace qt = quantwright::testing;

namespace {

/// Listens on one address of the loopback network and says the same to whoever comes.
class Peer {
public:
    Peer(const char* address, int port, std::string says, bool closes = false, bool repeats = false)
        : m_says(std::move(says)),
          m_closes(closes),
          m_repeats(repeats),
          m_listening(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in place{};
        place.sin_family = AF_INET;
        place.sin_port = htons(static_cast<std::uint16_t>(port));
        ::inet_pton(AF_INET, address, &place.sin_addr);
        const int on = 1;
        ::setsockopt(m_listening.fd(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        m_ready = ::bind(m_listening.fd(), reinterpret_cast<const sockaddr*>(&place), sizeof place) == 0 &&
                  ::listen(m_listening.fd(), 16) == 0;
        m_thread = std::thread([this] { serve(); });
    }
    ~Peer() {
        m_over = true;
        m_thread.join();
    }
    Peer(const Peer&) = delete;
    Peer& operator=(const Peer&) = delete;

    [[nodiscard]] bool ready() const { return m_ready; }
    [[nodiscard]] int visitors() const { return m_visitors; }
    [[nodiscard]] std::string heard() {
        const std::lock_guard lock(m_mutex);
        return m_heard;
    }

private:
    void serve() {
        std::vector<Socket> guests;
        while (!m_over) {
            pollfd ready{m_listening.fd(), POLLIN, 0};
            if (::poll(&ready, 1, 20) > 0) {
                Socket guest(::accept4(m_listening.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
                ++m_visitors;
                send(guest);
                if (!m_closes)
                    guests.push_back(std::move(guest));
            }
            for (const Socket& guest : guests) {
                char bytes[256];
                const ssize_t got = ::recv(guest.fd(), bytes, sizeof bytes, 0);
                const std::lock_guard lock(m_mutex);
                if (got > 0)
                    m_heard.append(bytes, static_cast<std::size_t>(got));
                if (m_repeats)
                    send(guest);
            }
        }
    }
    void send(const Socket& guest) const {
        (void)!::send(guest.fd(), m_says.data(), m_says.size(), MSG_NOSIGNAL);
    }

    std::string m_says, m_heard;
    bool m_closes, m_repeats, m_ready = false;
    Socket m_listening;
    std::atomic<bool> m_over = false;
    std::atomic<int> m_visitors = 0;
    std::mutex m_mutex;
    std::thread m_thread;
};

}  // namespace

class TestFindBoards : public QObject {
    Q_OBJECT

    qt::BoardFacts m_board;
    QTemporaryDir m_folder;

    /// Nothing of this machine's.
    [[nodiscard]] FindOptions nowhere() const {
        FindOptions options;
        options.config = m_folder.filePath("none").toStdString();
        options.neighbours = options.config;
        options.names.clear();
        options.port = m_board["port"].toInt();
        return options;
    }
    std::filesystem::path file(const QString& name, const QByteArray& text) const {
        qt::write_file(m_folder.filePath(name), text);
        return m_folder.filePath(name).toStdString();
    }
    [[nodiscard]] std::string standin() const { return "127.0.0.1:" + m_board["port"].toStdString(); }
    static QString told(const FoundBoard& board) {
        return QString("%1 %2 %3 %4")
            .arg(static_cast<int>(board.how))
            .arg(QString::fromStdString(board.address), QString::fromStdString(board.name),
                 QString::fromStdString(board.banner));
    }

private slots:
    void initTestCase() {
        m_board = qt::board_facts();
        if (m_board.contains("reason"))
            QSKIP(qPrintable(m_board["reason"]));
    }

    void nothing() {
        const auto found = find_boards(nowhere());
        QVERIFY(found && found->empty());
    }

    void configuration() {
        FindOptions options = nowhere();
        QVERIFY(QDir(m_folder.path()).mkdir("conf.d"));
        file("conf.d/a.conf", "Host included\n  HostName 10.0.0.7\n");
        file("conf.d/loop.conf", "Include conf.d/loop.conf\nHost looped\n");
        options.config = file("config",
                              "# Host commented\n"
                              "Host k1 bench\n"
                              "    hostname 192.168.1.20\n"
                              "HOST=\"quoted\"\r\n"
                              "\tHostName = k1.lan\n"
                              "Host *.lan !no what?ever\n"
                              "    HostName ignored\n"
                              "Match host k1\n"
                              "    HostName ignored too\n"
                              "Include conf.d/*.conf missing.conf\n"
                              "Host k1 -bad user@host k2\n"
                              "  User me\n"
                              "Hostname\n"
                              "Host\n");
        const auto found = find_boards(options);
        QVERIFY(found);
        QStringList hosts;
        for (const FoundBoard& board : *found) {
            QCOMPARE(board.how, FoundBoard::How::config);
            QVERIFY(board.banner.empty());  // nobody was asked
            hosts << QString::fromStdString(board.address + "=" + board.name);
        }
        QCOMPARE(hosts, QStringList({"k1=192.168.1.20", "bench=192.168.1.20", "quoted=k1.lan",
                                     "included=10.0.0.7", "looped=", "k2="}));
    }

    void neighbours() {
        FindOptions options = nowhere();
        options.neighbours =
            file("arp",
                 "IP address       HW type     Flags       HW address            Mask     Device\n"
                 "127.0.0.1        0x1         0x2         52:54:00:12:35:02     *        eth0\n"
                 "127.0.0.1        0x1         0x6         52:54:00:12:35:02     *        eth1\n"
                 "127.0.0.2        0x1         0x2         52:54:00:12:35:03     *        eth0\n"
                 "nonsense         0x1         0x2         52:54:00:12:35:03     *        eth0\n"
                 "127.0.0.3\n\n");
        const Peer incomplete("127.0.0.4", options.port, "SSH-2.0-x\r\n");
        QVERIFY(incomplete.ready());
        QFile table(QString::fromStdString(options.neighbours.string()));
        QVERIFY(table.open(QIODevice::Append));
        table.write("127.0.0.4        0x1         0x0         00:00:00:00:00:00     *        eth0\n");
        table.close();
        const auto found = find_boards(options);
        QVERIFY(found);
        QCOMPARE(found->size(), std::size_t(1));
        QCOMPARE(found->front().how, FoundBoard::How::neighbour);
        QCOMPARE(found->front().address, standin());
        QCOMPARE(incomplete.visitors(), 0);
    }

    void names() {
        FindOptions options = nowhere();
        options.names = {"no-such-board.invalid", "localhost"};
        const auto found = find_boards(options);
        QVERIFY(found);
        QCOMPARE(found->size(), std::size_t(1));
        QCOMPARE(found->front().how, FoundBoard::How::name);
        // A name stays when the address changes.
        QCOMPARE(found->front().address, "localhost:" + m_board["port"].toStdString());
        QVERIFY(QString::fromStdString(found->front().banner).startsWith("SSH-2.0-OpenSSH_"));
    }

    void scan() {
        FindOptions options = nowhere();
        options.networks = {{"127.0.0.3", 28, false}};
        const int port = options.port;
        Peer silent("127.0.0.2", port, "");
        Peer web("127.0.0.3", port, "HTTP/1.0 400 Bad Request\r\n\r\n");
        Peer flood("127.0.0.4", port, std::string(200, 'x'), false, true);
        Peer closing("127.0.0.5", port, "", true);
        Peer steering("127.0.0.6", port,
                      "welcome\r\nto this\n"
                      "SSH-2.0-\x1b[31mEvil\x07\xe2\x80\xae\xff" +
                          std::string(150, 'y') + "\r\nmore\n");
        Peer unfinished("127.0.0.7", port, "SSH-2.0-without an end");
        Peer binary("127.0.0.8", port, std::string("\0\1\2\n\0SSH-2.0-x\n", 15));
        Peer outside("127.0.0.16", port, "SSH-2.0-outside\r\n");
        Peer for_all("127.0.0.15", port, "SSH-2.0-broadcast\r\n");
        for (const Peer* peer :
             {&silent, &web, &flood, &closing, &steering, &unfinished, &binary, &outside, &for_all})
            QVERIFY(peer->ready());
        QList<std::int64_t> done;
        std::int64_t total = 0;
        const auto found = find_boards(options, JobContext({}, [&](const Progress& progress) {
                                           done << progress.done;
                                           total = progress.total;
                                       }));
        QVERIFY(found);
        QStringList all;
        for (const FoundBoard& board : *found)
            all << told(board);
        QVERIFY2(found->size() == 2, qPrintable(all.join('\n')));
        QCOMPARE((*found)[0].address, standin());
        QVERIFY2((*found)[0].banner.starts_with("SSH-2.0-OpenSSH_"), (*found)[0].banner.c_str());
        const FoundBoard& evil = (*found)[1];
        QCOMPARE(evil.address, "127.0.0.6:" + std::to_string(port));
        QVERIFY2(evil.banner.starts_with("SSH-2.0- [31mEvil"), evil.banner.c_str());
        QVERIFY(evil.banner.size() <= 120);
        for (const QChar c : QString::fromStdString(evil.banner))
            QVERIFY(c.isPrint() && c != QChar(0x202e));
        // All fourteen were asked, each once, and nobody was told anything.
        QCOMPARE(total, std::int64_t(14));
        QCOMPARE(done.back(), std::int64_t(14));
        QVERIFY(std::is_sorted(done.begin(), done.end()));
        for (const Peer* peer : {&silent, &web, &flood, &closing, &steering, &unfinished, &binary})
            QCOMPARE(peer->visitors(), 1);
        QCOMPARE(outside.visitors() + for_all.visitors(), 0);
        for (Peer* peer : {&silent, &steering, &unfinished})
            QCOMPARE(peer->heard(), "");
    }

    void ranges_data() {
        QTest::addColumn<QString>("address");
        QTest::addColumn<int>("prefix");
        QTest::addColumn<bool>("skip");
        QTest::addColumn<int>("asked");
        QTest::newRow("a network") << "127.0.0.9" << 24 << false << 254;
        QTest::newRow("but ourselves") << "127.0.0.9" << 24 << true << 253;
        QTest::newRow("of a larger one what is near") << "127.3.0.9" << 8 << true << 253;
        QTest::newRow("a small one") << "127.0.0.9" << 30 << true << 1;
        QTest::newRow("two") << "127.0.0.9" << 31 << true << 1;
        QTest::newRow("one") << "127.0.0.9" << 32 << false << 1;
        QTest::newRow("the last ones") << "255.255.255.255" << 32 << true << 0;
        QTest::newRow("nonsense") << "localhost" << 24 << true << 0;
        QTest::newRow("no prefix") << "127.0.0.9" << -5 << true << 253;
    }

    void ranges() {
        QFETCH(QString, address);
        QFETCH(int, prefix);
        QFETCH(bool, skip);
        QFETCH(int, asked);
        FindOptions options = nowhere();
        options.port = 1;  // refused at once
        options.networks = {{address.toStdString(), prefix, skip}};
        std::int64_t done = 0, total = 0;
        const auto found = find_boards(options, JobContext({}, [&](const Progress& progress) {
                                           done = progress.done;
                                           total = progress.total;
                                       }));
        QVERIFY(found && found->empty());
        QCOMPARE(total, std::int64_t(asked));
        QCOMPARE(done, total);
    }

    /// One that is known in several ways is listed once, by the best of them.
    void once() {
        FindOptions options = nowhere();
        options.neighbours = file("arp2", "\n127.0.0.1 0x1 0x2 52:54:00:12:35:02 * eth0\n");
        options.names = {"localhost"};
        options.networks = {{"127.0.0.1", 30, false}, {"127.0.0.2", 30, false}};
        const auto found = find_boards(options);
        QVERIFY(found);
        QCOMPARE(found->size(), std::size_t(1));
        QCOMPARE(told(found->front()).section(' ', 0, 2),
                 QString("1 %1 localhost").arg(QString::fromStdString(standin())));
    }

    void cancelled() {
        FindOptions options = nowhere();
        options.networks = {{"127.0.0.1", 28, false}};
        options.banner_wait = std::chrono::hours(1);
        const Peer silent("127.0.0.2", options.port, "");
        QVERIFY(silent.ready());
        CancelToken token;
        const auto found = find_boards(options, JobContext(token, [&](const Progress& progress) {
                                           // Only the silent one is left.
                                           if (progress.done == 13)
                                               token.cancel();
                                       }));
        QCOMPARE(qt::outcome(found), QByteArray("cancelled"));
        QCOMPARE(qt::outcome(find_boards(nowhere(), JobContext(token))), QByteArray("cancelled"));
    }

    void ourOwn() {
        for (const AddressRange& range : own_networks()) {
            in_addr address{};
            QCOMPARE(::inet_pton(AF_INET, range.address.c_str(), &address), 1);
            QVERIFY(!range.address.starts_with("127."));
            QVERIFY(range.skip && range.prefix >= 0 && range.prefix <= 32);
        }
        QVERIFY(own_networks().size() <= 4);
    }
};

QTEST_GUILESS_MAIN(TestFindBoards)
#include "test_find_boards.moc"

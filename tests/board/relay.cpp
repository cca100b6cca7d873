// A small TCP relay that tests put before a board to see what a bad line or a hostile peer does to the
// client. It prints its port (on 127.0.0.1) on the first line and ends when its standard input does.
//   board_relay forward PORT [--delay MS] [--cut|--stall|--corrupt up|down BYTES] [--times N]
//       passes all on to 127.0.0.1:PORT, each way MS later at whatever rate the line gives. After BYTES from
//       (up) or to (down) the client it resets the connection, passes nothing more that way, or flips one
//       bit; on the first N connections (1) that get so far.
//   board_relay silent      accepts and never answers
//   board_relay garbage     sends random bytes and closes
//   board_relay http        answers as a web server would and closes
//   board_relay lines       sends lines without end
//   board_relay line        sends one line without end
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <list>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;

// More than any delay times any rate of a loopback; past it the sender waits, as on a real line.
constexpr std::size_t most_queued = 64U << 20;

enum class Fault { none, cut, stall, corrupt };

struct Settings {
    std::uint16_t port = 0;
    std::chrono::milliseconds delay{0};
    Fault fault = Fault::none;
    bool up = true;
    std::uint64_t after = 0;
    int times = 1;
    std::string says;  ///< Not a relay but a peer that says this.
    bool for_ever = false;
    bool closes = false;
};

struct Chunk {
    Clock::time_point due;
    std::vector<char> bytes;
    std::size_t sent = 0;
};

/// One way of a connection.
struct Way {
    int from = -1, to = -1;
    bool up = true, ended = false, told = false, stalled = false, cut = false;
    std::uint64_t passed = 0;
    std::size_t queued = 0;
    std::deque<Chunk> chunks;
};

struct Connection {
    int client = -1, board = -1;
    std::array<Way, 2> ways;
    std::size_t said = 0;
    bool over = false;
};

sockaddr_in local(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

int new_socket() {
    return ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

void send_at_once(int fd) {
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

void reset(int fd) {
    const linger now{1, 0};
    ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

void take(Connection& connection, Way& way, Settings& settings) {
    std::vector<char> bytes(std::size_t{1} << 16);
    const ssize_t got = ::recv(way.from, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        way.ended = true;
        connection.over = connection.over || got < 0;
        return;
    }
    bytes.resize(static_cast<std::size_t>(got));
    const std::uint64_t before = way.passed;
    way.passed += bytes.size();
    if (settings.fault != Fault::none && settings.times > 0 && way.up == settings.up &&
        before <= settings.after && way.passed > settings.after) {
        --settings.times;
        const auto at = static_cast<std::size_t>(settings.after - before);
        if (settings.fault == Fault::corrupt)
            bytes[at] = static_cast<char>(static_cast<unsigned char>(bytes[at]) ^ 0x10U);
        else
            bytes.resize(at);
        // Nothing more is read; the connection is reset once all before the cut has been delivered.
        way.stalled = settings.fault != Fault::corrupt;
        way.cut = settings.fault == Fault::cut;
    }
    way.queued += bytes.size();
    way.chunks.push_back({Clock::now() + settings.delay, std::move(bytes)});
}

void give(Connection& connection, Way& way) {
    while (!way.chunks.empty() && way.chunks.front().due <= Clock::now()) {
        Chunk& chunk = way.chunks.front();
        const ssize_t sent = ::send(way.to, chunk.bytes.data() + chunk.sent, chunk.bytes.size() - chunk.sent,
                                    MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent < 0) {
            connection.over = connection.over || (errno != EAGAIN && errno != EINTR);
            return;
        }
        chunk.sent += static_cast<std::size_t>(sent);
        way.queued -= static_cast<std::size_t>(sent);
        if (chunk.sent < chunk.bytes.size())
            return;
        way.chunks.pop_front();
    }
    if (way.cut && way.chunks.empty()) {
        reset(connection.client);
        reset(connection.board);
        connection.over = true;
    }
    if (way.ended && way.chunks.empty() && !way.told) {
        ::shutdown(way.to, SHUT_WR);
        way.told = true;
    }
}

void speak(Connection& connection, const Settings& settings) {
    const std::size_t at = connection.said % settings.says.size();
    const ssize_t sent = ::send(connection.client, settings.says.data() + at, settings.says.size() - at,
                                MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0)
        connection.said += static_cast<std::size_t>(sent);
    else if (errno != EAGAIN && errno != EINTR)
        connection.over = true;
    if (settings.closes && connection.said >= settings.says.size())
        connection.over = true;
}

void welcome(std::list<Connection>& connections, int listener, const Settings& settings) {
    Connection connection;
    connection.client = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection.client < 0)
        return;
    send_at_once(connection.client);
    if (settings.port != 0) {
        connection.board = new_socket();
        const sockaddr_in address = local(settings.port);
        if (::connect(connection.board, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
            ::close(connection.board);
            ::close(connection.client);
            return;
        }
        send_at_once(connection.board);
        connection.ways[0].from = connection.ways[1].to = connection.client;
        connection.ways[0].to = connection.ways[1].from = connection.board;
        connection.ways[1].up = false;
    }
    connections.push_back(std::move(connection));
}

void step(Connection& connection, Settings& settings, short client_ready, short board_ready) {
    if (settings.port == 0) {
        std::array<char, 4096> heard{};
        if ((client_ready & (POLLIN | POLLHUP | POLLERR)) != 0 &&
            ::recv(connection.client, heard.data(), heard.size(), MSG_DONTWAIT) == 0)
            connection.over = true;
        if ((client_ready & POLLOUT) != 0)
            speak(connection, settings);
        return;
    }
    const std::array<short, 2> ready{client_ready, board_ready};
    for (std::size_t i = 0; i < 2 && !connection.over; ++i) {
        Way& way = connection.ways[i];
        if ((ready[i] & (POLLIN | POLLHUP | POLLERR)) != 0 && !way.ended && !way.stalled &&
            way.queued < most_queued)
            take(connection, way, settings);
        give(connection, way);
    }
    connection.over = connection.over || (connection.ways[0].told && connection.ways[1].told);
}

/// What to wait for on a socket: it is read for one way and written for the other.
short wanted(const Connection& connection, const Settings& settings, int fd) {
    if (settings.port == 0) {
        const bool more =
            !settings.says.empty() && (settings.for_ever || connection.said < settings.says.size());
        return static_cast<short>(POLLIN | (more ? POLLOUT : 0));
    }
    short events = 0;
    for (const Way& way : connection.ways) {
        if (way.from == fd && !way.ended && !way.stalled && way.queued < most_queued)
            events = static_cast<short>(events | POLLIN);
        if (way.to == fd && !way.chunks.empty() && way.chunks.front().due <= Clock::now())
            events = static_cast<short>(events | POLLOUT);
    }
    return events;
}

timespec until_next(const std::list<Connection>& connections) {
    std::chrono::nanoseconds wait = std::chrono::seconds(1);
    const auto now = Clock::now();
    for (const Connection& connection : connections)
        for (const Way& way : connection.ways)
            if (!way.chunks.empty() && way.chunks.front().due > now)
                wait = std::min<std::chrono::nanoseconds>(wait, way.chunks.front().due - now);
    return {wait.count() / 1'000'000'000, wait.count() % 1'000'000'000};
}

void serve(int listener, Settings& settings) {
    std::list<Connection> connections;
    for (;;) {
        std::vector<pollfd> fds{{STDIN_FILENO, POLLIN, 0}, {listener, POLLIN, 0}};
        for (const Connection& connection : connections) {
            fds.push_back({connection.client, wanted(connection, settings, connection.client), 0});
            // A negative descriptor is left out by poll; so is a hang-up that has been seen already.
            const short board =
                connection.board < 0 ? short{0} : wanted(connection, settings, connection.board);
            fds.push_back({connection.board, board, 0});
        }
        for (std::size_t i = 2; i < fds.size(); ++i)
            if (fds[i].events == 0)
                fds[i].fd = -1;
        const timespec wait = until_next(connections);
        ::ppoll(fds.data(), fds.size(), &wait, nullptr);

        std::array<char, 256> ignored{};
        if (fds[0].revents != 0 && ::read(STDIN_FILENO, ignored.data(), ignored.size()) <= 0)
            return;
        std::size_t at = 2;
        for (auto connection = connections.begin(); connection != connections.end(); at += 2) {
            step(*connection, settings, fds[at].revents, fds[at + 1].revents);
            if (!connection->over) {
                ++connection;
                continue;
            }
            ::close(connection->client);
            if (connection->board >= 0)
                ::close(connection->board);
            connection = connections.erase(connection);
        }
        if (fds[1].revents != 0)
            welcome(connections, listener, settings);
    }
}

bool parse_forward(const std::vector<std::string_view>& arguments, Settings& settings) {
    const auto number = [](std::string_view text) {
        return std::strtoull(std::string(text).c_str(), nullptr, 10);
    };
    if (arguments.size() < 2)
        return false;
    settings.port = static_cast<std::uint16_t>(number(arguments[1]));
    for (std::size_t i = 2; i < arguments.size(); ++i) {
        const std::string_view name = arguments[i];
        const std::size_t left = arguments.size() - i - 1;
        if (name == "--delay" && left >= 1) {
            settings.delay = std::chrono::milliseconds(number(arguments[++i]));
        } else if (name == "--times" && left >= 1) {
            settings.times = static_cast<int>(number(arguments[++i]));
        } else if ((name == "--cut" || name == "--stall" || name == "--corrupt") && left >= 2) {
            settings.fault = name == "--cut" ? Fault::cut : name == "--stall" ? Fault::stall : Fault::corrupt;
            settings.up = arguments[++i] == "up";
            settings.after = number(arguments[++i]);
        } else {
            return false;
        }
    }
    return settings.port != 0;
}

bool parse(const std::vector<std::string_view>& arguments, Settings& settings) {
    const std::string_view mode = arguments.empty() ? std::string_view() : arguments[0];
    if (mode == "forward")
        return parse_forward(arguments, settings);
    if (mode == "garbage") {
        std::mt19937 random(1);
        for (int i = 0; i < 4096; ++i)
            settings.says += static_cast<char>(random() & 0xffU);
    } else if (mode == "http") {
        settings.says = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    } else if (mode == "lines" || mode == "line") {
        settings.says = std::string(79, 'x') + (mode == "lines" ? '\n' : 'x');
        for (int i = 0; i < 8; ++i)
            settings.says += settings.says;
    } else if (mode != "silent") {
        return false;
    }
    settings.for_ever = mode == "lines" || mode == "line";
    settings.closes = mode == "garbage" || mode == "http";
    return arguments.size() == 1;
}

}  // namespace

int main(int argc, char** argv) {
    Settings settings;
    if (!parse({argv + 1, argv + argc}, settings)) {
        std::fputs("board_relay forward PORT [OPTIONS] | silent | garbage | http | lines | line\n", stderr);
        return 2;
    }
    const int listener = new_socket();
    sockaddr_in address = local(0);
    socklen_t size = sizeof address;
    if (::bind(listener, reinterpret_cast<sockaddr*>(&address), size) != 0 || ::listen(listener, 64) != 0 ||
        ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
        std::perror("board_relay");
        return 1;
    }
    std::printf("%u\n", static_cast<unsigned>(ntohs(address.sin_port)));
    std::fflush(stdout);
    serve(listener, settings);
    return 0;
}

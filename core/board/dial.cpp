#include "core/board/dial.h"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <utility>

#include "core/board/clean_text.h"

namespace quantwright {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds slice{50};

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

/// getaddrinfo() can't be stopped, so it has a thread to itself that may outlive the wait for it.
struct Lookup {
    std::mutex mutex;
    std::condition_variable finished;
    bool done = false;
    int code = 0;
    Addresses found{nullptr, &::freeaddrinfo};
};

Result<Addresses> look_up(const std::string& host, int port, Deadline deadline, const JobContext& job) {
    const auto lookup = std::make_shared<Lookup>();
    std::thread([lookup, host, port] {
        addrinfo hints{};
        hints.ai_socktype = SOCK_STREAM;
        addrinfo* found = nullptr;
        const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
        const std::lock_guard lock(lookup->mutex);
        lookup->code = code;
        lookup->found.reset(code == 0 ? found : nullptr);
        lookup->done = true;
        lookup->finished.notify_all();
    }).detach();
    std::unique_lock lock(lookup->mutex);
    while (!lookup->done) {
        if (job.cancelled())
            return JobContext::cancelled_error();
        if (Clock::now() >= deadline)
            return fail(ErrorCode::board_unknown_host, place_of(host, port),
                        "no answer from the name server");
        lookup->finished.wait_for(lock, slice);
    }
    if (lookup->code != 0 || !lookup->found)
        return fail(ErrorCode::board_unknown_host, place_of(host, port), ::gai_strerror(lookup->code));
    return std::move(lookup->found);
}

void set(int fd, int level, int option, int value) {
    ::setsockopt(fd, level, option, &value, sizeof value);
}

/// 0, or the errno of the attempt.
int wait_connected(int fd, Deadline deadline, const JobContext& job) {
    while (!job.cancelled()) {
        pollfd ready{fd, POLLOUT, 0};
        if (::poll(&ready, 1, static_cast<int>(slice.count())) > 0) {
            int error = 0;
            socklen_t size = sizeof error;
            ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
            return error;
        }
        if (Clock::now() >= deadline)
            return ETIMEDOUT;
    }
    return ECANCELED;
}

int try_address(const addrinfo& address, Deadline deadline, const JobContext& job, Socket& made) {
    Socket socket(::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket.fd() < 0)
        return errno;
    // Small packets go at once: each piece of a file is two of them, and Nagle would wait for an answer.
    set(socket.fd(), IPPROTO_TCP, TCP_NODELAY, 1);
    set(socket.fd(), SOL_SOCKET, SO_KEEPALIVE, 1);
    set(socket.fd(), IPPROTO_TCP, TCP_KEEPIDLE, 15);
    set(socket.fd(), IPPROTO_TCP, TCP_KEEPINTVL, 5);
    set(socket.fd(), IPPROTO_TCP, TCP_KEEPCNT, 3);
    int error = 0;
    if (::connect(socket.fd(), address.ai_addr, address.ai_addrlen) != 0) {
        error = errno;
        if (error == EINPROGRESS)
            error = wait_connected(socket.fd(), deadline, job);
    }
    if (error == 0) {
        // libssh takes "would block" for an error.
        ::fcntl(socket.fd(), F_SETFL, ::fcntl(socket.fd(), F_GETFL) & ~O_NONBLOCK);
        made = std::move(socket);
    }
    return error;
}

enum class Said { too_little, ssh, something_else };

/// A server may say lines before the one with its version (RFC 4253, 4.2); this many bytes of them are heard.
constexpr std::size_t longest_preface = 8192;

Said judge(std::string_view text, std::string& line) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos && text.size() < 4 && std::string_view("SSH-").starts_with(text))
            return Said::too_little;
        if (text.starts_with("SSH-"))
            return Said::ssh;
        if (line.empty())
            line = clean_text(text.substr(0, end), 120);
        if (text.starts_with("HTTP/") || text.find('\0') < end)
            return Said::something_else;
        if (end == std::string_view::npos)
            break;
        text.remove_prefix(end + 1);
    }
    return Said::too_little;
}

/// How it ended before its version was heard: `line` is what it said, if anything.
tl::unexpected<Error> ended(const std::string& place, bool spoke, const std::string& line) {
    if (line.find("Not allowed at this time") != std::string::npos)
        return fail(ErrorCode::board_denied, place, line);
    if (line.find("MaxStartups") != std::string::npos)
        return fail(ErrorCode::board_refused, place, line);
    if (!spoke)
        return fail(ErrorCode::board_denied, place,
                    "connection closed at once; SSH servers do so for a while after failed logins");
    return fail(ErrorCode::board_not_ssh, place, line);
}

}  // namespace

Socket::~Socket() {
    if (m_fd >= 0)
        ::close(m_fd);
}

Socket& Socket::operator=(Socket&& other) noexcept {
    std::swap(m_fd, other.m_fd);
    return *this;
}

int Socket::release() {
    return std::exchange(m_fd, -1);
}

std::string place_of(const std::string& host, int port) {
    std::string result = host.find(':') == std::string::npos ? host : "[" + host + "]";
    result += ":" + std::to_string(port);
    return result;
}

Result<Socket> dial(const std::string& host, int port, Deadline deadline, const JobContext& job) {
    const auto addresses = look_up(host, port, deadline, job);
    if (!addresses)
        return fail(addresses);
    int error = EHOSTUNREACH;
    for (const addrinfo* address = addresses->get(); address != nullptr; address = address->ai_next) {
        // A dead address must not use up the time of the ones behind it.
        const auto now = Clock::now();
        const auto until = address->ai_next == nullptr ? deadline : now + (deadline - now) / 2;
        Socket socket;
        const int outcome = try_address(*address, until, job, socket);
        if (outcome == 0)
            return socket;
        if (outcome == ECANCELED || job.cancelled())
            return JobContext::cancelled_error();
        // Of several reasons the one that says a machine is there.
        if (error != ECONNREFUSED)
            error = outcome;
    }
    return fail(error == ECONNREFUSED ? ErrorCode::board_refused : ErrorCode::board_no_route,
                place_of(host, port), std::strerror(error));
}

Result<Greeting> hear_greeting(int fd, const std::string& place, Deadline until, const JobContext& job) {
    std::array<char, longest_preface> heard{};
    for (;;) {
        if (job.cancelled())
            return JobContext::cancelled_error();
        pollfd ready{fd, POLLIN, 0};
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now());
        const auto wait = std::clamp(left, std::chrono::milliseconds(0), slice);
        const bool readable = ::poll(&ready, 1, static_cast<int>(wait.count())) > 0;
        if (readable) {
            const ssize_t got = ::recv(fd, heard.data(), heard.size(), MSG_PEEK | MSG_DONTWAIT);
            std::string line;
            const Said said =
                got > 0 ? judge({heard.data(), static_cast<std::size_t>(got)}, line) : Said::too_little;
            if (said == Said::ssh)
                return Greeting::ssh;
            if (said == Said::something_else || got == static_cast<ssize_t>(heard.size()))
                return fail(ErrorCode::board_not_ssh, place, line);
            if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR) ||
                (ready.revents & (POLLHUP | POLLERR | POLLRDHUP)) != 0)
                return ended(place, got > 0, line);
            // What was peeked at stays readable, so poll() would not wait for more.
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
            ready.events = POLLRDHUP;
            if (::poll(&ready, 1, 0) > 0 && (ready.revents & POLLRDHUP) != 0)
                return ended(place, got > 0, line);
        }
        if (Clock::now() >= until)
            return Greeting::nothing_yet;
    }
}

}  // namespace quantwright

#pragma once
// The way to an SSH server up to its first line. Done here and not by libssh, which can't be cancelled while
// it looks a name up, and says "timeout" for everything.
#include <chrono>
#include <string>

#include "core/base/job.h"

namespace quantwright {

/// A descriptor that is closed with it.
class Socket {
public:
    explicit Socket(int fd = -1) : m_fd(fd) {}
    ~Socket();
    Socket(Socket&& other) noexcept : m_fd(other.release()) {}
    Socket& operator=(Socket&& other) noexcept;

    [[nodiscard]] int fd() const { return m_fd; }
    int release();

private:
    int m_fd;
};

using Deadline = std::chrono::steady_clock::time_point;

/// "host:port", "[v6]:port": what errors are about.
[[nodiscard]] std::string place_of(const std::string& host, int port);

/// A TCP connection to the first address that takes one, kept alive, without Nagle's delay. Errors:
/// board.unknown_host, board.no_route, board.refused, cancelled.
Result<Socket> dial(const std::string& host, int port, Deadline deadline, const JobContext& job);

/// What the server says first, looked at and left in the socket.
enum class Greeting { nothing_yet, ssh };

/// Waits until `until` at most. Errors: board.not_ssh; board.denied where sshd shuts us out because of failed
/// logins before; board.refused where it has too many of them under way; cancelled.
Result<Greeting> hear_greeting(int fd, const std::string& place, Deadline until, const JobContext& job);

}  // namespace quantwright

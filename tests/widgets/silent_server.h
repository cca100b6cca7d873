#pragma once
// A board that is not there, or says nothing.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QString>

namespace quantwright::testing {

/// Accepts connections on 127.0.0.1, and says nothing.
class SilentServer {
public:
    SilentServer() : m_socket(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in name{};
        name.sin_family = AF_INET;
        name.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof name;
        if (::bind(m_socket, reinterpret_cast<sockaddr*>(&name), size) == 0 && ::listen(m_socket, 4) == 0 &&
            ::getsockname(m_socket, reinterpret_cast<sockaddr*>(&name), &size) == 0)
            m_port = ntohs(name.sin_port);
    }
    ~SilentServer() { ::close(m_socket); }
    SilentServer(const SilentServer&) = delete;
    SilentServer& operator=(const SilentServer&) = delete;

    [[nodiscard]] QString address() const { return QStringLiteral("somebody@127.0.0.1:%1").arg(m_port); }
    [[nodiscard]] bool called() const {
        pollfd waiting{m_socket, POLLIN, 0};
        return ::poll(&waiting, 1, 0) == 1;
    }

private:
    int m_socket;
    int m_port = 0;
};

/// Where a port was open a moment ago.
inline QString closedAddress() {
    return SilentServer().address();
}

}  // namespace quantwright::testing

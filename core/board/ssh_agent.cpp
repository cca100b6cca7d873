// The ssh-agent: another program of this machine, which may want a confirmation for every signature and wait
// for it for ever. libssh has no limit for it, so its socket is ours and the watchdog's.
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <vector>

#include "core/board/authenticate.h"
#include "core/board/dial.h"

namespace quantwright {

namespace {

/// Connected without a wait: an agent whose queue is full is `silent`. What is not connected gives a socket
/// at whose other end nobody is, so that libssh does not look for the agent itself.
Socket open_agent(const char* path, bool& silent) {
    Socket socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (const std::size_t length = std::strlen(path); length < sizeof address.sun_path) {
        std::memcpy(address.sun_path, path, length);
        if (::connect(socket.fd(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
            ::fcntl(socket.fd(), F_SETFL, ::fcntl(socket.fd(), F_GETFL) & ~O_NONBLOCK);
            return socket;
        }
        silent = errno == EAGAIN;
    }
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0) {
        ::close(ends[1]);
        return Socket(ends[0]);
    }
    return Socket();
}

/// IdentityAgent, which libssh reads but does not tell.
bool names_an_agent(const ConnectOptions& options) {
    if (!options.read_config)
        return false;
    std::vector<std::filesystem::path> files = {options.config};
    if (const char* home = std::getenv("HOME"); options.config.empty() && home != nullptr)
        files = {std::filesystem::path(home) / ".ssh/config", "/etc/ssh/ssh_config"};
    for (const std::filesystem::path& file : files) {
        std::ifstream input(file);
        for (std::string line; std::getline(input, line);) {
            std::transform(line.begin(), line.end(), line.begin(),
                           [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
            const std::size_t word = line.find_first_not_of(" \t");
            if (word != std::string::npos && line.compare(word, 13, "identityagent") == 0)
                return true;
        }
    }
    return false;
}

}  // namespace

int log_in_with_agent(Login& login) {
    const char* path = std::getenv("SSH_AUTH_SOCK");
    if (path == nullptr || *path == '\0' || names_an_agent(login.options))
        return SSH_AUTH_DENIED;
    bool silent = false;
    Socket socket = open_agent(path, silent);
    if (socket.fd() < 0)
        return SSH_AUTH_DENIED;
    // libssh writes to it without MSG_NOSIGNAL.
    std::signal(SIGPIPE, SIG_IGN);
    const Watchdog::Aside aside(login.session.watchdog(), socket.fd(), login.options.agent_patience);
    const int fd = socket.release();
    ssh_set_agent_socket(login.raw(), fd);
    const int outcome = in_steps(login, [&] { return ssh_userauth_agent(login.raw(), nullptr); });
    // Closed for libssh too, which would ask once more before it looks at the key files.
    ::shutdown(fd, SHUT_RDWR);
    if (silent || aside.too_long())
        login.silent_agent = path;
    return outcome;
}

}  // namespace quantwright

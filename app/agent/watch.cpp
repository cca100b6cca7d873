#include "watch.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <thread>
#include <vector>

#include "temporary.h"

namespace quantwright::agent {

namespace {

/// The host asks one thing at a time; who sends this many ahead does not speak this protocol.
constexpr std::size_t most_waiting = 64;

sigset_t ending_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGTERM, SIGHUP, SIGINT})
        sigaddset(&set, number);
    return set;
}

}  // namespace

void Watch::block_signals() {
    const sigset_t set = ending_signals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    signal(SIGPIPE, SIG_IGN);  // a closed output shows as an error of write()
}

Watch::Watch(Output& output) : m_output(output) {
    const sigset_t set = ending_signals();
    m_signals = signalfd(-1, &set, SFD_CLOEXEC);
    std::thread([this] { read_lines(); }).detach();
}

std::string Watch::next() {
    std::unique_lock lock(m_mutex);
    m_arrived.wait(lock, [this] { return !m_lines.empty(); });
    std::string line = std::move(m_lines.front());
    m_lines.pop_front();
    return line;
}

void Watch::refuse(const char* why) {
    m_output.line({{"id", 0}, {"error", {{"code", "board.bad_answer"}, {"subject", ""}, {"detail", why}}}});
    end_program(2);
}

void Watch::take(std::string_view bytes) {
    while (!bytes.empty()) {
        const std::size_t end = bytes.find('\n');
        const std::string_view piece = bytes.substr(0, end);
        if (m_part.size() + piece.size() >= longest_line)
            refuse("a line is longer than 1 MiB");
        m_part += piece;
        if (end == std::string_view::npos)
            return;
        bytes.remove_prefix(end + 1);
        const std::lock_guard lock(m_mutex);
        if (m_lines.size() == most_waiting)
            refuse("too many requests at a time");
        m_lines.push_back(std::move(m_part));
        m_part.clear();
        m_arrived.notify_one();
    }
}

void Watch::read_lines() {
    std::vector<char> buffer(std::size_t{64} << 10);
    for (;;) {
        pollfd wanted[] = {{STDIN_FILENO, POLLIN, 0}, {m_signals, POLLIN, 0}};
        if (poll(wanted, 2, -1) < 0) {
            if (errno == EINTR)
                continue;
            end_program(130);
        }
        if (wanted[1].revents)
            end_program(130);
        if (!wanted[0].revents)
            continue;
        const ssize_t count = read(STDIN_FILENO, buffer.data(), buffer.size());
        if (count > 0)
            take({buffer.data(), static_cast<std::size_t>(count)});
        else if (count == 0 || (errno != EINTR && errno != EAGAIN))
            end_program(130);
    }
}

}  // namespace quantwright::agent

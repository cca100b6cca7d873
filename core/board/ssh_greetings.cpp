#include "core/board/ssh_greetings.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <thread>

#include "core/board/clean_text.h"
#include "core/board/dial.h"

namespace quantwright {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds slice{50};
constexpr std::size_t most_at_once = 64;
// Servers may say other lines first (RFC 4253, 4.2); their version has 255 bytes at most.
constexpr std::size_t longest_greeting = 1024, longest_shown = 120;

enum class Outcome { waiting, over };

struct Attempt {
    std::size_t index = 0;
    Socket socket;
    Deadline deadline;
    bool connected = false;
    std::string heard;
};

/// The line with the version, once it is complete.
std::string version_of(std::string_view text) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos)
            break;
        if (text.starts_with("SSH-"))
            return clean_text(text.substr(0, end), longest_shown);
        text.remove_prefix(end + 1);
    }
    return {};
}

Outcome hear(Attempt& attempt, std::string& greeting) {
    std::array<char, 256> bytes{};
    const ssize_t got = ::recv(attempt.socket.fd(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return Outcome::waiting;
    if (got <= 0)
        return Outcome::over;
    attempt.heard.append(bytes.data(), static_cast<std::size_t>(got));
    greeting = version_of(attempt.heard);
    return greeting.empty() && attempt.heard.size() < longest_greeting ? Outcome::waiting : Outcome::over;
}

class Round {
public:
    Round(const std::vector<std::string>& addresses, const GreetingOptions& options, const JobContext& job)
        : m_addresses(addresses), m_options(options), m_job(job), m_greetings(addresses.size()) {}

    Result<std::vector<std::string>> run(const std::function<void(std::size_t)>& asked) {
        while (m_next < m_addresses.size() || !m_attempts.empty()) {
            if (m_job.cancelled())
                return JobContext::cancelled_error();
            while (m_next < m_addresses.size() && m_attempts.size() < most_at_once)
                if (!begin(m_next))
                    break;  // no descriptors left: some come free
                else
                    ++m_next;
            if (m_attempts.empty() && m_next < m_addresses.size())
                std::this_thread::sleep_for(slice);
            attend();
            asked(m_next - m_attempts.size());
        }
        return std::move(m_greetings);
    }

private:
    bool begin(std::size_t index) {
        sockaddr_in place{};
        place.sin_family = AF_INET;
        place.sin_port = htons(static_cast<std::uint16_t>(m_options.port));
        if (::inet_pton(AF_INET, m_addresses[index].c_str(), &place.sin_addr) != 1)
            return true;
        Attempt attempt{index,
                        Socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
                        Clock::now() + m_options.connect_wait,
                        false,
                        {}};
        if (attempt.socket.fd() < 0)
            return errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM;
        // Not an object of type sockaddr, but that is how the call is made.
        const auto* address = reinterpret_cast<const sockaddr*>(&place);
        if (::connect(attempt.socket.fd(), address, sizeof place) == 0 || errno == EINPROGRESS)
            m_attempts.push_back(std::move(attempt));
        return true;
    }

    void attend() {
        std::vector<pollfd> waited;
        waited.reserve(m_attempts.size());
        for (const Attempt& attempt : m_attempts)
            waited.push_back(
                {attempt.socket.fd(), static_cast<short>(attempt.connected ? POLLIN : POLLOUT), 0});
        ::poll(waited.data(), waited.size(), static_cast<int>(slice.count()));
        const auto now = Clock::now();
        for (std::size_t i = 0; i < m_attempts.size(); ++i) {
            Attempt& attempt = m_attempts[i];
            const bool ready = waited[i].revents != 0;
            Outcome outcome = now >= attempt.deadline ? Outcome::over : Outcome::waiting;
            if (ready && attempt.connected)
                outcome = std::max(outcome, hear(attempt, m_greetings[attempt.index]));
            else if (ready)
                outcome = connected(attempt, now);
            if (outcome == Outcome::over)
                attempt.socket = Socket();
        }
        std::erase_if(m_attempts, [](const Attempt& attempt) { return attempt.socket.fd() < 0; });
    }

    Outcome connected(Attempt& attempt, Deadline now) const {
        int error = 0;
        socklen_t size = sizeof error;
        ::getsockopt(attempt.socket.fd(), SOL_SOCKET, SO_ERROR, &error, &size);
        attempt.connected = true;
        attempt.deadline = now + m_options.banner_wait;
        return error == 0 ? Outcome::waiting : Outcome::over;
    }

    const std::vector<std::string>& m_addresses;
    const GreetingOptions& m_options;
    const JobContext& m_job;
    std::vector<std::string> m_greetings;
    std::vector<Attempt> m_attempts;
    std::size_t m_next = 0;
};

}  // namespace

Result<std::vector<std::string>> ssh_greetings(const std::vector<std::string>& addresses,
                                               const GreetingOptions& options,
                                               const std::function<void(std::size_t)>& asked,
                                               const JobContext& job) {
    return Round(addresses, options, job).run(asked);
}

}  // namespace quantwright

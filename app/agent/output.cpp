#include "output.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <thread>

#include "failure.h"
#include "temporary.h"

namespace quantwright::agent {

Output::Output()
    : m_descriptor(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)), m_last(m_start.time_since_epoch().count()) {
    dup2(STDERR_FILENO, STDOUT_FILENO);
}

void Output::write_all(const std::string& text) {
    std::size_t written = 0;
    while (written < text.size()) {
        const ssize_t count = write(m_descriptor, text.data() + written, text.size() - written);
        if (count >= 0) {
            written += static_cast<std::size_t>(count);
        } else if (errno == EAGAIN) {
            pollfd ready{m_descriptor, POLLOUT, 0};
            poll(&ready, 1, -1);
        } else if (errno != EINTR) {
            end_program(130);
        }
    }
}

void Output::line(const Json& object) {
    // Names and messages come from files and libraries: what is no UTF-8 in them is replaced.
    std::string text = object.dump(-1, ' ', false, Json::error_handler_t::replace);
    text += '\n';
    if (text.size() > longest_line)
        throw Failure{"board.bad_answer", "", "an answer of " + std::to_string(text.size()) + " bytes"};
    const std::lock_guard lock(m_mutex);
    write_all(text);
    m_last = Clock::now().time_since_epoch().count();
}

void Output::event(std::int64_t id, const char* name, const Json& fields) {
    Json object = {{"id", id}, {"event", name}};
    object.update(fields);
    line(object);
}

void Output::start_heartbeat() {
    std::thread([this] {
        for (;;) {
            const Clock::time_point due =
                Clock::time_point(Clock::duration(m_last.load())) + std::chrono::seconds(1);
            if (Clock::now() < due) {
                std::this_thread::sleep_until(due);
                continue;
            }
            const double seconds = std::chrono::duration<double>(Clock::now() - m_start).count();
            line({{"alive", std::round(seconds * 10) / 10}});
        }
    }).detach();
}

std::string base64(std::span<const std::byte> bytes) {
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t left = bytes.size() - i;
        const auto byte = [&](std::size_t k) {
            return k < left ? std::to_integer<std::uint32_t>(bytes[i + k]) : 0u;
        };
        const std::uint32_t group = byte(0) << 16 | byte(1) << 8 | byte(2);
        text += digits[group >> 18];
        text += digits[group >> 12 & 63];
        text += left > 1 ? digits[group >> 6 & 63] : '=';
        text += left > 2 ? digits[group & 63] : '=';
    }
    return text;
}

}  // namespace quantwright::agent

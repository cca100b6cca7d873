#pragma once
// What the program says: JSON lines, each written whole, and a sign of life in every second without one.
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>

#include "json.h"

namespace quantwright::agent {

inline constexpr std::size_t longest_line = std::size_t{1} << 20;  ///< with its '\n', in both directions

/// May be used by any thread. When nobody reads any more the program ends.
class Output {
public:
    /// Takes standard output for itself; what libraries print there goes to standard error from then on.
    Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    /// Throws Failure board.bad_answer if the line is too long; then nothing was written.
    void line(const Json& object);
    void event(std::int64_t id, const char* name, const Json& fields);
    void start_heartbeat();

private:
    using Clock = std::chrono::steady_clock;
    void write_all(const std::string& text);

    int m_descriptor;
    std::mutex m_mutex;
    const Clock::time_point m_start = Clock::now();
    std::atomic<Clock::rep> m_last;
};

[[nodiscard]] std::string base64(std::span<const std::byte> bytes);

}  // namespace quantwright::agent

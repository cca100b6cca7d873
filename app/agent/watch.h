#pragma once
// Reads the requests on a thread of its own, so that the end of the input and signals end the program at
// once, whatever it computes.
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>

#include "output.h"

namespace quantwright::agent {

class Watch {
public:
    /// Before any other thread is started: threads inherit what is blocked here.
    static void block_signals();

    explicit Watch(Output& output);
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    /// The next line without its end; waits for it.
    std::string next();

private:
    void read_lines();
    void take(std::string_view bytes);
    [[noreturn]] void refuse(const char* why);

    Output& m_output;
    int m_signals;
    std::mutex m_mutex;
    std::condition_variable m_arrived;
    std::deque<std::string> m_lines;
    std::string m_part;
};

}  // namespace quantwright::agent

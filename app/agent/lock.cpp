#include "lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <thread>

#include "failure.h"
#include "temporary.h"

namespace quantwright::agent {

void take_turn(const std::function<void()>& waiting) {
    static int held = -1;
    if (held >= 0)
        return;
    std::error_code ignored;
    std::filesystem::create_directories(base_folder, ignored);
    std::string path = base_folder;
    path += "/lock";
    const int file = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (file < 0)
        throw Failure{"board.not_writable", path, std::strerror(errno)};
    using Clock = std::chrono::steady_clock;
    auto next = Clock::now();
    while (flock(file, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR) {
            const int error = errno;
            close(file);
            throw Failure{"board.not_writable", path, std::strerror(error)};
        }
        if (Clock::now() >= next) {
            waiting();
            next += std::chrono::seconds(1);
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    held = file;
}

}  // namespace quantwright::agent

#include "temporary.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <mutex>

#include "failure.h"

namespace quantwright::agent {

namespace {

constexpr std::string_view prefix = "tmp-";

std::string own_folder() {
    std::string path = base_folder;
    path += '/';
    path += prefix;
    path += std::to_string(getpid());
    return path;
}

/// Held while the folder is made, and for ever once the program ends: nothing is made after it was removed.
std::mutex& folder_mutex() {
    static std::mutex mutex;
    return mutex;
}

}  // namespace

std::string temporary_folder() {
    const std::lock_guard lock(folder_mutex());
    std::error_code error;
    std::filesystem::create_directories(base_folder, error);
    std::string path = own_folder();
    if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        throw Failure{"board.not_writable", path, std::strerror(errno)};
    return path;
}

void remove_temporary_folder() {
    const std::string path = own_folder();
    // The runtime may be creating a file in it at this moment: then the folder is not empty yet.
    for (int attempt = 0; attempt < 100; ++attempt) {
        std::error_code error;
        std::filesystem::remove_all(path, error);
        if (!error)
            return;
    }
}

void remove_left_over() {
    std::error_code error;
    for (std::filesystem::directory_iterator entry(base_folder, error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        if (!name.starts_with(prefix))
            continue;
        pid_t pid = 0;
        const char* last = name.data() + name.size();
        const auto number = std::from_chars(name.data() + prefix.size(), last, pid);
        if (number.ec != std::errc() || number.ptr != last || pid <= 0)
            continue;
        if (kill(pid, 0) != 0 && errno == ESRCH) {
            std::error_code ignored;
            std::filesystem::remove_all(entry->path(), ignored);
        }
    }
}

void end_program(int status) {
    folder_mutex().lock();
    remove_temporary_folder();
    _exit(status);
}

}  // namespace quantwright::agent

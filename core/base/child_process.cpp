#include "core/base/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

extern char** environ;

namespace quantwright {

namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t k_kept_errors = 4096;
constexpr std::size_t k_longest_line = 1 << 20;
constexpr int k_look_ms = 50;  // how often a cancel is looked for

class Pipe {
public:
    Pipe() { m_open = ::pipe2(m_ends.data(), O_CLOEXEC) == 0; }
    ~Pipe() {
        close(0);
        close(1);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    [[nodiscard]] bool open() const { return m_open; }
    [[nodiscard]] int end(std::size_t which) const { return m_ends[which]; }
    void close(std::size_t which) {
        if (m_ends[which] >= 0)
            ::close(m_ends[which]);
        m_ends[which] = -1;
    }
    /// What has come; false at its end.
    bool read(std::string& into) {
        std::array<char, 4096> buffer;
        const ssize_t count = ::read(m_ends[0], buffer.data(), buffer.size());
        if (count > 0)
            into.append(buffer.data(), static_cast<std::size_t>(count));
        else if (count == 0 || (errno != EINTR && errno != EAGAIN))
            close(0);
        return m_ends[0] >= 0;
    }

private:
    std::array<int, 2> m_ends = {-1, -1};
    bool m_open = false;
};

/// Killed and waited for when it goes out of scope before its end.
class Child {
public:
    explicit Child(pid_t id) : m_id(id) {}
    ~Child() {
        if (m_id > 0) {
            kill();
            wait();
        }
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    /// With whatever it started: its group is its own.
    void kill() const { ::kill(-m_id, SIGKILL); }
    int wait() {
        int status = 0;
        while (::waitpid(m_id, &status, 0) < 0 && errno == EINTR) {
        }
        m_id = -1;
        return status;
    }

private:
    pid_t m_id;
};

Result<pid_t> spawn(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                    const Pipe& output, const Pipe& errors) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output.end(1), STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors.end(1), STDERR_FILENO);
    // What our signals do, and which are held back, is not its business.
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    // A group of its own: Ctrl+C in the terminal is ours to tell it.
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    std::string path = program.string();
    std::vector<std::string> words = arguments;
    std::vector<char*> argv{path.data()};
    for (std::string& word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    pid_t id = 0;
    const int error = ::posix_spawn(&id, path.c_str(), &actions, &attributes, argv.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        return fail(ErrorCode::output_not_checked, path, std::strerror(error));
    return id;
}

}  // namespace

Result<ProcessEnd> run_process(const std::filesystem::path& program,
                               const std::vector<std::string>& arguments, std::chrono::seconds limit,
                               const std::function<void(std::string_view)>& line, const JobContext& job) {
    Pipe output, errors;
    if (!output.open() || !errors.open())
        return fail(ErrorCode::output_not_checked, program.string(), std::strerror(errno));
    const auto id = spawn(program, arguments, output, errors);
    if (!id)
        return fail(id);
    Child child(*id);
    output.close(1);
    errors.close(1);

    ProcessEnd end;
    std::string heard;
    const auto until = Clock::now() + limit;
    while (output.end(0) >= 0 || errors.end(0) >= 0) {
        std::array<pollfd, 2> both = {pollfd{output.end(0), POLLIN, 0}, pollfd{errors.end(0), POLLIN, 0}};
        ::poll(both.data(), both.size(), k_look_ms);
        if (both[0].revents != 0)
            output.read(heard);
        if (both[1].revents != 0)
            errors.read(end.errors);
        for (std::size_t at = heard.find('\n'); at != std::string::npos; at = heard.find('\n')) {
            line(std::string_view(heard).substr(0, at));
            heard.erase(0, at + 1);
        }
        if (heard.size() > k_longest_line) {
            line(heard);
            heard.clear();
        }
        if (end.errors.size() > k_kept_errors)
            end.errors.erase(0, end.errors.size() - k_kept_errors);
        if (job.cancelled())
            return JobContext::cancelled_error();  // the child goes with its object
        if (!end.timed_out && Clock::now() > until) {
            end.timed_out = true;
            child.kill();
        }
    }
    if (!heard.empty())
        line(heard);
    const int status = child.wait();
    if (WIFSIGNALED(status))
        end.signal = WTERMSIG(status);
    else
        end.exit_code = WEXITSTATUS(status);
    return end;
}

}  // namespace quantwright

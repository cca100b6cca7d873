#pragma once
// One SSH connection to a board (libssh): who it is, who we are, and an end to it at any moment.
//
// A Connection and everything opened on it belong to one thread at a time; only the job's CancelToken may be
// pulled from others. Every call ends within a second after that, and after `silence` without a byte from the
// board (libssh alone would wait for ever). The second is for leaving the board clean; then the connection is
// dead. Processes must not outlive their Connection's thread, but may outlive the Connection.
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/board/address.h"

namespace quantwright {

/// A host key that known_hosts does not have.
struct HostKeyQuestion {
    std::string host;         ///< as in known_hosts: "name" or "[name]:port"
    std::string type;         ///< "ssh-ed25519"
    std::string fingerprint;  ///< "SHA256:…", as ssh prints it
};

/// A secret that is needed to go on. The answer is kept in memory only, and wiped.
struct SecretQuestion {
    enum class Kind { password, passphrase, answer };
    Kind kind = Kind::password;
    std::string subject;  ///< user@host, key file, or the board's own prompt with control characters removed
    bool echo = false;    ///< of Kind::answer: may be shown while it is typed
    int attempt = 1;      ///< 2 and more: the one before was wrong
};

/// Asked in the connecting thread. Empty functions answer no.
struct ConnectQuestions {
    std::function<bool(const HostKeyQuestion&)> trust;  ///< true: written to known_hosts
    std::function<std::optional<std::string>(const SecretQuestion&)> secret;  ///< empty: give up
    std::function<void(const SecretQuestion&)>
        accepted;  ///< the password or passphrase given for it was right
};

struct ConnectOptions {
    BoardAddress address;
    std::filesystem::path identity;     ///< empty: the agent's keys and those in the usual places
    std::filesystem::path known_hosts;  ///< empty: ~/.ssh/known_hosts (and the system's)
    bool read_config = true;            ///< ~/.ssh/config and the system's: aliases, user, port, identity
    std::filesystem::path config;       ///< read instead of those two
    std::chrono::milliseconds timeout{10'000};  ///< for name, TCP, version and key exchange together
    std::chrono::milliseconds silence{20'000};  ///< longest wait for a byte while one is expected
    /// For the ssh-agent, which may have a question of its own for the user; then other ways in are tried.
    std::chrono::milliseconds agent_patience{60'000};
};

/// A program that runs on the board, without a terminal. Its stderr is drained and its last 16 KiB are kept.
/// It must say something within `silence` while it is waited for.
class BoardProcess {
public:
    virtual ~BoardProcess() = default;  ///< asks it to end (TERM, end of input), then closes
    /// What is written to a program that has ended is lost without an error; read_line() tells of its end.
    /// Errors: board.connection_lost, board.silent (it reads nothing), cancelled.
    virtual Status write(std::string_view bytes) = 0;
    virtual Status end_input() = 0;
    /// The next line without its end; empty optional at the end of output. A line longer than `longest` is
    /// board.bad_answer. Errors: board.connection_lost, board.silent, board.bad_answer, cancelled.
    virtual Result<std::optional<std::string>> read_line(std::size_t longest) = 0;
    [[nodiscard]] virtual const std::string& error_output() const = 0;
    /// Waits for it to end (at most a second): its exit status, 128 + n after signal n; empty if unknown.
    [[nodiscard]] virtual std::optional<int> exit_status() = 0;
};

class Sftp;

class Connection {
public:
    virtual ~Connection() = default;

    /// `command` is given to the board's shell as it is: only ever a constant of this program. Errors:
    /// board.denied where the account may not run programs, board.connection_lost, board.silent, cancelled.
    virtual Result<std::unique_ptr<BoardProcess>> start(const std::string& command) = 0;
    /// Runs it to its end, with no input: at most `longest` bytes of output, whatever its exit status.
    virtual Result<std::string> run(const std::string& command, std::size_t longest = 65'536) = 0;
    /// Opened at the first call. Errors: board.no_sftp, board.connection_lost, cancelled.
    virtual Result<Sftp*> sftp() = 0;
    /// Whose cancelling ends this connection from now on; at first it is that of connect()'s job.
    virtual void watch(CancelToken token) = 0;
    [[nodiscard]] virtual const BoardAddress& address() const = 0;  ///< with user and port filled in
};

/// ~/.ssh/config is honoured as libssh knows it, with ProxyJump and ProxyCommand (then host and user must be
/// plain ASCII, as they become part of a command). Errors: board.address, board.no_route, board.refused,
/// board.unknown_host, board.silent, board.not_ssh, board.host_key_unknown, board.host_key_changed,
/// board.denied, board.too_many_keys, board.ssh_agent, board.key_unreadable, board.connection_lost,
/// cancelled.
Result<std::unique_ptr<Connection>> connect(const ConnectOptions& options, const ConnectQuestions& questions,
                                            const JobContext& job = {});

}  // namespace quantwright

#include "app/cli/board_connect.h"

#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>

#include "app/cli/cli.h"
#include "widgets/keychain/keychain_login.h"

namespace quantwright::cli {

namespace {

/// The terminal of the process, whatever stdin and stdout are.
class Terminal {
public:
    Terminal() : m_file(::open("/dev/tty", O_RDWR | O_CLOEXEC)) {}
    ~Terminal() {
        if (m_file >= 0)
            ::close(m_file);
    }
    Terminal(const Terminal&) = delete;
    Terminal& operator=(const Terminal&) = delete;
    [[nodiscard]] bool exists() const { return m_file >= 0; }

    /// A line, empty optional where the user gives up. Without echo the terminal shows nothing of it.
    std::optional<std::string> ask(const QString& prompt, bool echo, const JobContext& job) {
        termios before = {};
        const bool quiet = !echo && ::tcgetattr(m_file, &before) == 0;
        if (quiet) {
            termios changed = before;
            changed.c_lflag &= ~static_cast<tcflag_t>(ECHO);
            ::tcsetattr(m_file, TCSAFLUSH, &changed);
        }
        say(prompt);
        auto line = read_line(job);
        if (quiet) {
            ::tcsetattr(m_file, TCSAFLUSH, &before);
            say(QStringLiteral("\n"));
        }
        return line;
    }

private:
    void say(const QString& text) {
        const QByteArray bytes = text.toUtf8();
        for (qsizetype at = 0; at < bytes.size();) {
            const auto written =
                ::write(m_file, bytes.constData() + at, static_cast<std::size_t>(bytes.size() - at));
            if (written <= 0)
                return;
            at += written;
        }
    }

    /// A read would outlast Ctrl+C, which only sets the token.
    std::optional<std::string> read_line(const JobContext& job) {
        std::string line;
        while (!job.cancelled()) {
            pollfd waiting = {m_file, POLLIN, 0};
            const int ready = ::poll(&waiting, 1, 100);
            if (ready <= 0)
                continue;
            char byte = 0;
            if (::read(m_file, &byte, 1) != 1)
                return {};
            if (byte == '\n')
                return line;
            line += byte;
        }
        return {};
    }

    int m_file = -1;
};

std::optional<std::string> from_environment(const char* name) {
    const char* value = std::getenv(name);
    return value && *value ? std::optional<std::string>(value) : std::nullopt;
}

bool trusts(const HostKeyQuestion& question, const HostOptions& options, Context& context) {
    const QString key = Cli::tr("The host key of %1 (%2) is %3.")
                            .arg(text(question.host), text(question.type), text(question.fingerprint));
    if (options.accept_new) {
        context.say(key);
        return true;
    }
    Terminal terminal;
    if (!terminal.exists())
        return false;
    context.finish();
    const auto answer = terminal.ask(
        key + u'\n' + Cli::tr("It is not known yet. Go on, and remember it? (yes/no) "), true, context.job());
    return answer && (*answer == "yes" || text(*answer) == Cli::tr("yes"));
}

std::optional<std::string> secret(const SecretQuestion& question, KeychainLogin& keychain, Context& context) {
    const bool passphrase = question.kind == SecretQuestion::Kind::passphrase;
    // A board may ask anything; what is shown while it is typed is no password.
    if (question.attempt == 1 && !question.echo)
        if (auto value = from_environment(passphrase ? "QUANTWRIGHT_PASSPHRASE" : "QUANTWRIGHT_PASSWORD"))
            return value;
    if (auto value = keychain.look_up(question, context.job().token()))
        return value;
    // What the keychain has stays there: to replace it takes the window.
    if (keychain.was_wrong(question))
        context.say(Cli::tr("What the keychain has for %1 is not right.").arg(text(question.subject)));
    Terminal terminal;
    if (!terminal.exists())
        return {};
    context.finish();
    const QString subject = text(question.subject);
    const QString prompt = passphrase ? Cli::tr("Passphrase of %1: ").arg(subject)
                           : question.kind == SecretQuestion::Kind::password
                               ? Cli::tr("Password of %1: ").arg(subject)
                               : Cli::tr("The board asks: %1 ").arg(subject);
    return terminal.ask(prompt, question.echo, context.job());
}

}  // namespace

void add_host_options(CLI::App& app, HostOptions& options) {
    app.add_option("--host", options.host,
                   utf8(Cli::tr("The board; also an alias of ~/.ssh/config, or its name in the window")))
        ->type_name("USER@HOST[:PORT]")
        ->required();
    app.add_option("--identity", options.identity,
                   utf8(Cli::tr("Private key (default: the agent's and those in the usual places)")))
        ->type_name("KEY");
    app.add_flag("--accept-new", options.accept_new, utf8(Cli::tr("Trust a host key that is not known yet")));
    app.add_option("--known-hosts", options.known_hosts,
                   utf8(Cli::tr("File of known host keys (default: ~/.ssh/known_hosts)")))
        ->type_name("FILE");
    app.footer(utf8(Cli::tr(
        "Passwords and passphrases come from QUANTWRIGHT_PASSWORD and QUANTWRIGHT_PASSPHRASE, else from "
        "the system's keychain, else they are asked for on the terminal.")));
}

Result<std::unique_ptr<Connection>> connect_board(const HostOptions& options, Context& context) {
    const auto address = parse_board_address(options.host);
    if (!address)
        return fail(address);
    ConnectOptions connecting;
    connecting.address = *address;
    connecting.identity = options.identity;
    connecting.known_hosts = options.known_hosts;
    ConnectQuestions questions;
    questions.trust = [&](const HostKeyQuestion& question) { return trusts(question, options, context); };
    KeychainLogin keychain;
    questions.secret = [&](const SecretQuestion& question) { return secret(question, keychain, context); };
    return connect(connecting, questions, context.job());
}

}  // namespace quantwright::cli

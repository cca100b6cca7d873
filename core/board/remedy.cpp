#include "core/board/remedy.h"

namespace quantwright {

namespace {

/// As one word of a shell.
std::string shell_word(const std::string& text) {
    constexpr std::string_view harmless =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-:";
    if (!text.empty() && text.find_first_not_of(harmless) == std::string::npos)
        return text;
    std::string result = "'";
    for (const char c : text)
        if (c == '\'')
            result += "'\\''";
        else
            result += c;
    return result + "'";
}

/// Debian's and Bianbu's sshd reads such files before its own, and believes the first line.
std::string with_setting(const std::string& line) {
    std::string command = "echo '" + line;
    command += "' | sudo tee -a /etc/ssh/sshd_config.d/00-quantwright.conf && sudo systemctl restart ssh";
    return command;
}

Remedy forget_host_key(const Error& error, const std::filesystem::path& known_hosts) {
    // The subject is "host:port" or "[v6]:port"; known_hosts has "host" or "[host]:port".
    std::string host = error.subject;
    std::string port;
    if (const auto colon = host.rfind(':'); colon != std::string::npos) {
        port = host.substr(colon + 1);
        host.resize(colon);
    }
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    std::string command = "ssh-keygen ";
    if (!known_hosts.empty())
        command += "-f " + shell_word(known_hosts.string()) + " ";
    if (!port.empty() && port != "22")
        host = "[" + host + "]:" + port;
    command += "-R " + shell_word(host);
    return {command, false};
}

Remedy let_in(const Error& error, const BoardAddress& address) {
    // libssh ends its words with the methods that the server would take.
    const auto takes = error.detail.find("continue:");
    const bool no_passwords = takes != std::string::npos &&
                              error.detail.find("password", takes) == std::string::npos &&
                              error.detail.find("interactive", takes) == std::string::npos;
    if (no_passwords)
        return {with_setting("PasswordAuthentication yes")};
    if (address.user == "root")
        return {with_setting("PermitRootLogin yes")};
    return {"sudo passwd" + (address.user.empty() ? std::string() : " " + shell_word(address.user))};
}

}  // namespace

std::optional<Remedy> remedy_of(const Error& error, const BoardAddress& address,
                                const std::filesystem::path& known_hosts) {
    switch (error.code) {
        case ErrorCode::board_unknown_host:
            return Remedy{"hostname -I"};
        case ErrorCode::board_no_route:
            return Remedy{"ip -brief address"};
        case ErrorCode::board_refused:
            return Remedy{"sudo apt install openssh-server && sudo systemctl enable --now ssh"};
        case ErrorCode::board_silent:
        case ErrorCode::board_connection_lost:
            return Remedy{"sudo systemctl restart ssh"};
        case ErrorCode::board_not_ssh:
            return Remedy{"sudo sshd -T | grep '^port'"};
        case ErrorCode::board_host_key_unknown:
            return Remedy{"ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub"};
        case ErrorCode::board_host_key_changed:
            return forget_host_key(error, known_hosts);
        case ErrorCode::board_denied:
            return let_in(error, address);
        case ErrorCode::board_no_sftp:
            return Remedy{"sudo apt install openssh-sftp-server"};
        case ErrorCode::board_disk_full:
            return Remedy{"rm -rf ~/.cache/quantwright; sudo apt clean"};
        case ErrorCode::board_not_writable:
            return Remedy{"sudo chown -R \"$USER\": ~/.ssh && chmod u+rwx ~ ~/.ssh"};
        default:
            return std::nullopt;
    }
}

Remedy remedy_of_key(const InstalledKey& installed) {
    // sshd(8), StrictModes: a file that others may write to says nothing about who may come in.
    if (installed.too_open)
        return {"chmod go-w ~ ~/.ssh ~/.ssh/authorized_keys"};
    return {with_setting("PubkeyAuthentication yes")};
}

}  // namespace quantwright

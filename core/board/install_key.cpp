#include "core/board/install_key.h"

#include <sys/random.h>
#include <sys/stat.h>

#include <array>

#include "core/base/atomic_file.h"
#include "core/base/scratch_folder.h"
#include "core/board/authorized_keys.h"
#include "core/board/sftp.h"

namespace quantwright {

namespace {

constexpr std::uint64_t longest_file = 1 << 20;
constexpr std::uint32_t new_file_mode = 0600, others_write = S_IWGRP | S_IWOTH, mode_bits = 07777;

/// A name that nobody can have put a link under.
std::string temporary_for(const std::string& path) {
    std::array<unsigned char, 8> bytes{};
    if (::getrandom(bytes.data(), bytes.size(), 0) < 0)
        bytes.fill(0);
    std::string name = path + ".quantwright-";
    constexpr std::string_view digits = "0123456789abcdef";
    for (const unsigned char byte : bytes) {
        name += digits[byte >> 4U];
        name += digits[byte & 15U];
    }
    return name;
}

class Installer {
public:
    Installer(Sftp& sftp, const PublicKey& key) : m_sftp(sftp), m_key(key) {}

    Result<InstalledKey> run() {
        const auto home = m_sftp.home();
        if (!home)
            return fail(home);
        const std::string folder = (*home == "/" ? std::string() : *home) + "/.ssh";
        if (const Status made = m_sftp.make_folders(folder); !made)
            return fail(made);
        m_path = folder + "/authorized_keys";
        if (const Status read = read_file_there(); !read)
            return fail(read);
        InstalledKey result;
        if (!lets_in(m_text, m_key)) {
            if (const Status written = write(); !written)
                return fail(written);
            result.added = true;
        }
        for (const std::string& path : {*home, folder, m_path}) {
            const auto entry = m_sftp.find(path);
            if (!entry)
                return fail(entry);
            result.too_open = result.too_open || (*entry && ((*entry)->permissions & others_write) != 0);
        }
        return result;
    }

private:
    Status read_file_there() {
        const auto entry = m_sftp.find(m_path);
        if (!entry)
            return fail(entry);
        if (!*entry)
            return {};
        const std::uint32_t kind = (*entry)->permissions & S_IFMT;
        // Reading a pipe would wait for ever, a device would never end.
        if (kind != S_IFREG && kind != 0)
            return fail(ErrorCode::board_not_writable, m_path, "not a regular file");
        if ((*entry)->size > longest_file)
            return fail(ErrorCode::board_bad_answer, m_path,
                        "longer than " + std::to_string(longest_file) + " bytes");
        const auto real = m_sftp.real_path(m_path);
        if (!real)
            return fail(real);
        m_path = *real;
        auto text = m_sftp.read(m_path, longest_file);
        if (!text)
            return fail(text);
        m_text = std::move(*text);
        m_there = true;
        m_mode = (*entry)->permissions & mode_bits;
        return {};
    }

    Status write() {
        ScratchFolder scratch;
        if (const Status made = scratch.make({}); !made)
            return fail(made);
        const std::filesystem::path local = scratch.folder() / "authorized_keys";
        const std::string text = with_key(m_text, m_key);
        if (const Status written = write_file(local, text); !written)
            return fail(written);
        // Where a file can't be replaced in one step, adding to it is what can't lock the user out.
        if (m_there && !m_sftp.renames_at_once())
            return m_sftp.write(m_path, local, m_text.size(), text.size(), {});
        const std::string temporary = temporary_for(m_path);
        Status status = m_sftp.write(temporary, local, 0, text.size(), {});
        if (status)
            status = m_sftp.set_permissions(temporary, m_there && m_mode != 0 ? m_mode : new_file_mode);
        if (status)
            status = m_sftp.rename_over(temporary, m_path);
        if (!status)
            (void)m_sftp.remove(temporary);
        return status;
    }

    Sftp& m_sftp;
    const PublicKey& m_key;
    std::string m_path, m_text;
    bool m_there = false;
    std::uint32_t m_mode = 0;
};

}  // namespace

Result<InstalledKey> install_key(Connection& connection, const PublicKey& key, const JobContext& job) {
    connection.watch(job.token());
    job.report(Stage::board_check, 0, 0);
    const auto sftp = connection.sftp();
    if (!sftp)
        return fail(sftp);
    return Installer(**sftp, key).run();
}

Result<std::unique_ptr<Connection>> connect_with_key(ConnectOptions options,
                                                     const std::filesystem::path& identity,
                                                     const ConnectQuestions& questions,
                                                     const JobContext& job) {
    options.identity = identity;
    ConnectQuestions few;
    few.trust = questions.trust;
    few.secret = [&questions](const SecretQuestion& question) -> std::optional<std::string> {
        if (question.kind != SecretQuestion::Kind::passphrase || !questions.secret)
            return std::nullopt;
        return questions.secret(question);
    };
    return connect(options, few, job);
}

}  // namespace quantwright

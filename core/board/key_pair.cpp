#include "core/board/key_pair.h"

#include <fcntl.h>
#include <libssh/libssh.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <string_view>

#include "core/board/clean_text.h"
#include "core/board/dial.h"

namespace quantwright {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_key_file = 64 * 1024, longest_comment = 200;
constexpr mode_t private_mode = 0600, public_mode = 0644, folder_mode = 0700;

struct KeyFree {
    void operator()(ssh_key key) const { ssh_key_free(key); }
};
using Key = std::unique_ptr<std::remove_pointer_t<ssh_key>, KeyFree>;

/// Text of libssh's that may be a secret.
struct TextFree {
    void operator()(char* text) const {
        ::explicit_bzero(text, std::strlen(text));
        ssh_string_free_char(text);
    }
};
using Text = std::unique_ptr<char, TextFree>;

tl::unexpected<Error> not_written(const fs::path& path, int number) {
    const bool full = number == ENOSPC || number == EDQUOT;
    return fail(full ? ErrorCode::output_disk_full : ErrorCode::output_unwritable, path.string(),
                std::strerror(number));
}

/// A file that is there under another name until it is complete; removed with the object.
class NewFile {
public:
    explicit NewFile(fs::path path) : m_path(std::move(path)) {}
    ~NewFile() {
        if (!m_temporary.empty())
            ::unlink(m_temporary.c_str());
    }
    NewFile(const NewFile&) = delete;
    NewFile& operator=(const NewFile&) = delete;

    Status write(std::string_view content, mode_t mode) {
        m_temporary = m_path.string() + ".XXXXXX";
        const Socket file(::mkostemp(m_temporary.data(), O_CLOEXEC));  // with the mode 0600
        if (file.fd() < 0) {
            const int error = errno;
            m_temporary.clear();
            return not_written(m_path, error);
        }
        while (!content.empty()) {
            const ssize_t written = ::write(file.fd(), content.data(), content.size());
            if (written > 0)
                content.remove_prefix(static_cast<std::size_t>(written));
            else if (errno != EINTR)
                return not_written(m_path, errno);
        }
        if (::fchmod(file.fd(), mode) != 0 || ::fsync(file.fd()) != 0)
            return not_written(m_path, errno);
        return {};
    }

    /// Gives it its name, unless another file has that.
    Status place() {
        int error = 0;
        if (::renameat2(AT_FDCWD, m_temporary.c_str(), AT_FDCWD, m_path.c_str(), RENAME_NOREPLACE) == 0) {
            m_temporary.clear();
            return {};
        }
        error = errno;
        // File systems without this kind of renaming (NFS) have links.
        if ((error == EINVAL || error == ENOSYS) && ::link(m_temporary.c_str(), m_path.c_str()) == 0)
            return {};
        return not_written(m_path, error == EINVAL || error == ENOSYS ? errno : error);
    }

private:
    fs::path m_path;
    std::string m_temporary;
};

Status make_folder(const fs::path& file) {
    const fs::path folder = file.parent_path();
    if (folder.empty() || ::mkdir(folder.c_str(), folder_mode) == 0 || errno == EEXIST)
        return {};
    return not_written(folder, errno);
}

Result<PublicKey> describe(ssh_key key, const fs::path& file) {
    const auto unreadable = [&] { return fail(ErrorCode::board_key_unreadable, file.string()); };
    PublicKey result;
    const char* type = ssh_key_type_to_char(ssh_key_type(key));
    char* raw = nullptr;
    if (type == nullptr || ssh_pki_export_pubkey_base64(key, &raw) != SSH_OK)
        return unreadable();
    result.type = type;
    result.base64 = Text(raw).get();
    unsigned char* hash = nullptr;
    std::size_t size = 0;
    if (ssh_get_publickey_hash(key, SSH_PUBLICKEY_HASH_SHA256, &hash, &size) != 0)
        return unreadable();
    if (char* text = ssh_get_fingerprint_hash(SSH_PUBLICKEY_HASH_SHA256, hash, size))
        result.fingerprint = Text(text).get();
    ssh_clean_pubkey_hash(&hash);
    return result;
}

std::string first_bytes(const fs::path& path) {
    std::string text(longest_key_file, '\0');
    std::ifstream file(path, std::ios::binary);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
    return text;
}

/// What stands behind the key in FILE.pub, if that is this key.
std::string comment_of(const fs::path& file, const std::string& base64) {
    const std::string text = first_bytes(file.string() + ".pub");
    const auto at = text.find(base64);
    if (at == std::string::npos)
        return {};
    const std::string_view rest = std::string_view(text).substr(at + base64.size());
    return clean_text(rest.substr(0, rest.find('\n')), longest_comment);
}

Key public_half(const fs::path& file) {
    ssh_key raw = nullptr;
    // Without a callback libssh would ask on the terminal.
    const auto never = [](const char*, char*, std::size_t, int, int, void*) { return -1; };
    if (ssh_pki_import_privkey_file(file.c_str(), nullptr, never, nullptr, &raw) == SSH_OK) {
        const Key whole(raw);
        raw = nullptr;
        if (ssh_pki_export_privkey_to_pubkey(whole.get(), &raw) == SSH_OK)
            return Key(raw);
        return nullptr;
    }
    // OpenSSH's own form holds it unencrypted.
    if (ssh_pki_import_pubkey_file(file.c_str(), &raw) == SSH_OK ||
        ssh_pki_import_pubkey_file((file.string() + ".pub").c_str(), &raw) == SSH_OK)
        return Key(raw);
    return nullptr;
}

}  // namespace

std::string PublicKey::line() const {
    std::string result = type;
    result += " " + base64;
    if (!comment.empty())
        result += " " + comment;
    return result;
}

Result<PublicKey> create_key_pair(const fs::path& file, const std::string& comment, const char* passphrase) {
    std::error_code ignored;
    for (const fs::path& path : {file, fs::path(file.string() + ".pub")})
        if (fs::exists(fs::symlink_status(path, ignored)))
            return not_written(path, EEXIST);
    if (const Status made = make_folder(file); !made)
        return fail(made);
    ssh_key raw = nullptr;
    if (ssh_pki_generate(SSH_KEYTYPE_ED25519, 0, &raw) != SSH_OK)
        return fail(ErrorCode::output_unwritable, file.string(), "no key could be made");
    const Key key(raw);
    auto half = describe(key.get(), file);
    if (!half)
        return fail(half);
    half->comment = clean_text(comment, longest_comment);
    char* exported = nullptr;
    const bool locked = passphrase != nullptr && *passphrase != '\0';
    if (ssh_pki_export_privkey_base64(key.get(), locked ? passphrase : nullptr, nullptr, nullptr,
                                      &exported) != SSH_OK)
        return fail(ErrorCode::output_unwritable, file.string(), "the key could not be written as text");
    const Text text(exported);
    NewFile secret(file), open(file.string() + ".pub");
    if (const Status written = secret.write(text.get(), private_mode); !written)
        return fail(written);
    if (const Status written = open.write(half->line() + "\n", public_mode); !written)
        return fail(written);
    if (const Status placed = open.place(); !placed)
        return fail(placed);
    if (const Status placed = secret.place(); !placed) {
        ::unlink((file.string() + ".pub").c_str());
        return fail(placed);
    }
    return half;
}

Result<PublicKey> read_public_key(const fs::path& file) {
    const auto unreadable = [&](const std::string& why) {
        return fail(ErrorCode::board_key_unreadable, file.string(), why);
    };
    std::error_code error;
    if (!fs::is_regular_file(file, error))
        return unreadable(error ? error.message() : "no such file");
    if (first_bytes(file).find("PRIVATE KEY") == std::string::npos)
        return unreadable("not a private key");
    const Key key = public_half(file);
    if (!key)
        return unreadable("its public half is not to be had");
    auto half = describe(key.get(), file);
    if (half)
        half->comment = comment_of(file, half->base64);
    return half;
}

}  // namespace quantwright

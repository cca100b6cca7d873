#pragma once
// SFTP on a channel: requests are numbered, and many may be under way.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "core/board/channel.h"
#include "core/board/sftp.h"
#include "core/board/sftp_wire.h"

namespace quantwright {

class SftpClient : public Sftp {
public:
    /// Errors: board.no_sftp, and those of every call.
    static Result<std::unique_ptr<SftpClient>> open(const std::shared_ptr<SshSession>& session);

    Result<std::string> home() override;
    Result<std::string> real_path(const std::string& path) override;
    Result<std::optional<RemoteEntry>> find(const std::string& path) override;
    Result<std::vector<RemoteEntry>> list(const std::string& folder) override;
    Status make_folders(const std::string& path) override;
    Status remove(const std::string& path) override;
    Status rename_over(const std::string& from, const std::string& to) override;
    [[nodiscard]] bool renames_at_once() const override;
    Status make_executable(const std::string& path) override;
    Status set_permissions(const std::string& path, std::uint32_t permissions) override;
    Status set_modified(const std::string& path, std::int64_t seconds) override;
    Result<std::optional<std::uint64_t>> free_bytes(const std::string& path) override;
    Status write(const std::string& path, const std::filesystem::path& source, std::uint64_t offset,
                 std::uint64_t size, const std::function<bool(std::uint64_t)>& moved) override;
    Result<std::string> read_part(const std::string& path, std::uint64_t offset,
                                  std::uint64_t bytes) override;
    Result<std::string> read(const std::string& path, std::uint64_t longest) override;

private:
    struct Reply {
        std::uint8_t type = 0;
        std::string body;  ///< after the number
    };
    struct Space {
        std::uint64_t free = 0;
        bool read_only = false;
    };

    SftpClient() = default;
    Status shake_hands();
    Status learn_limits();

    /// Sends it; the number its reply will have.
    Result<std::uint32_t> send(sftp::Type type, const std::string& body);
    /// Sends it and waits for its reply.
    Result<Reply> ask(sftp::Type type, const std::string& body, bool cleaning = false);
    /// As ask(), for what is answered with a status alone.
    Result<sftp::Code> order(sftp::Type type, const std::string& body, bool cleaning = false);
    /// A reply to nothing that was asked, a length beyond reason: the end of it all.
    [[nodiscard]] tl::unexpected<Error> nonsense(const char* what);
    /// Takes the complete packets out of what came.
    Status sort();
    Result<std::optional<Reply>> take_reply(std::uint32_t number);
    Status wait_reply(std::uint32_t number, bool cleaning = false);
    /// Nobody waits for the reply any more.
    void forget(std::uint32_t number);
    Result<sftp::Code> code_of(const Reply& reply);

    Result<std::string> open_handle(const std::string& path, std::uint32_t flags);
    void close_handle(const std::string& handle);
    Result<std::optional<Space>> space(const std::string& path);
    /// What a refusal means: the server only says "failure".
    tl::unexpected<Error> refused(const std::string& path, sftp::Code code);

    std::unique_ptr<Channel> m_channel;
    std::string m_heard;  ///< not sorted yet
    bool m_flooded = false;
    std::map<std::uint32_t, Reply> m_replies;
    std::set<std::uint32_t> m_asked, m_forgotten;
    std::uint32_t m_next = 1;
    std::string m_words;  ///< the server's last refusal
    std::map<std::string, std::string, std::less<>> m_extensions;
    std::uint32_t m_write_size = 0, m_read_size = 32 * 1024;
    friend class SftpSender;
};

}  // namespace quantwright

#pragma once
#include "core/board/channel.h"

namespace quantwright {

/// A program on a channel of its own. `open` below makes one.
class ChannelProcess : public BoardProcess {
public:
    static Result<std::unique_ptr<ChannelProcess>> start(const std::shared_ptr<SshSession>& session,
                                                         const std::string& command);
    ~ChannelProcess() override;

    Status write(std::string_view bytes) override;
    Status end_input() override;
    Result<std::optional<std::string>> read_line(std::size_t longest) override;
    [[nodiscard]] const std::string& error_output() const override { return m_errors; }
    [[nodiscard]] std::optional<int> exit_status() override;

    /// All of its output up to its end. Errors: as read_line().
    Result<std::string> read_all(std::size_t longest);

private:
    ChannelProcess() = default;
    void take(std::string_view bytes, bool from_stderr);
    [[nodiscard]] tl::unexpected<Error> too_long(std::size_t longest) const;

    std::unique_ptr<Channel> m_channel;
    std::string m_output;  ///< from m_read on not handed out yet
    std::size_t m_read = 0;
    std::size_t m_searched = 0;  ///< up to here there is no end of a line
    bool m_flooded = false;
    std::string m_errors;
};

}  // namespace quantwright

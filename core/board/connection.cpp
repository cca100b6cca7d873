#include "core/board/connection.h"

#include <utility>

#include "core/board/authenticate.h"
#include "core/board/host_key.h"
#include "core/board/process.h"
#include "core/board/sftp_client.h"

namespace quantwright {

namespace {

class SshConnection : public Connection {
public:
    explicit SshConnection(std::shared_ptr<SshSession> session) : m_session(std::move(session)) {}

    Result<std::unique_ptr<BoardProcess>> start(const std::string& command) override {
        auto process = ChannelProcess::start(m_session, command);
        if (!process)
            return fail(process);
        return std::move(*process);
    }

    Result<std::string> run(const std::string& command, std::size_t longest) override {
        const auto process = ChannelProcess::start(m_session, command);
        if (!process)
            return fail(process);
        if (const Status ended = (*process)->end_input(); !ended)
            return fail(ended);
        return (*process)->read_all(longest);
    }

    Result<Sftp*> sftp() override {
        if (!m_sftp) {
            auto client = SftpClient::open(m_session);
            if (!client)
                return fail(client);
            m_sftp = std::move(*client);
        }
        return m_sftp.get();
    }

    void watch(CancelToken token) override { m_session->watchdog().watch(std::move(token)); }
    [[nodiscard]] const BoardAddress& address() const override { return m_session->address(); }

private:
    std::shared_ptr<SshSession> m_session;
    std::unique_ptr<SftpClient> m_sftp;
};

}  // namespace

Result<std::unique_ptr<Connection>> connect(const ConnectOptions& options, const ConnectQuestions& questions,
                                            const JobContext& job) {
    if (job.cancelled())
        return JobContext::cancelled_error();
    auto session = std::make_shared<SshSession>(job);
    if (const Status configured = session->configure(options); !configured)
        return fail(configured);
    if (const Status connected = session->connect(options.timeout, job); !connected)
        return fail(connected);
    if (const Status known = check_host_key(*session, questions); !known)
        return fail(known);
    if (job.cancelled())
        return JobContext::cancelled_error();
    if (const Status in = authenticate(*session, options, questions); !in)
        return fail(in);
    session->settle();
    return std::make_unique<SshConnection>(std::move(session));
}

}  // namespace quantwright

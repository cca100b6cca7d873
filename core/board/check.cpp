#include "core/board/check.h"

#include <algorithm>

#include "core/board/clean_text.h"
#include "core/board/sftp.h"
#include "core/board/upload.h"

namespace quantwright {

namespace {

constexpr std::uint64_t k_memory = std::uint64_t(256) << 20, k_disk = std::uint64_t(256) << 20;

std::string megabytes(std::uint64_t bytes) {
    return std::to_string(bytes / 1'000'000);
}

/// Errors that are about the board, not about the way to it.
bool is_point(const Error& error) {
    return error.code != ErrorCode::cancelled && error.code != ErrorCode::board_connection_lost &&
           error.code != ErrorCode::board_silent;
}

class Checker {
public:
    Checker(Connection& connection, const std::string& runtime, const JobContext& job)
        : m_connection(connection), m_runtime(runtime), m_job(job) {}

    Result<BoardCheck> run() {
        m_connection.watch(m_job.token());
        m_job.report(Stage::board_check, 0, 0);
        add({"login", true, true, {m_connection.address().text()}, {}});
        for (const auto step : {&Checker::check_sftp, &Checker::check_agent, &Checker::check_governor})
            if (auto done = (this->*step)(); !done)
                return fail(done);
        return std::move(m_check);
    }

private:
    void add(BoardPoint point) { m_check.points.push_back(std::move(point)); }

    Status check_sftp() {
        const auto sftp = m_connection.sftp();
        if (!sftp && !is_point(sftp.error()))
            return fail(sftp);
        m_has_sftp = sftp.has_value();
        add({"sftp", m_has_sftp, true, {}, m_has_sftp ? "" : "sudo apt install openssh-sftp-server"});
        return {};
    }

    /// Everything that the agent finds out, as far as it can be sent and started.
    Status check_agent() {
        const auto machine = m_connection.run("uname -m", 256);
        if (!machine)
            return fail(machine);
        m_check.facts.arch = clean_text(*machine, 64);
        const auto program = agent_program(m_check.facts.arch);
        add({"arch", program.has_value(), true, {m_check.facts.arch}, {}});
        if (!program || !m_has_sftp)
            return {};
        const auto sent = upload(m_connection, *program, BoardFolder::agents, "", true, m_job);
        if (!sent)
            return is_point(sent.error()) ? agent_point(sent.error(), {}) : fail(sent);
        auto agent = Agent::start(m_connection, sent->path, m_runtime, m_job);
        if (!agent && agent.error().code == ErrorCode::board_agent_ended) {
            // The provider's library may end whatever loads it.
            agent = Agent::start(m_connection, sent->path, m_runtime, m_job, false);
            m_provider_aborts = agent.has_value();
        }
        if (!agent)
            return is_point(agent.error()) ? agent_point(agent.error(), "mount | grep noexec") : fail(agent);
        add({"agent", true, true, {}, {}});
        m_check.facts = (*agent)->facts();
        judge_facts();
        return {};
    }

    Status agent_point(const Error& error, const std::string& remedy) {
        const bool full = error.code == ErrorCode::board_disk_full;
        std::string said(name_of(error.code));
        if (!error.detail.empty())
            said += ": " + error.detail;
        add({"agent", false, true, {std::move(said)}, full ? "rm -r ~/.cache/quantwright" : remedy});
        return {};
    }

    [[nodiscard]] std::string runtime_remedy() const {
        // Bianbu is the vendor's Debian; others call the library by its version.
        const std::string& system = m_check.facts.system;
        const bool debian = system.find("Debian") != std::string::npos;
        return debian && !m_check.facts.is_k1 ? "sudo apt install libonnxruntime1.21"
                                              : "sudo apt install spacemit-onnxruntime";
    }

    void judge_facts() {
        const BoardFacts& facts = m_check.facts;
        if (const auto memory = facts.memory_free_bytes) {
            const bool ok = *memory >= k_memory;
            add({"memory",
                 ok,
                 false,
                 {megabytes(*memory)},
                 ok ? "" : "sudo systemctl isolate multi-user.target"});
        }
        if (const auto disk = facts.disk_free_bytes) {
            const bool ok = *disk >= k_disk;
            add({"disk",
                 ok,
                 true,
                 {megabytes(*disk)},
                 ok ? "" : "rm -r ~/.cache/quantwright; sudo apt clean"});
        }
        const bool runtime = !facts.runtime_path.empty() && facts.api > 0;
        std::string found = facts.runtime;
        if (found.empty())
            found = facts.runtime_error.empty() ? m_connection.address().text() : facts.runtime_error;
        add({"runtime",
             runtime,
             true,
             {std::move(found), facts.runtime_path},
             runtime ? "" : runtime_remedy()});
        if (facts.is_k1 || m_provider_aborts || !facts.provider_error.empty()) {
            const bool broken = m_provider_aborts || !facts.provider_error.empty();
            const bool provider = !broken && !facts.provider_path.empty();
            add({"provider",
                 provider,
                 false,
                 {facts.provider_path},
                 provider ? ""
                 : broken ? "sudo apt install --reinstall spacemit-onnxruntime"
                          : "sudo apt install spacemit-onnxruntime"});
        }
    }

    /// Boards without frequency scaling have no such file.
    Status check_governor() {
        const auto said = m_connection.run(
            "cat /sys/devices/system/cpu/cpu0/cpufreq/scaling_governor 2>/dev/null || true", 256);
        if (!said)
            return is_point(said.error()) ? Status() : fail(said);
        const std::string governor = clean_text(*said, 32);
        if (governor.empty())
            return {};
        const bool ok = governor == "performance";
        add({"governor",
             ok,
             false,
             {governor},
             ok ? ""
                : "echo performance | sudo tee /sys/devices/system/cpu/cpufreq/policy*/scaling_governor"});
        return {};
    }

    Connection& m_connection;
    const std::string& m_runtime;
    const JobContext& m_job;
    bool m_has_sftp = false, m_provider_aborts = false;
    BoardCheck m_check;
};

}  // namespace

bool BoardCheck::ok() const {
    return std::all_of(points.begin(), points.end(),
                       [](const BoardPoint& point) { return point.ok || !point.needed; });
}

Result<BoardCheck> check_board(Connection& connection, const std::string& runtime, const JobContext& job) {
    return Checker(connection, runtime, job).run();
}

}  // namespace quantwright

// Deployments of Workspace: as many at once as there are boards, each a job of its own.
#include "widgets/workspace/command_line.h"
#include "widgets/workspace/workspace.h"

namespace quantwright {

QStringList Workspace::deploySlots() const {
    QStringList found = m_jobs.runningSlots();
    found.removeIf([](const QString& slot) { return !boardOfSlot(slot); });
    return found;
}

bool Workspace::deploying(const std::string& board) const {
    return m_jobs.running(deploySlot(board));
}

void Workspace::deploy(const BoardRequest& request) {
    if (!ready() || deploying(request.board()))
        return;
    m_deployments.begin(request.board(), !deploying());
    begin(Step::deploy);
    const auto file = m_exported && current(m_exported_basis) ? m_exported->path : std::filesystem::path();
    m_jobs.start(
        deploySlot(request.board()),
        [this, request, images = m_images, history = m_board_memory.folder(),
         resolved = resolvedForJob()](const JobContext& job) -> Result<Deployed> {
            const auto current = resolved();
            if (!current)
                return quantwright::fail(current);
            auto deployed =
                deployPlan(*current, images, request, m_questions.forJob(request.address, job.token()), job);
            if (deployed)
                keepRecord(*deployed, history);
            return deployed;
        },
        [this, request, file, used = basis(), prepared = m_prepared](Result<Deployed> deployed) {
            if (!deployed && (deployed.error().code == ErrorCode::board_denied ||
                              deployed.error().code == ErrorCode::board_key_unreadable))
                m_questions.forget(request.address);
            if (deployed && request.board() == m_board_memory.board())
                m_board_memory.reload();
            if (prepared != m_prepared)
                return;
            if (!deployed) {
                if (deployed.error().code != ErrorCode::cancelled)
                    m_deployments.fail(request.board(), deployed.error());
                return fail(Step::deploy, deployed.error());
            }
            deployed->made_from = keptFloat(used, deployed->kept_float);
            m_deployed = std::make_shared<const Deployed>(std::move(*deployed));
            m_deployments.finish(m_deployed);
            LogEntry entry;
            entry.kind = LogEntry::Kind::deployed;
            entry.arguments = {QString::fromStdString(request.board()),
                               QString::number(m_deployed->result.latency.p50_ms, 'f', 2)};
            if (!file.empty())
                entry.command = deployCommand(file, m_prepared->original->path(), used.images, request);
            addLog(std::move(entry));
            emit deployedChanged();
            resultArrived();
        });
}

void Workspace::cancelDeploy(const std::string& board) {
    m_jobs.cancel(deploySlot(board));
}

void Workspace::renameBoard(const std::string& from, const std::string& to) {
    m_deployments.rename(from, to);
    m_board_memory.rename(from, to);
    emit stepsChanged();
}

void Workspace::removeBoard(const std::string& board) {
    m_deployments.remove(board);
    m_board_memory.setAside(board);
    emit stepsChanged();
}

}  // namespace quantwright

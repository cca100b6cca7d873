// The step of Workspace that looks for better numbers, and what it found as one step of undo.
#include <QCoreApplication>
#include <QPointer>

#include "core/project/improved_file.h"
#include "widgets/workspace/command_line.h"
#include "widgets/workspace/edit_command.h"
#include "widgets/workspace/workspace.h"

namespace quantwright {
namespace {

struct Answer {
    Improvement found;
    std::vector<Problem> problems;
};

}  // namespace

void Workspace::improve(ImproveLevel level) {
    if (!ready())
        return;
    m_improve_level = level;
    m_improve_problems.clear();
    m_improving.reset();
    if (level == ImproveLevel::none) {
        cancel(Step::improve);
        takeImprovement({}, level);
        emit improvedChanged();
        return;
    }
    begin(Step::improve);
    // What is there when it is cancelled, and what is shown meanwhile.
    auto so_far = std::make_shared<Improvement>();
    so_far->made_from = basis();
    so_far->made_from.improved_sha256.clear();
    const auto tell = [self = QPointer<Workspace>(this),
                       prepared = m_prepared](std::shared_ptr<const Improved> value) {
        QMetaObject::invokeMethod(
            qApp,
            [self, prepared, value] {
                if (!self || prepared != self->m_prepared || !self->m_jobs.running(slotOf(Step::improve)))
                    return;
                self->m_improving = value;
                emit self->improvedChanged();
            },
            Qt::QueuedConnection);
    };
    m_jobs.start(
        slotOf(Step::improve),
        [level, prepared = m_prepared, images = m_images, excluded = m_plan.excluded_images,
         resolved = resolvedForJob(), so_far, tell](const JobContext& job) -> Result<Answer> {
            const auto reader = calibrationReader(*prepared, images, excluded);
            if (!reader)
                return quantwright::fail(reader);
            const auto current = resolved();
            if (!current)
                return quantwright::fail(current);
            ImproveOptions how;
            how.level = level;
            const auto keep = [&](std::shared_ptr<const Improved> value) {
                so_far->sha256 = improved_sha256(*value);
                so_far->value = std::move(value);
            };
            how.step = [&](std::shared_ptr<const Improved> value) {
                tell(value);
                keep(std::move(value));
            };
            auto improved = quantwright::improve(*current, **reader, how, job);
            if (!improved)
                return quantwright::fail(improved);
            if ((*improved)->steps.empty() && (*reader)->size() < k_fewest_improve_runs)
                return Answer{{}, {few_images(**reader)}};
            keep(std::move(*improved));
            return Answer{*so_far, {}};
        },
        [this, level, so_far, prepared = m_prepared](Result<Answer> answer) {
            if (prepared != m_prepared)
                return;
            m_improving.reset();
            if (answer) {
                m_improve_problems = std::move(answer->problems);
                if (answer->found.value)  // with too few images what is there stays
                    takeImprovement(std::move(answer->found), level);
            } else if (answer.error().code == ErrorCode::cancelled && so_far->value &&
                       !so_far->value->empty()) {
                takeImprovement(std::move(*so_far), level);
            } else {
                fail(Step::improve, answer.error());
            }
            emit improvedChanged();
        });
    emit improvedChanged();
}

void Workspace::takeImprovement(Improvement found, ImproveLevel level) {
    m_improve_asked = false;
    if (!found.value && !m_improvement.value)
        return;
    LogEntry entry;
    entry.kind = LogEntry::Kind::improved;
    entry.improved = found.value;
    if (found.value)
        entry.command =
            quantizeCommand(*m_prepared, m_images, found.made_from.plan, {}, {}, found.value.get());
    m_undo.push(new ImproveCommand(this, level, m_improvement, std::move(found)));
    addLog(std::move(entry));
}

void Workspace::applyImprovement(const Improvement& improvement) {
    m_improvement = improvement;
    m_what_if.markStale();
    emit improvedChanged();
    emit stepsChanged();
    resolveInBackground();
}

}  // namespace quantwright

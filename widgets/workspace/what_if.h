#pragma once
// Live "what if": after every edit the plan's worth is measured again in the background. Only the newest
// question is answered; until then the last figures are stale.
#include <QObject>
#include <functional>
#include <memory>
#include <optional>

#include "widgets/jobs/job_runner.h"
#include "widgets/workspace/worth_meter.h"

namespace quantwright {

class WhatIf : public QObject {
    Q_OBJECT
public:
    using ReaderSource = std::function<Result<std::shared_ptr<const InputReader>>()>;

    explicit WhatIf(JobRunner* jobs, QObject* parent = nullptr);

    /// Other images or another model: what was known is forgotten. An empty source switches it off.
    void setSource(ReaderSource source);
    /// The plan as it is now.
    void update(std::shared_ptr<const Resolved> resolved);
    /// The plan has changed and update() will follow.
    void markStale();
    /// A range tried by hand, not yet part of the plan; endTrial() goes back to the plan.
    void tryRange(TensorId owner, Range range);
    void endTrial();
    /// While paused nothing is measured: an evaluation wants the processor for itself.
    void setPaused(bool paused);

    [[nodiscard]] const std::optional<PlanWorth>& worth() const { return m_worth; }
    /// Of the target's default without any choice of the user's; unknown before calibration.
    [[nodiscard]] const std::optional<PlanWorth>& baseline() const { return m_baseline; }
    [[nodiscard]] const std::optional<PlanWorth>& trialWorth() const { return m_trial_worth; }
    [[nodiscard]] bool stale() const { return m_stale; }

signals:
    void changed();

private:
    struct Answer;
    [[nodiscard]] bool measurable() const;
    void ask();
    void take(Result<Answer> answer, const std::shared_ptr<const Resolved>& asked, bool trial);

    JobRunner* m_jobs;
    ReaderSource m_source;
    std::shared_ptr<WorthMeter> m_meter;
    std::shared_ptr<const Resolved> m_resolved;
    std::optional<WorthMeter::Trial> m_trial;
    bool m_wanted = false, m_paused = false, m_stale = false, m_marked = false;
    std::optional<PlanWorth> m_worth, m_baseline, m_trial_worth;
    std::string m_baseline_target;
    std::shared_ptr<const Statistics> m_baseline_statistics;
};

}  // namespace quantwright

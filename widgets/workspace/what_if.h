#pragma once
// Live "what if": after every edit the plan's quality is measured again in the background. Only the newest
// question is answered; until then the last figures are stale.
#include <QObject>
#include <functional>
#include <memory>
#include <optional>

#include "core/analyze/quality_meter.h"
#include "widgets/jobs/job_runner.h"

namespace quantwright {

class WhatIf : public QObject {
    Q_OBJECT
public:
    using Source = std::function<Result<JudgeRequest>()>;

    explicit WhatIf(JobRunner* jobs, QObject* parent = nullptr);

    /// Other images or another model: what was known is forgotten. An empty source switches it off.
    void setSource(Source source);
    /// The plan as it is now.
    void update(std::shared_ptr<const Resolved> resolved);
    /// The plan has changed and update() will follow.
    void markStale();
    /// A range tried by hand, not yet part of the plan; endTrial() goes back to the plan.
    void tryRange(TensorId owner, Range range);
    void endTrial();
    /// While paused nothing is measured: an evaluation wants the processor for itself.
    void setPaused(bool paused);

    /// Of fewer images than wanted (Quality::partial) while the rest is measured; stale until then.
    [[nodiscard]] const std::optional<Quality>& quality() const { return m_quality; }
    /// Of the target's default without any choice of the user's; unknown before calibration.
    /// Of the file as it would be exported; follows quality() a little later.
    [[nodiscard]] const std::optional<std::int64_t>& fileBytes() const { return m_file_bytes; }
    [[nodiscard]] const std::optional<Quality>& baseline() const { return m_baseline; }
    [[nodiscard]] const std::optional<Quality>& trialQuality() const { return m_trial_quality; }
    [[nodiscard]] bool stale() const { return m_stale; }

signals:
    void changed();

private:
    struct Answer;
    [[nodiscard]] bool measurable() const;
    void ask();
    void takeFirst(Quality quality, const std::shared_ptr<const Resolved>& asked, bool trial);
    void take(Result<Answer> answer, const std::shared_ptr<const Resolved>& asked, bool trial);

    JobRunner* m_jobs;
    Source m_source;
    std::shared_ptr<QualityMeter> m_meter;
    std::shared_ptr<const Resolved> m_resolved;
    std::optional<QualityMeter::Trial> m_trial;
    bool m_wanted = false, m_paused = false, m_stale = false, m_marked = false;
    std::optional<Quality> m_quality, m_baseline, m_trial_quality;
    std::optional<std::int64_t> m_file_bytes;
    std::string m_baseline_target;
    std::shared_ptr<const Statistics> m_baseline_statistics;
};

}  // namespace quantwright

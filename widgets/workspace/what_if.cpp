#include "widgets/workspace/what_if.h"

#include <QCoreApplication>
#include <QPointer>

namespace quantwright {
namespace {
const QString slot_name = QStringLiteral("what-if");
}

struct WhatIf::Answer {
    std::shared_ptr<QualityMeter> meter;
    Quality quality;
    std::optional<Quality> baseline;
    std::optional<std::int64_t> file_bytes;
};

WhatIf::WhatIf(JobRunner* jobs, QObject* parent) : QObject(parent), m_jobs(jobs) {}

void WhatIf::setSource(Source source) {
    m_jobs->cancel(slot_name);
    m_source = std::move(source);
    m_meter.reset();
    m_resolved.reset();
    m_trial.reset();
    m_quality.reset();
    m_file_bytes.reset();
    m_baseline.reset();
    m_trial_quality.reset();
    m_baseline_target.clear();
    m_baseline_statistics.reset();
    m_wanted = m_stale = m_marked = false;
    emit changed();
}

void WhatIf::update(std::shared_ptr<const Resolved> resolved) {
    m_resolved = std::move(resolved);
    m_marked = false;
    m_trial.reset();
    m_trial_quality.reset();
    m_wanted = true;
    if (!measurable())
        m_quality.reset();  // back to a plan that waits for calibration
    m_stale = m_quality.has_value();
    emit changed();
    ask();
}

void WhatIf::markStale() {
    m_marked = m_stale = true;
    emit changed();
}

void WhatIf::tryRange(TensorId owner, Range range) {
    m_trial = QualityMeter::Trial{owner, range};
    m_wanted = true;
    ask();
}

void WhatIf::endTrial() {
    if (!m_trial)
        return;
    m_trial.reset();
    m_trial_quality.reset();
    emit changed();
}

void WhatIf::setPaused(bool paused) {
    m_paused = paused;
    ask();
}

bool WhatIf::measurable() const {
    return m_source && m_resolved && (m_resolved->statistics || m_resolved->quantized_layers() > 0);
}

void WhatIf::ask() {
    if (!m_wanted || m_paused || !measurable() || m_jobs->running(slot_name))
        return;
    m_wanted = false;
    // The first answer comes in between, from the job's thread.
    const auto first = [self = QPointer<WhatIf>(this), asked = m_resolved,
                        trial = m_trial.has_value()](const Quality& quality) {
        QMetaObject::invokeMethod(
            qApp,
            [self, asked, trial, quality] {
                if (self)
                    self->takeFirst(quality, asked, trial);
            },
            Qt::QueuedConnection);
    };
    // Without statistics the target's default quantizes nothing yet: there is nothing to compare with.
    const bool baseline_known =
        !m_resolved->statistics || (m_baseline && m_baseline_target == m_resolved->plan.target &&
                                    m_baseline_statistics == m_resolved->statistics);
    m_jobs->start(
        slot_name,
        [source = m_source, meter = m_meter, resolved = m_resolved, trial = m_trial, baseline_known,
         first](const JobContext& job) -> Result<Answer> {
            Answer answer;
            answer.meter = meter;
            if (!answer.meter) {
                auto judge = source();
                if (!judge)
                    return fail(judge);
                const auto reader = judge->reader;
                QualityOptions options;
                options.judge = std::move(*judge);
                auto created = QualityMeter::create(resolved->prepared, *reader, job, options);
                if (!created)
                    return fail(created);
                answer.meter = std::move(*created);
            }
            if (!baseline_known) {
                Plan plan;
                plan.model_sha256 = resolved->plan.model_sha256;
                plan.target = resolved->plan.target;
                if (!(plan == resolved->plan) || resolved->improved) {
                    const auto untouched = resolve(resolved->prepared, resolved->statistics, plan);
                    if (!untouched)
                        return fail(untouched);
                    const auto quality = answer.meter->measure(*untouched, {}, job);
                    if (!quality)
                        return fail(quality);
                    answer.baseline = *quality;
                }
            }
            const auto quality = answer.meter->measure(resolved, trial, job, first);
            if (!quality)
                return fail(quality);
            answer.quality = *quality;
            if (!trial) {
                first(*quality);  // counting bytes takes a while in large models
                answer.file_bytes = answer.meter->file_bytes(resolved);
            }
            if (!baseline_known && !answer.baseline && !trial)
                answer.baseline = *quality;
            return answer;
        },
        [this, asked = m_resolved, trial = m_trial.has_value()](Result<Answer> answer) {
            take(std::move(answer), asked, trial);
        });
}

void WhatIf::takeFirst(Quality quality, const std::shared_ptr<const Resolved>& asked, bool trial) {
    if (asked != m_resolved || !m_jobs->running(slot_name) || trial != m_trial.has_value())
        return;  // overtaken
    if (trial) {
        m_trial_quality = std::move(quality);
    } else {
        m_quality = std::move(quality);
        m_stale = m_marked || m_quality->partial();  // until all images have answered
    }
    emit changed();
}

void WhatIf::take(Result<Answer> answer, const std::shared_ptr<const Resolved>& asked, bool trial) {
    if (!answer) {
        // A cancelled or failed measurement leaves the figures as they were, stale; the steps say what is
        // wrong.
        ask();
        emit changed();
        return;
    }
    m_meter = answer->meter;
    if (answer->baseline) {
        m_baseline = answer->baseline;
        m_baseline_target = asked->plan.target;
        m_baseline_statistics = asked->statistics;
    }
    if (trial) {
        if (m_trial)
            m_trial_quality = answer->quality;
    } else {
        m_quality = answer->quality;
        m_file_bytes = answer->file_bytes;
        m_stale = m_marked || asked != m_resolved;
    }
    emit changed();
    ask();
}

}  // namespace quantwright

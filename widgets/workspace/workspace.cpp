#include "widgets/workspace/workspace.h"

#include <algorithm>

#include "core/analyze/lost_parts.h"
#include "widgets/workspace/edit_command.h"

namespace quantwright {
namespace {
const QString resolve_slot = QStringLiteral("resolve");
}

QString slotOf(Step step) {
    static const QString names[] = {QStringLiteral("open"),    QStringLiteral("calibrate"),
                                    QStringLiteral("analyze"), QStringLiteral("improve"),
                                    QStringLiteral("export"),  QStringLiteral("evaluate"),
                                    QStringLiteral("deploy")};
    return names[static_cast<std::size_t>(step)];
}

QString deploySlot(const std::string& board) {
    return slotOf(Step::deploy) + QLatin1Char(':') + QString::fromStdString(board);
}

std::optional<std::string> boardOfSlot(const QString& slot) {
    const QString beginning = slotOf(Step::deploy) + QLatin1Char(':');
    if (!slot.startsWith(beginning))
        return {};
    return slot.mid(beginning.size()).toStdString();
}

Workspace::Workspace(QObject* parent)
    : QObject(parent),
      m_what_if(&m_jobs),
      m_board_memory(&m_jobs),
      m_analysis_memory(std::make_shared<AnalysisMemory>()) {
    connect(&m_jobs, &JobRunner::started, this, &Workspace::stepsChanged);
    connect(&m_jobs, &JobRunner::progressed, this, &Workspace::stepsChanged);
    connect(&m_jobs, &JobRunner::ended, this, &Workspace::stepsChanged);
    connect(&m_undo, &QUndoStack::cleanChanged, this, &Workspace::modifiedChanged);
    const auto pause = [this] { m_what_if.setPaused(m_jobs.running(slotOf(Step::evaluate))); };
    connect(&m_jobs, &JobRunner::started, this, pause);
    connect(&m_jobs, &JobRunner::ended, this, pause);
    connect(&m_questions, &BoardQuestions::notKept, this, [this](const QString& subject, const QString& why) {
        LogEntry entry;
        entry.kind = LogEntry::Kind::failed;
        entry.error = Error{ErrorCode::board_keychain, subject.toStdString(), why.toStdString()};
        addLog(std::move(entry));
    });
    connect(&m_board_memory, &BoardMemory::failed, this, [this](const Error& error) {
        LogEntry entry;
        entry.kind = LogEntry::Kind::failed;
        entry.error = error;
        addLog(std::move(entry));
    });
}

Workspace::~Workspace() {
    m_jobs.cancelAllAndWait();
    m_undo.disconnect(this);
}

bool Workspace::modified() const {
    return isOpen() && (m_changed_since_save || !m_undo.isClean());
}

MadeFrom Workspace::basis() const {
    return {m_prepared ? m_prepared->original->sha256() : std::string(), m_plan, m_statistics_sha256,
            m_images, m_improvement.sha256};
}

bool Workspace::current(const std::optional<MadeFrom>& used) const {
    return used && used->same_but_task(basis());
}

/// It knows nothing of the task, nor of what figures are of.
bool Workspace::improvementCurrent() const {
    MadeFrom now = basis();
    now.improved_sha256.clear();
    const ImageSettings& used = m_improvement.made_from.images;
    now.images.task = used.task;
    now.images.labels = used.labels;
    now.images.evaluation = used.evaluation;
    return m_improvement.made_from == now;
}

bool Workspace::calibrationCurrent() const {
    if (!m_statistics || !m_prepared)
        return false;
    if (m_calibrated_inputs != calibration_request(m_images).inputs)
        return false;
    if (m_images.calibration.empty())
        return true;
    const auto& inputs = m_prepared->model->inputs();
    const auto input = image_input(*m_prepared->model);
    const auto preprocess = effectivePreprocess(*m_prepared, m_images);
    if (!input || !preprocess)
        return false;
    // Statistics name the source of the first input, and keep the preprocessing of each.
    if (inputs.front().name == input->name && m_statistics->source != m_images.calibration.string())
        return false;
    const Json& recorded = m_statistics->preprocess;
    const bool by_name = inputs.size() > 1 && recorded.is_object();
    return (by_name ? recorded.value(input->name, Json()) : recorded) == to_json(*preprocess);
}

bool Workspace::ready() const {
    return m_statistics || (m_resolved && m_resolved->quantized_layers() > 0);
}

StepState Workspace::state(Step step) const {
    StepState state;
    switch (step) {
        case Step::open:
            state.possible = true;
            break;
        case Step::calibrate:
            state.possible = isOpen();
            break;
        case Step::analyze:
        case Step::improve:
        case Step::export_model:
        case Step::evaluate:
        case Step::deploy:
            state.possible = ready();
            break;
    }
    if (runningState(step, state))
        return state;
    const auto& error =
        step == Step::deploy ? m_deployments.error() : m_errors[static_cast<std::size_t>(step)];
    if (error) {
        state.kind = StepState::Kind::failed;
        state.error = error;
        return state;
    }
    const auto judge = [&](bool there, bool current) {
        if (there)
            state.kind = current ? StepState::Kind::done : StepState::Kind::stale;
    };
    switch (step) {
        case Step::open:
            judge(isOpen(), true);
            break;
        case Step::calibrate:
            judge(m_statistics != nullptr, calibrationCurrent());
            break;
        case Step::analyze:
            judge(m_sensitivity != nullptr, this->current(m_sensitivity_basis));
            break;
        case Step::improve:
            judge(m_improvement.value != nullptr, improvementCurrent());
            break;
        case Step::export_model:
            judge(m_exported.has_value(), this->current(m_exported_basis));
            break;
        case Step::evaluate:
            judge(m_comparison != nullptr, m_comparison_basis == basis());
            break;
        case Step::deploy:
            judge(m_deployed != nullptr, m_deployed && m_deployed->made_from == basis());
            break;
    }
    return state;
}

bool Workspace::runningState(Step step, StepState& state) const {
    const QString own = slotOf(step);
    const QStringList jobs = step == Step::deploy  ? deploySlots()
                             : m_jobs.running(own) ? QStringList(own)
                                                   : QStringList();
    if (jobs.isEmpty())
        return false;
    state.kind = StepState::Kind::running;
    // Several are as far as the slowest of them; where one doesn't know, nothing is said.
    state.fraction = 1;
    state.seconds_left = 0;
    for (const QString& slot : jobs) {
        const JobProgress progress = m_jobs.progress(slot);
        state.fraction = std::min(state.fraction, progress.fraction());
        if (!progress.seconds_left)
            state.seconds_left.reset();
        else if (state.seconds_left)
            state.seconds_left = std::max(*state.seconds_left, *progress.seconds_left);
    }
    return true;
}

std::vector<Problem> Workspace::problems() const {
    std::vector<Problem> problems;
    if (m_resolved)  // the prepared model's are among them
        problems = m_resolved->problems;
    for (const auto* more : {&m_improve_problems, &m_opening_problems, &m_sidecar_problems})
        problems.insert(problems.end(), more->begin(), more->end());
    if (m_comparison)
        problems.insert(problems.end(), m_comparison->problems.begin(), m_comparison->problems.end());
    if (const auto& quality = m_what_if.quality(); m_resolved && quality && !m_what_if.stale()) {
        const auto lost = lost_parts(quality->outputs, m_resolved.get());
        problems.insert(problems.end(), lost.begin(), lost.end());
    }
    return problems;
}

std::vector<SkippedImage> Workspace::skippedImages() const {
    std::vector<SkippedImage> skipped;
    if (m_statistics)
        skipped = m_statistics->skipped;
    if (m_comparison)
        skipped.insert(skipped.end(), m_comparison->quantized.skipped.begin(),
                       m_comparison->quantized.skipped.end());
    return skipped;
}

void Workspace::edit(const Edit& edit) {
    if (!isOpen())
        return;
    Plan changed = m_plan;
    const auto inverse = apply(changed, edit);
    if (!inverse) {
        fail({}, inverse.error());
        return;
    }
    if (changed == m_plan)
        return;
    LogEntry entry;
    entry.kind = LogEntry::Kind::edited;
    entry.edit = edit;
    m_undo.push(new EditCommand(this, edit, *inverse));
    addLog(std::move(entry));
}

MadeFrom Workspace::keptFloat(MadeFrom used, const std::vector<std::string>& layers) {
    if (layers.empty())
        return used;
    const Edit change = set_layers(layers, Field::mode, "float");
    edit(change);
    if (const auto applied = apply(used.plan, change); !applied)
        fail({}, applied.error());
    return used;
}

void Workspace::applyToPlan(const Edit& edit) {
    // Edits were checked when they were made; one that no longer applies changes nothing.
    const auto excluded = m_plan.excluded_images;
    if (const auto applied = apply(m_plan, edit); !applied) {
        fail({}, applied.error());
        return;
    }
    m_what_if.markStale();
    if (excluded != m_plan.excluded_images && !m_images.own_evaluation()) {
        m_float_evaluation.reset();
        updateWhatIfSource();
    }
    emit planChanged();
    emit stepsChanged();
    resolveInBackground();
}

void Workspace::setTask(const TaskChoice& task) {
    if (!isOpen() || task == m_images.task)
        return;
    m_undo.push(new TaskCommand(this, m_images.task, task));
    LogEntry entry;
    entry.kind = LogEntry::Kind::task;
    if (task.kind)
        entry.arguments = {QString::fromStdString(std::string(name_of(*task.kind)))};
    addLog(std::move(entry));
}

void Workspace::applyTask(const TaskChoice& task) {
    m_images.task = task;
    m_float_evaluation.reset();
    emit imagesChanged();
    emit stepsChanged();
    updateWhatIfSource();
}

void Workspace::resolveInBackground() {
    if (!isOpen())
        return;
    // resolve() can't be cancelled: one runs, and the newest plan has its turn when that one is done.
    if (m_jobs.running(resolve_slot)) {
        m_resolve_again = true;
        return;
    }
    m_resolve_again = false;
    m_jobs.start(
        resolve_slot,
        [prepared = m_prepared, statistics = m_statistics, plan = m_plan, improved = m_improvement.value](
            const JobContext&) { return resolve(prepared, statistics, plan, {}, improved); },
        [this](Result<std::shared_ptr<const Resolved>> resolved) {
            const bool again = m_resolve_again;
            if (resolved && (*resolved)->prepared == m_prepared && !again)
                takeResolved(std::move(*resolved));
            else if (!resolved && !again && resolved.error().code != ErrorCode::cancelled)
                fail({}, resolved.error());
            if (again)
                resolveInBackground();
        });
}

void Workspace::takeResolved(std::shared_ptr<const Resolved> resolved) {
    m_resolved = std::move(resolved);
    emit resolvedChanged();
    emit stepsChanged();
    m_what_if.update(m_resolved);
}

std::function<Result<std::shared_ptr<const Resolved>>()> Workspace::resolvedForJob() const {
    if (m_resolved && m_resolved->plan == m_plan && m_resolved->statistics == m_statistics &&
        m_resolved->improved == m_improvement.value)
        return [resolved = m_resolved]() -> Result<std::shared_ptr<const Resolved>> { return resolved; };
    return [prepared = m_prepared, statistics = m_statistics, plan = m_plan, improved = m_improvement.value] {
        return resolve(prepared, statistics, plan, {}, improved);
    };
}

void Workspace::updateWhatIfSource() {
    if (!isOpen() || !m_images.any()) {
        m_what_if.setSource({});
        return;
    }
    m_what_if.setSource([prepared = m_prepared, images = m_images, excluded = m_plan.excluded_images] {
        return evaluationJudge(*prepared, images, excluded);
    });
    if (m_resolved)
        m_what_if.update(m_resolved);
}

void Workspace::begin(Step step) {
    errorOf(step).reset();
    emit stepsChanged();
}

void Workspace::fail(std::optional<Step> step, const Error& error) {
    if (error.code == ErrorCode::cancelled)
        return;
    if (step)
        errorOf(*step) = error;
    LogEntry entry;
    entry.kind = LogEntry::Kind::failed;
    entry.error = error;
    addLog(std::move(entry));
    emit stepsChanged();
    if (step != Step::deploy)
        emit failed(error);
}

void Workspace::addLog(LogEntry entry) {
    m_log.push_back(std::move(entry));
    emit logged(m_log.back());
}

void Workspace::cancel(Step step) {
    if (step != Step::deploy)
        return m_jobs.cancel(slotOf(step));
    for (const QString& slot : deploySlots())
        m_jobs.cancel(slot);
}

}  // namespace quantwright

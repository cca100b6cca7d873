// The steps of Workspace: each starts a job and takes its answer.
#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QPointer>

#include "core/calibrate/calibrate.h"
#include "core/project/improved_file.h"
#include "widgets/workspace/command_line.h"
#include "widgets/workspace/reporting.h"
#include "widgets/workspace/workspace.h"

namespace quantwright {
namespace {

struct Calibrated : Calibration {
    std::string statistics_sha256;
};

}  // namespace

void Workspace::open(const OpenRequest& request) {
    begin(Step::open);
    m_jobs.start(
        slotOf(Step::open), [request](const JobContext& job) { return openDocument(request, job); },
        [this, request](Result<Opened> opened) {
            if (!opened) {
                // The document that is open is none the worse for it: its step stays done.
                fail(isOpen() ? std::nullopt : std::optional(Step::open), opened.error());
                return;
            }
            if (opened->prepared) {
                takeOpened(std::move(*opened), request);
                return;
            }
            OpenRequest again = request;
            again.model = opened->model;
            emit shapesNeeded(again, opened->open_inputs, *opened->missing_shape);
        });
}

void Workspace::openSample() {
    if (const auto request = sampleRequest())
        open(*request);
    else
        fail(isOpen() ? std::nullopt : std::optional(Step::open), request.error());
}

void Workspace::takeOpened(Opened opened, const OpenRequest& request) {
    for (const Step step : all_steps)
        if (step != Step::open)
            cancel(step);
    m_what_if.setSource({});
    m_undo.clear();
    m_project_path = std::move(opened.project);
    m_output_path = std::move(opened.output);
    m_input_shapes = std::move(opened.input_shapes);
    m_prepared = std::move(opened.prepared);
    m_statistics = std::move(opened.statistics);
    m_resolved = std::move(opened.resolved);
    m_plan = std::move(opened.plan);
    m_images = std::move(opened.images);
    m_calibrated_inputs = calibration_request(m_images).inputs;
    m_statistics_sha256 = std::move(opened.statistics_sha256);
    m_improvement = std::move(opened.improvement);
    m_improving.reset();
    m_improve_problems.clear();
    m_improve_asked = opened.improve != ImproveLevel::none;
    m_improve_level = m_improve_asked ? opened.improve : ImproveLevel::best;
    m_exported.reset();
    m_opening_problems = std::move(opened.problems);
    m_sidecar_problems.clear();
    m_float_evaluation.reset();
    m_exported_basis.reset();
    takeResults(std::move(opened.results));
    m_errors = {};
    m_changed_since_save = false;
    m_selection.clear();
    m_open_groups.setAll({});

    m_analysis_memory = std::make_shared<AnalysisMemory>();

    LogEntry entry;
    entry.kind = LogEntry::Kind::opened;
    const auto& file = !request.project.empty()  ? request.project
                       : !request.config.empty() ? request.config
                                                 : m_prepared->original->path();
    entry.arguments = {QString::fromStdString(file.string())};
    entry.command = inspectCommand(m_prepared->original->path(), m_plan);
    addLog(std::move(entry));
    emit documentChanged();
    emit modifiedChanged();
    emit stepsChanged();
    updateWhatIfSource();
}

void Workspace::setImages(const ImageSettings& images) {
    if (images == m_images)
        return;
    m_images = images;
    m_improve_problems.clear();
    m_float_evaluation.reset();
    m_changed_since_save = true;
    LogEntry entry;
    entry.kind = LogEntry::Kind::images;
    entry.arguments = {QString::fromStdString(images.calibration.string())};
    addLog(std::move(entry));
    emit imagesChanged();
    emit modifiedChanged();
    emit stepsChanged();
    updateWhatIfSource();
}

void Workspace::calibrate() {
    if (!isOpen())
        return;
    begin(Step::calibrate);
    m_jobs.start(
        slotOf(Step::calibrate),
        [prepared = m_prepared, images = m_images,
         excluded = m_plan.excluded_images](const JobContext& job) -> Result<Calibrated> {
            const auto reader = calibrationReader(*prepared, images, excluded);
            if (!reader)
                return quantwright::fail(reader);
            auto calibration = quantwright::calibrate(*prepared, **reader, {}, job);
            if (!calibration)
                return quantwright::fail(calibration);
            std::string sha256 = statistics_sha256(*calibration->statistics);
            return Calibrated{std::move(*calibration), std::move(sha256)};
        },
        [this, prepared = m_prepared, images = m_images](Result<Calibrated> calibration) {
            if (!calibration)
                return fail(Step::calibrate, calibration.error());
            if (prepared != m_prepared)
                return;
            m_statistics = calibration->statistics;
            m_calibrated_inputs = calibration_request(images).inputs;
            m_statistics_sha256 = std::move(calibration->statistics_sha256);
            m_changed_since_save = true;
            LogEntry entry;
            entry.kind = LogEntry::Kind::calibrated;
            entry.arguments = {QString::number(m_statistics->images),
                               QString::number(calibration->seconds, 'f', 1)};
            entry.command = calibrateCommand(m_prepared->original->path(), m_images);
            addLog(std::move(entry));
            emit statisticsChanged();
            emit modifiedChanged();
            resolveInBackground();
            if (m_improve_asked && m_images.any())
                improve(m_improve_level);
        });
}

void Workspace::analyze() {
    if (!ready())
        return;
    begin(Step::analyze);
    // A ranking of few images comes early, and better ones behind it.
    const auto first = [self = QPointer<Workspace>(this), used = basis(),
                        prepared = m_prepared](std::shared_ptr<const Sensitivity> sensitivity) {
        QMetaObject::invokeMethod(
            qApp,
            [self, used, prepared, sensitivity] {
                if (!self || prepared != self->m_prepared || !self->m_jobs.running(slotOf(Step::analyze)))
                    return;
                self->m_sensitivity = sensitivity;
                self->m_sensitivity_basis = used;
                emit self->sensitivityChanged();
            },
            Qt::QueuedConnection);
    };
    m_jobs.start(
        slotOf(Step::analyze),
        [prepared = m_prepared, images = m_images, excluded = m_plan.excluded_images,
         resolved = resolvedForJob(), memory = m_analysis_memory,
         first](const JobContext& job) -> Result<std::shared_ptr<const Sensitivity>> {
            const auto reader = evaluationReader(*prepared, images, excluded);
            if (!reader)
                return quantwright::fail(reader);
            const auto current = resolved();
            if (!current)
                return quantwright::fail(current);
            AnalyzeOptions options;
            options.partial = first;
            options.memory = memory.get();
            return analyze_sensitivity(*current, **reader, options, job);
        },
        [this, used = basis(), prepared = m_prepared, before = m_sensitivity,
         basis_before = m_sensitivity_basis](Result<std::shared_ptr<const Sensitivity>> sensitivity) {
            if (prepared == m_prepared && !sensitivity && m_sensitivity != before) {
                // First answers of what did not end are no result: what was there before is.
                m_sensitivity = before;
                m_sensitivity_basis = basis_before;
                emit sensitivityChanged();
            }
            if (!sensitivity)
                return fail(Step::analyze, sensitivity.error());
            if (prepared != m_prepared)
                return;
            m_analysis_memory->clear();
            m_sensitivity = std::move(*sensitivity);
            m_sensitivity_basis = used;
            LogEntry entry;
            entry.kind = LogEntry::Kind::analyzed;
            entry.arguments = {QString::number(m_sensitivity->layers.size()),
                               QString::number(m_sensitivity->images)};
            entry.command = analyzeCommand(*m_prepared, m_images, used.plan, !used.improved_sha256.empty());
            addLog(std::move(entry));
            emit sensitivityChanged();
            resultArrived();
        });
}

void Workspace::resultArrived() {
    if (m_project_path.empty())
        return;
    m_changed_since_save = true;
    emit modifiedChanged();
}

void Workspace::takeResults(KeptResults kept) {
    m_sensitivity = std::move(kept.sensitivity);
    m_sensitivity_basis.reset();
    if (m_sensitivity)
        m_sensitivity_basis = std::move(kept.analyzed);
    m_comparison = std::move(kept.comparison);
    m_comparison_basis.reset();
    if (m_comparison)
        m_comparison_basis = std::move(kept.compared);
    m_deployed.reset();
    m_deployments.clear();
    for (const auto& deployed : kept.deployments) {
        m_deployed = deployed;
        m_deployments.finish(deployed);
    }
}

KeptResults Workspace::results() const {
    KeptResults results;
    // A first answer that is still being refined is no result.
    if (m_sensitivity && m_sensitivity->complete && m_sensitivity_basis) {
        results.sensitivity = m_sensitivity;
        results.analyzed = *m_sensitivity_basis;
    }
    if (m_comparison && m_comparison_basis) {
        results.comparison = m_comparison;
        results.compared = *m_comparison_basis;
    }
    results.deployments = m_deployments.succeeded();
    return results;
}

namespace {

struct ExportedWithReport {
    ExportedFiles files;
    std::optional<Result<Reported>> report;  ///< where one was asked for
};

}  // namespace

void Workspace::exportModel(const ExportRequest& request, const std::filesystem::path& report) {
    if (!ready())
        return;
    begin(Step::export_model);
    // The files are in place before the report is begun: cancelling that does not take them back.
    auto placed = std::make_shared<std::optional<ExportedFiles>>();
    m_jobs.start(
        slotOf(Step::export_model),
        [request, report, placed, images = m_images, known = m_float_evaluation,
         sensitivity = m_sensitivity && m_sensitivity->complete && current(m_sensitivity_basis)
                           ? m_sensitivity
                           : nullptr,
         resolved = resolvedForJob()](const JobContext& job) -> Result<ExportedWithReport> {
            const auto current = resolved();
            if (!current)
                return quantwright::fail(current);
            std::shared_ptr<const InputReader> reader;
            if (images.any())
                if (auto found =
                        evaluationReader(*(*current)->prepared, images, (*current)->plan.excluded_images))
                    reader = std::move(*found);  // without one the values are made up
            auto files = export_files(*current, reader.get(), request, job);
            if (!files)
                return quantwright::fail(files);
            ExportedWithReport result{std::move(*files), {}};
            if (!report.empty()) {
                *placed = result.files;
                result.report = reportExport(result.files, images, sensitivity, known, report, job);
            }
            return result;
        },
        [this, request, report, placed, used = basis(),
         prepared = m_prepared](Result<ExportedWithReport> with_report) {
            if (!with_report && with_report.error().code == ErrorCode::cancelled && *placed)
                with_report = ExportedWithReport{std::move(**placed), {}};
            if (!with_report)
                return fail(Step::export_model, with_report.error());
            if (prepared != m_prepared)
                return;
            ExportedFiles* exported = &with_report->files;
            m_exported = std::move(exported->model);
            m_exported_basis = keptFloat(used, exported->kept_float);
            m_sidecar_problems = m_exported->problems;
            LogEntry entry;
            entry.kind = LogEntry::Kind::exported;
            entry.arguments = {QString::fromStdString(m_exported->path.string()),
                               QString::number(m_exported->layers_quantized),
                               QString::number(m_exported->layers_total)};
            entry.command = quantizeCommand(*m_prepared, m_images, m_exported_basis->plan, request, report,
                                            exported->resolved->improved.get());
            addLog(std::move(entry));
            if (exported->sidecar) {
                const auto& problems = exported->sidecar->problems;
                m_sidecar_problems.insert(m_sidecar_problems.end(), problems.begin(), problems.end());
                LogEntry beside;
                beside.kind = LogEntry::Kind::sidecar;
                beside.arguments = {QString::fromStdString(exported->sidecar->path.string()),
                                    QString::number(exported->sidecar->entries)};
                addLog(std::move(beside));
            }
            emit exportedChanged();
            if (!with_report->report)
                return;
            const auto& reported = *with_report->report;
            if (!reported)
                return fail({}, reported.error());
            LogEntry told;
            told.kind = LogEntry::Kind::reported;
            told.arguments = {QString::fromStdString(reported->html.string())};
            addLog(std::move(told));
            if (!reported->comparison)
                return;
            m_comparison = reported->comparison;
            m_comparison_basis = m_exported_basis;
            emit comparisonChanged();
            resultArrived();
        });
}

void Workspace::evaluate() {
    if (!ready())
        return;
    begin(Step::evaluate);
    const bool file_current = m_exported && current(m_exported_basis);
    m_jobs.start(
        slotOf(Step::evaluate),
        [prepared = m_prepared, images = m_images, excluded = m_plan.excluded_images,
         resolved = resolvedForJob(), known = m_float_evaluation,
         file = file_current ? m_exported->path
                             : std::filesystem::path()](const JobContext& job) -> Result<Comparison> {
            const auto judge = evaluationJudge(*prepared, images, excluded);
            if (!judge)
                return quantwright::fail(judge);
            const auto current = resolved();
            if (!current)
                return quantwright::fail(current);
            return compareModels(**current, file, *judge, known, job);
        },
        [this, used = basis(), prepared = m_prepared](Result<Comparison> comparison) {
            if (!comparison)
                return fail(Step::evaluate, comparison.error());
            if (prepared != m_prepared)
                return;
            m_comparison = std::make_shared<const Comparison>(std::move(*comparison));
            m_comparison_basis = used;
            if (used.images == m_images && used.plan.excluded_images == m_plan.excluded_images)
                m_float_evaluation = m_comparison->float_model;
            LogEntry entry;
            entry.kind = LogEntry::Kind::evaluated;
            entry.arguments = {QString::number(m_comparison->quantized.images)};
            if (!m_comparison->file.empty())
                entry.command = evaluateCommand(m_comparison->file, m_prepared->original->path(), m_images);
            addLog(std::move(entry));
            emit comparisonChanged();
            resultArrived();
        });
}

void Workspace::save(const std::filesystem::path& path) {
    if (!isOpen())
        return;
    Project project;
    project.model = m_prepared->original->path();
    project.model_sha256 = m_prepared->original->sha256();
    project.input_shapes = m_input_shapes;
    project.images = m_images;
    project.plan = m_plan;
    project.statistics = m_statistics;
    if (m_improve_asked)
        project.improve = name_of(m_improve_level);
    m_jobs.start(
        QStringLiteral("save"),
        [project, path, results = results(), improvement = m_improvement,
         prepared = m_prepared](const JobContext&) mutable -> Result<std::filesystem::path> {
            if (improvement.value)
                project.improved = {improvement.made_from, to_json(*improvement.value)};
            keepResults(results, *prepared, project);
            if (const auto status = save_project(project, path); !status)
                return quantwright::fail(status);
            return path;
        },
        [this, saved_basis = basis(), kept = results(), index = m_undo.index(),
         prepared = m_prepared](Result<std::filesystem::path> path) {
            if (!path)
                return fail({}, path.error());
            if (prepared != m_prepared)
                return;
            m_project_path = *path;
            // What changed while the file was written is still unsaved.
            if (index == m_undo.index())
                m_undo.setClean();
            m_changed_since_save = saved_basis.statistics_sha256 != m_statistics_sha256 ||
                                   saved_basis.images != m_images || kept != results();
            LogEntry entry;
            entry.kind = LogEntry::Kind::saved;
            entry.arguments = {QString::fromStdString(path->string())};
            addLog(std::move(entry));
            emit modifiedChanged();
            emit saved();
        });
}

}  // namespace quantwright

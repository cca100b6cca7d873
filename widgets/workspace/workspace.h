#pragma once
// The open document: one model with its images, plan and results. Results are immutable snapshots; a step's
// answer replaces its snapshot as a whole. The plan changes through Edit objects on the undo stack alone.
#include <QObject>
#include <QUndoStack>
#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "core/analyze/analysis_memory.h"
#include "core/analyze/sensitivity.h"
#include "core/improve/improve.h"
#include "core/plan/edit.h"
#include "core/verify/export_files.h"
#include "widgets/jobs/job_runner.h"
#include "widgets/workspace/board_memory.h"
#include "widgets/workspace/board_questions.h"
#include "widgets/workspace/comparison.h"
#include "widgets/workspace/deploying.h"
#include "widgets/workspace/deployments.h"
#include "widgets/workspace/improving.h"
#include "widgets/workspace/kept_results.h"
#include "widgets/workspace/log_entry.h"
#include "widgets/workspace/open_groups.h"
#include "widgets/workspace/opening.h"
#include "widgets/workspace/selection.h"
#include "widgets/workspace/step.h"
#include "widgets/workspace/what_if.h"

namespace quantwright {

class Workspace : public QObject {
    Q_OBJECT
public:
    explicit Workspace(QObject* parent = nullptr);
    ~Workspace() override;

    [[nodiscard]] QUndoStack* undoStack() { return &m_undo; }
    [[nodiscard]] Selection* selection() { return &m_selection; }
    [[nodiscard]] OpenGroups* openGroups() { return &m_open_groups; }
    [[nodiscard]] WhatIf* whatIf() { return &m_what_if; }
    [[nodiscard]] JobRunner* jobs() { return &m_jobs; }
    [[nodiscard]] BoardQuestions* boardQuestions() { return &m_questions; }
    [[nodiscard]] BoardMemory* boardMemory() { return &m_board_memory; }
    [[nodiscard]] const BoardMemory* boardMemory() const { return &m_board_memory; }

    [[nodiscard]] bool isOpen() const { return m_prepared != nullptr; }
    [[nodiscard]] const std::shared_ptr<const Prepared>& prepared() const { return m_prepared; }
    [[nodiscard]] const std::shared_ptr<const Statistics>& statistics() const { return m_statistics; }
    /// Of the newest plan that was resolved; plan() may be one edit ahead for a moment.
    [[nodiscard]] const std::shared_ptr<const Resolved>& resolved() const { return m_resolved; }
    [[nodiscard]] const std::shared_ptr<const Sensitivity>& sensitivity() const { return m_sensitivity; }
    /// What is better than plain rounding, part of the document like the plan; null: nothing.
    [[nodiscard]] const std::shared_ptr<const Improved>& improved() const { return m_improvement.value; }
    /// The steps that the job which is running has done; null while there is none.
    [[nodiscard]] const std::shared_ptr<const Improved>& improving() const { return m_improving; }
    /// What the step does unless the user says otherwise: what the file that was opened asks for, or the
    /// last.
    [[nodiscard]] ImproveLevel improveLevel() const { return m_improve_level; }
    /// Why nothing came of the last time.
    [[nodiscard]] const std::vector<Problem>& improveProblems() const { return m_improve_problems; }
    /// The plan quantizes something as it is: there are statistics, or none of its modes needs any.
    [[nodiscard]] bool ready() const;
    [[nodiscard]] const std::optional<Exported>& exported() const { return m_exported; }
    [[nodiscard]] const std::shared_ptr<const Comparison>& comparison() const { return m_comparison; }
    /// Of the images that it is of.
    [[nodiscard]] ImageSettings comparedImages() const {
        return m_comparison_basis ? m_comparison_basis->images : m_images;
    }
    /// Of the last deployment of this document, on whichever board.
    [[nodiscard]] const std::shared_ptr<const Deployed>& deployed() const { return m_deployed; }
    /// Of this document on one board; boards go by BoardRequest::board().
    [[nodiscard]] BoardOutcome deployment(const std::string& board) const { return m_deployments.of(board); }
    [[nodiscard]] bool deploying(const std::string& board) const;
    [[nodiscard]] bool deploying() const { return !deploySlots().isEmpty(); }
    [[nodiscard]] const Plan& plan() const { return m_plan; }
    [[nodiscard]] const ImageSettings& images() const { return m_images; }
    [[nodiscard]] const std::filesystem::path& projectPath() const { return m_project_path; }
    /// What the quantized model is to be called; empty where the file that was opened doesn't say.
    [[nodiscard]] const std::filesystem::path& outputPath() const { return m_output_path; }
    [[nodiscard]] const std::vector<LogEntry>& log() const { return m_log; }
    [[nodiscard]] std::vector<Problem> problems() const;
    [[nodiscard]] std::vector<SkippedImage> skippedImages() const;
    [[nodiscard]] bool modified() const;
    [[nodiscard]] StepState state(Step step) const;
    /// What a result that was begun now would be made from; what was made from something else is stale.
    [[nodiscard]] MadeFrom basis() const;

    // What the user asks for. Each returns at once; results come by signal.
    /// Until it succeeds the open document stays as it is.
    void open(const OpenRequest& request);
    void openSample();
    void setImages(const ImageSettings& images);
    /// What the network is for; one step of undo.
    void setTask(const TaskChoice& task);
    void calibrate();
    void analyze();
    /// On the calibration samples; `none` takes back at once what there is. What is found is one step of
    /// undo; cancelled, the steps that it had done by then are.
    void improve(ImproveLevel level);
    /// With a report in that folder, unless it is empty: then the file is evaluated, too.
    void exportModel(const ExportRequest& request, const std::filesystem::path& report = {});
    void evaluate();
    /// Beside others, on as many boards; on one that is at work already it does nothing. Its errors are the
    /// step's and the board's, and are not told by failed(): the page shows them.
    void deploy(const BoardRequest& request);
    void cancelDeploy(const std::string& board);
    /// What is known of a board follows its name; none of the two may be at work.
    void renameBoard(const std::string& from, const std::string& to);
    void removeBoard(const std::string& board);
    /// Of deployments all.
    void cancel(Step step);
    /// Does nothing where the plan already says so.
    void edit(const Edit& edit);
    void save(const std::filesystem::path& path);

signals:
    void documentChanged();  ///< another model: every snapshot is new
    void planChanged();      ///< the choices; resolvedChanged() follows
    void resolvedChanged();
    void imagesChanged();
    void statisticsChanged();
    void sensitivityChanged();
    void improvedChanged();  ///< what was improved, or is being
    void exportedChanged();
    void comparisonChanged();
    void deployedChanged();
    void stepsChanged();
    void modifiedChanged();
    void saved();
    void logged(const quantwright::LogEntry& entry);
    void failed(const quantwright::Error& error);
    /// The model has open dimensions: open again with shapes for `inputs`.
    void shapesNeeded(const quantwright::OpenRequest& request,
                      const std::vector<quantwright::ValueInfo>& inputs, const quantwright::Error& error);

private:
    friend class EditCommand;
    friend class ImproveCommand;
    friend class TaskCommand;
    void applyToPlan(const Edit& edit);
    void applyImprovement(const Improvement& improvement);
    void takeImprovement(Improvement found, ImproveLevel level);
    void applyTask(const TaskChoice& task);
    /// What was made from this, and knows nothing of the task, is not stale.
    [[nodiscard]] bool current(const std::optional<MadeFrom>& used) const;
    /// The plan says what a file says that does not run with these layers quantized; so does the basis.
    MadeFrom keptFloat(MadeFrom used, const std::vector<std::string>& layers);
    void resolveInBackground();
    void takeOpened(Opened opened, const OpenRequest& request);
    void takeResolved(std::shared_ptr<const Resolved> resolved);
    void updateWhatIfSource();
    void takeResults(KeptResults kept);
    /// The project file keeps it: from now on there is something to save.
    void resultArrived();
    /// The results that there are, to be saved.
    [[nodiscard]] KeptResults results() const;
    [[nodiscard]] bool calibrationCurrent() const;
    [[nodiscard]] bool improvementCurrent() const;
    [[nodiscard]] QStringList deploySlots() const;
    [[nodiscard]] bool runningState(Step step, StepState& state) const;
    void begin(Step step);
    void fail(std::optional<Step> step, const Error& error);
    void addLog(LogEntry entry);
    /// The plan's numbers, made on the job's thread if the newest edit isn't resolved yet.
    [[nodiscard]] std::function<Result<std::shared_ptr<const Resolved>>()> resolvedForJob() const;
    [[nodiscard]] std::optional<Error>& errorOf(Step step) {
        return m_errors[static_cast<std::size_t>(step)];
    }

    BoardQuestions m_questions;
    JobRunner m_jobs;
    QUndoStack m_undo;
    Selection m_selection;
    OpenGroups m_open_groups;
    WhatIf m_what_if;
    BoardMemory m_board_memory;

    std::filesystem::path m_project_path, m_output_path;
    std::map<std::string, Shape> m_input_shapes;
    std::shared_ptr<const Prepared> m_prepared;
    std::shared_ptr<const Statistics> m_statistics;
    std::shared_ptr<const Resolved> m_resolved;
    std::shared_ptr<const Sensitivity> m_sensitivity;
    Improvement m_improvement;
    std::shared_ptr<const Improved> m_improving;
    ImproveLevel m_improve_level = ImproveLevel::best;
    bool m_improve_asked = false;  ///< by the file that was opened, and not done yet
    std::optional<Exported> m_exported;
    std::vector<Problem> m_improve_problems;
    std::vector<Problem> m_opening_problems;  ///< of the xslim file that was opened
    std::vector<Problem> m_sidecar_problems;  ///< of the last export
    std::shared_ptr<const Comparison> m_comparison;
    std::optional<Evaluation> m_float_evaluation;  ///< of the float model on the current evaluation images
    std::shared_ptr<const Deployed> m_deployed;
    Deployments m_deployments;
    Plan m_plan;
    ImageSettings m_images;
    std::map<std::string, SampleFiles> m_calibrated_inputs;  ///< that the statistics are of
    std::string m_statistics_sha256;                         ///< empty: there are none
    std::optional<MadeFrom> m_sensitivity_basis, m_exported_basis, m_comparison_basis;
    std::shared_ptr<AnalysisMemory> m_analysis_memory;  ///< of an analysis that was cancelled
    std::array<std::optional<Error>, all_steps.size()> m_errors;
    std::vector<LogEntry> m_log;
    bool m_resolve_again = false;
    bool m_changed_since_save = false;  ///< besides the plan, which the undo stack watches
};

/// The slot of the job runner in which a step's job runs; of deployments what their slots begin with.
[[nodiscard]] QString slotOf(Step step);
[[nodiscard]] QString deploySlot(const std::string& board);
/// Empty for a slot that is no deployment's.
[[nodiscard]] std::optional<std::string> boardOfSlot(const QString& slot);

}  // namespace quantwright

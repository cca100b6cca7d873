#pragma once
// The steps that several commands begin with.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/cli/context.h"
#include "app/cli/inputs.h"
#include "app/cli/options.h"
#include "core/calibrate/calibrate.h"
#include "core/evaluate/evaluate.h"
#include "core/plan/resolve.h"
#include "core/prepare/prepare.h"
#include "core/xslim/config.h"

namespace quantwright::cli {

/// Loads and prepares. The shapes of an xslim file are weaker than the options'.
Result<std::shared_ptr<const Prepared>> open_prepared(const std::string& path, const InputOptions& options,
                                                      Context& context, const XslimConfig* config = nullptr);

/// A prepared model with data and choices: what calibrate, quantize and analyze begin with. `with_labels`:
/// --labels is about --images.
struct Started {
    std::shared_ptr<const Prepared> prepared;
    Plan plan;
    std::shared_ptr<const Resolved> possible;      ///< without statistics
    bool needs_data = false;                       ///< a layer is static, and its ranges aren't known yet
    std::optional<Inputs> inputs;                  ///< empty where there are no data and none are needed
    std::shared_ptr<const Statistics> statistics;  ///< loaded ones; null: calibrate
    std::shared_ptr<const Improved> improved;      ///< what goes with the plan file; may be null
    std::vector<Problem> problems;                 ///< of the options
};
Result<Started> start(const std::string& model, const InputOptions& input_options,
                      const PlanOptions& plan_options, const std::string& statistics_file, bool with_labels,
                      Context& context, const XslimConfig* config = nullptr);

/// Calibrates where that is needed and there are no statistics, then resolves. With the options' problems in
/// Resolved's order before them.
struct Chosen {
    std::shared_ptr<const Resolved> resolved;
    std::vector<Problem> problems;
    std::vector<SkippedImage> skipped;
    /// Of the float model, by run of the data; empty where nothing was calibrated or kept.
    std::map<std::int64_t, std::vector<Tensor>> float_outputs;

    void take(std::shared_ptr<const Resolved> what, const Started& started);
};
/// `keep_outputs`: an evaluation on the same data follows.
Result<Chosen> choose(const Started& started, const InputOptions& options, Context& context,
                      bool keep_outputs = false);

/// The first problem of severity error, if any.
[[nodiscard]] const Problem* first_error(const std::vector<Problem>& problems);

/// Feeds a session by name: the samples' tensors come in the order of `from`'s inputs. Errors: usage if an
/// input gets nothing.
Result<Runner> runner_for(const Session& session, const Model& from, const std::string& subject);

/// Fails with output.* before any work: `output` is an input, or its folder can't be written.
Status check_output(const std::string& output, const std::vector<std::filesystem::path>& inputs);
/// The same for the files of a report in that folder, which may have to be made; nothing for an empty path.
Status check_report(const std::string& report, const std::vector<std::filesystem::path>& inputs);
/// Where what a cancelled or killed command has measured is kept for the next: of the user's cache.
[[nodiscard]] std::filesystem::path memory_folder(const char* name);
/// Every file a run reads.
[[nodiscard]] std::vector<std::filesystem::path> files_read(const Model& model, const InputOptions& options,
                                                            const std::vector<std::string>& others);

}  // namespace quantwright::cli

#pragma once
// What quantize was asked for and found out, and the forms it is told in.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/judged.h"
#include "app/cli/task_options.h"
#include "core/analyze/sensitivity.h"
#include "core/evaluate/evaluate.h"
#include "core/export/export_qdq.h"
#include "core/verify/export_files.h"
#include "core/xslim/comparison.h"

namespace quantwright::cli {

struct QuantizeOptions {
    std::string model, out, format, statistics, eval_images, improve, report, save_plan, ncnn_param,
        tensorrt_version, config, shapes;
    std::int64_t opset_max = 0;  ///< 0: no cap
    InputOptions inputs;
    PlanOptions plan;
    TaskArguments task;
};

/// Everything found out on the way, for the three forms it is told in.
struct Findings {
    Exported exported;
    Verified verified;              ///< the file's run, without runs where it could not be run
    std::filesystem::path sidecar;  ///< written beside the model; empty: none
    std::optional<double> max_difference;
    std::optional<Evaluation> evaluation;
    std::optional<Judgement> judgement;
    std::shared_ptr<const Sensitivity> sensitivity;
    std::optional<Comparison> comparison;  ///< xslim's analysis, with --config
    bool random_inputs = false;            ///< what `comparison` was made with
    std::vector<Problem> problems;
    double seconds = 0;
};

/// Label and value of each figure, as people and reports read them.
[[nodiscard]] std::vector<std::pair<QString, QString>> finding_rows(const Findings& found,
                                                                    const Resolved& resolved);
[[nodiscard]] Json findings_json(const QuantizeOptions& options, const Findings& found, const Judged& judged,
                                 const Started& started, const Resolved& resolved,
                                 const std::vector<SkippedImage>& skipped);
[[nodiscard]] QString findings_text(const QuantizeOptions& options, const Findings& found,
                                    const Resolved& resolved);

}  // namespace quantwright::cli

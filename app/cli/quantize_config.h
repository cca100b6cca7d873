#pragma once
// quantize --config: an xslim file in place of options, and the analysis it asks for.
#include <optional>
#include <string>
#include <vector>

#include "app/cli/quantize_findings.h"
#include "core/xslim/config.h"

namespace quantwright::cli {

/// Reads the file and fills in what the options leave open (model, output); empty without --config. Errors:
/// usage (nothing says the model or the output), config.*.
Result<std::optional<XslimConfig>> adopt_config(QuantizeOptions& options);

/// The output's folder, made if it is missing, as xslim does; taken away again where nothing came into it.
class OutputFolder {
public:
    OutputFolder() = default;
    OutputFolder(const OutputFolder&) = delete;
    OutputFolder& operator=(const OutputFolder&) = delete;
    ~OutputFolder();
    /// Errors: output.unwritable.
    Status make_for(const std::filesystem::path& file);

private:
    std::filesystem::path m_made;
};

/// With the opset that the options or the file ask for; what could not be obeyed is added to `problems`.
/// Errors: output.*, model.unsupported_opset.
Result<Exported> export_file(const Resolved& resolved, const std::filesystem::path& place,
                             const QuantizeOptions& options, const XslimConfig* config,
                             std::vector<Problem>& problems);

/// Compares the file's tensors with the float model's, on at most 16 samples, or without data on random
/// inputs (then a problem says so). Errors: runtime.failed, cancelled.
Status analyze_for_config(const Resolved& resolved, const std::filesystem::path& exported,
                          const Inputs* inputs, int threads, Context& context, Findings& found);

/// <prefix>_report.md with xslim's columns, <prefix>_report.html; their paths go into json["report"].
Status write_config_reports(const XslimConfig& config, const QuantizeOptions& options,
                            const Resolved& resolved, const Judged& judged, const Findings& found,
                            Json& json);

}  // namespace quantwright::cli

#pragma once
// From options to samples.
#include <QString>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/options.h"
#include "core/images/samples.h"

namespace quantwright::cli {

struct Inputs {
    std::shared_ptr<const InputReader> reader;
    std::optional<Json> preprocess;  ///< of the images; empty where there are none
    QString preprocess_text;         ///< the same in words
    std::vector<Problem> problems;   ///< doubtful labels, batches that are not full
};

struct InputsRequest {
    std::string images;        ///< --images, or another folder for the image input
    bool with_labels = false;  ///< labels are wanted: --labels or class subfolders
    bool whole = false;        ///< all of the folder, whatever --count says
    std::vector<std::string> excluded;
    std::optional<Json>
        preprocess;  ///< what the statistics were made with; used unless an option says otherwise
};

/// A source for every input of the model. Errors: usage, model.no_quantizable_input, model.shape_unknown,
/// images.*, preprocess.invalid.
Result<Inputs> open_inputs(const Model& model, const InputOptions& options, const InputsRequest& request);

/// With the preprocessing in words.
[[nodiscard]] Inputs told(Samples samples);

}  // namespace quantwright::cli

#pragma once
// Opening, as one function for a worker thread: everything is made before anything of the open document is
// given up.
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/base/job.h"
#include "core/improve/improve.h"
#include "core/plan/resolve.h"
#include "core/project/project.h"
#include "widgets/workspace/image_settings.h"
#include "widgets/workspace/improving.h"
#include "widgets/workspace/kept_results.h"

namespace quantwright {

struct OpenRequest {
    std::filesystem::path model;    ///< an .onnx file, or …
    std::filesystem::path project;  ///< … a .qwproj file, or …
    std::filesystem::path config;   ///< … an xslim JSON file
    std::map<std::string, Shape> input_shapes;
    ImageSettings images;  ///< what to begin with; with a project or config only the calibration images
    std::string target = "onnxruntime-x86";  ///< with a model
};

struct Opened {
    std::filesystem::path model, project;
    std::filesystem::path output;  ///< what a config wants the quantized model to be called; may be empty
    std::map<std::string, Shape> input_shapes;
    std::shared_ptr<const Prepared> prepared;  ///< null: shapes are missing, see `open_inputs`
    std::vector<ValueInfo> open_inputs;        ///< the model's inputs, where one has an open dimension
    std::optional<Error> missing_shape;
    Plan plan;
    ImageSettings images;
    std::shared_ptr<const Statistics> statistics;
    std::shared_ptr<const Resolved> resolved;
    std::string statistics_sha256;
    Improvement improvement;                    ///< of a project
    ImproveLevel improve = ImproveLevel::none;  ///< what the file asks for, to be done once it is calibrated
    KeptResults results;                        ///< of a project
    std::vector<Problem> problems;              ///< of a config: what of it is used otherwise, or not at all
};

/// Errors: those of loading, preparing and resolving; config.*.
Result<Opened> openDocument(const OpenRequest& request, const JobContext& job);

/// Folder of the embedded sample: beside the installed program, or in the source tree it was built from.
[[nodiscard]] std::optional<std::filesystem::path> sampleFolder();
Result<OpenRequest> sampleRequest();

}  // namespace quantwright

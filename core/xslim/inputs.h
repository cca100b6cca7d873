#pragma once
// The calibration data of an xslim file as sources of samples.
#include <map>
#include <string>
#include <vector>

#include "core/images/input_reader.h"
#include "core/model/model.h"
#include "core/xslim/config.h"

namespace quantwright {

[[nodiscard]] ReadAs read_as(XslimFile file);

/// The entry's data go through Python code.
[[nodiscard]] bool is_script(const XslimInput& input);

/// The file describes data for every input, without Python code: sources can be made.
[[nodiscard]] bool has_data(const XslimConfig& config);

/// Fails where calibration needs data and there are none: config.no_data (subject: the file, detail: the
/// key), config.script (subject: the script, detail: the key).
Status check_data(const XslimConfig& config);

/// Shapes that the file gives, by the model's input. An open batch of image files becomes 1. A dimension that
/// the file leaves open is the model's; where that is open too, the batch is 1 and without any other nothing
/// is said of the input. Errors: config.invalid (an input that the model doesn't have).
Result<std::map<std::string, Shape>> xslim_shapes(const XslimConfig& config, const Model& model);

/// The entry about a model's input; null where there is none. Errors: config.invalid (an entry about an input
/// that the model doesn't have).
Result<const XslimInput*> xslim_entry(const XslimConfig& config, const Model& model,
                                      const std::string& input);

/// How the images of the model's image input are prepared, where the file says it; for other images than its
/// own. Errors: preprocess.invalid, config.invalid.
Result<std::optional<Preprocess>> xslim_preprocess(const XslimConfig& config, const Model& model,
                                                   std::vector<Problem>& problems);

/// One source per model input, in the model's order. Lists of one file go with every sample, longer ones are
/// cut to the shortest and to calibration_step. What was changed is added to `problems`. Errors: config.*,
/// images.none_left, preprocess.invalid.
Result<std::vector<InputSource>> xslim_sources(const XslimConfig& config, const Model& model,
                                               std::vector<Problem>& problems);

}  // namespace quantwright

#pragma once
// The configuration file of SpacemiT's quantizer (xslim, formerly xquant), read as it is. Every key is used
// or named in `problems`; docs/formats.md says what becomes of each.
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/base/error.h"
#include "core/base/json.h"
#include "core/images/preprocess.h"

namespace quantwright {

/// How a calibration file is read.
enum class XslimFile { image, npy, raw };

/// One entry of calibration_parameters.input_parameters.
struct XslimInput {
    std::string key;             ///< its JSON path, for messages
    std::string name;            ///< empty: the model's input at this position
    std::optional<Shape> shape;  ///< as in the file; -1 where it leaves a dimension open
    XslimFile file = XslimFile::image;
    ColorFormat color = ColorFormat::bgr;
    std::vector<double> mean, std;     ///< of pixels from 0 to 255; empty: 0 and 1
    std::string preprocess;            ///< "PT_IMAGENET", "IMAGENET", "script.py:function"; empty: stretched
    std::filesystem::path list;        ///< empty: not said
    std::optional<ElementType> dtype;  ///< of .raw files
};

/// A part of the graph with its own choices.
struct XslimCustom {
    std::string key;  ///< its JSON path, for messages
    std::vector<std::string> input_names, output_names;
    std::optional<int> precision_level;
    std::optional<std::string> calibration_type;
    std::optional<double> max_percentile;
};

/// How much of xslim's fine tuning is asked for, in the words of --improve.
enum class XslimImprove { none, fast, best };
[[nodiscard]] std::string_view name_of(XslimImprove improve);

struct XslimConfig {
    std::filesystem::path file;  ///< where it was read from

    std::filesystem::path model, working_dir;  ///< relative to the current directory; may be empty
    std::string output_prefix;                 ///< empty: <stem>.q
    bool skip_simplification = false;
    std::optional<int> opset;

    int calibration_step = 500;  ///< this many samples at most
    std::string calibration_type = "default";
    std::vector<XslimInput> inputs;

    int precision_level = 0;  ///< 0 to 4, 100
    int finetune_level = 1;   ///< 0 to 3
    double max_percentile = 0.9999;
    bool analysis = true;
    std::vector<XslimCustom> custom;
    std::vector<std::string> truncate_at, ignore_types, ignore_names;

    std::string improve_key = "finetune_level";  ///< as this file spells it
    std::set<std::string> said;                  ///< JSON paths of the keys that the file has
    std::vector<Problem> problems;  ///< unknown and unused keys, and what is done instead of what was asked

    /// Activations with fixed parameters: calibration data are needed.
    [[nodiscard]] bool is_static() const { return precision_level <= 2; }
    [[nodiscard]] XslimImprove improve() const;
    /// <working_dir>/<prefix>.onnx, _report.md and _report.html.
    [[nodiscard]] std::filesystem::path output() const;
    [[nodiscard]] std::filesystem::path report(const char* extension) const;
};

/// Looks for the model and the lists, which the file may name relative to a folder that it doesn't say: each
/// in the first of `folders` that has it ("": the current directory, where xslim looks), and with the model
/// goes working_dir. What is nowhere stays as it is. What was not in the first folder is named in `problems`.
void place_files(XslimConfig& config, const std::vector<std::filesystem::path>& folders);

/// Errors: config.invalid (subject: the file, detail: where and what). Comments in the file are skipped, as
/// the examples that people copy have them.
Result<XslimConfig> read_xslim(const std::filesystem::path& path);
Result<XslimConfig> xslim_from_json(const Json& json, const std::string& subject);

}  // namespace quantwright

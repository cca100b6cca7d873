#pragma once
// From folders, lists and files to the samples of a model: a source for each of its inputs.
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/images/input_reader.h"

namespace quantwright {

/// Where the samples of one input are, and what its files hold.
struct SampleFiles {
    std::filesystem::path path;  ///< folder, list or file
    ReadAs read_as = ReadAs::by_extension;
    ElementType raw_type = ElementType::float32;  ///< of .raw files
    [[nodiscard]] bool operator==(const SampleFiles&) const = default;
};

/// How the images become inputs: what is said, else what was recorded, else the default for the input.
struct PreprocessChoice {
    std::string name_or_file;  ///< a preset or a JSON file
    PreprocessOverrides overrides;
    /// As to_json() gives it, or one by input's name, as statistics keep it.
    std::optional<Json> recorded;

    [[nodiscard]] bool said() const {
        return !name_or_file.empty() || overrides.mean || overrides.std || overrides.color || overrides.size;
    }
};

struct SampleRequest {
    SampleFiles images;                         ///< of the input that images feed; may be empty
    std::map<std::string, SampleFiles> inputs;  ///< of others, by name
    std::map<std::string, Shape> shapes;        ///< stronger than the model's
    bool with_labels = false;                   ///< they are wanted: of the file or the class subfolders
    std::filesystem::path labels, classes;      ///< about `images`; without them about every input's
    std::int64_t count = -1;                    ///< so many, chosen by the seed; -1: all
    std::uint64_t seed = 0;
    std::int64_t at_most = -1;          ///< the first so many of those; -1: all
    std::vector<std::string> excluded;  ///< relative names of images to leave out
    PreprocessChoice preprocess;

    [[nodiscard]] bool any_source() const { return !images.path.empty() || !inputs.empty(); }
};

struct Samples {
    std::shared_ptr<const InputReader> reader;
    std::optional<Preprocess> preprocess;  ///< of the images; empty where there are none
    std::vector<Problem> problems;         ///< doubtful labels, batches that are not full
};

/// A source for every input of the model; what is chosen or left out of the images is so of the others, too.
/// Errors: model.no_quantizable_input (without detail: that input gets no data), model.shape_unknown,
/// images.*, preprocess.invalid.
Result<Samples> open_samples(const Model& model, const SampleRequest& request);
/// Of sources that are known already. Samples are called after source `named`, else after the first of
/// images.
Result<Samples> samples_of(std::vector<InputSource> sources, std::optional<std::size_t> named = {});

/// The shape that `given` says, else the model's; an open first dimension is a batch of one. Errors:
/// model.shape_unknown.
Result<Shape> fixed_shape(const ValueInfo& input, const std::map<std::string, Shape>& given = {});

/// The preprocessing of images for an input of this shape. Errors: preprocess.invalid.
Result<Preprocess> choose_preprocess(const ValueInfo& input, const Shape& shape,
                                     const PreprocessChoice& choice);

/// The first sample that can be read. Errors: images.none_left.
Result<std::vector<Tensor>> first_sample(const InputReader& reader);

/// Of inputs that take no float numbers, from their files: a sampling rate, tokens, what an If chooses by.
/// What can't be read is left out: opening the samples says why.
[[nodiscard]] std::map<std::string, Tensor> first_values(const Model& model,
                                                         const std::map<std::string, SampleFiles>& inputs);

}  // namespace quantwright

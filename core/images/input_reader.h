#pragma once
// Turns the files of one sample into the network's input tensors.
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "core/images/geometry.h"
#include "core/images/image_list.h"
#include "core/images/preprocess.h"
#include "core/images/resample.h"
#include "core/model/model.h"
#include "core/model/tensor.h"

namespace quantwright {

/// Decodes JPEG, PNG, BMP, WebP, TIFF: EXIF orientation applied, 8 bits; `channels` 3: RGB, 1: Pillow's L,
/// both with alpha dropped over black; 4: RGB and alpha as the file has them, 255 where it has none. The size
/// is checked before decoding. Errors: images.unreadable, images.too_large (subject: the path).
Result<Pixels> decode_image(const std::filesystem::path& path, int channels);
/// The same, but 16-bit images stay so.
Result<std::variant<Pixels, Pixels16>> decode_as_deep(const std::filesystem::path& path, int channels);

/// Pixels (RGB or gray) through every step after decoding: a float32 tensor with batch axis. Errors:
/// images.too_large (after resizing), preprocess.invalid.
Result<Tensor> apply_preprocess(const Pixels& pixels, const Preprocess& preprocess);
Result<Tensor> apply_preprocess(const Pixels16& pixels, const Preprocess& preprocess);

/// .npy of any numeric dtype but complex (of an archive the first array), as its own type and in row-major
/// order whatever order the file has; .raw must have exactly the bytes of `shape`. Errors: images.unreadable.
Result<Tensor> read_npy(const std::filesystem::path& path);
Result<Tensor> read_raw(const std::filesystem::path& path, ElementType type, const Shape& shape);

/// What a source's files are.
enum class ReadAs {
    by_extension,  ///< .npy, .npz, .raw, else an image
    image,
    npy,
    raw,
};

/// Where one model input comes from.
struct InputSource {
    std::string input;                        ///< model input's name
    ElementType type = ElementType::float32;  ///< what the model wants
    Shape shape;                              ///< fixed
    ImageList list;
    Preprocess preprocess;                        ///< used for image files only
    ElementType raw_type = ElementType::float32;  ///< of .raw files
    ReadAs read_as = ReadAs::by_extension;
};

/// What one run of the model takes.
struct Batch {
    std::vector<Tensor> inputs;         ///< one per source, of its type and shape
    std::vector<std::int64_t> samples;  ///< one per row of the batch axis; rows behind them repeat the last.
                                        ///< None: nothing to run, all are in `skipped`
    std::int64_t rows = 1;              ///< of the batch axis; 1 also where a sample is all of a larger batch
    std::vector<SkippedImage> skipped;  ///< of the samples that belong here

    [[nodiscard]] bool complete() const { return static_cast<std::int64_t>(samples.size()) == rows; }
};

/// The samples of a calibration or evaluation set, and the runs that take them. A model with a batch of 1 (or
/// files that hold a whole batch each) takes one sample per run: sample i is entry i of every source. With a
/// fixed batch of N, a run takes N samples in order, and the last run what is left, filled up with its last
/// sample. Immutable; load() may be called from several threads at once.
class InputReader {
public:
    InputReader();
    ~InputReader();
    /// Samples are called and labelled after source `named`. Errors: images.none_left where the sources'
    /// lengths differ or are 0.
    static Result<std::shared_ptr<const InputReader>> create(std::vector<InputSource> sources,
                                                             std::size_t named = 0);

    [[nodiscard]] std::int64_t size() const;                    ///< runs
    [[nodiscard]] std::int64_t samples() const;                 ///< in all runs
    [[nodiscard]] std::int64_t rows() const { return m_rows; }  ///< samples that a full run takes
    [[nodiscard]] const ImageFile& file(std::int64_t sample) const;
    [[nodiscard]] const std::vector<InputSource>& sources() const { return m_sources; }
    /// Of the source that samples are called after.
    [[nodiscard]] const ImageList& named_list() const { return m_sources[m_named].list; }
    /// What preprocessing does to a sample's image; a sample that is no image is its own input. Errors:
    /// images.unreadable, images.too_large.
    Result<Geometry> geometry(std::int64_t sample) const;
    /// Values are converted (towards integers rounded and clamped), a leading axis of 1 that the file lacks
    /// is added. In a batch of several what can't be read is left out. Errors: images.unreadable (another
    /// shape, too), images.too_large: callers skip the run and list it.
    Result<Batch> load_batch(std::int64_t run) const;
    /// Its inputs alone.
    Result<std::vector<Tensor>> load(std::int64_t run) const;

private:
    class Archives;
    Result<Tensor> read(const InputSource& source, const ImageFile& file, bool row) const;
    Result<Tensor> read_array(const InputSource& source, const ImageFile& file) const;
    Result<Batch> load_rows(std::int64_t run) const;

    std::vector<InputSource> m_sources;
    std::vector<bool> m_in_rows;  ///< by source: a batch is made of several entries
    std::size_t m_named = 0;
    std::int64_t m_rows = 1, m_runs = 0;
    std::unique_ptr<Archives> m_archives;
};

/// Puts what can't be used of a run on the list. True if there is something to run. Errors: those that are
/// about no single file.
[[nodiscard]] Result<bool> usable(const Result<Batch>& batch, std::vector<SkippedImage>& skipped);

/// images.none_left for a reader none of whose samples could be used, with the first reason in the detail.
[[nodiscard]] tl::unexpected<Error> none_left(const InputReader& reader,
                                              const std::vector<SkippedImage>& skipped);

/// samples.left_over where a batch of the model is not filled; empty otherwise.
[[nodiscard]] std::vector<Problem> batch_problems(const InputReader& reader);

/// Takes the rows that repeat a sample off the outputs. False where an output's first axis is not the batch:
/// then nothing can be said of the samples alone.
[[nodiscard]] bool keep_samples(std::vector<Tensor>& outputs, const Batch& batch);
/// Row `row` of outputs whose first axis is the batch; empty if one has another first axis.
[[nodiscard]] std::optional<std::vector<Tensor>> outputs_of_row(const std::vector<Tensor>& outputs,
                                                                std::int64_t rows, std::int64_t row);

/// The input that images feed: the only float (or uint8) 4-D input with 1, 3 or 4 channels, else the only one
/// of another number type. `shapes` are stronger than the declared ones. Errors: model.no_quantizable_input
/// (detail: the model's inputs).
Result<ValueInfo> image_input(const Model& model, const std::map<std::string, Shape>& shapes = {});

/// How many classes the model's first float output tells apart, where it is declared as a vector of scores.
[[nodiscard]] std::optional<std::int64_t> class_count(const Model& model);

}  // namespace quantwright

#pragma once
// Turns the files of one sample into the network's input tensors.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/images/image_list.h"
#include "core/images/preprocess.h"
#include "core/images/resample.h"
#include "core/model/model.h"
#include "core/model/tensor.h"

namespace quantwright {

/// Decodes JPEG, PNG, BMP, WebP, TIFF: EXIF orientation applied, alpha dropped over black, 8 bits; `channels`
/// 3: RGB, 1: Pillow's L. The size is checked before decoding. Errors: images.unreadable, images.too_large
/// (subject: the path).
Result<Pixels> decode_image(const std::filesystem::path& path, int channels);

/// Pixels (RGB or gray) through every step after decoding: a float32 tensor with batch axis. Errors:
/// images.too_large (after resizing), preprocess.invalid.
Result<Tensor> apply_preprocess(const Pixels& pixels, const Preprocess& preprocess);

/// .npy of any numeric dtype but complex, as its own type and in row-major order whatever order the file has;
/// .raw must have exactly the bytes of `shape`. Errors: images.unreadable.
Result<Tensor> read_npy(const std::filesystem::path& path);
Result<Tensor> read_raw(const std::filesystem::path& path, ElementType type, const Shape& shape);

/// What a source's files are.
enum class ReadAs {
    by_extension,  ///< .npy, .raw, else an image
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

/// The samples of a calibration or evaluation set: sample i takes file i of every source. Immutable; load()
/// may be called from several threads at once.
class InputReader {
public:
    /// Errors: images.none_left where the sources' lengths differ or are 0.
    static Result<std::shared_ptr<const InputReader>> create(std::vector<InputSource> sources);

    [[nodiscard]] std::int64_t size() const;
    [[nodiscard]] const ImageFile& file(std::int64_t sample) const;  ///< of the first source
    [[nodiscard]] const std::vector<InputSource>& sources() const { return m_sources; }
    /// One tensor per source, of its type and shape: a leading axis of 1 that the file lacks is added, values
    /// are converted (towards integers rounded and clamped). Errors: images.unreadable (another shape, too),
    /// images.too_large: callers skip the sample and list it.
    Result<std::vector<Tensor>> load(std::int64_t sample) const;

private:
    std::vector<InputSource> m_sources;
};

/// The input that images feed: the only float (or uint8) 4-D input with 1, 3 or 4 channels. Errors:
/// model.no_quantizable_input (detail: the model's inputs).
Result<ValueInfo> image_input(const Model& model);

}  // namespace quantwright

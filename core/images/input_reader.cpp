#include "core/images/input_reader.h"

#include <algorithm>

#include "core/number/convert.h"

namespace quantwright {
namespace {

std::string text_of(const Shape& shape) {
    std::string text;
    for (const std::int64_t dimension : shape)
        text += (text.empty() ? "" : "x") + std::to_string(dimension);
    return text.empty() ? "scalar" : text;
}

std::string lower_extension(const std::filesystem::path& path) {
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return extension;
}

Result<Tensor> read_image(const InputSource& source, const std::filesystem::path& path) {
    const Result<Pixels> pixels = decode_image(path, source.preprocess.color == ColorFormat::gray ? 1 : 3);
    if (!pixels)
        return fail(pixels);
    Result<Tensor> tensor = apply_preprocess(*pixels, source.preprocess);
    if (!tensor && tensor.error().code != ErrorCode::preprocess_invalid)
        tensor.error().subject = path.string();
    return tensor;
}

Result<Tensor> read_source(const InputSource& source, const std::filesystem::path& path) {
    ReadAs kind = source.read_as;
    if (kind == ReadAs::by_extension) {
        const std::string extension = lower_extension(path);
        kind = extension == ".npy" ? ReadAs::npy : extension == ".raw" ? ReadAs::raw : ReadAs::image;
    }
    Result<Tensor> tensor = kind == ReadAs::npy   ? read_npy(path)
                            : kind == ReadAs::raw ? read_raw(path, source.raw_type, source.shape)
                                                  : read_image(source, path);
    if (!tensor)
        return tensor;
    const Shape& want = source.shape;
    Shape& have = tensor->shape;
    const bool lacks_batch = have.size() + 1 == want.size() && want.front() == 1 &&
                             std::equal(have.begin(), have.end(), want.begin() + 1);
    if (lacks_batch)
        have = want;
    if (have != want)
        return fail(ErrorCode::images_unreadable, path.string(),
                    "shape " + text_of(have) + ", the input takes " + text_of(want));
    return convert(*tensor, source.type);
}

}  // namespace

Result<std::shared_ptr<const InputReader>> InputReader::create(std::vector<InputSource> sources) {
    if (sources.empty())
        return fail(ErrorCode::images_none_left, {}, "no input has a source");
    for (const InputSource& source : sources) {
        if (source.list.files.empty())
            return fail(ErrorCode::images_none_left, source.list.source);
        if (source.list.files.size() != sources.front().list.files.size())
            return fail(ErrorCode::images_none_left, source.list.source,
                        std::to_string(source.list.files.size()) + " files for " + source.input + ", " +
                            std::to_string(sources.front().list.files.size()) + " for " +
                            sources.front().input);
        if (!is_numeric(source.type) || !is_numeric(source.raw_type))
            return fail(ErrorCode::images_none_left, source.list.source,
                        source.input + " takes " + std::string(name_of(source.type)));
    }
    auto reader = std::make_shared<InputReader>();
    reader->m_sources = std::move(sources);
    return reader;
}

std::int64_t InputReader::size() const {
    return m_sources.empty() ? 0 : static_cast<std::int64_t>(m_sources.front().list.files.size());
}

const ImageFile& InputReader::file(std::int64_t sample) const {
    return m_sources.front().list.files[static_cast<std::size_t>(sample)];
}

Result<std::vector<Tensor>> InputReader::load(std::int64_t sample) const {
    std::vector<Tensor> tensors;
    tensors.reserve(m_sources.size());
    for (const InputSource& source : m_sources) {
        Result<Tensor> tensor = read_source(source, source.list.files[static_cast<std::size_t>(sample)].path);
        if (!tensor)
            return fail(tensor);
        tensors.push_back(std::move(*tensor));
    }
    return tensors;
}

}  // namespace quantwright

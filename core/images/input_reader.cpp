#include "core/images/input_reader.h"

#include <algorithm>
#include <cstring>
#include <list>
#include <mutex>

#include "core/images/array_file.h"
#include "core/images/sample_fit.h"
#include "core/number/convert.h"

namespace quantwright {
namespace {

ReadAs kind_of(const InputSource& source, const std::filesystem::path& path) {
    if (source.read_as != ReadAs::by_extension)
        return source.read_as;
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return extension == ".npy" || extension == ".npz" ? ReadAs::npy
           : extension == ".raw"                      ? ReadAs::raw
                                                      : ReadAs::image;
}

Result<Tensor> read_image(const InputSource& source, const std::filesystem::path& path) {
    const int channels = channels_of(source.preprocess.color);
    // Inputs of 16 bits take what 16-bit images have.
    Result<std::variant<Pixels, Pixels16>> pixels;
    if (source.type == ElementType::uint16)
        pixels = decode_as_deep(path, channels);
    else
        pixels = decode_image(path, channels);
    if (!pixels)
        return fail(pixels);
    Result<Tensor> tensor =
        std::visit([&](const auto& image) { return apply_preprocess(image, source.preprocess); }, *pixels);
    if (!tensor && tensor.error().code != ErrorCode::preprocess_invalid)
        tensor.error().subject = path.string();
    return tensor;
}

tl::unexpected<Error> other_shape(const std::filesystem::path& path, const Shape& have, const Shape& want) {
    return fail(ErrorCode::images_unreadable, path.string(),
                "shape " + shape_text(have) + ", the input takes " + wanted_text(want));
}

/// One row of a batch of several samples.
Shape row_shape(const Shape& shape) {
    Shape row = shape;
    row.front() = 1;
    return row;
}

/// Height and width of an input of rank 4, whichever axis its channels are; else 1 by the elements.
Size input_size(const Shape& shape) {
    if (shape.size() != 4)
        return {1, static_cast<int>(element_count(shape))};
    const bool planar = shape[1] <= 4 || shape[3] > 4;
    return {static_cast<int>(shape[planar ? 2 : 1]), static_cast<int>(shape[planar ? 3 : 2])};
}

bool is_row(const InputSource& source, const ImageFile& file) {
    return file.part ? !file.part->whole : kind_of(source, file.path) == ReadAs::image;
}

/// A source's entries are rows of the batch if one of them is.
bool in_rows(const InputSource& source) {
    return source.shape.size() > 1 && source.shape.front() > 1 &&
           std::any_of(source.list.files.begin(), source.list.files.end(),
                       [&](const ImageFile& file) { return is_row(source, file); });
}

Tensor joined(const std::vector<Tensor>& rows, const InputSource& source) {
    std::vector<std::byte> bytes;
    bytes.reserve(rows.front().bytes.size() * static_cast<std::size_t>(source.shape.front()));
    for (std::int64_t i = 0; i < source.shape.front(); ++i) {
        const Tensor& row = rows[std::min(rows.size() - 1, static_cast<std::size_t>(i))];
        bytes.insert(bytes.end(), row.bytes.begin(), row.bytes.end());
    }
    return make_tensor(source.type, source.shape, std::move(bytes));
}

bool skippable(const Error& error) {
    return error.code == ErrorCode::images_unreadable || error.code == ErrorCode::images_too_large;
}

}  // namespace

/// The archives used last stay open, so that a compressed one is not inflated for each of its rows.
class InputReader::Archives {
public:
    Result<std::shared_ptr<const ArrayFile>> open(const std::filesystem::path& path) {
        const std::lock_guard lock(m_mutex);
        const auto found =
            std::find_if(m_open.begin(), m_open.end(), [&](const auto& one) { return one.first == path; });
        if (found != m_open.end()) {
            m_open.splice(m_open.begin(), m_open, found);
            return m_open.front().second;
        }
        auto file = ArrayFile::open(path);
        if (!file)
            return file;
        constexpr std::size_t most = 4;
        m_open.emplace_front(path, *file);
        if (m_open.size() > most)
            m_open.pop_back();
        return file;
    }

private:
    std::mutex m_mutex;
    std::list<std::pair<std::filesystem::path, std::shared_ptr<const ArrayFile>>> m_open;
};

InputReader::InputReader() : m_archives(std::make_unique<Archives>()) {}
InputReader::~InputReader() = default;

Result<std::shared_ptr<const InputReader>> InputReader::create(std::vector<InputSource> sources,
                                                               std::size_t named) {
    if (sources.empty())
        return fail(ErrorCode::images_none_left, {}, "no input has a source");
    auto reader = std::make_shared<InputReader>();
    for (const InputSource& source : sources) {
        if (source.list.files.empty())
            return fail(ErrorCode::images_none_left, source.list.source);
        if (!is_numeric(source.type) || !is_numeric(source.raw_type))
            return fail(ErrorCode::images_none_left, source.list.source,
                        source.input + " takes " + std::string(name_of(source.type)));
        const bool rows = in_rows(source);
        const auto entries = static_cast<std::int64_t>(source.list.files.size());
        const std::int64_t batch = rows ? source.shape.front() : 1;
        const std::int64_t runs = (entries + batch - 1) / batch;
        if (&source != &sources.front() && runs != reader->m_runs)
            return fail(ErrorCode::images_none_left, source.list.source,
                        std::to_string(entries) + " samples for " + source.input + ", " +
                            std::to_string(sources.front().list.files.size()) + " for " +
                            sources.front().input);
        reader->m_runs = runs;
        reader->m_rows = std::max(reader->m_rows, batch);
        reader->m_in_rows.push_back(rows);
    }
    // All that come in rows come in the same ones.
    const InputSource* first = nullptr;
    for (std::size_t i = 0; i < sources.size(); ++i) {
        if (!reader->m_in_rows[i])
            continue;
        if (!first)
            first = &sources[i];
        if (sources[i].list.files.size() != first->list.files.size() ||
            sources[i].shape.front() != first->shape.front())
            return fail(ErrorCode::images_none_left, sources[i].list.source,
                        std::to_string(sources[i].list.files.size()) + " samples for " + sources[i].input +
                            ", " + std::to_string(first->list.files.size()) + " for " + first->input);
    }
    reader->m_named = named < sources.size() ? named : 0;
    reader->m_sources = std::move(sources);
    return reader;
}

std::int64_t InputReader::size() const {
    return m_runs;
}

std::int64_t InputReader::samples() const {
    for (std::size_t i = 0; i < m_sources.size(); ++i)
        if (m_in_rows[i])
            return static_cast<std::int64_t>(m_sources[i].list.files.size());
    return m_runs;
}

const ImageFile& InputReader::file(std::int64_t sample) const {
    const std::int64_t entry = m_in_rows[m_named] ? sample : sample / m_rows;
    return m_sources[m_named].list.files[static_cast<std::size_t>(entry)];
}

Result<Geometry> InputReader::geometry(std::int64_t sample) const {
    const InputSource& source = m_sources[m_named];
    const ImageFile& file = this->file(sample);
    if (kind_of(source, file.path) != ReadAs::image)
        return geometry_of(input_size(source.shape));
    const auto size = image_size(file.path);
    if (!size)
        return fail(size);
    return geometry_of(*size, source.preprocess);
}

Result<Tensor> InputReader::read_array(const InputSource& source, const ImageFile& file) const {
    const auto opened = m_archives->open(file.path);
    if (!opened)
        return fail(opened);
    const auto& arrays = (*opened)->arrays();
    const std::string& name = file.part ? file.part->array : source.input;
    const auto found = std::find_if(arrays.begin(), arrays.end(),
                                    [&](const ArrayFile::Array& array) { return array.name == name; });
    const std::size_t index = found == arrays.end() ? 0 : static_cast<std::size_t>(found - arrays.begin());
    if (!arrays[index].complete)
        return (*opened)->read(index);  // which says what is missing
    const Shape& shape = arrays[index].header.shape;
    const std::int64_t row = file.part ? file.part->row : -1;
    // Nothing is read of what doesn't fit.
    const Shape have = row < 0 || shape.empty() ? shape : Shape(shape.begin() + 1, shape.end());
    const auto fit = fit_sample(have, source.shape);
    if (!fit || fit->count >= 0)
        return other_shape(file.path, shape, source.shape);
    return (*opened)->read(index, row);
}

/// As the model takes it, with the batch axis: `row` is one row of it.
Result<Tensor> InputReader::read(const InputSource& source, const ImageFile& file, bool row) const {
    const ReadAs kind = kind_of(source, file.path);
    Result<Tensor> tensor = kind == ReadAs::npy   ? read_array(source, file)
                            : kind == ReadAs::raw ? read_raw(file.path, source.raw_type, source.shape)
                                                  : read_image(source, file.path);
    if (!tensor)
        return tensor;
    const Shape want = row ? row_shape(source.shape) : source.shape;
    const auto fit = fit_sample(tensor->shape, want);
    if (!fit || !fit->whole || fit->count >= 0)
        return other_shape(file.path, tensor->shape, source.shape);
    tensor->shape = want;
    return convert(*tensor, source.type);
}

Result<Batch> InputReader::load_batch(std::int64_t run) const {
    if (m_rows > 1)
        return load_rows(run);
    Batch batch;
    batch.samples = {run};
    for (const InputSource& source : m_sources) {
        auto tensor = read(source, source.list.files[static_cast<std::size_t>(run)], false);
        if (!tensor)
            return fail(tensor);
        batch.inputs.push_back(std::move(*tensor));
    }
    return batch;
}

Result<Batch> InputReader::load_rows(std::int64_t run) const {
    Batch batch;
    batch.rows = m_rows;
    std::vector<std::vector<Tensor>> rows(m_sources.size());
    const std::int64_t end = std::min(samples(), (run + 1) * m_rows);
    for (std::int64_t sample = run * m_rows; sample < end; ++sample) {
        std::vector<Tensor> tensors;
        for (std::size_t i = 0; i < m_sources.size(); ++i) {
            if (!m_in_rows[i])
                continue;
            const InputSource& source = m_sources[i];
            auto tensor = read(source, source.list.files[static_cast<std::size_t>(sample)], true);
            if (!tensor && !skippable(tensor.error()))
                return fail(tensor);
            if (!tensor) {
                batch.skipped.push_back(skipped_image(tensor.error()));
                break;
            }
            tensors.push_back(std::move(*tensor));
        }
        if (static_cast<std::ptrdiff_t>(tensors.size()) !=
            std::count(m_in_rows.begin(), m_in_rows.end(), true))
            continue;
        batch.samples.push_back(sample);
        for (std::size_t i = 0, next = 0; i < m_sources.size(); ++i)
            if (m_in_rows[i])
                rows[i].push_back(std::move(tensors[next++]));
    }
    if (batch.samples.empty())
        return batch;
    for (std::size_t i = 0; i < m_sources.size(); ++i) {
        const InputSource& source = m_sources[i];
        if (m_in_rows[i]) {
            batch.inputs.push_back(joined(rows[i], source));
            continue;
        }
        auto tensor = read(source, source.list.files[static_cast<std::size_t>(run)], false);
        if (!tensor)
            return fail(tensor);
        batch.inputs.push_back(std::move(*tensor));
    }
    return batch;
}

Result<std::vector<Tensor>> InputReader::load(std::int64_t run) const {
    auto batch = load_batch(run);
    if (!batch)
        return fail(batch);
    if (batch->samples.empty()) {
        const SkippedImage& first = batch->skipped.front();
        return fail(first.code, first.path, first.reason);
    }
    return std::move(batch->inputs);
}

Result<bool> usable(const Result<Batch>& batch, std::vector<SkippedImage>& skipped) {
    if (!batch) {
        if (!skippable(batch.error()))
            return fail(batch);
        skipped.push_back(skipped_image(batch.error()));
        return false;
    }
    skipped.insert(skipped.end(), batch->skipped.begin(), batch->skipped.end());
    return !batch->samples.empty();
}

tl::unexpected<Error> none_left(const InputReader& reader, const std::vector<SkippedImage>& skipped) {
    std::string detail;
    if (!skipped.empty()) {
        const SkippedImage& first = skipped.front();
        detail = std::filesystem::path(first.path).filename().string();
        if (!first.reason.empty())
            detail += (detail.empty() ? "" : ": ") + first.reason;
    }
    return fail(ErrorCode::images_none_left, reader.sources().front().list.source, detail);
}

std::vector<Problem> batch_problems(const InputReader& reader) {
    const std::int64_t left = reader.samples() % reader.rows();
    if (left == 0)
        return {};
    return {{"samples.left_over",
             Severity::info,
             {},
             {std::to_string(reader.rows()), std::to_string(reader.samples()), std::to_string(left)}}};
}

bool keep_samples(std::vector<Tensor>& outputs, const Batch& batch) {
    if (batch.complete())
        return true;
    const auto kept = static_cast<std::int64_t>(batch.samples.size());
    for (Tensor& output : outputs) {
        if (output.shape.empty() || output.shape.front() != batch.rows)
            return false;
        output.bytes = output.bytes.first(output.bytes.size() / static_cast<std::size_t>(batch.rows) *
                                          static_cast<std::size_t>(kept));
        output.shape.front() = kept;
    }
    return true;
}

std::optional<std::vector<Tensor>> outputs_of_row(const std::vector<Tensor>& outputs, std::int64_t rows,
                                                  std::int64_t row) {
    std::vector<Tensor> result = outputs;
    for (Tensor& output : result) {
        if (output.shape.empty() || output.shape.front() != rows)
            return std::nullopt;
        const std::size_t size = output.bytes.size() / static_cast<std::size_t>(rows);
        output.bytes = output.bytes.subspan(static_cast<std::size_t>(row) * size, size);
        output.shape.front() = 1;
    }
    return result;
}

}  // namespace quantwright

#include "core/images/samples.h"

#include <algorithm>
#include <unordered_set>

#include "core/images/array_file.h"

namespace quantwright {

namespace {

const Json* recorded_for(const PreprocessChoice& choice, const std::string& input) {
    if (!choice.recorded || !choice.recorded->is_object())
        return nullptr;
    const auto own = choice.recorded->find(input);
    if (own != choice.recorded->end() && own->is_object())
        return &*own;
    return choice.recorded->contains("color") ? &*choice.recorded : nullptr;
}

Result<InputSource> make_source(const ValueInfo& input, const SampleFiles& files, bool is_images,
                                const SampleRequest& request) {
    const auto shape = fixed_shape(input, request.shapes);
    if (!shape)
        return fail(shape);
    InputSource source{input.name, input.type, *shape, {}, {}, files.raw_type, files.read_as};
    ImageListOptions options;
    if (request.with_labels && (is_images || request.images.path.empty())) {
        options.labels = request.labels;
        options.classes = request.classes;
    }
    options.input = input.name;
    options.shape = *shape;
    auto list = list_images(files.path, options);
    if (!list)
        return fail(list);
    source.list = std::move(*list);
    if (holds_images(source)) {
        auto preprocess = choose_preprocess(input, *shape, request.preprocess);
        if (!preprocess)
            return fail(preprocess);
        source.preprocess = std::move(*preprocess);
    }
    return source;
}

/// 0 where no source holds images.
std::size_t first_of_images(const std::vector<InputSource>& sources) {
    const auto found = std::find_if(sources.begin(), sources.end(), holds_images);
    return found == sources.end() ? 0 : static_cast<std::size_t>(found - sources.begin());
}

/// Entries go with those of the same position in the other lists of that length.
Status choose_entries(std::vector<InputSource>& sources, std::size_t named, const SampleRequest& request) {
    const std::unordered_set<std::string> excluded(request.excluded.begin(), request.excluded.end());
    std::vector<bool> out;
    for (const ImageFile& file : sources[named].list.files)
        out.push_back(excluded.contains(file.relative));
    for (InputSource& source : sources) {
        auto& files = source.list.files;
        if (files.size() == out.size() && !excluded.empty()) {
            std::vector<ImageFile> kept;
            for (std::size_t i = 0; i < out.size(); ++i)
                if (!out[i])
                    kept.push_back(std::move(files[i]));
            files = std::move(kept);
        }
        source.list.found = std::ssize(files);
        if (request.count >= 0)
            source.list.seed = request.seed;
        take_some(files, request.count, request.seed);
        if (request.at_most >= 0 && files.size() > static_cast<std::size_t>(request.at_most))
            files.resize(static_cast<std::size_t>(request.at_most));
        if (files.empty())
            return fail(ErrorCode::images_none_left, source.list.source);
    }
    return {};
}

}  // namespace

Result<Shape> fixed_shape(const ValueInfo& input, const std::map<std::string, Shape>& given) {
    if (const auto found = given.find(input.name); found != given.end())
        return found->second;
    Shape shape;
    for (std::size_t i = 0; i < input.shape.size(); ++i) {
        const std::int64_t dimension = input.shape[i].value;
        if (dimension < 0 && i > 0)
            return fail(ErrorCode::model_shape_unknown, input.name);
        shape.push_back(dimension < 0 ? 1 : dimension);
    }
    if (!input.has_shape)
        return fail(ErrorCode::model_shape_unknown, input.name);
    return shape;
}

Result<Preprocess> choose_preprocess(const ValueInfo& input, const Shape& shape,
                                     const PreprocessChoice& choice) {
    const Json* recorded = recorded_for(choice, input.name);
    if (recorded && !choice.said())
        return preprocess_from_json(*recorded, {});
    return resolve_preprocess(choice.name_or_file, shape, choice.overrides, input.type);
}

Result<Samples> samples_of(std::vector<InputSource> sources, std::optional<std::size_t> named) {
    const std::size_t by = named.value_or(first_of_images(sources));
    Samples samples;
    if (by < sources.size() && holds_images(sources[by]))
        samples.preprocess = sources[by].preprocess;
    auto reader = InputReader::create(std::move(sources), by);
    if (!reader)
        return fail(reader);
    samples.reader = std::move(*reader);
    samples.problems = batch_problems(*samples.reader);
    return samples;
}

Result<Samples> open_samples(const Model& model, const SampleRequest& request) {
    std::string images;  // the input that they feed
    if (!request.images.path.empty()) {
        const auto input = image_input(model, request.shapes);
        if (!input)
            return fail(input);
        images = input->name;
    }
    std::vector<InputSource> sources;
    std::optional<std::size_t> named;
    for (const ValueInfo& input : model.inputs()) {
        const bool is_images = input.name == images;
        const auto own = request.inputs.find(input.name);
        if (!is_images && own == request.inputs.end())
            return fail(ErrorCode::model_no_quantizable_input, input.name);
        auto source = make_source(input, is_images ? request.images : own->second, is_images, request);
        if (!source)
            return fail(source);
        if (is_images)
            named = sources.size();
        sources.push_back(std::move(*source));
    }
    if (sources.empty())
        return fail(ErrorCode::images_none_left, model.path().string(), "the model has no inputs");
    // A sample is called and labelled after its image, whatever the order of the inputs.
    const std::size_t by_name = named.value_or(first_of_images(sources));
    if (auto chosen = choose_entries(sources, by_name, request); !chosen)
        return fail(chosen);
    std::vector<Problem> problems;
    if (request.with_labels)
        problems = label_problems(sources[by_name].list, class_count(model));
    auto samples = samples_of(std::move(sources), by_name);
    if (samples)
        samples->problems.insert(samples->problems.begin(), problems.begin(), problems.end());
    return samples;
}

Result<std::vector<Tensor>> first_sample(const InputReader& reader) {
    std::vector<SkippedImage> skipped;
    for (std::int64_t run = 0; run < reader.size(); ++run) {
        auto batch = reader.load_batch(run);
        const auto some = usable(batch, skipped);
        if (!some)
            return fail(some);
        if (*some)
            return std::move(batch->inputs);
    }
    return none_left(reader, skipped);
}

std::map<std::string, Tensor> first_values(const Model& model,
                                           const std::map<std::string, SampleFiles>& inputs) {
    std::map<std::string, Tensor> values;
    for (const ValueInfo& input : model.inputs()) {
        const auto given = inputs.find(input.name);
        if (given == inputs.end() || input.type == ElementType::float32 || input.type == ElementType::float16)
            continue;
        const auto list = list_images(given->second.path);
        if (!list || list->files.empty())
            continue;
        const auto file = ArrayFile::open(list->files.front().path);
        if (!file || (*file)->arrays().empty())
            continue;
        if (auto value = (*file)->read(0))
            values[input.name] = std::move(*value);
    }
    return values;
}

}  // namespace quantwright

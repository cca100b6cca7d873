#include "app/cli/inputs.h"

#include <algorithm>

#include "app/cli/cli.h"

namespace quantwright::cli {

namespace {

/// Open first dimensions are a batch of one; others must be given.
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

bool holds_images(const ImageList& list) {
    return std::any_of(list.files.begin(), list.files.end(), [](const ImageFile& file) {
        const QString extension = text(file.path.extension().string()).toLower();
        return extension != QLatin1String(".npy") && extension != QLatin1String(".npz") &&
               extension != QLatin1String(".raw");
    });
}

/// The option's value for `input`: "NAME=VALUE" beats a bare "VALUE".
std::optional<std::string> value_for(const std::vector<std::string>& values, const std::string& input) {
    std::optional<std::string> bare;
    for (const std::string& value : values) {
        const auto parts = split_assignment(value);
        if (parts && parts->first == input)
            return parts->second;
        if (!parts)
            bare = value;
    }
    return bare;
}

Result<ElementType> parse_element_type(const std::string& name) {
    std::vector<std::string> names;
    for (const ElementType type :
         {ElementType::float32, ElementType::float64, ElementType::float16, ElementType::uint8,
          ElementType::int8, ElementType::uint16, ElementType::int16, ElementType::int32, ElementType::int64,
          ElementType::boolean}) {
        if (name_of(type) == name)
            return type;
        names.emplace_back(name_of(type));
    }
    if (auto valid = check_choice("--dtype", name, names); !valid)
        return fail(valid);
    return ElementType::float32;
}

/// Statistics keep one description, or one by input's name where there are several inputs.
const Json* recorded_preprocess(const InputsRequest& request, const std::string& input) {
    if (!request.preprocess || !request.preprocess->is_object())
        return nullptr;
    const auto own = request.preprocess->find(input);
    if (own != request.preprocess->end() && own->is_object())
        return &*own;
    return request.preprocess->contains("color") ? &*request.preprocess : nullptr;
}

Result<Preprocess> preprocess_for(const ValueInfo& input, const Shape& shape, const InputOptions& options,
                                  const InputsRequest& request) {
    const auto overrides = parse_overrides(options);
    if (!overrides)
        return fail(overrides);
    const bool chosen = !options.preprocess.empty() || overrides->mean || overrides->std ||
                        overrides->color || overrides->size;
    const Json* recorded = recorded_preprocess(request, input.name);
    if (recorded && !chosen)
        return preprocess_from_json(*recorded, {});
    return resolve_preprocess(options.preprocess, shape, *overrides, input.type);
}

struct Wanted {
    std::string path;
    bool is_images = false;  ///< from --images: labels and excluded images are about these
};

Result<std::map<std::string, Wanted>> sources_by_input(const Model& model, const InputOptions& options,
                                                       const InputsRequest& request,
                                                       const std::map<std::string, Shape>& shapes) {
    std::map<std::string, Wanted> wanted;
    std::vector<std::string> names;
    for (const ValueInfo& input : model.inputs())
        names.push_back(input.name);
    for (const std::string& one : options.inputs) {
        const auto parts = parse_assignment(one, "--input", names);
        if (!parts)
            return fail(parts);
        if (std::find(names.begin(), names.end(), parts->first) == names.end())
            return wrong_usage("--input " + one, Cli::tr("the model has no input of that name"));
        wanted[parts->first] = {parts->second, false};
    }
    if (!request.images.empty()) {
        const auto input = image_input(model, shapes);
        if (!input)
            return fail(input);
        wanted[input->name] = {request.images, true};
    }
    if (wanted.empty())
        return wrong_usage("--images", Cli::tr("the images to run on are missing"));
    for (const ValueInfo& input : model.inputs())
        if (!wanted.contains(input.name))
            return fail(ErrorCode::model_no_quantizable_input, input.name,
                        utf8(Cli::tr("it gets no data: give it with --input %1=DIR").arg(text(input.name))));
    return wanted;
}

Result<InputSource> make_source(const ValueInfo& input, const Wanted& wanted, const Shape& shape,
                                const InputOptions& options, const InputsRequest& request) {
    InputSource source{input.name, input.type, shape, {}, {}, ElementType::float32};
    ImageListOptions list;
    if (request.with_labels && (wanted.is_images || request.images.empty())) {
        list.labels = options.labels;
        list.classes = options.classes;
    }
    list.input = input.name;
    list.shape = shape;
    list.count = request.whole ? -1 : options.count;
    list.seed = options.seed;
    list.excluded = request.excluded;
    auto files = list_images(wanted.path, list);
    if (!files)
        return fail(files);
    source.list = std::move(*files);
    if (const auto dtype = value_for(options.dtypes, input.name)) {
        const auto type = parse_element_type(*dtype);
        if (!type)
            return fail(type);
        source.raw_type = *type;
    }
    if (const auto given = value_for(options.shapes, input.name)) {
        const auto raw_shape = parse_shape(*given, "--shape " + *given);
        if (!raw_shape)
            return fail(raw_shape);
        if (element_count(*raw_shape) != element_count(shape))
            return wrong_usage("--shape " + *given,
                               Cli::tr("the input %1 has another number of elements").arg(text(input.name)));
    }
    if (holds_images(source.list)) {
        auto preprocess = preprocess_for(input, shape, options, request);
        if (!preprocess)
            return fail(preprocess);
        source.preprocess = std::move(*preprocess);
    }
    return source;
}

}  // namespace

Result<Inputs> open_inputs(const Model& model, const InputOptions& options, const InputsRequest& request) {
    const auto shapes = parse_input_shapes(options);
    if (!shapes)
        return fail(shapes);
    const auto wanted = sources_by_input(model, options, request, *shapes);
    if (!wanted)
        return fail(wanted);
    Inputs inputs;
    std::vector<InputSource> sources;
    std::optional<std::size_t> images;
    for (const ValueInfo& input : model.inputs()) {
        const auto shape = fixed_shape(input, *shapes);
        if (!shape)
            return fail(shape);
        const Wanted& from = wanted->at(input.name);
        auto source = make_source(input, from, *shape, options, request);
        if (!source)
            return fail(source);
        if (from.is_images || (!images && holds_images(source->list)))
            images = sources.size();
        sources.push_back(std::move(*source));
    }
    if (images) {
        if (holds_images(sources[*images].list)) {
            inputs.preprocess = to_json(sources[*images].preprocess);
            inputs.preprocess_text = describe(sources[*images].preprocess);
        }
    }
    // A sample is called and labelled after its image, whatever the order of the inputs.
    const std::size_t named = images.value_or(0);
    if (request.with_labels)
        inputs.problems = label_problems(sources[named].list, class_count(model));
    auto reader = InputReader::create(std::move(sources), named);
    if (!reader)
        return fail(reader);
    inputs.reader = std::move(*reader);
    const auto batches = batch_problems(*inputs.reader);
    inputs.problems.insert(inputs.problems.end(), batches.begin(), batches.end());
    return inputs;
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

QString describe(const Preprocess& preprocess) {
    const auto size_text = [](const Size& size) {
        return size.height == size.width ? QString::number(size.height)
                                         : QStringLiteral("%1×%2").arg(size.height).arg(size.width);
    };
    QStringList steps;
    switch (preprocess.resize) {
        case ResizeMode::none:
            break;
        case ResizeMode::short_side:
            steps.append(Cli::tr("short side to %1").arg(preprocess.size.height));
            break;
        case ResizeMode::stretch:
            steps.append(Cli::tr("stretched to %1").arg(size_text(preprocess.size)));
            break;
        case ResizeMode::letterbox:
            steps.append(Cli::tr("fitted inside %1").arg(size_text(preprocess.size)));
            break;
    }
    if (preprocess.crop)
        steps.append(Cli::tr("centre crop %1").arg(size_text(*preprocess.crop)));
    switch (preprocess.color) {
        case ColorFormat::rgb:
            steps.append(QStringLiteral("RGB"));
            break;
        case ColorFormat::bgr:
            steps.append(QStringLiteral("BGR"));
            break;
        case ColorFormat::gray:
            steps.append(Cli::tr("gray"));
            break;
        case ColorFormat::rgba:
            steps.append(QStringLiteral("RGBA"));
            break;
        case ColorFormat::bgra:
            steps.append(QStringLiteral("BGRA"));
            break;
    }
    const auto numbers = [](const std::vector<double>& values) {
        QStringList list;
        for (const double value : values)
            list.append(QString::number(value));
        return list.join(u' ');
    };
    if (!preprocess.mean.empty())
        steps.append(Cli::tr("mean %1").arg(numbers(preprocess.mean)));
    if (!preprocess.std.empty())
        steps.append(Cli::tr("std %1").arg(numbers(preprocess.std)));
    return steps.join(Cli::tr(", "));
}

}  // namespace quantwright::cli

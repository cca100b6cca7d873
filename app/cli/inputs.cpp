#include "app/cli/inputs.h"

#include <algorithm>

#include "app/cli/cli.h"

namespace quantwright::cli {

namespace {

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

Result<SampleFiles> files_of(const ValueInfo& input, const std::string& path, const InputOptions& options,
                             const std::map<std::string, Shape>& shapes) {
    SampleFiles files{path};
    if (const auto dtype = value_for(options.dtypes, input.name)) {
        std::vector<std::string> names;
        for (const ElementType type : raw_types())
            names.emplace_back(name_of(type));
        if (auto valid = check_choice("--dtype", *dtype, names); !valid)
            return fail(valid);
        files.raw_type = *raw_type_named(*dtype);
    }
    if (const auto given = value_for(options.shapes, input.name)) {
        const auto raw_shape = parse_shape(*given, "--shape " + *given);
        if (!raw_shape)
            return fail(raw_shape);
        const auto shape = fixed_shape(input, shapes);
        if (!shape)
            return fail(shape);
        if (element_count(*raw_shape) != element_count(*shape))
            return wrong_usage("--shape " + *given,
                               Cli::tr("the input %1 has another number of elements").arg(text(input.name)));
    }
    return files;
}

Result<SampleRequest> sample_request(const Model& model, const InputOptions& options,
                                     const InputsRequest& asked) {
    SampleRequest request;
    auto shapes = parse_input_shapes(options);
    if (!shapes)
        return fail(shapes);
    request.shapes = std::move(*shapes);
    std::vector<std::string> names;
    for (const ValueInfo& input : model.inputs())
        names.push_back(input.name);
    for (const std::string& one : options.inputs) {
        const auto parts = parse_assignment(one, "--input", names);
        if (!parts)
            return fail(parts);
        const auto input = std::find(names.begin(), names.end(), parts->first);
        if (input == names.end())
            return wrong_usage("--input " + one, Cli::tr("the model has no input of that name"));
        auto files = files_of(model.inputs()[static_cast<std::size_t>(input - names.begin())], parts->second,
                              options, request.shapes);
        if (!files)
            return fail(files);
        request.inputs[parts->first] = std::move(*files);
    }
    if (!asked.images.empty()) {
        const auto input = image_input(model, request.shapes);
        if (!input)
            return fail(input);
        auto files = files_of(*input, asked.images, options, request.shapes);
        if (!files)
            return fail(files);
        request.images = std::move(*files);
    }
    if (!request.any_source())
        return wrong_usage("--images", Cli::tr("the images to run on are missing"));
    request.with_labels = asked.with_labels;
    request.labels = options.labels;
    request.classes = options.classes;
    request.count = asked.whole ? -1 : options.count;
    request.seed = options.seed;
    request.excluded = asked.excluded;
    request.preprocess.recorded = asked.preprocess;
    request.preprocess.name_or_file = options.preprocess;
    auto overrides = parse_overrides(options);
    if (!overrides)
        return fail(overrides);
    request.preprocess.overrides = std::move(*overrides);
    return request;
}

}  // namespace

Inputs told(Samples samples) {
    Inputs inputs{std::move(samples.reader), {}, {}, std::move(samples.problems)};
    if (samples.preprocess) {
        inputs.preprocess = to_json(*samples.preprocess);
        inputs.preprocess_text = describe(*samples.preprocess);
    }
    return inputs;
}

Result<Inputs> open_inputs(const Model& model, const InputOptions& options, const InputsRequest& request) {
    const auto asked = sample_request(model, options, request);
    if (!asked)
        return fail(asked);
    auto samples = open_samples(model, *asked);
    if (samples)
        return told(std::move(*samples));
    Error error = samples.error();
    if (error.code == ErrorCode::model_no_quantizable_input && error.detail.empty())
        error.detail = utf8(Cli::tr("it gets no data: give it with --input %1=DIR").arg(text(error.subject)));
    return tl::unexpected<Error>(std::move(error));
}

}  // namespace quantwright::cli

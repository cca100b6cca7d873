#include "core/images/input_reader.h"
#include "core/number/convert.h"

namespace quantwright {
namespace {

bool takes_pixels(ElementType type) {
    return type == ElementType::float32 || type == ElementType::float16 || type == ElementType::uint8;
}

bool is_image(const ValueInfo& input, const std::map<std::string, Shape>& shapes) {
    const auto given = shapes.find(input.name);
    const bool is_given = given != shapes.end();
    const auto channels = [&](std::size_t axis) {
        const std::int64_t value = is_given ? given->second[axis] : input.shape[axis].value;
        return value == 1 || value == 3 || value == 4;
    };
    const std::size_t rank = is_given ? given->second.size() : input.has_shape ? input.shape.size() : 0;
    return rank == 4 && (channels(1) || channels(3));
}

/// "input_ids int64[batch,128]", for the message.
std::string describe(const ValueInfo& input) {
    std::string text = input.name + " " + std::string(name_of(input.type)) + "[";
    for (std::size_t i = 0; i < input.shape.size(); ++i) {
        const ValueInfo::Dimension& dimension = input.shape[i];
        text += i == 0 ? "" : ",";
        text += dimension.value >= 0     ? std::to_string(dimension.value)
                : dimension.name.empty() ? "?"
                                         : dimension.name;
    }
    return text + "]";
}

}  // namespace

Result<ValueInfo> image_input(const Model& model, const std::map<std::string, Shape>& shapes) {
    std::vector<const ValueInfo*> usual, others;
    std::string all;
    for (const ValueInfo& input : model.inputs()) {
        all += (all.empty() ? "" : ", ") + describe(input);
        if (is_image(input, shapes) && is_numeric(input.type) && input.type != ElementType::boolean)
            (takes_pixels(input.type) ? usual : others).push_back(&input);
    }
    const std::vector<const ValueInfo*>& found = usual.empty() ? others : usual;
    if (found.size() == 1)
        return *found.front();
    return fail(ErrorCode::model_no_quantizable_input,
                model.inputs().empty() ? std::string() : model.inputs().front().name,
                (found.empty() ? "none of the inputs takes images: " : "several inputs could take images: ") +
                    all + "; give each with --input NAME=FOLDER");
}

std::optional<std::int64_t> class_count(const Model& model) {
    for (const ValueInfo& output : model.outputs()) {
        if (output.type != ElementType::float32 && output.type != ElementType::float16 &&
            output.type != ElementType::float64)
            continue;
        if (!output.has_shape || output.shape.empty())
            return std::nullopt;
        // Behind the batch, all dimensions but one are 1.
        std::optional<std::int64_t> classes;
        for (std::size_t i = output.shape.size() > 1 ? 1 : 0; i < output.shape.size(); ++i) {
            const std::int64_t size = output.shape[i].value;
            if (size == 1)
                continue;
            if (size < 0 || classes)
                return std::nullopt;
            classes = size;
        }
        return classes;
    }
    return std::nullopt;
}

}  // namespace quantwright

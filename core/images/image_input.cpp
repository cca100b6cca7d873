#include "core/images/input_reader.h"

namespace quantwright {
namespace {

bool takes_pixels(ElementType type) {
    return type == ElementType::float32 || type == ElementType::float16 || type == ElementType::uint8;
}

bool is_image(const ValueInfo& input) {
    const auto channels = [&](std::size_t axis) {
        const std::int64_t value = input.shape[axis].value;
        return value == 1 || value == 3 || value == 4;
    };
    return takes_pixels(input.type) && input.has_shape && input.shape.size() == 4 &&
           (channels(1) || channels(3));
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

Result<ValueInfo> image_input(const Model& model) {
    const ValueInfo* found = nullptr;
    int count = 0;
    std::string all;
    for (const ValueInfo& input : model.inputs()) {
        all += (all.empty() ? "" : ", ") + describe(input);
        if (is_image(input)) {
            found = &input;
            ++count;
        }
    }
    if (count == 1)
        return *found;
    return fail(ErrorCode::model_no_quantizable_input,
                model.inputs().empty() ? std::string() : model.inputs().front().name,
                (count == 0 ? "none of the inputs takes images: " : "several inputs could take images: ") +
                    all + "; give each with --input NAME=FOLDER");
}

}  // namespace quantwright

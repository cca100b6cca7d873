// COCO's JSON: images, annotations, categories. Images without annotations are images without objects.
#include <algorithm>

#include "core/base/atomic_file.h"
#include "core/task/label_parts.h"

namespace quantwright::labels {
namespace {

bool is_box(const Json& annotation) {
    const auto box = annotation.find("bbox");
    return box != annotation.end() && box->is_array() && box->size() == 4 &&
           std::all_of(box->begin(), box->end(), [](const Json& side) { return side.is_number(); });
}

bool has_id(const Json& object, const char* key) {
    const auto found = object.find(key);
    return found != object.end() && found->is_number_integer();
}

Result<TruthBox> box_of(const Json& annotation, const std::filesystem::path& file, std::size_t index) {
    const std::string where = "annotations[" + std::to_string(index) + "]";
    if (!annotation.is_object() || !has_id(annotation, "image_id") || !has_id(annotation, "category_id"))
        return unreadable(file, where + ": image_id and category_id are wanted");
    if (!is_box(annotation))
        return unreadable(file, where + ".bbox: four numbers are wanted");
    const auto sides = annotation["bbox"].get<std::vector<double>>();
    TruthBox box{{sides[0], sides[1], sides[2], sides[3]}, sides[2] * sides[3], 0, false};
    if (const auto area = annotation.find("area"); area != annotation.end() && area->is_number())
        box.area = area->get<double>();
    if (const auto crowd = annotation.find("iscrowd"); crowd != annotation.end())
        box.crowd =
            crowd->is_boolean() ? crowd->get<bool>() : crowd->is_number() && crowd->get<double>() != 0;
    return box;
}

}  // namespace

Status read_coco(const Request& request, Labels& labels) {
    const auto text = read_file(request.path, ErrorCode::labels_unreadable);
    if (!text)
        return fail(text);
    const auto json = parse_json(*text, ErrorCode::labels_unreadable, request.path.string());
    if (!json)
        return fail(json);
    for (const char* key : {"images", "annotations", "categories"})
        if (!json->is_object() || !json->contains(key) || !(*json)[key].is_array())
            return unreadable(request.path, std::string("there is no list \"") + key + "\"");

    std::map<std::int64_t, std::string> categories;  // by id: the classes' order
    for (const Json& category : (*json)["categories"]) {
        if (!category.is_object() || !has_id(category, "id"))
            return unreadable(request.path, "a category has no id");
        const auto name = category.find("name");
        categories[category["id"].get<std::int64_t>()] =
            name != category.end() && name->is_string() ? name->get<std::string>() : std::string();
    }
    std::vector<std::string> names;
    std::map<std::int64_t, std::size_t> position;
    for (const auto& [id, name] : categories) {
        position[id] = names.size();
        names.push_back(name);
    }
    const std::vector<int> numbers = class_numbers(names, request.task.options.names, labels);

    const Samples samples(request.reader, false);
    std::unordered_map<std::int64_t, std::optional<std::int64_t>> sample_of;
    for (const Json& image : (*json)["images"]) {
        if (!image.is_object() || !has_id(image, "id") || !image.contains("file_name") ||
            !image["file_name"].is_string())
            return unreadable(request.path, "an image has no id or no file_name");
        const auto id = image["id"].get<std::int64_t>();
        const auto sample = samples.find(image["file_name"].get<std::string>());
        sample_of[id] = sample;
        if (sample)
            labels.of[static_cast<std::size_t>(*sample)] = TruthBoxes{id, {}};
    }
    std::size_t index = 0;
    for (const Json& annotation : (*json)["annotations"]) {
        auto box = box_of(annotation, request.path, index);
        if (!box)
            return fail(box);
        const auto category = position.find(annotation["category_id"].get<std::int64_t>());
        if (category == position.end())
            return unreadable(request.path, "annotations[" + std::to_string(index) +
                                                "].category_id: " + annotation["category_id"].dump() +
                                                " is none of the categories");
        box->category = numbers[category->second];
        const auto sample = sample_of.find(annotation["image_id"].get<std::int64_t>());
        if (sample == sample_of.end())
            return unreadable(request.path, "annotations[" + std::to_string(index) + "].image_id: " +
                                                annotation["image_id"].dump() + " is none of the images");
        if (sample->second)
            std::get<TruthBoxes>(labels.of[static_cast<std::size_t>(*sample->second)]).boxes.push_back(*box);
        ++index;
    }
    return {};
}

}  // namespace quantwright::labels

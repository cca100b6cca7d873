// A file of labels per image: YOLO's .txt, Pascal VOC's .xml, masks.
#include <algorithm>
#include <set>

#include "core/base/atomic_file.h"
#include "core/images/text_lines.h"
#include "core/task/label_parts.h"
#include "core/task/xml.h"

namespace quantwright::labels {
namespace fs = std::filesystem;
namespace {

struct Found {
    fs::path file;
    std::int64_t sample = 0;
};

/// The files of the folder that belong to samples, in the samples' order.
std::vector<Found> files_of(const Request& request, const std::string& extension) {
    const Samples samples(request.reader, true);
    std::vector<Found> found;
    std::error_code error;
    for (fs::recursive_directory_iterator it(request.path, error), end; !error && it != end;
         it.increment(error)) {
        std::string ending = it->path().extension().string();
        std::transform(ending.begin(), ending.end(), ending.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        if (ending != extension)
            continue;
        const std::string relative = it->path().lexically_relative(request.path).generic_string();
        if (const auto sample = samples.find(relative))
            found.push_back({it->path(), *sample});
    }
    std::sort(found.begin(), found.end(), [](const Found& a, const Found& b) { return a.sample < b.sample; });
    return found;
}

/// Each line: class, centre x and y, width and height, in fractions of the image.
Result<std::vector<TruthBox>> yolo_boxes(const fs::path& file, Size image) {
    const auto text = read_file(file, ErrorCode::labels_unreadable);
    if (!text)
        return fail(text);
    std::vector<TruthBox> boxes;
    std::size_t number = 0;
    for (const std::string& line : text_lines(utf8_text(*text))) {
        ++number;
        if (line.empty())
            continue;
        std::vector<double> values;
        for (const std::string& column : columns_of(line)) {
            const auto value = number_in(column);
            if (!value)
                return unreadable_line(file, number, "\"" + column + "\" is no number");
            values.push_back(*value);
        }
        const bool polygon = values.size() > 5 && values.size() % 2 == 1;
        if (values.size() != 5 && !polygon)
            return unreadable_line(file, number, "a class and four numbers are wanted");
        if (values[0] < 0 || values[0] != std::floor(values[0]) || values[0] > 1e6)
            return unreadable_line(file, number, "the class is no whole number");
        if (std::any_of(values.begin() + 1, values.end(), [](double v) { return v < -0.01 || v > 1.01; }))
            return unreadable_line(file, number, "numbers from 0 to 1 are wanted, fractions of the image");
        double x0 = values[1] - values[3] / 2, y0 = values[2] - values[4] / 2;
        double x1 = values[1] + values[3] / 2, y1 = values[2] + values[4] / 2;
        if (polygon) {  // x and y of its corners: the box around them
            x0 = y0 = 2;
            x1 = y1 = -1;
            for (std::size_t i = 1; i < values.size(); i += 2) {
                x0 = std::min(x0, values[i]);
                x1 = std::max(x1, values[i]);
                y0 = std::min(y0, values[i + 1]);
                y1 = std::max(y1, values[i + 1]);
            }
        }
        const Box box{x0 * image.width, y0 * image.height, (x1 - x0) * image.width, (y1 - y0) * image.height};
        boxes.push_back({box, box.width * box.height, static_cast<int>(values[0]), false});
    }
    return boxes;
}

struct VocObject {
    std::string name;
    Box box;
    bool difficult = false;
};

Result<std::vector<VocObject>> voc_objects(const fs::path& file) {
    const auto text = read_file(file, ErrorCode::labels_unreadable);
    if (!text)
        return fail(text);
    const auto root = parse_xml(utf8_text(*text));
    if (!root)
        return unreadable(file, root.error().detail);
    if (root->name != "annotation")
        return unreadable(file, "<annotation> is wanted, not <" + root->name + ">");
    std::vector<VocObject> objects;
    for (const XmlElement& element : root->children) {
        if (element.name != "object")
            continue;
        const std::string which = "object " + std::to_string(objects.size() + 1);
        const XmlElement* name = element.find("name");
        const XmlElement* box = element.find("bndbox");
        if (!name || name->text.empty() || !box)
            return unreadable(file, which + ": <name> and <bndbox> are wanted");
        std::array<double, 4> sides{};
        const std::array keys = {"xmin", "ymin", "xmax", "ymax"};
        for (std::size_t i = 0; i < sides.size(); ++i) {
            const XmlElement* side = box->find(keys[i]);
            const auto value = side ? number_in(side->text) : std::nullopt;
            if (!value)
                return unreadable(file, which + ": <" + keys[i] + "> is no number");
            sides[i] = *value;
        }
        const XmlElement* difficult = element.find("difficult");
        // VOC counts pixels from 1, and both ends belong to the box.
        objects.push_back({name->text,
                           {sides[0] - 1, sides[1] - 1, sides[2] - sides[0] + 1, sides[3] - sides[1] + 1},
                           difficult && difficult->text == "1"});
    }
    return objects;
}

}  // namespace

Status read_yolo(const Request& request, Labels& labels) {
    std::error_code error;
    const auto files = files_of(request, ".txt");
    if (files.empty())
        return {};
    // An image without a file is one without objects, as those who train with them say.
    for (std::int64_t i = 0; i < request.reader.samples(); ++i)
        labels.of[static_cast<std::size_t>(i)] = TruthBoxes{i, {}};
    for (const Found& found : files) {
        const auto geometry = request.reader.geometry(found.sample);
        if (!geometry)
            continue;  // an image that can't be read is skipped where it is run
        auto boxes = yolo_boxes(found.file, geometry->image);
        if (!boxes)
            return fail(boxes);
        std::get<TruthBoxes>(labels.of[static_cast<std::size_t>(found.sample)]).boxes = std::move(*boxes);
    }
    labels.names = request.task.options.names;
    return {};
}

Status read_voc(const Request& request, Labels& labels) {
    std::vector<std::pair<std::int64_t, std::vector<VocObject>>> images;
    std::set<std::string> found_names;
    for (const Found& found : files_of(request, ".xml")) {
        auto objects = voc_objects(found.file);
        if (!objects)
            return fail(objects);
        for (const VocObject& object : *objects)
            found_names.insert(object.name);
        images.emplace_back(found.sample, std::move(*objects));
    }
    const std::vector<std::string> names(found_names.begin(), found_names.end());
    const std::vector<int> numbers = class_numbers(names, request.task.options.names, labels);
    for (const auto& [sample, objects] : images) {
        TruthBoxes truth{sample, {}};
        for (const VocObject& object : objects) {
            const auto at = std::lower_bound(names.begin(), names.end(), object.name) - names.begin();
            // What is difficult counts neither as found nor as missed: a crowd does just that.
            truth.boxes.push_back({object.box, object.box.width * object.box.height,
                                   numbers[static_cast<std::size_t>(at)], object.difficult});
        }
        labels.of[static_cast<std::size_t>(sample)] = std::move(truth);
    }
    return {};
}

Status read_masks(const Request& request, Labels& labels) {
    for (Found& found : files_of(request, ".png"))
        labels.of[static_cast<std::size_t>(found.sample)] = std::move(found.file);
    labels.names = request.task.options.names;
    return {};
}

}  // namespace quantwright::labels

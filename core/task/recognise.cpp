#include "core/task/recognise.h"

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "core/base/json.h"
#include "core/number/convert.h"
#include "core/task/scores.h"

namespace quantwright {
namespace {

/// An output of one sample, without leading ones down to two dimensions.
struct Seen {
    std::string name;
    Shape shape, tight;
    bool is_float = false;
    Tensor values;  ///< float32
};

std::string shape_words(const Seen& seen) {
    std::string text = seen.name + " ";
    for (std::size_t i = 0; i < seen.shape.size(); ++i)
        text += (i ? "×" : "") + std::to_string(seen.shape[i]);
    return text;
}

class Recogniser {
public:
    explicit Recogniser(const TaskFacts& facts) : m_facts(facts) {
        for (const NamedOutput& output : facts.outputs) {
            if (!is_numeric(output.tensor.type))
                continue;
            Seen seen{output.name, output.tensor.shape, output.tensor.shape,
                      is_float_type(output.tensor.type), convert(output.tensor, ElementType::float32)};
            while (seen.tight.size() > 2 && seen.tight.front() == 1)
                seen.tight.erase(seen.tight.begin());
            m_outputs.push_back(std::move(seen));
        }
        if (const auto names = facts.metadata.find("names"); names != facts.metadata.end())
            m_names = names_in(names->second);
        if (m_names.empty())
            m_names = facts.classes;
    }

    [[nodiscard]] const std::vector<std::string>& names() const { return m_names; }

    /// The first that fits and is of `wanted`, where that is said.
    std::optional<Task> find(std::optional<TaskKind> wanted) {
        const auto tries = {&Recogniser::text,  &Recogniser::selected, &Recogniser::anchors,
                            &Recogniser::maps,  &Recogniser::heatmap,  &Recogniser::places,
                            &Recogniser::apart, &Recogniser::pixels,   &Recogniser::vectors};
        for (const auto one : tries) {
            m_wanted = wanted;
            auto task = (this->*one)();
            if (task && (!wanted || task->kind == *wanted))
                return task;
        }
        return std::nullopt;
    }

private:
    static Task made(const std::string& decoder, const Seen& because) {
        Task task = *task_of(decoder);
        task.why.push_back({Evidence::Kind::output, shape_words(because)});
        return task;
    }

    [[nodiscard]] std::string metadata(const char* key) const {
        const auto found = m_facts.metadata.find(key);
        return found == m_facts.metadata.end() ? std::string() : found->second;
    }
    [[nodiscard]] std::int64_t named() const { return static_cast<std::int64_t>(m_names.size()); }

    /// Cells of the usual levels.
    [[nodiscard]] std::int64_t cells() const {
        std::int64_t sum = 0;
        for (const int stride : {8, 16, 32})
            sum += std::int64_t{(m_facts.input.height + stride - 1) / stride} *
                   ((m_facts.input.width + stride - 1) / stride);
        return sum;
    }

    static std::pair<float, float> range(const Seen& seen, std::size_t first, std::size_t step,
                                         std::size_t count) {
        const auto values = seen.values.floats();
        float low = INFINITY, high = -INFINITY;
        for (std::size_t i = 0; i < count && first + i * step < values.size(); ++i) {
            low = std::min(low, values[first + i * step]);
            high = std::max(high, values[first + i * step]);
        }
        return {low, high};
    }
    static std::pair<float, float> range(const Seen& seen) {
        return range(seen, 0, 1, seen.values.floats().size());
    }

    std::optional<Task> text() {
        const std::string characters = metadata("character");
        for (const Seen& seen : m_outputs) {
            if (!seen.is_float || seen.shape.size() != 3 || (seen.shape[0] != 1 && seen.shape[1] != 1))
                continue;
            const std::int64_t classes = seen.shape[2];
            if (characters.empty() && m_wanted != TaskKind::text)
                continue;
            Task task = made("ctc", seen);
            std::size_t begin = 0;
            while (begin < characters.size()) {
                const std::size_t end = std::min(characters.find('\n', begin), characters.size());
                std::string one = characters.substr(begin, end - begin);
                if (one.ends_with('\r'))
                    one.pop_back();
                task.options.characters.push_back(std::move(one));
                begin = end + 1;
            }
            const auto known = static_cast<std::int64_t>(task.options.characters.size());
            // PaddleOCR's own program adds a blank behind the characters of the file.
            if (known > 0 && known + 2 == classes)
                task.options.characters.emplace_back(" ");
            else if (known > 0 && known + 1 != classes)
                continue;
            if (known > 0)
                task.why.push_back({Evidence::Kind::metadata, "character: " + std::to_string(known)});
            return task;
        }
        return std::nullopt;
    }

    std::optional<Task> selected() {
        const auto boxes = std::find_if(m_outputs.begin(), m_outputs.end(), [](const Seen& seen) {
            return seen.is_float && seen.tight.size() == 2 && seen.tight[1] == 4;
        });
        for (const Seen& seen : m_outputs) {
            if (!seen.is_float && seen.tight.size() == 2 && seen.tight[1] == 3 && m_facts.selects &&
                boxes != m_outputs.end()) {
                Task task = made("nms", seen);
                task.why.push_back({Evidence::Kind::node, "NonMaxSuppression"});
                return task;
            }
        }
        if (boxes != m_outputs.end() && m_outputs.size() >= 3) {
            // Scores and classes, one for each box.
            const auto lists = std::count_if(m_outputs.begin(), m_outputs.end(), [&](const Seen& seen) {
                return &seen != &*boxes && element_count(seen.shape) == boxes->tight[0];
            });
            if (lists >= 2 || (m_facts.selects && lists >= 1)) {
                Task task = made("selected", *boxes);
                take_scale(task, *boxes);
                return task;
            }
        }
        for (const Seen& seen : m_outputs) {
            const bool detection_output =
                seen.shape.size() == 4 && seen.tight.size() == 2 && seen.shape[3] == 7;
            if (!seen.is_float || seen.tight.size() != 2 || (seen.shape.size() > 3 && !detection_output) ||
                (m_outputs.size() > 1 && !m_facts.selects))
                continue;
            const bool few =
                seen.tight[0] <= 1000 && seen.tight[0] != cells() && seen.tight[0] != 3 * cells();
            if (detection_output) {
                Task task = made("detection-output", seen);
                return task;
            }
            if ((seen.tight[1] == 6 || (seen.tight[1] == 7 && m_facts.selects)) && (few || m_facts.selects))
                return made(seen.tight[1] == 6 ? "end2end" : "yolov7-end2end", seen);
        }
        return std::nullopt;
    }

    /// Boxes whose sides are fractions.
    static void take_scale(Task& task, const Seen& boxes) {
        task.options.normalized = range(boxes).second <= 2;
    }

    /// Maps of the three usual levels, the largest first; empty unless there are such.
    [[nodiscard]] std::vector<const Seen*> levels(std::size_t rank) const {
        std::vector<const Seen*> maps;
        for (const Seen& seen : m_outputs) {
            if (!seen.is_float || seen.shape.size() != rank || seen.shape[0] != 1)
                continue;
            const std::int64_t height = seen.shape[2], width = seen.shape[3];
            for (const int stride : {8, 16, 32, 64})
                if (height == (m_facts.input.height + stride - 1) / stride &&
                    width == (m_facts.input.width + stride - 1) / stride)
                    maps.push_back(&seen);
        }
        return maps;
    }

    /// YOLOv5, v7 without decoding.
    std::optional<Task> anchors() {
        for (const std::size_t rank : {5U, 4U}) {
            const auto maps = levels(rank);
            if (maps.size() != 3 || m_outputs.size() > 4)
                continue;
            const auto numbers = [&](const Seen* map) -> std::int64_t {
                if (rank == 5)
                    return map->shape[1] == 3 ? map->shape[4] : 0;
                return map->shape[1] % 3 == 0 ? map->shape[1] / 3 : 0;
            };
            const std::int64_t each = numbers(maps[0]);
            const bool same =
                std::all_of(maps.begin(), maps.end(), [&](const Seen* map) { return numbers(map) == each; });
            if (!same || each <= 5 || (named() > 0 && each != 5 + named()))
                continue;
            // 64 + 80 channels are YOLOv8's, without names too.
            if (rank == 4 && named() == 0 && maps[0]->shape[1] == 64 + 80)
                continue;
            return made("yolov5-raw", *maps[0]);
        }
        return std::nullopt;
    }

    /// YOLOv8, 11 without DFL and decoding: level by level.
    std::optional<Task> maps() {
        const auto maps = levels(4);
        const auto of = [&](std::int64_t channels) {
            return std::count_if(maps.begin(), maps.end(),
                                 [&](const Seen* map) { return map->shape[1] == channels; });
        };
        if (maps.size() < 3)
            return std::nullopt;
        const std::int64_t joined = named() > 0 ? 64 + named() : maps[0]->shape[1];
        if (joined > 64 && of(joined) == 3 && of(64) == 0)
            return made("yolov8-raw", *maps[0]);
        if (of(64) == 3 && maps.size() >= 6)
            return made("yolov8-raw", *maps[0]);
        return std::nullopt;
    }

    /// CenterNet, CenterFace: heat, sizes and offsets of one resolution.
    std::optional<Task> heatmap() {
        std::vector<const Seen*> maps;
        for (const Seen& seen : m_outputs)
            if (seen.is_float && seen.shape.size() == 4 && seen.shape[0] == 1 &&
                (maps.empty() || (seen.shape[2] == maps[0]->shape[2] && seen.shape[3] == maps[0]->shape[3])))
                maps.push_back(&seen);
        const auto pairs =
            std::count_if(maps.begin(), maps.end(), [](const Seen* map) { return map->shape[1] == 2; });
        if (maps.size() != m_outputs.size() || maps.size() < 2 || pairs < 1 || pairs > 3 ||
            maps[0]->shape[2] >= m_facts.input.height)
            return std::nullopt;
        const auto [low, high] = range(*maps[0]);
        const bool landmarks =
            std::any_of(maps.begin(), maps.end(), [](const Seen* map) { return map->shape[1] == 10; });
        Task task = made(landmarks && maps[0]->shape[1] == 1 ? "centerface" : "centernet", *maps[0]);
        task.options.activation = low >= 0 && high <= 1 ? "none" : "sigmoid";
        return task;
    }

    /// One output with all numbers of each place.
    std::optional<Task> places() {
        const std::string told = metadata("task");
        const bool boxes = told == "detect" || told == "segment" || told == "pose";
        for (const Seen& seen : m_outputs) {
            if (!seen.is_float || seen.shape.size() != 3 || seen.tight.size() != 2)
                continue;
            const std::int64_t all = cells();
            bool first = seen.tight[0] < seen.tight[1];
            if (seen.tight[1] == all || seen.tight[1] == 3 * all)
                first = true;
            else if (seen.tight[0] == all || seen.tight[0] == 3 * all)
                first = false;
            else if (!boxes)
                continue;
            const std::int64_t count = first ? seen.tight[1] : seen.tight[0];
            const std::int64_t channels = first ? seen.tight[0] : seen.tight[1];
            if (channels < 5)
                continue;
            auto task = of_places(seen, first, count, channels);
            task.options.layout = first ? "channels-first" : "channels-last";
            if (boxes)
                task.why.push_back({Evidence::Kind::metadata, "task = " + told});
            return task;
        }
        return std::nullopt;
    }

    Task of_places(const Seen& seen, bool first, std::int64_t count, std::int64_t channels) const {
        const auto steps = static_cast<std::size_t>(first ? 1 : channels);
        const auto channel = static_cast<std::size_t>(first ? count : 1);
        const auto of = [&](std::size_t c) {
            return range(seen, c * channel, steps, static_cast<std::size_t>(count));
        };
        const bool in_levels = count == cells();
        if (in_levels && channels > 64 && (named() > 0 ? channels == 64 + named() : of(0).first < 0))
            return made("yolov8-raw", seen);
        const bool with_objectness = count == 3 * cells() || (named() > 0 ? channels == 5 + named() : !first);
        if (!with_objectness) {
            Task task = made("yolov8", seen);
            task.options.normalized = std::max(of(0).second, of(2).second) <= 2;
            return task;
        }
        // Widths are logarithms where some are below zero.
        if (in_levels && (of(2).first < 0 || of(3).first < 0))
            return made("yolox", seen);
        Task task = made(in_levels ? "yolox-decoded" : "yolov5", seen);
        task.options.normalized = std::max(of(0).second, of(2).second) <= 2;
        return task;
    }

    /// Boxes in one output, scores in another.
    std::optional<Task> apart() {
        for (const Seen& boxes : m_outputs) {
            if (!boxes.is_float || boxes.tight.size() != 2 || boxes.tight[1] != 4 || boxes.tight[0] < 10)
                continue;
            const auto scores = std::find_if(m_outputs.begin(), m_outputs.end(), [&](const Seen& seen) {
                return &seen != &boxes && seen.is_float && seen.tight.size() == 2 &&
                       seen.tight[0] == boxes.tight[0] && seen.tight[1] != 10;
            });
            if (scores == m_outputs.end())
                continue;
            const auto [low, high] = range(*scores);
            const bool probabilities = low >= 0 && high <= 1;
            const auto values = scores->values.floats();
            const double sum = std::accumulate(values.begin(), values.end(), 0.0) /
                               static_cast<double>(std::max<std::int64_t>(1, scores->tight[0]));
            const bool softmax = probabilities && std::abs(sum - 1) < 1e-2;
            for (const TaskDescription& one : task_descriptions())
                if (one.algorithm == "priors" && prior_count(one.options) == boxes.tight[0]) {
                    Task task = made(one.name, boxes);
                    if (!probabilities)
                        task.options.activation = "softmax";
                    return task;
                }
            Task task = made(softmax ? "boxes-scores" : "rtdetr", boxes);
            take_scale(task, boxes);
            task.options.activation = probabilities ? "none" : "sigmoid";
            return task;
        }
        return std::nullopt;
    }

    [[nodiscard]] std::int64_t prior_count(const TaskOptions& options) const {
        std::int64_t count = 0;
        for (std::size_t level = 0; level < std::min(options.anchors.size(), options.strides.size());
             ++level) {
            const int stride = options.strides[level];
            count += std::int64_t{(m_facts.input.height + stride - 1) / stride} *
                     ((m_facts.input.width + stride - 1) / stride) *
                     static_cast<std::int64_t>(options.anchors[level].size());
        }
        return count;
    }

    std::optional<Task> pixels() {
        if (m_outputs.empty())
            return std::nullopt;
        const Seen& seen = m_outputs.front();
        const Shape& shape = seen.tight;
        const bool map = shape.size() == 3 || (shape.size() == 2 && seen.shape.size() > 2);
        if (!map)
            return std::nullopt;
        const std::int64_t channels = shape.size() == 3 ? shape[0] : 1;
        const std::int64_t height = shape[shape.size() - 2], width = shape.back();
        const bool told = m_wanted == TaskKind::segmentation;
        const bool near = height >= m_facts.input.height / 16 && width >= m_facts.input.width / 16 &&
                          height <= m_facts.input.height && width <= m_facts.input.width && height > 1 &&
                          width > 1;
        if (!near)
            return std::nullopt;
        const auto [low, high] = range(seen);
        const bool image =
            seen.is_float && height == m_facts.input.height && channels == m_facts.input_channels;
        if (!told && image && !(channels == 1 && low >= 0 && high <= 1))
            return std::nullopt;  // an image out of an image
        if (!told && channels == 1 && seen.is_float && !(low >= 0 && high <= 1))
            return std::nullopt;  // a depth, perhaps
        Task task = made("mask", seen);
        if (channels == 1 && seen.is_float) {
            task.options.classes = 1;
            task.options.activation = low >= 0 && high <= 1 ? "none" : "sigmoid";
        }
        return task;
    }

    std::optional<Task> vectors() {
        const auto first =
            std::find_if(m_outputs.begin(), m_outputs.end(), [](const Seen& seen) { return seen.is_float; });
        if (first == m_outputs.end())
            return std::nullopt;
        const auto values = first->values.floats();
        const bool vector = is_score_vector(first->shape);
        double length = 0;
        for (const float value : values)
            length += double{value} * value;
        const bool unit = vector && values.size() >= 64 && std::abs(std::sqrt(length) - 1) < 1e-3 &&
                          range(*first).first < 0;
        if (m_wanted == TaskKind::embedding || (!m_wanted && unit))
            return vector ? std::optional(made("embedding", *first)) : std::nullopt;
        if (m_wanted == TaskKind::regression || (!m_wanted && values.size() == 1))
            return made("regression", *first);
        return vector ? std::optional(made("classification", *first)) : std::nullopt;
    }

    const TaskFacts& m_facts;
    std::vector<Seen> m_outputs;
    std::vector<std::string> m_names;
    std::optional<TaskKind> m_wanted;
};

Result<Task> chosen_task(const TaskFacts& facts, const TaskChoice& choice, Recogniser& recogniser) {
    if (const auto decoder = choice.options.find("decoder"); decoder != choice.options.end()) {
        auto task = task_of(decoder->is_string() ? decoder->get<std::string>() : decoder->dump());
        if (!task)
            return task;
        if (choice.kind && *choice.kind != task->kind)
            return fail(ErrorCode::task_invalid, task->decoder,
                        "it is a decoder of " + std::string(name_of(task->kind)));
        task->why.push_back({Evidence::Kind::chosen, task->decoder});
        return task;
    }
    const std::optional<TaskKind> wanted = choice.kind ? choice.kind : facts.labels;
    if (wanted == TaskKind::none)
        return Task();
    if (auto task = recogniser.find(wanted)) {
        if (choice.kind)
            task->why.insert(task->why.begin(), {Evidence::Kind::chosen, std::string(name_of(*wanted))});
        else if (wanted)
            task->why.insert(task->why.begin(), {Evidence::Kind::labels, std::string(name_of(*wanted))});
        return std::move(*task);
    }
    if (!wanted)
        return Task();
    std::string shapes;
    for (const NamedOutput& output : facts.outputs) {
        shapes += (shapes.empty() ? "" : ", ") + output.name + " ";
        for (std::size_t i = 0; i < output.tensor.shape.size(); ++i)
            shapes += (i ? "×" : "") + std::to_string(output.tensor.shape[i]);
    }
    return fail(ErrorCode::task_outputs, std::string(name_of(*wanted)),
                "none of its decoders fits " + shapes);
}

}  // namespace

std::vector<std::string> names_in(const std::string& metadata) {
    const Json list = Json::parse(metadata, nullptr, false);
    if (list.is_array() &&
        std::all_of(list.begin(), list.end(), [](const Json& one) { return one.is_string(); }))
        return list.get<std::vector<std::string>>();
    // {0: 'a', 1: "it's"}
    std::map<long, std::string> by_index;
    std::size_t at = 0;
    while ((at = metadata.find_first_of("0123456789", at)) != std::string::npos) {
        const long index = std::strtol(metadata.c_str() + at, nullptr, 10);
        const std::size_t quote = metadata.find_first_of("'\"", at);
        if (quote == std::string::npos || index > 1'000'000)
            break;
        const std::size_t end = metadata.find(metadata[quote], quote + 1);
        if (end == std::string::npos)
            break;
        by_index[index] = metadata.substr(quote + 1, end - quote - 1);
        at = end + 1;
    }
    std::vector<std::string> names;
    for (const auto& [index, name] : by_index)
        if (index == static_cast<long>(names.size()))
            names.push_back(name);
    return names.size() == by_index.size() ? names : std::vector<std::string>();
}

TaskFacts facts_of(const Model& model, const std::vector<Tensor>& outputs, Size input) {
    TaskFacts facts;
    for (const auto& property : model.proto().metadata_props())
        facts.metadata[property.key()] = property.value();
    for (const auto& node : model.proto().graph().node())
        facts.selects |= node.op_type() == "NonMaxSuppression" || node.op_type().starts_with("EfficientNMS");
    for (std::size_t i = 0; i < outputs.size(); ++i)
        facts.outputs.push_back(
            {i < model.outputs().size() ? model.outputs()[i].name : std::to_string(i), outputs[i]});
    facts.input = input;
    for (const ValueInfo& value : model.inputs())
        if (value.shape.size() == 4)
            for (const std::size_t axis : {std::size_t{1}, std::size_t{3}})
                if (value.shape[axis].value >= 1 && value.shape[axis].value <= 4 && facts.input_channels == 0)
                    facts.input_channels = static_cast<int>(value.shape[axis].value);
    return facts;
}

Result<Task> recognise(const TaskFacts& facts, const TaskChoice& choice) {
    return guarded("task", [&]() -> Result<Task> {
        Recogniser recogniser(facts);
        auto task = chosen_task(facts, choice, recogniser);
        if (!task)
            return task;
        if (task->kind == TaskKind::classification || task->kind == TaskKind::detection ||
            task->kind == TaskKind::segmentation)
            task->options.names = recogniser.names();
        if (auto applied = apply(choice, *task); !applied)
            return fail(applied);
        return task;
    });
}

}  // namespace quantwright

#include "core/task/task_options.h"

#include <algorithm>
#include <cmath>

namespace quantwright {
namespace {

/// Every key once, for reading and writing.
template <class Options, class Visitor>
void visit(Options& o, Visitor&& key) {
    key("names", o.names);
    key("outputs", o.outputs);
    key("score", o.score);
    key("min_score", o.min_score);
    key("iou", o.iou);
    key("suppress", o.suppress);
    key("class_aware", o.class_aware);
    key("multi_label", o.multi_label);
    key("max_detections", o.max_detections);
    key("box", o.box);
    key("normalized", o.normalized);
    key("objectness", o.objectness);
    key("background", o.background);
    key("activation", o.activation);
    key("layout", o.layout);
    key("classes", o.classes);
    key("strides", o.strides);
    key("reg_max", o.reg_max);
    key("formula", o.formula);
    key("anchors", o.anchors);
    key("variances", o.variances);
    key("size", o.size);
    key("centre", o.centre);
    key("columns", o.columns);
    key("threshold", o.threshold);
    key("ignore", o.ignore);
    key("characters", o.characters);
    key("blank", o.blank);
}

template <class T>
bool is_kind(const Json& json, const T& like) {
    if constexpr (std::is_same_v<T, bool>) {
        return json.is_boolean();
    } else if constexpr (std::is_same_v<T, int>) {
        return json.is_number_integer() && json.get<std::int64_t>() >= -1 &&
               json.get<std::int64_t>() <= 1'000'000;
    } else if constexpr (std::is_same_v<T, double>) {
        return json.is_number() && std::isfinite(json.get<double>());
    } else if constexpr (std::is_same_v<T, std::string>) {
        return json.is_string();
    } else if constexpr (std::is_same_v<T, std::map<std::string, std::string>>) {
        return json.is_object() &&
               std::all_of(json.begin(), json.end(), [](const Json& one) { return one.is_string(); });
    } else {
        if (!json.is_array())
            return false;
        if constexpr (std::is_same_v<T, std::array<double, 2>>)
            if (json.size() != like.size())
                return false;
        return std::all_of(json.begin(), json.end(),
                           [](const Json& one) { return is_kind(one, typename T::value_type()); });
    }
}

struct Choices {
    const char* key;
    std::vector<std::string> values;
};

const std::vector<Choices>& choices() {
    static const std::vector<Choices> all = {{"box", {"cxcywh", "xyxy", "xywh", "yxyx"}},
                                             {"activation", {"none", "sigmoid", "softmax"}},
                                             {"layout", {"auto", "channels-first", "channels-last"}},
                                             {"formula", {"v5", "v3"}},
                                             {"size", {"linear", "exp"}}};
    return all;
}

bool is_choice(const std::string& key, const Json& value) {
    for (const Choices& one : choices())
        if (key == one.key)
            return std::find(one.values.begin(), one.values.end(), value.get<std::string>()) !=
                   one.values.end();
    return true;
}

/// Fractions, and counts that nothing can be divided by or made of.
std::string out_of_range(const TaskOptions& o) {
    const auto fraction = [](double value) { return value >= 0 && value <= 1; };
    if (!fraction(o.score))
        return "score";
    if (!fraction(o.min_score))
        return "min_score";
    if (!fraction(o.iou))
        return "iou";
    if (!fraction(o.threshold))
        return "threshold";
    if (o.max_detections < 1)
        return "max_detections";
    if (o.classes < 0)
        return "classes";
    if (o.reg_max < 1)
        return "reg_max";
    if (std::any_of(o.strides.begin(), o.strides.end(), [](int stride) { return stride < 1; }))
        return "strides";
    for (const auto& level : o.anchors)
        for (const auto& anchor : level)
            if (anchor[0] <= 0 || anchor[1] <= 0)
                return "anchors";
    return {};
}

}  // namespace

Status set_options(TaskOptions& options, const Json& json, const std::string& subject) {
    if (!json.is_object())
        return fail(ErrorCode::task_invalid, subject, "an object of options is wanted");
    TaskOptions changed = options;
    std::string wrong;
    std::size_t known = 0;
    visit(changed, [&](const char* key, auto& value) {
        const auto found = json.find(key);
        if (found == json.end())
            return;
        ++known;
        if (!is_kind(*found, value) || !(!found->is_string() || is_choice(key, *found)))
            wrong = wrong.empty() ? key : wrong;
        else
            value = found->get<std::remove_cvref_t<decltype(value)>>();
    });
    if (wrong.empty() && known != json.size())
        for (const auto& [key, value] : json.items()) {
            bool is_known = false;
            visit(changed, [&, &key = key](const char* one, auto&) { is_known |= key == one; });
            if (!is_known)
                return fail(ErrorCode::task_invalid, subject, "there is no option " + key);
        }
    if (wrong.empty())
        wrong = out_of_range(changed);
    if (!wrong.empty())
        return fail(ErrorCode::task_invalid, subject, "not a value of " + wrong);
    options = std::move(changed);
    return {};
}

Json to_json(const TaskOptions& options) {
    Json json = Json::object();
    visit(options, [&](const char* key, const auto& value) { json[key] = value; });
    return json;
}

}  // namespace quantwright

#pragma once
// A value and JSON, by one list of its fields: describe(visit, value) calls visit(key, field) for each. An
// empty optional is left out; numbers that are none of JSON's (infinities, NaN) are strings; of enumerations
// the name is written, for which there are name_of(E) and count_of(E), how many values it has.
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <vector>

#include "core/base/json.h"

namespace quantwright {

[[nodiscard]] inline Json number_to_json(double value) {
    if (std::isfinite(value))
        return value;
    return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
}
/// Throws Json::exception where it is no number.
[[nodiscard]] inline double number_from_json(const Json& json) {
    if (!json.is_string())
        return json.get<double>();
    const auto& text = json.get_ref<const std::string&>();
    return text == "nan"    ? std::nan("")
           : text == "inf"  ? HUGE_VAL
           : text == "-inf" ? -HUGE_VAL
                            : json.get<double>();
}

template <class T>
[[nodiscard]] Json fields_to_json(const T& value);
/// Throws std::exception where something is missing, of another kind, or an unknown name.
template <class T>
void fields_from_json(const Json& json, T& value);

namespace json_fields {

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};
template <class T>
struct IsOptional : std::false_type {};
template <class T>
struct IsOptional<std::optional<T>> : std::true_type {};

struct Writer {
    Json json = Json::object();
    template <class T>
    void operator()(const char* key, T& field) {
        if constexpr (IsOptional<T>::value) {
            if (field)
                json[key] = fields_to_json(*field);
        } else {
            json[key] = fields_to_json(field);
        }
    }
};

struct Reader {
    const Json& json;
    template <class T>
    void operator()(const char* key, T& field) {
        if constexpr (IsOptional<T>::value) {
            field.reset();
            if (json.contains(key))
                fields_from_json(json[key], field.emplace());
        } else {
            fields_from_json(json.at(key), field);
        }
    }
};

}  // namespace json_fields

template <class T>
Json fields_to_json(const T& value) {
    if constexpr (std::is_floating_point_v<T>) {
        return number_to_json(value);
    } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
        return value;
    } else if constexpr (std::is_enum_v<T>) {
        return std::string(name_of(value));
    } else if constexpr (json_fields::IsVector<T>::value) {
        Json list = Json::array();
        for (const auto& one : value)
            list.push_back(fields_to_json(one));
        return list;
    } else {
        json_fields::Writer writer;
        describe(writer, const_cast<T&>(value));  // which a writer only reads
        return std::move(writer.json);
    }
}

template <class T>
void fields_from_json(const Json& json, T& value) {
    if constexpr (std::is_floating_point_v<T>) {
        value = static_cast<T>(number_from_json(json));
    } else if constexpr (std::is_arithmetic_v<T> || std::is_same_v<T, std::string>) {
        value = json.get<T>();
    } else if constexpr (std::is_enum_v<T>) {
        const auto& name = json.get_ref<const std::string&>();
        for (std::size_t i = 0; i < count_of(value); ++i)
            if (name_of(static_cast<T>(i)) == name) {
                value = static_cast<T>(i);
                return;
            }
        throw std::invalid_argument("unknown: " + name);
    } else if constexpr (json_fields::IsVector<T>::value) {
        value.clear();
        for (const Json& one : json)
            fields_from_json(one, value.emplace_back());
    } else {
        json_fields::Reader reader{json};
        describe(reader, value);
    }
}

}  // namespace quantwright

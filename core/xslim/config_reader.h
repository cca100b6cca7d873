#pragma once
// Typed reading of an xslim file. Remembers which keys it has and keeps the first mistake. Private to
// core/xslim.
#include <cmath>
#include <functional>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/error.h"
#include "core/base/json.h"

namespace quantwright {

class XslimReader {
public:
    XslimReader(std::string subject, std::set<std::string>& said, std::vector<Problem>& problems)
        : m_subject(std::move(subject)), m_said(said), m_problems(problems) {}

    [[nodiscard]] const Status& status() const { return m_status; }
    void wrong(const std::string& key, const std::string& what) {
        if (m_status)
            m_status = fail(ErrorCode::config_invalid, m_subject, key + ": " + what);
    }
    /// A known key without effect.
    void unused(const std::string& key) {
        m_problems.push_back({"config.unused_key", Severity::info, key, {}});
    }
    /// null counts as left out, as for xslim.
    [[nodiscard]] static bool has(const Json& json, const std::string& key) {
        return json.contains(key) && !json[key].is_null();
    }

    /// Notes the keys of an object; those that are not listed are named.
    void keys(const Json& json, const std::string& where, std::initializer_list<std::string_view> known) {
        if (!json.is_object())
            return wrong(where.empty() ? "{}" : where, "not an object");
        for (const auto& item : json.items()) {
            const std::string path = where.empty() ? item.key() : where + "." + item.key();
            bool found = false;
            for (const std::string_view one : known)
                found = found || one == item.key();
            if (!found)
                m_problems.push_back({"config.unknown_key", Severity::warning, path, {}});
            else if (!item.value().is_null())
                m_said.insert(path);
        }
    }

    /// Of a key and its spelling in older files the one that the file has; where it has both, the old one has
    /// no effect.
    [[nodiscard]] std::string spelling(const Json& json, const std::string& where, const std::string& key,
                                       const std::string& old) {
        const bool old_too = json.is_object() && has(json, old);
        if (!old_too)
            return key;
        if (!has(json, key))
            return old;
        unused(where + "." + old);
        return key;
    }

    [[nodiscard]] const Json* object(const Json& json, const std::string& key) {
        if (!json.is_object() || !has(json, key))
            return nullptr;
        if (!json[key].is_object()) {
            wrong(key, "not an object");
            return nullptr;
        }
        return &json[key];
    }

    bool text(const Json& json, const std::string& where, const std::string& key, std::string& value) {
        return read(json, where, key, &Json::is_string, "not a string", value);
    }
    bool flag(const Json& json, const std::string& where, const std::string& key, bool& value) {
        return read(json, where, key, &Json::is_boolean, "not true or false", value);
    }
    bool whole(const Json& json, const std::string& where, const std::string& key, int& value, int low,
               int high) {
        std::int64_t number = 0;
        if (!read(json, where, key, &Json::is_number_integer, "not a whole number", number))
            return false;
        if (number < low || number > high) {
            wrong(where + "." + key, "from " + std::to_string(low) + " to " + std::to_string(high));
            return false;
        }
        value = static_cast<int>(number);
        return true;
    }
    bool number(const Json& json, const std::string& where, const std::string& key, double& value,
                double above, double most) {
        double read_value = 0;
        if (!read(json, where, key, &Json::is_number, "not a number", read_value))
            return false;
        if (!(read_value > above && read_value <= most)) {
            wrong(where + "." + key, "out of range");
            return false;
        }
        value = read_value;
        return true;
    }
    bool choice(const Json& json, const std::string& where, const std::string& key, std::string& value,
                std::initializer_list<std::string_view> allowed) {
        std::string typed;
        if (!text(json, where, key, typed))
            return false;
        for (const std::string_view one : allowed)
            if (one == typed) {
                value = typed;
                return true;
            }
        wrong(where + "." + key, "no such value \"" + typed + "\"");
        return false;
    }
    bool numbers(const Json& json, const std::string& where, const std::string& key,
                 std::vector<double>& values) {
        return list(json, where, key, [&](const Json& one) {
            const bool good = one.is_number() && std::isfinite(one.get<double>());
            if (good)
                values.push_back(one.get<double>());
            return good;
        });
    }
    /// Whole numbers above 0; -1 for a dimension left open, which files say as null, as a name or as -1.
    bool shape(const Json& json, const std::string& where, const std::string& key,
               std::vector<std::int64_t>& values) {
        return list(json, where, key, [&](const Json& one) {
            const bool open = one.is_null() || one.is_string() || one == -1;
            const double side = one.is_number() ? one.get<double>() : 0;
            const bool good = side >= 1 && side <= 1e9 && side == std::floor(side);
            values.push_back(open ? -1 : good ? static_cast<std::int64_t>(side) : 0);
            return open || good;
        });
    }
    bool texts(const Json& json, const std::string& where, const std::string& key,
               std::vector<std::string>& values) {
        return list(json, where, key, [&](const Json& one) {
            if (one.is_string())
                values.push_back(one.get<std::string>());
            return one.is_string();
        });
    }
    /// `each` gets every object of a list with its JSON path.
    void objects(const Json& json, const std::string& where, const std::string& key,
                 const std::function<void(const Json&, const std::string&)>& each) {
        std::size_t index = 0;
        list(json, where, key, [&](const Json& one) {
            const std::string place = where + "." + key + "[" + std::to_string(index++) + "]";
            if (one.is_object())
                each(one, place);
            return one.is_object();
        });
    }

private:
    template <class Value>
    bool read(const Json& json, const std::string& where, const std::string& key,
              bool (Json::*is_right)() const noexcept, const char* what, Value& value) {
        if (!json.is_object() || !has(json, key))
            return false;
        if (!(json[key].*is_right)()) {
            wrong(where + "." + key, what);
            return false;
        }
        value = json[key].get<Value>();
        return true;
    }
    bool list(const Json& json, const std::string& where, const std::string& key,
              const std::function<bool(const Json&)>& take) {
        if (!json.is_object() || !has(json, key))
            return false;
        const Json& values = json[key];
        bool good = values.is_array();
        for (std::size_t i = 0; good && i < values.size(); ++i)
            good = take(values[i]);
        if (!good)
            wrong(where + "." + key, "not a list of the right kind");
        return good;
    }

    std::string m_subject;
    std::set<std::string>& m_said;
    std::vector<Problem>& m_problems;
    Status m_status;
};

}  // namespace quantwright

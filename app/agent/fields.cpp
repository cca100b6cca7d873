#include "fields.h"

#include <string_view>

#include "failure.h"
#include "temporary.h"

namespace quantwright::agent {

namespace {

[[noreturn]] void refuse(const char* key, const std::string& why) {
    throw Failure{"board.bad_answer", key, why};
}

std::string checked_text(const char* key, const Json& value, std::size_t longest) {
    if (!value.is_string())
        refuse(key, "is no text");
    auto text = value.get<std::string>();
    if (text.size() > longest)
        refuse(key, "is too long");
    if (text.find('\0') != std::string::npos)
        refuse(key, "has a zero byte");
    return text;
}

std::int64_t checked_whole(const char* key, const Json& value, std::int64_t low, std::int64_t high) {
    if (!value.is_number_integer())
        refuse(key, "is no whole number");
    // An unsigned number beyond int64's range would turn negative.
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > static_cast<std::uint64_t>(INT64_MAX))
        refuse(key, "is out of range");
    const auto number = value.get<std::int64_t>();
    if (number < low || number > high)
        refuse(key, "is out of range");
    return number;
}

}  // namespace

const Json* Fields::find(const char* key) {
    m_read.insert(key);
    const auto found = m_request.find(key);
    return found == m_request.end() ? nullptr : &*found;
}

std::string Fields::text(const char* key, std::size_t longest) {
    const Json* value = find(key);
    return value ? checked_text(key, *value, longest) : std::string();
}

std::string Fields::path(const char* key) {
    std::string text = this->text(key);
    std::string folder = base_folder;
    folder += '/';
    if (!text.starts_with(folder))
        refuse(key, "is not below .cache/quantwright/");
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t end = rest.find('/');
        if (rest.substr(0, end) == "..")
            refuse(key, "leads out of its folder");
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    }
    return text;
}

std::int64_t Fields::whole(const char* key, std::int64_t fallback, std::int64_t low, std::int64_t high) {
    const Json* value = find(key);
    return value ? checked_whole(key, *value, low, high) : fallback;
}

double Fields::number(const char* key, double fallback, double low, double high) {
    const Json* value = find(key);
    if (!value)
        return fallback;
    if (!value->is_number())
        refuse(key, "is no number");
    const auto number = value->get<double>();
    if (!(number >= low && number <= high))
        refuse(key, "is out of range");
    return number;
}

bool Fields::flag(const char* key, bool fallback) {
    const Json* value = find(key);
    if (value && !value->is_boolean())
        refuse(key, "is neither true nor false");
    return value ? value->get<bool>() : fallback;
}

std::vector<std::string> Fields::texts(const char* key, std::size_t most) {
    const Json* value = find(key);
    std::vector<std::string> texts;
    if (!value)
        return texts;
    if (!value->is_array() || value->size() > most)
        refuse(key, "is no list, or too long a one");
    for (const Json& one : *value)
        texts.push_back(checked_text(key, one, 4096));
    return texts;
}

std::vector<int> Fields::wholes(const char* key, std::size_t most, int low, int high) {
    const Json* value = find(key);
    std::vector<int> numbers;
    if (!value)
        return numbers;
    if (!value->is_array() || value->size() > most)
        refuse(key, "is no list, or too long a one");
    for (const Json& one : *value)
        numbers.push_back(static_cast<int>(checked_whole(key, one, low, high)));
    return numbers;
}

std::map<std::string, std::string> Fields::pairs(const char* key, std::size_t most) {
    const Json* value = find(key);
    std::map<std::string, std::string> pairs;
    if (!value)
        return pairs;
    if (!value->is_object() || value->size() > most)
        refuse(key, "is no object, or too large a one");
    for (const auto& [name, text] : value->items())
        pairs[checked_text(key, name, 4096)] = checked_text(key, text, 65536);
    return pairs;
}

void Fields::no_others() const {
    for (const auto& [key, value] : m_request.items())
        if (!m_read.contains(key))
            refuse(key.c_str(), "is no key of this request");
}

}  // namespace quantwright::agent

#include "core/board/answer.h"

#include <array>
#include <cmath>

#include "core/board/clean_text.h"

namespace quantwright {

namespace {

constexpr int k_deepest = 8;

bool in_range(const Json& value, double least, double most) {
    if (!value.is_number())
        return false;
    const double number = value.get<double>();
    return std::isfinite(number) && number >= least && number <= most;
}

/// Whole numbers only, also those beyond what int64 holds are refused.
std::optional<std::int64_t> whole_of(const Json& value, std::int64_t least, std::int64_t most) {
    std::int64_t number = 0;
    if (value.is_number_unsigned()) {
        const auto large = value.get<std::uint64_t>();
        if (large > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return {};
        number = static_cast<std::int64_t>(large);
    } else if (value.is_number_integer()) {
        number = value.get<std::int64_t>();
    } else {
        // Doubles are exact up to 2^53.
        constexpr double exact = 9007199254740992.0;
        if (!in_range(value, -exact, exact) || std::trunc(value.get<double>()) != value.get<double>())
            return {};
        number = static_cast<std::int64_t>(value.get<double>());
    }
    return number >= least && number <= most ? std::optional(number) : std::nullopt;
}

}  // namespace

std::optional<Json> parse_line(std::string_view line) {
    try {
        bool too_deep = false;
        Json json = Json::parse(line, [&](int depth, Json::parse_event_t, Json&) {
            too_deep = too_deep || depth > k_deepest;
            return !too_deep;
        });
        if (too_deep || !json.is_object())
            return {};
        return json;
    } catch (const std::exception&) {
        return {};
    }
}

std::optional<std::string> decode_base64(std::string_view text) {
    static const auto values = [] {
        std::array<std::int8_t, 256> table{};
        table.fill(-1);
        constexpr std::string_view alphabet =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        for (std::size_t i = 0; i < alphabet.size(); ++i)
            table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
        return table;
    }();
    if (text.size() % 4 != 0)
        return {};
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3);
    for (std::size_t at = 0; at < text.size(); at += 4) {
        const bool last = at + 4 == text.size();
        const int padding = !last || text[at + 3] != '=' ? 0 : text[at + 2] == '=' ? 2 : 1;
        std::uint32_t group = 0;
        for (int i = 0; i < 4; ++i) {
            const int value =
                i >= 4 - padding ? 0
                                 : values[static_cast<unsigned char>(text[at + static_cast<std::size_t>(i)])];
            if (value < 0)
                return {};
            group = group << 6U | static_cast<std::uint32_t>(value);
        }
        for (int i = 0; i < 3 - padding; ++i)
            bytes += static_cast<char>(group >> (16 - 8 * i) & 0xffU);
    }
    return bytes;
}

std::string encode_base64(std::string_view bytes) {
    constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::size_t left = bytes.size() - at;
        const auto byte = [&](std::size_t k) {
            return k < left ? static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at + k])) : 0U;
        };
        const std::uint32_t group = byte(0) << 16U | byte(1) << 8U | byte(2);
        text += digits[group >> 18U];
        text += digits[group >> 12U & 63U];
        text += left > 1 ? digits[group >> 6U & 63U] : '=';
        text += left > 2 ? digits[group & 63U] : '=';
    }
    return text;
}

void AnswerReader::refuse(const char* key, const char* what) {
    if (m_wrong.empty())
        m_wrong = std::string(key) + ": " + what;
}

const Json* AnswerReader::find(const char* key) {
    if (!ok() || !m_object.is_object())
        return nullptr;
    const auto found = m_object.find(key);
    return found == m_object.end() || found->is_null() ? nullptr : &*found;
}

const Json* AnswerReader::need(const char* key) {
    const Json* value = find(key);
    if (!value)
        refuse(key, "missing");
    return value;
}

const Json* AnswerReader::list(const char* key, std::size_t most) {
    const Json* value = need(key);
    if (value && (!value->is_array() || value->size() > most)) {
        refuse(key, value->is_array() ? "too long" : "not a list");
        return nullptr;
    }
    return value;
}

std::string_view AnswerReader::raw_text(const char* key) {
    const Json* value = need(key);
    if (value && !value->is_string()) {
        refuse(key, "not a text");
        return {};
    }
    return value ? std::string_view(value->get_ref<const std::string&>()) : std::string_view();
}

std::string AnswerReader::text(const char* key, std::size_t longest) {
    return clean_text(raw_text(key), longest);
}

std::string AnswerReader::maybe_text(const char* key, std::size_t longest) {
    return find(key) ? text(key, longest) : std::string();
}

bool AnswerReader::flag(const char* key) {
    const Json* value = need(key);
    if (value && !value->is_boolean())
        refuse(key, "not true or false");
    return ok() && value && value->get<bool>();
}

double AnswerReader::number(const char* key, double least, double most) {
    const Json* value = need(key);
    if (value && !in_range(*value, least, most))
        refuse(key, "no number in its range");
    return ok() && value ? value->get<double>() : 0;
}

std::int64_t AnswerReader::whole(const char* key, std::int64_t least, std::int64_t most) {
    const Json* value = need(key);
    if (!value)
        return 0;
    const auto number = whole_of(*value, least, most);
    if (!number)
        refuse(key, "no whole number in its range");
    return number.value_or(0);
}

std::optional<double> AnswerReader::maybe_number(const char* key, double least, double most) {
    return find(key) ? std::optional(number(key, least, most)) : std::nullopt;
}

std::optional<std::int64_t> AnswerReader::maybe_whole(const char* key, std::int64_t least,
                                                      std::int64_t most) {
    return find(key) ? std::optional(whole(key, least, most)) : std::nullopt;
}

std::vector<std::string> AnswerReader::texts(const char* key, std::size_t most) {
    std::vector<std::string> result;
    if (const Json* values = list(key, most))
        for (const Json& value : *values) {
            if (!value.is_string()) {
                refuse(key, "not a list of texts");
                break;
            }
            result.push_back(clean_text(value.get_ref<const std::string&>()));
        }
    return result;
}

std::vector<double> AnswerReader::numbers(const char* key, std::size_t most, double least, double largest) {
    std::vector<double> result;
    if (const Json* values = list(key, most))
        for (const Json& value : *values) {
            if (!in_range(value, least, largest)) {
                refuse(key, "not a list of numbers in their range");
                break;
            }
            result.push_back(value.get<double>());
        }
    return result;
}

std::vector<std::int64_t> AnswerReader::wholes(const char* key, std::size_t most, std::int64_t least,
                                               std::int64_t largest) {
    std::vector<std::int64_t> result;
    if (const Json* values = list(key, most))
        for (const Json& value : *values) {
            const auto number = whole_of(value, least, largest);
            if (!number) {
                refuse(key, "not a list of whole numbers in their range");
                break;
            }
            result.push_back(*number);
        }
    return result;
}

const Json& AnswerReader::object(const char* key) {
    static const Json nothing = Json::object();
    const Json* value = need(key);
    if (value && !value->is_object())
        refuse(key, "not an object");
    return ok() && value ? *value : nothing;
}

std::vector<const Json*> AnswerReader::objects(const char* key, std::size_t most) {
    std::vector<const Json*> result;
    if (const Json* values = list(key, most))
        for (const Json& value : *values) {
            if (!value.is_object()) {
                refuse(key, "not a list of objects");
                break;
            }
            result.push_back(&value);
        }
    return result;
}

}  // namespace quantwright

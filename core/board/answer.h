#pragma once
// Reading what the agent says: every value is checked for its type, its range and its length before it is
// used. Private to core/board.
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/json.h"

namespace quantwright {

/// One line as an object, nested at most a few levels deep; empty if it is anything else.
[[nodiscard]] std::optional<Json> parse_line(std::string_view line);

/// Bytes of strict base64 (RFC 4648, padded); empty optional for anything else.
[[nodiscard]] std::optional<std::string> decode_base64(std::string_view text);

[[nodiscard]] std::string encode_base64(std::string_view bytes);

/// Reads an object's values. The first that is wrong is told in `wrong`; everything after is a default.
class AnswerReader {
public:
    AnswerReader(const Json& object, std::string& wrong) : m_object(object), m_wrong(wrong) {}

    [[nodiscard]] bool ok() const { return m_wrong.empty(); }

    std::string text(const char* key, std::size_t longest = 256);  ///< cleaned (clean_text.h)
    /// As it is, to be looked into, never to be shown.
    std::string_view raw_text(const char* key);
    bool flag(const char* key);
    double number(const char* key, double least, double most);
    std::int64_t whole(const char* key, std::int64_t least, std::int64_t most);
    /// Empty where it is absent or null.
    std::optional<double> maybe_number(const char* key, double least, double most);
    std::optional<std::int64_t> maybe_whole(const char* key, std::int64_t least, std::int64_t most);
    std::string maybe_text(const char* key, std::size_t longest = 256);
    std::vector<std::string> texts(const char* key, std::size_t most);
    std::vector<double> numbers(const char* key, std::size_t most, double least, double largest);
    std::vector<std::int64_t> wholes(const char* key, std::size_t most, std::int64_t least,
                                     std::int64_t largest);
    /// An inner object; an empty one if it is wrong.
    const Json& object(const char* key);
    /// The objects of a list.
    std::vector<const Json*> objects(const char* key, std::size_t most);
    void refuse(const char* key, const char* what);

private:
    const Json* find(const char* key);  ///< null if it is absent or null, or if something was wrong before
    const Json* need(const char* key);
    const Json* list(const char* key, std::size_t most);

    const Json& m_object;
    std::string& m_wrong;
};

}  // namespace quantwright

#include "core/images/npy_header.h"

#include <bit>
#include <charconv>
#include <string>

namespace quantwright {
namespace {

/// The dictionary literal of the header, as far as numpy.lib.format writes it: strings, True and False, one
/// tuple of integers.
class Literal {
public:
    explicit Literal(std::string_view text) : m_text(text) {}

    bool read(NpyHeader& header) {
        bool has_type = false, has_order = false, has_shape = false;
        if (!take('{'))
            return false;
        while (!take('}')) {
            const std::optional<std::string_view> key = string();
            if (!key || !take(':'))
                return false;
            if (*key == "descr")
                has_type = descr(header);
            else if (*key == "fortran_order")
                has_order = boolean(header.fortran_order);
            else if (*key == "shape")
                has_shape = tuple(header.shape);
            else
                return false;
            if (!take(',') && peek() != '}')
                return false;
        }
        return has_type && has_order && has_shape;
    }

private:
    char peek() {
        while (m_at < m_text.size() && (m_text[m_at] == ' ' || m_text[m_at] == '\n' || m_text[m_at] == '\t'))
            ++m_at;
        return m_at < m_text.size() ? m_text[m_at] : '\0';
    }

    bool take(char c) {
        if (peek() != c)
            return false;
        ++m_at;
        return true;
    }

    bool take(std::string_view word) {
        peek();
        if (!m_text.substr(m_at).starts_with(word))
            return false;
        m_at += word.size();
        return true;
    }

    std::optional<std::string_view> string() {
        const char quote = peek();
        if (quote != '\'' && quote != '"')
            return std::nullopt;
        const std::size_t end = m_text.find(quote, m_at + 1);
        if (end == std::string_view::npos)
            return std::nullopt;
        const std::string_view content = m_text.substr(m_at + 1, end - m_at - 1);
        m_at = end + 1;
        return content;
    }

    bool boolean(bool& value) {
        value = take("True");
        return value || take("False");
    }

    bool tuple(Shape& shape) {
        if (!take('('))
            return false;
        while (!take(')')) {
            peek();
            std::int64_t dimension = 0;
            const char* begin = m_text.data() + m_at;
            const auto [end, error] = std::from_chars(begin, m_text.data() + m_text.size(), dimension);
            if (error != std::errc() || dimension < 0)
                return false;
            m_at += static_cast<std::size_t>(end - begin);
            take('L');  // Python 2 wrote long integers so
            shape.push_back(dimension);
            if (!take(',') && peek() != ')')
                return false;
        }
        return true;
    }

    bool descr(NpyHeader& header) {
        const std::optional<std::string_view> text = string();
        if (!text || text->size() < 3)
            return false;
        struct Row {
            std::string_view code;
            ElementType type;
        };
        static constexpr Row rows[] = {
            {"f4", ElementType::float32}, {"f8", ElementType::float64}, {"f2", ElementType::float16},
            {"u1", ElementType::uint8},   {"i1", ElementType::int8},    {"u2", ElementType::uint16},
            {"i2", ElementType::int16},   {"u4", ElementType::uint32},  {"i4", ElementType::int32},
            {"u8", ElementType::uint64},  {"i8", ElementType::int64},   {"b1", ElementType::boolean},
        };
        const char order = text->front();
        if (order != '<' && order != '>' && order != '|' && order != '=')
            return false;
        const bool big = order == '>';
        const bool little = order == '<';
        for (const Row& row : rows)
            if (row.code == text->substr(1)) {
                header.type = row.type;
                header.swapped = std::endian::native == std::endian::little ? big : little;
                return true;
            }
        return false;
    }

    std::string_view m_text;
    std::size_t m_at = 0;
};

}  // namespace

std::optional<NpyHeader> read_npy_header(std::string_view file) {
    constexpr std::string_view magic = "\x93NUMPY";
    if (!file.starts_with(magic) || file.size() < 10)
        return std::nullopt;
    const auto byte = [&](std::size_t at) {
        return static_cast<std::size_t>(static_cast<unsigned char>(file[at]));
    };
    const std::size_t version = byte(6);
    if (version < 1 || version > 3 || (version > 1 && file.size() < 12))
        return std::nullopt;
    const std::size_t text_at = version == 1 ? 10 : 12;
    std::size_t length = byte(8) | byte(9) << 8;
    if (version > 1)
        length |= byte(10) << 16 | byte(11) << 24;
    if (length > file.size() - text_at)
        return std::nullopt;
    NpyHeader header;
    header.data_at = text_at + length;
    if (!Literal(file.substr(text_at, length)).read(header))
        return std::nullopt;
    return header;
}

}  // namespace quantwright
